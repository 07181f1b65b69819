package goenv

import (
	"fmt"
	"go/version"
	"strings"
)

// Toolchain is what GOTOOLCHAIN says.
type Toolchain struct {
	Name string // "local" or a version such as "go1.26.8": what runs at least
	// Mode says where a newer one may come from when go.mod wants it: "auto"
	// (PATH, then download), "path", or "" (nowhere).
	Mode string
}

// ParseToolchain reads GOTOOLCHAIN as the go command does. Its errors are in the
// go command's words, and stop every go command except "go env -w GOTOOLCHAIN=…"
// and "go env GOTOOLCHAIN" (cmd/go/internal/toolchain, Select), unless
// GO111MODULE=off keeps GOTOOLCHAIN from being read. An empty value (go.env without the line) runs the
// local toolchain and never switches.
func ParseToolchain(value string) (Toolchain, error) {
	switch value {
	case "":
		return Toolchain{Name: "local"}, nil
	case "auto", "path":
		return Toolchain{Name: "local", Mode: value}, nil
	}
	name, suffix, plus := strings.Cut(value, "+")
	if name != "local" && toolchainVersion(name) == "" {
		if plus {
			return Toolchain{}, fmt.Errorf("invalid GOTOOLCHAIN %q: invalid minimum toolchain %q", value, name)
		}
		return Toolchain{}, fmt.Errorf("invalid GOTOOLCHAIN %q", value)
	}
	if plus && suffix != "auto" && suffix != "path" {
		return Toolchain{}, fmt.Errorf("invalid GOTOOLCHAIN %q: only version suffixes are +auto and +path", value)
	}
	// The last check of the go command, against words that it would find in PATH.
	if name != "local" && !strings.HasPrefix(name, "go1") && !strings.Contains(name, "-go1") {
		return Toolchain{}, fmt.Errorf("invalid GOTOOLCHAIN %q", name)
	}
	return Toolchain{Name: name, Mode: suffix}, nil
}

// toolchainVersion returns the Go version in a toolchain name such as
// "go1.26.8-custom", or "" (cmd/go/internal/gover.FromToolchain).
func toolchainVersion(name string) string {
	if strings.ContainsAny(name, `/\`) {
		return ""
	}
	v := name
	if i := strings.IndexAny(name, " \t-"); i >= 0 {
		v = name[:i]
	}
	if !strings.HasPrefix(v, "go") || !version.IsValid(v) {
		return ""
	}
	return v
}
