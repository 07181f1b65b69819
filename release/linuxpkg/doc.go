// Package linuxpkg writes deb, rpm, apk and Arch Linux packages of one target's
// binaries. It is the only package that imports the nfpm library.
//
// Rules:
//   - A [Package] holds final values: templates are expanded, overrides of a
//     format are applied, Bindir is already part of each destination.
//   - The same Package and the same files give the same bytes on every host, in
//     every folder, time zone, umask and number of processors. What nfpm takes
//     from the host is pinned here: file modes become 0755 or 0644 by the
//     executable bit alone (not at all for a Mode that is set), owners root,
//     times MTime, the rpm build host a constant, a symbolic link's mode 0777
//     (nfpm looks at what the target happens to be on this host).
//   - The bytes depend on the versions of compressors: klauspost/compress for
//     deb (gzip, zstd), apk, archlinux and rpm (gzip through klauspost/pgzip,
//     zstd), ulikunitz/xz for xz and lzma. They do not depend on the Go version:
//     nfpm compresses deb with the standard library, so we let it write a deb
//     without compression and compress the two members ourselves.
//   - The default compression is gzip for deb and rpm, which every dpkg and rpm
//     reads. xz is as safe and smaller, but slow. zstd needs dpkg 1.21.18 or rpm
//     4.14 on the installing host, more than Kylin V10 or UOS 20 can be trusted
//     to have: it must be asked for.
//   - A level (GOAMD64=v2) is no architecture to a package manager: the package
//     says amd64, and [FileName] tells the levels apart.
//
// What nfpm does and we leave as it is: entries of type doc, license, readme and
// ghost exist in rpm only; a source that is itself a symbolic link is packed as
// that link; Installed-Size of a deb counts file contents only; rpm packages
// carry no signature; an apk version with a prerelease other than alpha, beta,
// pre or rc is not one that apk can compare.
//
// [Areas] takes a deb or rpm apart, for comparing two of them; it believes nothing
// that such a file says about itself.
//
// nfpm reads every file into memory and cannot be interrupted; a package takes
// memory of about three times its contents.
package linuxpkg
