// Package leak says who learns the name of a module.
//
// The go command asks for a module by its path. Whoever answers knows the path:
// a mirror of GOPROXY, the checksum database, the host in the path itself. For
// a private module the path alone can tell a secret: a customer, a product, a
// merger. [Classify] says which modules are private; [Simulate] says which
// addresses the go command would ask about each of them, in which order, and
// under which condition. It asks nobody.
package leak
