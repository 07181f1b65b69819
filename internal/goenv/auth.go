package goenv

import (
	"errors"
	"slices"
	"strings"
)

// ParseAuth splits GOAUTH into its commands, each into its words, in the order
// written; an empty value means netrc. Its errors are in the go command's words,
// less the value, which may hold a secret. They stop the go command when it first
// needs a credential, which is at the first https request
// (cmd/go/internal/auth, runGoAuth). An absolute path is one of any system here;
// that git's folder has to exist as well is not asked.
func ParseAuth(value string) ([][]string, error) {
	if value == "" {
		return [][]string{{"netrc"}}, nil
	}
	commands := strings.Split(value, ";")
	out := make([][]string, 0, len(commands))
	var first error
	// The go command looks at the last one first.
	for _, c := range slices.Backward(commands) {
		fields := strings.Fields(c)
		if err := checkAuth(fields, len(commands)); err != nil && first == nil {
			first = err
		}
		// Quotes count in commands other than the built-in ones.
		if len(fields) == 0 {
			continue
		}
		if w, err := splitQuoted(c); err == nil && !builtinAuth[fields[0]] {
			fields = w
		}
		out = append(out, fields)
	}
	slices.Reverse(out)
	return out, first
}

var builtinAuth = set("off netrc git")

func checkAuth(fields []string, commands int) error {
	switch {
	case len(fields) == 0:
		return errors.New("GOAUTH encountered an empty command")
	case fields[0] == "off" && commands > 1:
		return errors.New("GOAUTH=off cannot be combined with other authentication commands")
	case fields[0] == "git" && len(fields) != 2:
		return errors.New("GOAUTH=git dir method requires an absolute path to the git working directory")
	case fields[0] == "git" && !IsAbs("linux", fields[1]) && !IsAbs("windows", fields[1]):
		return errors.New("GOAUTH=git dir method requires an absolute path to the git working directory, dir is not absolute")
	}
	return nil
}
