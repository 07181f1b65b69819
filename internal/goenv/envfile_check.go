package goenv

import (
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// reported are the names that the go command shows and nobody can set.
var reported = set("GOEXE GOGCCFLAGS GOHOSTARCH GOHOSTOS GOMOD GOWORK GOTOOLDIR GOVERSION GOTELEMETRY GOTELEMETRYDIR")

// CheckWrite returns why "go env -w key=value" refuses to write, in its words,
// for a file that does not hold the key yet; nil = it writes. It refuses very
// little: GOPROXY, GOSUMDB, GOFLAGS, GOROOT and GOTOOLCHAIN take anything
// (cmd/go/internal/envcmd, checkEnvWrite). GOOS, GOARCH and GOEXPERIMENT it also
// compares with each other, which is not done here.
func CheckWrite(goos, key, value string) error {
	switch {
	case reported[key]:
		return fmt.Errorf("%s cannot be modified", key)
	case key == "GOENV" || key == "GODEBUG":
		return fmt.Errorf("%s can only be set using the OS environment", key)
	case !Known(key):
		return fmt.Errorf("unknown go command variable %s", key)
	}
	if err := checkPath(goos, key, value); err != nil {
		return err
	}
	switch {
	case !utf8.ValidString(value):
		return fmt.Errorf("invalid UTF-8 in %s=... value", key)
	case strings.Contains(value, "\x00"):
		return fmt.Errorf("invalid NUL in %s=... value", key)
	case strings.ContainsAny(value, "\v\r\n"):
		return fmt.Errorf("invalid newline in %s=... value", key)
	case key == "GOTMPDIR" && value != "" && !IsAbs(goos, value):
		return fmt.Errorf("GOTMPDIR must be an absolute path")
	}
	return nil
}

func checkPath(goos, key, value string) error {
	if value == "" {
		return nil
	}
	switch key {
	case "GO111MODULE":
		if value != "auto" && value != "on" && value != "off" {
			return fmt.Errorf("invalid %s value %q", key, value)
		}
	case "GOPATH", "GOMODCACHE":
		if key == "GOPATH" && strings.HasPrefix(value, "~") {
			return fmt.Errorf("GOPATH entry cannot start with shell metacharacter '~': %q", value)
		}
		if !IsAbs(goos, value) {
			return fmt.Errorf("%s entry is relative; must be absolute path: %q", key, value)
		}
	case "CC", "CXX":
		words, err := splitQuoted(value)
		if err != nil {
			return fmt.Errorf("invalid %s: %v", key, err)
		}
		if len(words) == 0 {
			return fmt.Errorf("%s entry cannot contain only space", key)
		}
		if !IsAbs(goos, words[0]) && words[0] != filepath.Base(words[0]) {
			return fmt.Errorf("%s entry is relative; must be absolute path: %q", key, words[0])
		}
	}
	return nil
}
