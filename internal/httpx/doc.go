// Package httpx makes the HTTP clients of this program: there is one
// constructor, [New], and nothing else may make a client or a transport.
//
// What every client gets:
//   - The proxy it was told of and no other: the process environment is never
//     read. [ProxyFromEnviron] turns an environment into a proxy function.
//   - Certificates are always verified. A site with its own authority adds it
//     with [Pool]; there is no switch to look away.
//   - A limit for the connection, the TLS handshake and the first byte. The
//     body is limited by the request's context; [ReadAll] limits its size too.
//   - At most five redirects, never from https to http, never to another
//     scheme, never from elsewhere to a link-local or metadata address; and to
//     another host go only headers that cannot hold credentials.
//   - No cookies, no retries.
//   - Optionally a [Guard] that is asked about the address really dialled,
//     after name resolution, so that DNS rebinding, decimal addresses and
//     IPv4-in-IPv6 are seen for what they are.
//
// Errors of net/http hide a password in a URL but show user names and query
// strings. [Do] and [Error] return them without either, and [Redact] does the
// same for any text that goes to a person, a log or a report.
//
// A client's idle connections hold goroutines: whoever made it calls its
// CloseIdleConnections when done.
package httpx
