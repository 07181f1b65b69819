package lint

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Reports are read by others' programs: fingerprints stay when lines move, and no two
// are equal.
func TestReports(t *testing.T) {
	src := "a:\n  image: golang\n  script:\n    - go install a.example/b@latest\n    - go install a.example/b@latest\n"
	ids := func(src string) []string {
		var b strings.Builder
		if err := CodeQuality(&b, check(t, src)); err != nil {
			t.Fatal(err)
		}
		var issues []codeQuality
		if err := json.Unmarshal([]byte(b.String()), &issues); err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, i := range issues {
			if i.Severity != "minor" || i.Location.Path != "pipeline.yml" || i.Location.Lines.Begin < 2 || !strings.HasPrefix(i.Description, i.CheckName+": ") {
				t.Errorf("%+v", i)
			}
			out = append(out, i.Fingerprint)
		}
		return out
	}
	all := ids(src)
	if len(all) != 3 || len(slices.Compact(slices.Sorted(slices.Values(all)))) != 3 || !slices.Equal(all, ids("# moved\n\n"+src)) {
		t.Errorf("%v", all)
	}
	var b strings.Builder
	if err := CodeQuality(&b, nil); err != nil || strings.TrimSpace(b.String()) != "[]" {
		t.Errorf("%q %v", b.String(), err)
	}
}

// The report obeys the official schema, which a module for SARIF has among its
// sources.
func TestSARIF(t *testing.T) {
	var b strings.Builder
	if err := SARIF(&b, check(t, "a:\n  image: golang\n  script:\n    - curl https://a.example | sh\n"), "v1"); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "list", "-f", "{{.Dir}}", "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif").Output()
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(gotoken.NewFileSet(), filepath.Join(strings.TrimSpace(string(out)), "schema.go"), nil, 0)
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
	log, err := jsonschema.UnmarshalJSON(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.MustCompile("sarif.json").Validate(log); err != nil {
		t.Error(err)
	}
	if !strings.Contains(b.String(), `"ruleId": "PPL052"`) || !strings.Contains(b.String(), `"uri": "pipeline.yml"`) {
		t.Error(b.String())
	}
}
