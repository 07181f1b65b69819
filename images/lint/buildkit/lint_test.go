package buildkit

import (
	"bytes"
	"strings"
	"testing"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// warnings are what BuildKit's linter says when it parses a file. Rules that look
// at variables and paths live in its builder, and are not among them.
func warnings(t *testing.T, src []byte) []string {
	t.Helper()
	var out []string
	r, err := parser.Parse(bytes.NewReader(src))
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range r.Warnings {
		out = append(out, w.Short)
	}
	l := linter.New(&linter.Config{Warn: func(rule, _, _, text string, _ []parser.Range) {
		out = append(out, rule+": "+text)
	}})
	if _, _, err := instructions.Parse(r.AST, l); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestShippedDockerfiles(t *testing.T) {
	n := 0
	for name, src := range corpus(t) {
		if !strings.HasPrefix(name, "../../dockerfiles/") {
			continue
		}
		n++
		for _, w := range warnings(t, src) {
			t.Errorf("%s: %s", name, w)
		}
	}
	if n == 0 {
		t.Skip("images/dockerfiles is not there")
	}
	t.Logf("%d Dockerfiles", n)
}

// The linter is awake.
func TestLinterFinds(t *testing.T) {
	got := strings.Join(warnings(t, []byte("from debian:12 AS Build\nMAINTAINER x\nRUN true \\\n\n  && true\n")), "\n")
	for _, want := range []string{"StageNameCasing", "FromAsCasing", "MaintainerDeprecated", "Empty continuation"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
}
