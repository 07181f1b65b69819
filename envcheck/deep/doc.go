// Package deep reads whole trees for package envcheck: is the installed Go the
// official release, and are the extracted modules what go.sum says.
//
// The Go is compared with the public checksum database (see internal/gosdk). The
// database is reached through a proof file, which needs no network, or when that
// is allowed through the mirrors of GOPROXY and then the database's own hosts;
// none of them has to be trusted, since the log is signed.
//
// The module cache is compared with the project's go.sum, module by module: the
// go command itself trusts what it has once extracted.
package deep
