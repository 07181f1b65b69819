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
// (an empty value there counts, and hides what follows); then GOROOT/go.env; then
// what is built in. Of equal lines the last counts in the user's file, the first
// in GOROOT/go.env. [Resolve] does this and keeps the origin of each value and
// what it shadows. GOENV, GODEBUG, GOMEMLIMIT and the proxy variables come from
// the process only.
//
// [EnvFilePath] says where the user's file is, [FindGoroot] which GOROOT is used
// and whose go.env is read, [Env.Paths] where modules, caches and programs go.
// [ParseFile] reads a file, [File.Notes] says what in its form was not meant,
// [Decode] turns it into what was meant.
//
// # What a value means
//
// One reader a setting: [ParseProxies] (GOPROXY), [ParseSumDB] (GOSUMDB),
// [ParsePatterns] (GOPRIVATE, GONOPROXY, GONOSUMDB, GOINSECURE), [ParseFlags] and
// [CheckFlags] (GOFLAGS), [ParseToolchain] (GOTOOLCHAIN), [ParseVCS] (GOVCS),
// [ParseAuth] (GOAUTH), [ProxyVars] (HTTP_PROXY, HTTPS_PROXY, NO_PROXY). They accept and refuse what Go 1.26 accepts and refuses, and never
// correct a value: what was meant is for the checks to guess. Their errors are in
// the go command's words, less what may be secret.
//
// # How that is known
//
// The tests make hundreds of environments and compare each value with what
// "go env" says, give lists to the real go and read the log of a mirror on
// loopback, and ask it about every flag. YINGZAO_GOENV_CASES=5000 makes more
// environments, YINGZAO_GOENV_SEED the same ones again.
package goenv
