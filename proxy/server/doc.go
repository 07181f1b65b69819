// Package server is the proxy's HTTP: the public side, which speaks the module
// protocol, the checksum database's and Go's download archives', and the
// administrator's side on a listener of its own: health, metrics, status page,
// diagnostics.
//
// # The public side
//
//	/<module>/@v/list .info .mod .zip, /<module>/@latest
//	/sumdb/<name>/…     of each database that is served; sum.golang.google.cn is
//	                    another name of sum.golang.org
//	/dl/…               Go's archives; /dl/?mode=json says which are at hand
//	/healthz            200 as long as the process answers
//	/                   a page for people
//
// GET and HEAD, nothing else. ?go-get=1 is not answered: a go command asks it of the
// host in a module's path, when it goes there directly, and of no proxy. There is no
// multiplexer in front: a path means what proxy.Parse makes of it or it is 404, and
// nothing is cleaned or redirected.
//
// # What a hit costs
//
// What never changes is kept as a finished answer: one look into a map by the
// request's path, header values that were made once, one write. Up to 64 KiB the
// body is in memory. Larger ones are open files, whose bytes go from the system's
// memory to the socket without passing through the program; so nothing may stand
// between the answer and the connection that does not pass on ReadFrom. Several
// send one open file at the same time, each with an offset of its own (Linux).
//
// # Who may have what
//
// A token comes as a Bearer token or as the password of Basic authentication, as
// .netrc gives it; what is compared is its SHA-256, in constant time. A route may
// have tokens of its own. Modules of a private route are answered over TLS alone,
// or on the loopback interface (by an address or a name without a dot, lest a web
// page reads them by a name of its own), or through a front that ends TLS and is named
// as such; shared caches are told not to keep them, and they are never redirected.
// Rules that block count for what is in memory too.
//
// The certificate and the tokens are read again within five seconds of a change of
// their files; what is broken is told of in the log, and the old ones stay, as does a
// valid certificate where an expired one comes. Who a route names is the configuration's,
// which is read at the start; whoever of them has no token any more gets nothing of it.
//
// # Large files of a bucket
//
// A client whose network can reach the bucket is sent there, by 302 to a URL that
// is signed for this file and 15 minutes, for public files from a size on that do
// not stay in memory. Nobody is by default. The bucket is asked first whether it
// has the file, once in ten minutes: its 404 would tell a go command that there is
// no such module. The file itself has come through here when it is first asked of
// this process; the URL stands in no log.
//
// # The administrator's side
//
//	/healthz /readyz /metrics /status.json
//	/                   the status page
//	/purge              POST, with the token: empties the memory, not the cache
//	/debug/pprof/…      with the token only; off without one
//
// The token of diagnostics comes from a file that its owner alone can read, goes
// in the Authorization header and nowhere else.
package server
