package goenv

import "strings"

// known are the settings of the go command of Go 1.26 (internal/cfg.KnownEnv):
// what "go env -w" accepts, less those that it only reports.
const known = ` AR CC CGO_CFLAGS CGO_CFLAGS_ALLOW CGO_CFLAGS_DISALLOW CGO_CPPFLAGS CGO_CPPFLAGS_ALLOW CGO_CPPFLAGS_DISALLOW
 CGO_CXXFLAGS CGO_CXXFLAGS_ALLOW CGO_CXXFLAGS_DISALLOW CGO_ENABLED CGO_FFLAGS CGO_FFLAGS_ALLOW CGO_FFLAGS_DISALLOW CGO_LDFLAGS
 CGO_LDFLAGS_ALLOW CGO_LDFLAGS_DISALLOW CXX FC GCCGO GO111MODULE GO386 GOAMD64 GOARCH GOARM GOARM64 GOAUTH GOBIN GOCACHE GOCACHEPROG
 GOEXPERIMENT GOFIPS140 GOFLAGS GOINSECURE GOMIPS GOMIPS64 GOMODCACHE GONOPROXY GONOSUMDB GOOS GOPATH GOPPC64 GOPRIVATE
 GOPROXY GORISCV64 GOROOT GOSUMDB GOTMPDIR GOTOOLCHAIN GOVCS GOWASM GOWORK GO_EXTLINK_ENABLED PKG_CONFIG `

// processKnown are GO variables that exist, but in the process alone.
const processKnown = ` GOENV GODEBUG GOGC GOMEMLIMIT GOMAXPROCS GOTRACEBACK GORACE GOCOVERDIR GOTELEMETRY GOTELEMETRYDIR GOHOSTARCH GOHOSTOS GOEXE GOGCCFLAGS GOTOOLDIR GOVERSION GOMOD GOROOT_FINAL GOROOT_BOOTSTRAP GOEXPERIMENT GOPACKAGESDRIVER GOPLSCACHE `

// Settings are the names that may stand in an env file.
func Settings() []string { return strings.Fields(known) }

// Known reports whether the go command takes the setting from an env file.
func Known(key string) bool {
	for _, k := range Settings() {
		if k == key {
			return true
		}
	}
	return false
}

// KnownProcess reports whether a variable of this name means something to Go at
// all, be it in the process alone.
func KnownProcess(key string) bool {
	if Known(key) || ProcessOnly(key) {
		return true
	}
	for _, k := range strings.Fields(processKnown) {
		if k == key {
			return true
		}
	}
	return false
}
