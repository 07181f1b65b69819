// Package linttest holds rules, and the reports and tables made of them, to what
// package lint says.
package linttest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/santhosh-tekuri/jsonschema/v6"

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

// Readme compares what stands in the README files of a folder between <!-- rules -->
// and <!-- /rules --> with what the rules say, or writes it.
func Readme(t *testing.T, dir string, update bool, tables func(msg.Lang) string) {
	t.Helper()
	for lang, name := range map[msg.Lang]string{msg.English: "README.md", msg.Chinese: "README.zh-CN.md"} {
		name = filepath.Join(dir, name)
		have, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		const begin, end = "<!-- rules -->\n", "<!-- /rules -->"
		before, rest, ok := strings.Cut(string(have), begin)
		_, after, ok2 := strings.Cut(rest, end)
		if !ok || !ok2 {
			t.Fatalf("%s has no place for the tables", name)
		}
		want := before + begin + "\n" + tables(lang) + end + after
		if update {
			if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
		} else if string(have) != want {
			t.Errorf("%s is not what the rules say; go test -update in the folder of this test writes it", name)
		}
	}
}

// SARIFSchema is the official schema, which a module that reads SARIF has among its
// sources: its own Validate judges not our bytes but what it made of them.
func SARIFSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	out, err := exec.Command("go", "list", "-f", "{{.Dir}}", "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif").Output()
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(out)), "schema.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	literal := file.Scope.Lookup("schema").Decl.(*ast.ValueSpec).Values[0].(*ast.BasicLit).Value
	schema, err := jsonschema.UnmarshalJSON(strings.NewReader(strings.Trim(literal, "`")))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("sarif.json", schema); err != nil {
		t.Fatal(err)
	}
	return c.MustCompile("sarif.json")
}
