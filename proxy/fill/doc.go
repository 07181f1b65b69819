// Package fill answers a request for a file: by the routes, out of the cache, or
// by one fetch that everybody who waits shares.
//
// An immutable file that is in the cache is answered without any network. One that
// is not is fetched once, in a context of its own: whoever asked first may leave.
// It is proven against the checksum database (private routes: by the commit), by
// the rules for zips, and then committed; the lookup runs beside the body. A body
// that is complete but cannot be proven because the database is out of reach is
// parked, not thrown away, and the answer is "not available now".
//
// Lists, @latest and queries are fresh for a minute. After that the sources have
// two seconds to answer; if they do not, the old answer is given and marked stale.
// @latest is computed from the list where nobody answers it.
package fill
