// Package leak says who learns the name of a module.
//
// The go command asks for a module by its path. Whoever answers knows the path:
// a mirror of GOPROXY, the checksum database, the host in the path itself. For
// a private module the path alone can tell a secret: a customer, a product, a
// merger. [Classify] says which modules are private; [Simulate] says which
// addresses the go command would ask about each of them, in which order, and
// under which condition. It asks nobody; package trace proves it.
//
// # What is simulated
//
// The rules are those of cmd/go of Go 1.26 (modfetch/proxy.go, repo.go, sumdb.go,
// modload/query.go, vcs/vcs.go), each held against the requests of the real go
// command in package trace.
//
//   - Nobody is asked about the main module, what a folder or another module
//     replaces, and in a vendored build. But a main module that something requires
//     by version is asked for: by another member of the workspace, or, as go.sum
//     tells, by a module that it needs itself. A path that the module protocol
//     cannot carry (no dot in its first element, upper case there) is asked of
//     nobody either: the go command refuses it.
//   - A path that GONOPROXY matches is asked of its own host alone, whatever
//     GOPROXY says, "off" included.
//   - Any other goes along GOPROXY: a mirror, after "," the next one where the
//     first says 404 or 410, after "|" after any failure; "direct" is the host of
//     the path; "off" ends it. A GOPROXY that the go command refuses asks nobody.
//   - The checksum database is told path and version when go.sum lacks a line of
//     the version, unless GONOSUMDB matches: through the first mirror that
//     supports the database, else by itself. An explicit address in GOSUMDB, and so
//     sum.golang.google.cn too, is asked past every mirror. golang.org/toolchain
//     is verified whatever GONOSUMDB says. A module that GOPROXY=off finds in the
//     module cache is still verified.
//   - A tool line names a package. Where no required module holds it the go
//     command asks for every prefix of the path, all at once.
//
// # What is not
//
// A host that is asked directly may name another one as the repository
// (<meta name="go-import">, git's insteadOf); that one is the host owner's choice
// and not known here. An HTTP proxy on the way sees the hosts, and with plain
// http the paths. Queries for newer versions (go get -u, go list -m -u) ask about
// replaced modules too. Go mod tidy, and -mod=mod, ask for the prefixes of any
// import that nothing provides, be it a generated package of the main module.
package leak
