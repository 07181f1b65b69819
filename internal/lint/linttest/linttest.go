// Package linttest holds rules to what package lint says of them.
package linttest

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/yingzao-dev/yingzao/internal/lint"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Codes are findings as "line CODE".
func Codes(findings []lint.Finding) []string {
	out := []string{}
	for _, f := range findings {
		out = append(out, fmt.Sprintf("%d %s", f.Line, f.Code))
	}
	return out
}

// Documented looks whether every rule says what is wrong in both languages, and
// whether its example yields it and the mended one does not. Codes begin with prefix.
func Documented[V lint.View](t *testing.T, rules lint.Rules[V], prefix string, check func(t *testing.T, src string) []lint.Finding) {
	t.Helper()
	form := regexp.MustCompile("^" + prefix + `\d{3}$`)
	var seen, withoutFind []string
	for _, r := range rules {
		if !form.MatchString(r.Code) {
			t.Errorf("rule %q", r.Code)
		}
		seen = append(seen, r.Code)
		if r.Find == nil {
			withoutFind = append(withoutFind, r.Code)
		}
		for _, text := range []msg.Text{r.Title, r.Why, r.Fix} {
			if han := strings.ContainsFunc(text.ZH, isHan); text.EN == "" || !han || strings.ContainsFunc(text.EN, isHan) {
				t.Errorf("%s: %+v is not in both languages", r.Code, text)
			}
		}
		if strings.HasSuffix(r.Title.EN, ".") || strings.HasSuffix(r.Title.ZH, "。") {
			t.Errorf("%s: punctuation", r.Code)
		}
		if r.Before == "" || r.After == "" || r.Since == "" || r.Severity.Text().IsZero() {
			t.Errorf("%s: something is missing", r.Code)
		}
		if found, ok := rules.ByCode(r.Code); !ok || found.Title != r.Title {
			t.Errorf("%s is not found", r.Code)
		}
		has := func(src string) bool {
			return slices.ContainsFunc(check(t, src), func(f lint.Finding) bool { return f.Code == r.Code && f.Severity == r.Severity })
		}
		if !has(r.Before) {
			t.Errorf("%s is not found in its own example", r.Code)
		}
		if has(r.After) {
			t.Errorf("%s is found in its mended example", r.Code)
		}
	}
	if !slices.IsSorted(seen) || len(slices.Compact(slices.Clone(seen))) != len(rules) || len(seen) < 15 {
		t.Errorf("codes are not in order, each once: %v", seen)
	}
	if !slices.Equal(withoutFind, []string{prefix + "090"}) {
		t.Errorf("the rule about void comments: %v", withoutFind)
	}
	if _, ok := rules.ByCode(prefix + "999"); ok {
		t.Error("a rule that does not exist")
	}
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

// Readme compares the tables in the README files of the folder with the rules, or
// writes them.
func Readme[V lint.View](t *testing.T, rules lint.Rules[V], update bool) {
	t.Helper()
	for lang, name := range map[msg.Lang]string{msg.English: "README.md", msg.Chinese: "README.zh-CN.md"} {
		have, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		const begin, end = "<!-- rules -->\n", "<!-- /rules -->"
		before, rest, ok := strings.Cut(string(have), begin)
		_, after, ok2 := strings.Cut(rest, end)
		if !ok || !ok2 {
			t.Fatalf("%s has no place for the table", name)
		}
		want := before + begin + "\n" + rules.Table(lang) + "\n" + end + after
		if update {
			if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		} else if string(have) != want {
			t.Errorf("%s is not what the rules say; go test -update in this folder writes it", name)
		}
	}
}
