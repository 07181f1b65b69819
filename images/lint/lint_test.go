package lint

import (
	"context"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/lint"
	"github.com/yingzao-dev/yingzao/internal/lint/linttest"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var update = flag.Bool("update", false, "write the rule tables in README.md")

func check(t *testing.T, src string) []lint.Finding {
	t.Helper()
	out, err := Check(t.Context(), "Dockerfile", []byte(src), Options{})
	if err != nil {
		t.Fatalf("%v in\n%s", err, src)
	}
	return out
}

func codes(findings []lint.Finding) []string { return linttest.Codes(findings) }

func TestRulesAreDocumented(t *testing.T) {
	linttest.Documented(t, Rules(), "DKR", check)
	for _, r := range Rules() {
		if !strings.HasSuffix(r.Why.EN, ".") || !strings.HasSuffix(r.Why.ZH, "。") {
			t.Errorf("%s: punctuation", r.Code)
		}
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
	linttest.Readme(t, ".", *update, func(lang msg.Lang) string { return Rules().Table(lang) + "\n" })
}
