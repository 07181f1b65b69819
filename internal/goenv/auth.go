package goenv

import (
	"errors"
	"strings"
)

// ParseAuth splits GOAUTH into its commands, each into its words, in the order
// written. Its errors are in the go command's words, less the value, which may
// hold a secret. They stop the go command when it first needs a credential.
func ParseAuth(value string) ([][]string, error) {
	commands := strings.Split(value, ";")
	var out [][]string
	for _, c := range commands {
		words := strings.Fields(c)
		if len(words) == 0 {
			return nil, errors.New("GOAUTH encountered an empty command")
		}
		switch words[0] {
		case "off":
			if len(commands) > 1 {
				return nil, errors.New("GOAUTH=off cannot be combined with other authentication commands")
			}
		case "git":
			if len(words) != 2 || !isAbs(words[1]) {
				return nil, errors.New("GOAUTH=git dir method requires an absolute path to the git working directory")
			}
		}
		out = append(out, words)
	}
	return out, nil
}

// isAbs knows absolute paths of every system.
func isAbs(p string) bool {
	if strings.HasPrefix(p, "/") || strings.HasPrefix(p, `\\`) {
		return true
	}
	return len(p) > 2 && p[1] == ':' && (p[2] == '/' || p[2] == '\\')
}

// IsAbs reports whether p is an absolute path on the system (a GOOS).
func IsAbs(goos, p string) bool {
	if goos == "windows" {
		return isAbs(p) && !(strings.HasPrefix(p, "/") && !strings.HasPrefix(p, "//"))
	}
	return strings.HasPrefix(p, "/")
}
