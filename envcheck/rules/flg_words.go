package rules

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
)

// joinFlags writes GOFLAGS, with quotes around the words that need them; false
// when a word cannot be written: nothing is escaped there.
func joinFlags(flags []goenv.Flag) (string, bool) {
	var words []string
	for _, f := range flags {
		switch w := f.Raw; {
		case !strings.ContainsAny(w, " \t\r\n'\""):
			words = append(words, w)
		case !strings.Contains(w, "'"):
			words = append(words, "'"+w+"'")
		case !strings.Contains(w, `"`):
			words = append(words, `"`+w+`"`)
		default:
			return "", false
		}
	}
	return strings.Join(words, " "), true
}

// withoutFlag is the remedy that takes flags out of a GOFLAGS and keeps the
// others.
func withoutFlag(v *envcheck.View, s envcheck.Setting, drop func(goenv.Flag) bool) *envcheck.Fix {
	flags, err := goenv.ParseFlags(s.Value)
	if err != nil {
		return v.FixUnset(s, false)
	}
	value, ok := joinFlags(slices.DeleteFunc(flags, drop))
	switch {
	case !ok:
		return nil
	case value == "":
		return v.FixUnset(s, false)
	}
	return v.FixSet(s, value, false)
}

// flagOf returns the last flag of a name, which is the one that counts.
func flagOf(flags []goenv.Flag, name string) (goenv.Flag, bool) {
	for _, f := range slices.Backward(flags) {
		if f.Name == name {
			return f, true
		}
	}
	return goenv.Flag{}, false
}

func isMod(f goenv.Flag) bool { return f.Name == "mod" }
