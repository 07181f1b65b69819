// Package proxy holds the words that the parts of the module proxy share: what
// a client may ask for ([File]), where it may come from ([Source]), who may have
// it ([Routes]), how it may fail ([ErrNotFound] and its like), and a download
// that several servers fill together ([Download]).
//
// # The parts
//
//	config     one YAML file → a Config value, pure
//	upstream   mirrors: health, breaker, failover, resuming; a Source
//	vcs        private modules out of git repositories; a Source
//	sumdb      the checksum database: cached, proven, served, one signed head
//	cache      the tree of files: a directory, and a bucket behind it
//	fill       what a request means: routes, cache, one fetch a file, proof, commit
//	dl         Go's download archives, proven as their toolchain modules are
//	server     HTTP: the public side and the administrator's
//	bundle     one folder or tar that crosses an air gap
//	adopt      takes over a GOMODCACHE, goproxy's or Athens' storage
//
// # One file per miss
//
// A client that asks for a go.mod gets a go.mod, and nothing else is fetched:
// half of all zips belong to modules that were pruned from the build and are
// never asked for.
//
// # Statuses
//
// The client goes on to the next entry of GOPROXY at 404 and 410 alone, so they
// are said only when it is certain: every mirror that may be asked said so, or
// the private repository has no such tag. Whatever is only trouble is 503 with
// Retry-After. What a rule forbids, or what failed its proof, is 403 with the
// reason, which the go command prints.
package proxy
