// Package goenv knows what the go command makes of its settings: where a value
// comes from, and what the value means.
//
// It is pure: it gets bytes and strings and returns values. It runs nothing,
// reads no environment of its own, and opens no file; only [WriteFile] touches
// the disk. So it works where go is absent or cannot start, on recorded data,
// and for Windows on Linux.
//
// # Where a value comes from
//
// A non-empty variable of the process wins; then a line of the user's env file
// (an empty value there counts); then GOROOT/go.env; then what is built in.
// [Resolve] does this and keeps the origin of each value and what it shadows.
// GOENV, GODEBUG, GOMEMLIMIT and the proxy variables come from the process only.
//
// # What a value means
//
// One reader a setting: [ParseProxies] (GOPROXY), [ParseSumDB] (GOSUMDB),
// [ParsePatterns] (GOPRIVATE, GONOPROXY, GONOSUMDB, GOINSECURE), [ParseFlags]
// (GOFLAGS), [ParseToolchain] (GOTOOLCHAIN), [ParseVCS] (GOVCS), [ParseAuth]
// (GOAUTH), [ProxyVars] (HTTP_PROXY, HTTPS_PROXY, NO_PROXY). They accept and
// refuse what Go 1.26 accepts and refuses, measured against the go command, and
// never correct a value: what was meant is for the checks to guess.
package goenv
