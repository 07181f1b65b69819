// Package server is the proxy's HTTP: the public side, which speaks the module
// protocol, the checksum database's and Go's download archives', and the
// administrator's side on a listener of its own: health, metrics, status page,
// diagnostics.
package server
