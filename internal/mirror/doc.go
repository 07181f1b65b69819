// Package mirror speaks to one Go module mirror: an https or http entry of
// GOPROXY.
//
// [Mirror] makes the requests of the module protocol as the go command makes
// them (@v/list, @latest, .info, .mod, .zip, sumdb/…; upper case escaped) and
// returns failures as [*Error] with a [Class], so that callers decide by kind
// of failure and never by text. Nothing is retried: that is the caller's.
//
// [Probe] runs the steps M1 to M10 over one mirror within seconds and says
// what works: content, speed, staleness, ranges, the answer for what is not
// there, the checksum database, toolchains, TLS, clock, IPv6.
//
//	M1   a pinned go.mod has its hash                     captive portal, poisoned mirror
//	M2   .info, the middle one of three latencies         speed
//	M3   the list holds a pinned old version              staleness, filtering
//	M4   the first 64 KiB of a zip by Range               resuming, CDN hosts
//	M5   what is not there is 404 or 410                  fallback at a comma
//	M6   the checksum database's head, signature checked  database, staleness
//	M7   one lookup proven through tiles                  database is complete
//	M8   HEAD of a toolchain                              GOTOOLCHAIN
//	M9   certificate, and the clock by the Date header    clock
//	M10  IPv4 and IPv6 dialled side by side               IPv6 black hole
//
// [Database] gives verified answers of a checksum database through any number
// of mirrors: every record is proven to be in the signed tree, with the key
// that stands in the program; whoever delivers the bytes need not be trusted.
//
// It stands on [Prover], which proves records, tiles and the growth of the tree under
// a head that the caller holds, and on [Timeline], a head that only moves forward.
// [OneHead] writes a database as files, all of whose records come with one head.
package mirror
