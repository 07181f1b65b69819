// Package cache keeps the proxy's files: a directory in the layout of
// $GOMODCACHE/cache/download, and optionally a bucket that several proxies share.
//
// # The tree
//
//	<escaped module>/@v/v1.2.3.info .mod .zip .ziphash     immutable
//	<escaped module>/@v/list, <escaped module>/@latest      mutable, with an age
//	<escaped module>/@v/<query>.info                        mutable
//	sumdb/<name>/lookup/… tile/…                            immutable
//	sumdb/<name>/latest                                     mutable
//	dl/go1.26.8.linux-amd64.tar.gz                          immutable
//	.yingzao/records/<key>.json     who served a file, when, its h1, its record's number
//	.yingzao/partial/<sha256 of key>  what came of a file so far: taken up again by the next start
//	.yingzao/tmp/…                  small files while they are written; swept by the next start
//	.yingzao/quarantine/<key>, <key>.why  what failed a check, with the reason; the last one of a key
//	.yingzao/used                   when what was last asked for; batched, for Collect
//	.yingzao/usage                  how many bytes the last Collect left
//	.yingzao/lock                   held by whoever collects or writes last uses
//
// So one directory is a file:// proxy, the root of a web server, a cache that can
// be copied into GOMODCACHE, and, key by key, the content of the bucket (without
// .yingzao, but for records). A .zip is there only together with its .ziphash.
//
// Everything below the directory goes through [os.Root], or openat2 with the same
// rule: a link that leads out of it is not followed. Nothing but regular files is
// a file.
//
// # Writing
//
// Create opens the one partial file of a key; it belongs to one process at a time
// (a lock on the file) and survives it. Commit syncs it and gives it its name
// without replacing what is there: an immutable file is written once. The order is
// record, .ziphash, file, and then the folders are synced; so a process killed at
// any moment leaves a file whole or absent, and the next one goes on.
//
// With a bucket the file goes there first: record, file, .ziphash, each under the
// condition that nothing is there. Whoever loses compares: equal is success, and
// the bytes of the first are taken over; different is [proxy.ErrContent], and the
// first stays. Two .info files are equal when they tell the same version and time.
// A zip whose writer died before the .ziphash is finished by the next who has it.
// Buckets with versions do not obey the condition; internal/store looks before and
// after there, which leaves a moment in which two writers may both succeed, with
// content that both have proven.
//
// A record outlives its file, in quarantine and after Collect: what comes again
// has to be the same. One that tells nothing is not kept.
//
// # Reading
//
// Get opens a file of the directory; when it is absent and there is a bucket, it
// is brought from there, once for all who wait, and checked before it appears:
// size, the bucket's CRC-64, the h1 of a zip. The bucket being unreachable is
// [proxy.ErrUnavailable], never "not found". A mutable file is brought when it is
// absent alone: how old it may be is the caller's to know.
//
// # Checking the bucket
//
// Nothing that answers ever lists the bucket; CheckShared does. It reads every object
// while others write: what is young is not judged. Isolate copies an object to
// .yingzao/quarantine/<key>@<start of its SHA-256> in the bucket, looks whether the copy
// is there, and deletes it only then; there is no way out of the bucket without a copy. A
// bucket with versions keeps the deleted version besides. Between the last look and the
// deletion another one may have mended the object: then a sound one is deleted, which
// whoever needs it fetches again.
//
// # Making room
//
// Collect removes zips and archives first, least recently used first, and then
// what else belongs to versions, until the directory fits its budget; never what
// is pinned, private, younger than MinAge, or open for writing, and never the
// checksum database. A time in the future is a wrong clock's, and counts as long ago. Next to a zip's 1 MB its .mod and .info are nothing, and keep
// a build resolvable.
//
// # When the disk is full
//
// Writing fails with the system's error, nothing partial is visible, and Free says
// so until a write succeeds. What came so far stays partial unless it is discarded.
// A [Spare] holds some files in memory meanwhile.
package cache
