package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/envcheck/leak"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// patternKeys are the settings that hold lists of module path patterns.
var patternKeys = []string{"GOPRIVATE", "GONOPROXY", "GONOSUMDB", "GOINSECURE"}

// badPatterns makes one finding a setting whose list holds entries that wrong
// reports; say tells about the first of them.
func badPatterns(v *envcheck.View, wrong func(p goenv.Pattern) bool, say func(key, pattern string) msg.Text) []envcheck.Finding {
	var out []envcheck.Finding
	for _, s := range v.SettingsOf(patternKeys...) {
		var bad []string
		for _, p := range goenv.ParsePatterns(s.Value) {
			if !filledIn.Re().MatchString(p.Raw) && wrong(p) {
				bad = append(bad, p.Raw)
			}
		}
		if len(bad) == 0 {
			continue
		}
		f := envcheck.Finding{Subject: s.Key, Where: s.Place, Message: say(s.Key, bad[0]), Fix: repairFix(v, s)}
		for i, b := range bad {
			if i == shownAtMost {
				f.Evidence = append(f.Evidence, envcheck.Evidence{Name: "more", Value: fmt.Sprintf("+%d", len(bad)-i)})
				break
			}
			f.Evidence = append(f.Evidence, envcheck.Evidence{Name: s.Key, Value: quoted(b), Place: s.Place})
		}
		out = append(out, f)
	}
	return out
}

// shownAtMost is how much of the same a finding names; it says how much more
// there is.
const shownAtMost = 10

// filledIn marks an entry that a shell or a CI system fills in later.
var filledIn = lazyre.New(`\$[A-Za-z_{(]|%[A-Za-z_]+%`)

const fullWidth = "，；、"

// separated reports separators that the go command does not know inside an entry.
func separated(raw string) bool {
	return strings.ContainsAny(strings.TrimSpace(raw), "; \t"+fullWidth)
}

func padded(raw string) bool { return raw != strings.TrimSpace(raw) && strings.TrimSpace(raw) != "" }

func hasScheme(raw string) bool { return strings.Contains(raw, "://") }

var portAfterHost = lazyre.New(`^[^/@]+:[0-9]+(/|$)`)

func hasPort(raw string) bool {
	return !hasScheme(raw) && portAfterHost.Re().MatchString(strings.TrimSpace(raw))
}

// foreign reports the notations of other tools: regular expressions, Go's own
// package wildcard, clone addresses.
func foreign(raw string) bool {
	raw = strings.TrimSpace(raw)
	if hasScheme(raw) || hasPort(raw) || separated(raw) {
		return false
	}
	return strings.Contains(raw, "...") || strings.Contains(raw, "//") || strings.Contains(raw, ".*") || strings.Contains(raw, "**") ||
		strings.HasSuffix(raw, ".git") || strings.ContainsAny(raw, `\^$()|@+`)
}

// upperHost reports upper case where module paths never have it.
func upperHost(raw string) bool {
	if hasScheme(raw) {
		return false
	}
	host, _, _ := strings.Cut(raw, "/")
	return host != strings.ToLower(host)
}

func quoted(s string) string {
	return `"` + strings.NewReplacer("\r", `\r`, "\t", `\t`).Replace(s) + `"`
}

// odd reports whether the go command takes an entry otherwise than it was meant.
func odd(v *envcheck.View, p goenv.Pattern) bool {
	return p.Broken || padded(p.Raw) || strings.TrimSpace(p.Raw) == "" || separated(p.Raw) || hasScheme(p.Raw) || hasPort(p.Raw) || foreign(p.Raw) ||
		upperHost(p.Raw) || otherCase(v, p) || strings.HasPrefix(p.Raw, ".")
}

// repaired is a list as it was meant: good entries stay as they are.
func repaired(v *envcheck.View, value string) []string {
	var out []string
	have := map[string]bool{}
	add := func(entry string) {
		if !have[entry] {
			have[entry] = true
			out = append(out, entry)
		}
	}
	for _, p := range goenv.ParsePatterns(value) {
		entries := []string{p.Raw}
		if odd(v, p) && !filledIn.Re().MatchString(p.Raw) {
			entries = envcheck.MeantPatterns(p.Raw)
		}
		if bareDomain(v, p) {
			entries = append(entries, "*."+p.Raw)
		}
		for _, e := range entries {
			if strings.HasPrefix(p.Raw, ".") && leak.Registrable(p.Raw[1:]) == p.Raw[1:] {
				add(p.Raw[1:])
			}
			add(e)
		}
	}
	return out
}

func appendNew(list []string, entry string) []string {
	if slices.Contains(list, entry) {
		return list
	}
	return append(list, entry)
}

// repairFix gives a list the value that was meant, and where it decides about
// private modules here and now, with those it misses: the fixes of all rules of
// this area lead to the same value.
func repairFix(v *envcheck.View, s envcheck.Setting) *envcheck.Fix {
	list := repaired(v, s.Value)
	if s.InForce && (s.Key == "GOPRIVATE" || s.Key == "GONOSUMDB" || s.Key == "GONOPROXY" && !houseMirrors(v)) {
		list = covering(v, list)
	}
	if len(list) == 0 {
		return v.FixUnset(s, false)
	}
	// Less is asked outside, but what is asked inside instead may need credentials.
	return v.FixSet(s, strings.Join(list, ","), false)
}
