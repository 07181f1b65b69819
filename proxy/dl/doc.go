// Package dl serves Go's download archives out of the cache: fetched from any
// mirror of them, proven by the checksum database's record of the toolchain module
// with the same content, never by the host that sent them.
package dl
