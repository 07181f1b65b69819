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
//	.yingzao/quarantine/…           what failed a check, with the reason
//	.yingzao/used                   when what was last asked for; batched, for Collect
//	.yingzao/lock                   held shared by each process, exclusively by Collect's removal
//
// So one directory is a file:// proxy, the root of a web server, a cache that can
// be copied into GOMODCACHE, and, key by key, the content of the bucket (without
// .yingzao, but for records). A .zip is there only together with its .ziphash.
//
// # Writing
//
// Create opens the one partial file of a key; it belongs to one process at a time
// (a lock on the file) and survives it. Commit syncs it and renames it into place
// without replacing what is there: an immutable file is written once. With a
// bucket it goes there first, under the condition that nothing is there; whoever
// loses compares: equal is success, different is [proxy.ErrContent], and the first
// stays. The record is written before the file appears.
//
// # Reading
//
// Get opens a file of the directory; when it is absent and there is a bucket, it
// is brought from there, once for all who wait. The bucket being unreachable is
// [proxy.ErrUnavailable], never "not found".
//
// # Making room
//
// Collect removes zips first, least recently used first, until the directory fits
// its budget; never what is pinned, private, younger than MinAge, or open for
// writing. Next to a zip's 1 MB its .mod and .info are nothing, and keep a build
// resolvable.
package cache
