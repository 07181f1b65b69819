package rules

// What is known of Go releases, in one place, with its date. Go supports the two
// newest language versions; a new one comes each February and August. Raise the
// date whenever the table is compared with the release history anew.
const releasesAsOf = "2026-11"

// supported are the language versions that get security fixes, newest first,
// with the least release that has no known hole that concerns everybody who
// builds: a mirror that can get round the checksum database (fixed in 1.26.3 and
// again in 1.26.6 and 1.27rc3).
var supported = []struct{ lang, least string }{
	{"go1.27", "go1.27.0"},
	{"go1.26", "go1.26.6"},
}
