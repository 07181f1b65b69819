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
// moved forward, never back, when a record or a tile is needed that is younger than
// it. The proof that the new head grew out of the old one reads every tile that was
// not whole under the old one, and those above it: with them, whatever could be
// proven under the old head can be proven under the new one. They are here before it
// is moved; until then clients get the old one. So whatever was answered once can be
// answered and proven again with every mirror dead. A move costs a dozen tiles and
// milliseconds, however many records are known; [DB.Check] proves them all.
//
// While the disk is full, all of that happens in memory alone: each proof is the same,
// and the next move that finds room writes what is missing. A process that ends before
// begins again with the head that was kept.
//
// A client that comes with a head of its own needs tiles of that head. Its older
// ones are parts of tiles that are here if it ever was the site's, or are fetched;
// a newer one makes the site's head move, if there is a network.
//
// # The keys in the cache
//
//	sumdb/<name>/lookup/<module>@<version>  the record, without a head: the same bytes on each replica
//	sumdb/<name>/tile/8/…                   as the database serves them, proven
//	sumdb/<name>/latest                     the site's head; the one thing that changes
//
// # What is asked of the sources
//
// A lookup for each record, each tile once, and /latest where the head has to move.
// What is here is never asked for, what a source forged is asked of the next one and
// kept nowhere. "Not there" is certain when every source said so of a lookup, after
// one of them was seen to serve the database.
package sumdb
