// Package gosdk answers whether an installed Go is the one its makers released.
//
// Every release since Go 1.21 is also the module golang.org/toolchain, and the
// public checksum database logs that module's hash. The module holds the same
// files as the archives people install from, so the files of a GOROOT, hashed
// in the module's form, must give the logged h1. Whoever served the archive, the
// module or the log's answers need not be trusted: the log is signed.
//
// # The module's form
//
// The rules are those of cmd/distpack, which makes both archive and module:
//
//   - the top-level directories api, doc, misc and test are left out (and are
//     therefore not vouched for; no build reads them);
//   - go.mod is called _go.mod. A toolchain that the go command itself unpacked
//     into the module cache keeps the _go.mod files and has copies named go.mod
//     beside them; such a tree is known by its src/_go.mod, and the copies must
//     be equal to the originals;
//   - only content and names count, not modes, owners, times or empty
//     directories;
//   - only regular files can be in a release. Anything else in the tree is
//     reported and makes it different even when the hash agrees, because the go
//     command reads through links.
//
// # What is tolerated
//
// The file go.env, which distributions and image builders like to edit. The
// official text has been the same from Go 1.21 to 1.26; its sum is known here,
// so a tree whose only difference is go.env is told apart from all others, and
// its assignments are compared one by one. That is a warning, not an approval:
// go.env decides where modules come from.
//
// # Naming files
//
// One hash cannot say which file differs. That takes the sums of the official
// files: from the module's zip ([ZipList], [CacheList]) or from a proof that
// carries a list ([Proof.List]). A list counts only after its own h1 was found
// equal to the logged one. Without a list nothing is named and nothing guessed.
//
// # The proof file
//
// [WriteProof] writes, and [OpenProof] reads, a zip that replaces the network:
//
//	format                              "yingzao go proof 1\n"
//	sumdb/<database>/lookup/<module>    what the database answered, as served
//	sumdb/<database>/tile/…             the tiles that a verification reads
//	files/<module version>/names        optional: the sorted file names, one a line
//	files/<module version>/sums         optional: their SHA-256 sums, 32 bytes each
//
// The sumdb folder is laid out as a module proxy serves it. Nothing in the file
// is believed; the log's signature decides, and equal answers of the log give
// equal bytes of the proof.
//
// # Use
//
//	proof, err := gosdk.OpenProof(ctx, f, size)
//	log, err := gosdk.NewLog("", proof.ReadRemote) // or a mirror's Remote, or any Log
//	res, err := gosdk.Verify(ctx, goroot, gosdk.Options{
//		Log:   log,
//		Lists: []gosdk.List{proof.List, gosdk.CacheList(gomodcache)},
//	})
//
// Nothing here opens a network connection: the log is reached through a
// [Remote] or [Log] that the caller brings. File names, and the version of a Go
// that is no release, come from the tree as they are; who prints them takes care
// of control characters.
package gosdk
