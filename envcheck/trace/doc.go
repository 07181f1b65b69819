// Package trace proves what package leak says: it runs the real go command where
// nothing can leave the machine, and writes down who it asks about which module.
//
// # Method
//
// Go.mod, go.sum and go.work are copied into a temporary folder; every entry of
// GOPROXY becomes a recorder on loopback, the separators between them stay; and
// whatever is dialled past them meets an HTTP proxy on loopback that refuses
// everything and notes the host. The settings that decide who is asked (GOPRIVATE,
// GONOPROXY, GONOSUMDB, GOINSECURE, GOFLAGS=-mod=vendor) are the user's own, read
// by the go command itself. "go list -m all", "go mod download" for what go.mod
// names, and "go list tool" then run with an empty module cache, so that nothing
// is known beforehand.
//
// A recorder that knows nothing would stop the go command at the first module, so
// it invents what it has not got: the .mod file comes from the user's module cache
// where it is there, else is one line; zips hold that file and an empty program
// where a tool line wants one. The checksum database has the user's database's
// name and a key of its own, and go.sum keeps its lines with the hashes of what
// is served, so that exactly the same lines are missing as in the original. A go
// line newer than the running Go is lowered to it.
//
// One run shows one course of events. So there are several: in the k-th the first
// k mirrors say 404 to everything; in one more all of them have the modules and
// none the checksum database. Together they show every place along the list.
//
// # Limits
//
// What is asked past the mirrors is encrypted: of it the host is known, not the
// path, and the answer, which may lead to yet another host, does not come. The
// modules that only such a host has do not name their own requirements here. git
// runs without the user's configuration and over http(s) alone, other version
// control systems do not run; GOAUTH commands do not run. A module on 127.0.0.1
// is dialled directly, as Go always does. GO111MODULE=off is ignored.
// "go list -m all" walks the whole graph, more than a build does: what only cached
// go.mod files name is listed apart, as unnamed.
package trace
