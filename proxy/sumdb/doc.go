// Package sumdb is the proxy's checksum database: sums for the proxy's own
// proofs, and the answers below /sumdb/<name>/ for clients. Everything it hands
// out was proven with the key in the program, comes from the cache where it can,
// and works without a network.
//
// # One signed head
//
// A record that came from the database carries the signed tree head of its own
// day, and a client that sees two heads wants a proof that one grew out of the
// other, which asks for tiles that nobody may have kept. So the records are kept
// without their heads, and each is answered with one head, the site's, which is
// moved forward, never back, when a record is needed that is younger than it.
// Before it is moved, every tile that the known records need under the new one is
// brought here; until then clients get the old one. So whatever was answered once
// can be answered and proven again with every mirror dead.
//
// The same is what a bundle carries: [Head] makes it.
package sumdb
