// Package fetch brings a Go SDK here and lets nobody use a byte of it that is not
// vouched for.
//
// # Where an SDK comes from
//
// [Find] asks these places in this order and takes the first that has it:
//
//	a directory        an unpacked GOROOT, or a folder with archives
//	our own cache      what an earlier Find downloaded or unpacked
//	the module cache   the zip of golang.org/toolchain that the go command fetched
//	module mirrors     the same zip from an entry of GOPROXY
//	archive mirrors    go1.26.8.linux-amd64.tar.gz (Windows: .zip) below a base URL
//
// A directory is named by the user, so it is the only place when it is given. The
// entries of GOPROXY are asked by the go command's rules for comma and bar, with one
// addition: behind an entry that sent wrong content the next is asked in any case.
// What could not be had from one place is asked of the next; the error at the end
// tells of all.
//
// # Who vouches for it
//
// Never the host that served it. An SDK is accepted when its h1, the hash of all
// its files in the form of the toolchain module, is pinned by the caller, or else
// proven by a proof file (see package gosdk), or else by the public checksum
// database; or when the archive it came from has the SHA-256 that the caller pinned.
// Every pin that is given must agree. Where nobody vouches nothing is downloaded.
//
// Toolchains of an ABI of their own (Loongson's for the old LoongArch world) are in
// no database, and their archives have upstream's names: for them a pin is required,
// and module mirrors and caches of modules, which could only hold upstream's, are
// not asked.
//
// A GOROOT whose go.env was edited, as images and distributions do, would be
// refused. If the edit can be undone, so that go.env is the official text by its
// sum, that text takes the place of what was found; then all the files hash to what
// is vouched for, and the [Proof] says what was restored. The GOROOT itself is not
// touched.
//
// # One form
//
// Whatever it came from, an [SDK] lists the same files with the same modes: those
// of the toolchain module under the names they have in a GOROOT (go.mod, not
// _go.mod), with the modes that cmd/distpack gives them: 0755 for bin, pkg/tool,
// the go_*_exec wrappers and scripts, 0644 for the rest. So a layer or a directory
// made from it is the same byte for byte, and its h1 can be computed again from
// what was unpacked. The directories api, doc, misc and test, which archives have
// and the module has not, are left out.
//
// What [File.Open] gives is summed again while it is read, and [SDK.Extract] hashes
// what it wrote: what changes after the verification does not go unnoticed.
//
// # The cache
//
// The cache is a folder of one user:
//
//	v0.0.1-go1.26.8.linux-amd64.zip     a module zip
//	go1.26.8.linux-amd64/               an archive, unpacked; its ABI stands behind the name
//	go1.26.8.linux-amd64.json           which archive that was, for callers who pin it
//	NAME.part, NAME.part.json           an unfinished download, and what to ask If-Range with
//	NAME.lock                           held by the process that works on NAME
//
// A name without suffix appears when the content is complete and vouched for. It is
// hashed again on each use all the same. A download that broke off is taken up by
// the same mirror, by the next one, or by the next run, whatever ended the last
// one; the hash decides about the whole, and a part that makes it wrong is thrown
// away. A cached SDK that is not what is vouched for stays until a good one replaces
// it, because a wrong pin would otherwise cost a good SDK. The folder can be carried
// to another machine and given as the directory.
package fetch
