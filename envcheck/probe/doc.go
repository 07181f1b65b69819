// Package probe asks the network what a snapshot cannot tell: do the mirrors of
// GOPROXY answer, and with the truth; is the checksum database reached, and does
// it sign; does the HTTP proxy let them through; do names resolve; is the clock
// right. It is the only part of a check that sends a packet, and runs only when
// that was asked for.
//
// Everything is asked at once. A probe has its time, TLS handshake included,
// and all of them together have one deadline; when that comes, what is known is
// returned and what is not is named as missing. Nothing is retried and nothing
// kept for the next run: a wrong "it works" is worse than none.
//
// # Who is asked
//
//   - Each http or https entry of GOPROXY that the go command would read, and each
//     candidate that the policy allows: the steps M1 to M10 of internal/mirror,
//     about modules that are public and the same for everybody.
//   - The checksum database of GOSUMDB, through the mirrors in use, and at its own
//     address where the go command could end up there.
//   - The HTTP proxies of HTTPS_PROXY and HTTP_PROXY: a tunnel to the first mirror
//     that goes through them.
//   - The name server, for hosts that the go command would dial itself, among them
//     the hosts of private modules that are fetched directly. Those hosts get no
//     request, and nobody learns the path of a module from here.
//
// A file:// mirror is not looked at; rules read it from the snapshot.
//
// # What is trusted
//
// Certificates are checked against the system's authorities and those that the
// snapshot's SSL_CERT_FILE and SSL_CERT_DIR name. A mirror's bytes are compared
// with hashes that stand in the program, and the database's by its key: that of
// GOSUMDB, or where that is off or broken the public one's, so that a remedy can be
// judged.
package probe
