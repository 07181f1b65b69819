// Package remote is what the adapters of object stores behind HTTP have in
// common; the SDKs are used for their requests alone.
//
//   - [Exchange] is the transport of one call. It asks for keys, lets the adapter
//     sign, and keeps what the SDKs lose: the true error of the network, headers
//     of failures, an error document in an answer that says 200.
//   - [Service] turns that into the classes of package store, with the remedy for
//     the trap behind it. The codes that all services share are known here; an
//     adapter adds its own.
//   - [Body] is content on its way out: exactly as long as promised, with its
//     checksum, and never read again once the call has returned.
//   - [Reader] is content on its way in: it ends with the context, its failures
//     have a class, and a whole object is held to its checksum.
//   - [Params] and [Place] read store URLs.
//
// Nothing here retries.
package remote
