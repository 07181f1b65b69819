// Package dl serves Go's download archives out of the cache: fetched from any
// mirror of them, proven by the checksum database's record of the toolchain module
// with the same content, never by the host that sent them.
//
// # What is proven
//
// The files of an archive, in the form of the toolchain module (see package
// internal/gosdk), must have the h1 that the database has logged. Nothing is
// fetched before the database has answered. The directories api, doc, misc and
// test are not in the module, so nobody vouches for them; no build reads them. Nor
// does anybody vouch for the archive's compression: the SHA-256 that goes with it
// is of what is here, made after the proof, and equal to the one on Go's own page
// as long as the mirror sent Go's own archive.
//
// Go's first release with a proof is 1.21; sources, installers and older releases
// have none and are not found.
//
// # Names
//
//	go1.26.8.linux-amd64.tar.gz          an archive
//	go1.26.8.linux-amd64.tar.gz.sha256   its SHA-256 in hexadecimal digits
//
// They are kept under dl/ in the cache.
package dl
