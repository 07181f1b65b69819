// Package archive writes archives whose bytes depend on nothing but their
// content, and reads archives that nobody vouches for.
//
// # Writing
//
// [Write] makes the same bytes for the same entries on every host, in every
// time zone, with every Go release: entries are sorted by name, times and modes
// are given, owners are numeric zero without names unless given, the gzip
// header has neither name nor time, and the compressors are libraries pinned in
// go.mod (the standard library's deflate changes between Go releases).
// [Compressor] names those libraries so that a manifest can record them.
//
//   - tar headers are USTAR where the name allows it, else PAX, decided per
//     entry, so that ASCII archives open everywhere and Chinese names open at all;
//   - gzip and zip use deflate level 8: within 0.3 % of the size of the standard
//     library's level 9 at a sixth of its cost;
//   - zstd is the streaming encoder at "better" with one worker, which starts no
//     goroutine; its bytes differ from those of EncodeAll;
//   - xz uses an 8 MiB dictionary and CRC64.
//
// [WriteFile] puts such a stream, or any other, under its name only once it is
// complete and on the disk, and sums it in the same pass.
//
// # Reading
//
// [Walk] and [Extract] accept regular files and directories, nothing else, and
// only names that mean the same thing on every system: relative, slash
// separated, in simplest form, UTF-8, no "..", no backslash, no colon, no
// control character, no name that Windows reserves, no trailing dot or space,
// no two names that differ only in case or Unicode form. Links are refused
// rather than contained: os.Root does not follow an escaping link, but it
// creates one, and whoever reads the tree later will follow it. [Limits] bounds
// what a small hostile file may cost. What Write makes, Extract accepts.
//
// A nil error from either means that the archive was read to its end and every
// checksum in it held.
package archive
