package goenv

import (
	"runtime"
	"strings"
)

// fixed are the built-in defaults of Go 1.26 that are one word everywhere, in
// the form of the releases (internal/buildcfg, cmd/go/internal/work).
var fixed = map[string]string{
	"AR": "ar", "FC": "gfortran", "GCCGO": "gccgo", "PKG_CONFIG": "pkg-config",
	"CGO_CFLAGS": "-O2 -g", "CGO_CXXFLAGS": "-O2 -g", "CGO_FFLAGS": "-O2 -g", "CGO_LDFLAGS": "-O2 -g",
	"GO386": "sse2", "GOAMD64": "v1", "GOARM": "7", "GOARM64": "v8.0", "GOMIPS": "hardfloat", "GOMIPS64": "hardfloat",
	"GOPPC64": "power8", "GORISCV64": "rva20u64",
	"GOAUTH": "netrc", "GOFIPS140": "off",
}

// Get returns what the go command uses: the setting in force, or where that is
// empty the built-in default as far as it is a fixed word or follows from other
// settings (GONOPROXY and GONOSUMDB from GOPRIVATE, GOMODCACHE from GOPATH, and
// so on). GOPROXY, GOSUMDB and GOTOOLCHAIN have no built-in default: GOROOT/go.env
// gives it. "" stands for what is empty, for what depends on the machine
// (CGO_ENABLED without a setting), and for GOROOT: see [FindGoroot].
func (e *Env) Get(key string) string {
	v := e.Lookup(key).Value
	switch key {
	case "CGO_ENABLED":
		if v != "0" && v != "1" {
			return "" // anything else is ignored
		}
	case "GOENV":
		return e.Paths().EnvFile
	case "GOCACHE":
		return e.Paths().Cache
	case "GOROOT":
		if e.Lookup(key).Origin == FromFile && v != "" {
			return clean(e.os(), v)
		}
	}
	if v != "" {
		return v
	}
	switch key {
	case "GONOPROXY", "GONOSUMDB":
		return e.Lookup("GOPRIVATE").Value
	case "GOPATH":
		if v := e.gopath(); v == "" || IsAbs(e.os(), splitList(e.os(), v)[0]) {
			return v
		}
		return "" // derived from a home that is no absolute path: forgotten again
	case "GOMODCACHE":
		return e.Paths().ModCache
	case "GOOS":
		return e.os()
	case "GOARCH":
		if e.src.Arch != "" {
			return e.src.Arch
		}
		return runtime.GOARCH
	case "GOEXE":
		if e.Get("GOOS") == "windows" {
			return ".exe"
		}
	case "CC", "CXX":
		return e.compiler(key)
	}
	return fixed[key]
}

func (e *Env) compiler(key string) string {
	cc := map[string]string{"CC": "gcc", "CXX": "g++"}
	if strings.Contains(" darwin ios freebsd openbsd ", " "+e.Get("GOOS")+" ") {
		cc = map[string]string{"CC": "clang", "CXX": "clang++"}
	}
	return cc[key]
}
