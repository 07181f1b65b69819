package goenv

import (
	"maps"
	"slices"
)

// known are the settings of the go command of Go 1.26 (internal/cfg.KnownEnv):
// what it reads from an env file, less those that it only reports.
var known = set(`AR CC CGO_CFLAGS CGO_CFLAGS_ALLOW CGO_CFLAGS_DISALLOW CGO_CPPFLAGS CGO_CPPFLAGS_ALLOW CGO_CPPFLAGS_DISALLOW
	CGO_CXXFLAGS CGO_CXXFLAGS_ALLOW CGO_CXXFLAGS_DISALLOW CGO_ENABLED CGO_FFLAGS CGO_FFLAGS_ALLOW CGO_FFLAGS_DISALLOW CGO_LDFLAGS
	CGO_LDFLAGS_ALLOW CGO_LDFLAGS_DISALLOW CXX FC GCCGO GO111MODULE GO386 GOAMD64 GOARCH GOARM GOARM64 GOAUTH GOBIN GOCACHE GOCACHEPROG
	GOEXPERIMENT GOFIPS140 GOFLAGS GOINSECURE GOMIPS GOMIPS64 GOMODCACHE GONOPROXY GONOSUMDB GOOS GOPATH GOPPC64 GOPRIVATE
	GOPROXY GORISCV64 GOROOT GOSUMDB GOTMPDIR GOTOOLCHAIN GOVCS GOWASM GOWORK GO_EXTLINK_ENABLED PKG_CONFIG`)

// processKnown are GO variables that exist, but in the process alone, or only as
// something that the go command reports.
var processKnown = set(`GOTELEMETRY GOTELEMETRYDIR GOHOSTARCH GOHOSTOS GOEXE GOGCCFLAGS GOTOOLDIR GOVERSION GOMOD GOROOT_FINAL
	GOROOT_BOOTSTRAP GOPACKAGESDRIVER GOPLSCACHE`)

// processOnly are the settings that the go command, or the runtime below it,
// reads from the process alone: a line of the env file has no effect.
// Source: cmd/go reads them with os.Getenv.
var processOnly = set(`GOENV GODEBUG GOMEMLIMIT GOGC GOMAXPROCS GOTRACEBACK GORACE GOCOVERDIR
	HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy https_proxy no_proxy ALL_PROXY all_proxy
	SSL_CERT_FILE SSL_CERT_DIR NETRC HOME PATH TMPDIR`)

// Settings are the names that may stand in an env file, sorted.
func Settings() []string { return slices.Sorted(maps.Keys(known)) }

// Known reports whether the go command takes the setting from an env file.
func Known(key string) bool { return known[key] }

// KnownProcess reports whether a variable of this name means something to Go at
// all, be it in the process alone.
func KnownProcess(key string) bool { return known[key] || processOnly[key] || processKnown[key] }
