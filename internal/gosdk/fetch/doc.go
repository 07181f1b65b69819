// Package fetch brings a Go SDK here and lets nobody use a byte of it that is not
// vouched for.
//
// # Where an SDK comes from
//
// [Find] asks these places in this order and takes the first that has it:
//
//	a directory        an unpacked GOROOT, or a folder with archives
//	our own cache      what an earlier Find unpacked
//	the module cache   the zip of golang.org/toolchain that the go command fetched
//	module mirrors     the same zip from an entry of GOPROXY
//	archive mirrors    go1.26.8.linux-amd64.tar.gz below a base URL
//
// A directory is named by the user, so it is the only place when it is given.
//
// # Who vouches for it
//
// Never the host that served it. An SDK is accepted when its h1, the hash of all
// its files in the form of the toolchain module, is the one in the public
// checksum database (or in a proof file, see package gosdk), or is pinned by the
// caller, or when the archive has the SHA-256 that the caller pinned. Old-world
// LoongArch toolchains are in no database: for them a pin is required.
//
// # One form
//
// Whatever it came from, an [SDK] lists the same files with the same modes: those
// of the toolchain module under the names they have in a GOROOT (go.mod, not
// _go.mod), 0755 for what is run, 0644 for the rest. So a layer or a directory
// made from it is the same byte for byte, and its h1 can be computed again from
// what was unpacked. The directories api, doc, misc and test, which archives have
// and the module has not, are left out.
package fetch
