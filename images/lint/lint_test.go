package lint

import (
	"context"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

var update = flag.Bool("update", false, "write the rule tables in README.md")

func check(t *testing.T, src string) []Finding {
	t.Helper()
	out, err := Check(t.Context(), "Dockerfile", []byte(src), Options{})
	if err != nil {
		t.Fatalf("%v in\n%s", err, src)
	}
	return out
}

// codes are the findings as "line CODE".
func codes(findings []Finding) []string {
	out := []string{}
	for _, f := range findings {
		out = append(out, fmt.Sprintf("%d %s", f.Line, f.Code))
	}
	return out
}

func TestRulesAreDocumented(t *testing.T) {
	form := regexp.MustCompile(`^DKR\d{3}$`)
	var seen []string
	for _, r := range Rules() {
		if !form.MatchString(r.Code) {
			t.Errorf("rule %q", r.Code)
		}
		seen = append(seen, r.Code)
		for _, text := range []msg.Text{r.Title, r.Why, r.Fix} {
			han := strings.ContainsFunc(text.ZH, func(c rune) bool { return unicode.Is(unicode.Han, c) })
			latin := !strings.ContainsFunc(text.EN, func(c rune) bool { return unicode.Is(unicode.Han, c) })
			if text.EN == "" || !han || !latin {
				t.Errorf("%s: %+v is not in both languages", r.Code, text)
			}
		}
		if !strings.HasSuffix(r.Why.EN, ".") || !strings.HasSuffix(r.Why.ZH, "。") || strings.HasSuffix(r.Title.EN, ".") || strings.HasSuffix(r.Title.ZH, "。") {
			t.Errorf("%s: punctuation", r.Code)
		}
		if r.Before == "" || r.After == "" || r.Since == "" || r.Severity == "" || (r.find == nil) != (r.Code == "DKR090") {
			t.Errorf("%s: something is missing", r.Code)
		}
		if found, ok := FindRule(r.Code); !ok || found.Title != r.Title {
			t.Errorf("%s is not found", r.Code)
		}
		has := func(src string) bool {
			return slices.ContainsFunc(check(t, src), func(f Finding) bool { return f.Code == r.Code && f.Severity == r.Severity })
		}
		if !has(r.Before) {
			t.Errorf("%s is not found in its own example", r.Code)
		}
		if has(r.After) {
			t.Errorf("%s is found in its mended example", r.Code)
		}
	}
	if !slices.IsSorted(seen) || len(slices.Compact(seen)) != len(Rules()) || len(seen) < 15 {
		t.Errorf("codes are not in order, each once: %v", seen)
	}
	if _, ok := FindRule("DKR999"); ok {
		t.Error("a rule that does not exist")
	}
}

// The kind of Dockerfile that articles print gives everything that is wrong with it.
func TestTheArticles(t *testing.T) {
	src, err := os.ReadFile("testdata/article.Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"1 DKR020", "3 DKR003", "3 DKR005", "3 DKR050", "5 DKR032", "7 DKR034", "8 DKR033", "10 DKR051",
		"13 DKR001", "13 DKR010", "14 DKR001", "14 DKR011", "14 DKR030", "18 DKR021", "19 DKR023", "24 DKR031",
	}
	if got := codes(check(t, string(src))); !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

// A Dockerfile full of what only looks wrong has no findings.
func TestGoodDockerfile(t *testing.T) {
	src, err := os.ReadFile("testdata/builder.Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range check(t, string(src)) {
		t.Errorf("line %d: %s %s: %s", f.Line, f.Code, f.Subject, f.Message.EN)
	}
}

func TestNoFile(t *testing.T) {
	for name, src := range map[string]string{
		"empty": "", "comment": "# only\n", "prose": "Dear reader,\nthis is no Dockerfile.\n", "open document": "FROM a\nRUN <<X\n",
		"too long": "FROM a\nRUN " + strings.Repeat("#", 300<<10), "too many": strings.Repeat("USER a\n", 2001),
	} {
		_, err := Check(t.Context(), "Dockerfile", []byte(src), Options{})
		if err == nil || !strings.HasPrefix(err.Error(), "lint Dockerfile: ") || !strings.HasPrefix(msg.In(err, msg.Chinese), "检查 Dockerfile：") {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Check(ctx, "Dockerfile", []byte("FROM a:1\n"), Options{}); err == nil {
		t.Error("cancelled, and no error")
	}
}

// The tables in the README files come from the rules.
func TestReadme(t *testing.T) {
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
		want := before + begin + "\n" + table(lang) + "\n" + end + after
		if *update {
			if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		} else if string(have) != want {
			t.Errorf("%s is not what the rules say; go test ./images/lint -update writes it", name)
		}
	}
}

func table(lang msg.Lang) string {
	var b strings.Builder
	head := msg.Text{EN: "| Code | Severity | What is wrong | What to do |", ZH: "| 代码 | 级别 | 问题 | 处理办法 |"}
	severity := map[Severity]msg.Text{Error: {EN: "error", ZH: "错误"}, Warning: {EN: "warning", ZH: "警告"}, Note: {EN: "note", ZH: "说明"}}
	fmt.Fprintf(&b, "%s\n|---|---|---|---|\n", head.In(lang))
	for _, r := range Rules() {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", r.Code, severity[r.Severity].In(lang), r.Title.In(lang), strings.ReplaceAll(r.Fix.In(lang), "|", `\|`))
	}
	return b.String()
}
