// Package fill answers a request for a file: by the routes, out of the cache, or
// by one fetch that everybody who waits shares.
//
// # Files that never change
//
// [Filler.Get] looks at the routes first, also for what is in the cache: a rule
// made today holds for what was fetched yesterday. A file in the cache is answered
// without any network. One that is not is fetched once, in a context of its own:
// whoever asked first may leave. Exactly the file that was asked for is fetched.
//
// Before it is handed out it is proven. A zip must obey the rules for module zips
// (golang.org/x/mod/zip, the go command's own; toolchains have no others), and the
// h1 of a zip or go.mod must be, in this order,
//
//   - what a go.sum of the site says ([Options.Pins]),
//   - what it was when it was here before, its record says: content is the same
//     for ever, even when upstream moved the tag and the cache made room,
//   - what the checksum database says, which is asked while the body comes.
//
// Private routes are never looked up in the database; there the first time
// decides. A .info is in no database: it must be well formed and for the version
// asked for, and is kept as it came, with its Origin.
//
// Content that fails is moved into quarantine, those who sent it are passed over,
// and the others are asked, once. When that does not help the answer is
// [proxy.ErrContent], for a minute without asking again. A body that ends early is
// not that, but trouble: [proxy.ErrUnavailable].
//
// A body that is complete but cannot be proven because the database is out of reach
// is parked, not thrown away, and the answer is [proxy.ErrUnavailable]; the next
// request needs the lookup alone. Mode [Async] hands it out and proves it later: by
// itself once the database answers, in this run or, when the file is asked for, in
// another; by [Filler.Prove] whatever the mode is then. The record tells when. A file
// that then fails is moved into quarantine, and the answer is [proxy.ErrContent].
//
// When the disk is full, what came moves into memory and goes on there ([cache.Spare]):
// up to [Options.Memory] for all files together, on Linux. It is proven as on the disk,
// given to those who wait, and for ten seconds to whoever asks; nothing of it is kept, no
// record either, so that a file which can be proven only later, in mode [Async], is not
// given away. Without room there either there is no answer: [proxy.ErrUnavailable] with
// the disk's reason, and what came is removed. A body that is complete and proven on the
// disk, but cannot be put in its place, is answered all the same.
//
// # Files that change
//
// Lists, @latest and queries ([Filler.Text]) are fresh for a minute. After that the
// source has two seconds to answer; if it does not, or answers that there is
// nothing any more, the old answer is given and marked stale, however old. While a
// route's source is silent, nobody waits for it: old answers come at once and are
// renewed behind the scenes.
//
// Where no answer was ever kept, it is made of what the cache holds: the list of
// versions whose .info and .mod are there, and of it, the newest release (else
// pre-release, else pseudo-version) as @latest. @latest is also computed from the
// list where a source has none, since that is optional.
//
// # Offline
//
// With [Options.Offline], or a route without a source, the cache is the whole
// world: what is not in it does not exist. So the go command, which tries longer
// module paths before shorter ones, finds what is there.
//
// # Limits
//
// At most [Options.MaxFills] files are fetched at a time, and as many texts; what
// waits for its turn is bounded too, and dropped when nobody waits for it any
// more. "Not there" is remembered for a minute, for 16,384 names.
package fill
