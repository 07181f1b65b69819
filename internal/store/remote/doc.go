// Package remote is what the stores behind HTTP have in common: everything but the
// requests themselves, which a [Dialect] makes with its SDK, and the traps of its
// service, which [Service] lists.
//
//   - [Opener] makes the opener of a scheme, from [Options] that are the same for
//     all. [Params] and [Place] read store URLs.
//   - [Store] is the store: keys, pages, parts, checks, what IfAbsent is worth.
//   - [Exchange] is the transport of one request. It asks for keys, lets the dialect
//     sign, and keeps what the SDKs lose: the true error of the network, headers
//     of failures, an error document in an answer that says 200.
//   - [Service] turns that into the classes of package store, with the remedy for
//     the trap behind it. The codes that all services share are known here; a
//     dialect adds its own.
//   - [Body] is content on its way out: exactly as long as promised, with its
//     checksum, and never read again once the call has returned.
//   - [Reader] is content on its way in: it ends with the context, its failures
//     have a class, and a whole object is held to its checksum.
//
// Nothing here retries. Keys are asked for with each request, so that a long upload
// outlives a token.
//
// # What is checked
//
// A whole object is sent with its MD5, which the service holds against what
// arrived, so that a damaged object never appears. Parts, and whole objects that
// are read, are held to the service's CRC-64, or where it has none to the MD5 that
// an ETag is; a completed object to the CRC-64 of its parts. A service that names
// neither is believed. Listings have no CRC-64, so Caps does not promise it.
//
// An answer to HEAD has no body. A refusal that therefore gives no reason is asked
// about with one GET of one byte, before anybody is told to look at permissions:
// the keys may have expired, or their secret may be wrong.
//
// # What IfAbsent is worth
//
// OSS and COS ignore their condition in buckets that have, or once had, versioning.
// Whether that is so is asked before the first conditional write. There, and where
// the keys may not ask, the store looks before it writes and again after it has
// written. Once versions are seen it warns, and Caps no longer promises IfAbsent:
// two writers at the same moment may both believe they won.
//
// Among what speaks S3, some ignore If-None-Match, and nothing in an answer tells. So
// before the first conditional write a store makes an object of its own, tries to
// replace it in both ways, and deletes it: seven small requests. Where the server
// gives way, Caps promises IfAbsent no longer, and a warning is given.
package remote
