package e2e

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	row   = regexp.MustCompile(`(?m)^\| (P\d+) \| (.+?) \| (.+?) \| (.+?) \|$`)
	named = regexp.MustCompile("`([a-z0-9/]+)\\.((?:Test|Fuzz)[A-Za-z0-9]+)`")
)

// The table names each of P1 to P27 once, with an outcome and tests, and the tests
// are there.
func TestTable(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := row.FindAllStringSubmatch(string(text), -1)
	for i, r := range rows {
		if want := fmt.Sprintf("P%d", i+1); r[1] != want || !strings.Contains(r[2], " · ") || !strings.Contains(r[3], " · ") || !named.MatchString(r[4]) {
			t.Errorf("row %s: %q", want, r[0])
		}
	}
	if len(rows) != 27 {
		t.Errorf("%d rows", len(rows))
	}
	known, all := map[string]map[string]bool{}, named.FindAllStringSubmatch(string(text), -1)
	for _, m := range all {
		if known[m[1]] == nil {
			known[m[1]] = testsOf(t, m[1])
		}
		if !known[m[1]][m[2]] {
			t.Errorf("there is no %s.%s", m[1], m[2])
		}
	}
	// Whoever names a test after one of them wants it in the table.
	for pkg, tests := range known {
		for name := range tests {
			if m := regexp.MustCompile(`^TestP\d+`).FindString(name); m != "" && !strings.Contains(string(text), "`"+pkg+"."+name+"`") {
				t.Errorf("%s.%s is not in the table", pkg, name)
			}
		}
	}
	t.Logf("%d tests named", len(all))
}

// testsOf are the tests of a package of this repository, on whatever system.
func testsOf(t *testing.T, pkg string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", filepath.FromSlash(pkg), "*_test.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no tests in %s: %v", pkg, err)
	}
	names := map[string]bool{}
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil {
				names[fn.Name.Name] = true
			}
		}
	}
	return names
}
