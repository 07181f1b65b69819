package jenkins_test

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Jenkins can run all of ours.
func TestLibraryIsSafeUnderCPS(t *testing.T) {
	t.Parallel()
	if out, err := groovy(t, "lint", "vars", "src").Output(); err != nil || len(out) != 0 {
		t.Errorf("%v\n%s", err, out)
	}
}

// The lint finds in test/bad what its comments announce, and nothing else.
func TestLintFindsEachRule(t *testing.T) {
	t.Parallel()
	out, err := groovy(t, "lint", "test/bad").Output()
	if err == nil {
		t.Error("the lint found nothing to object to")
	}
	got := strings.Split(strings.TrimSpace(string(out)), "\n")
	var want []string
	files, err := filepath.Glob("test/bad/*.groovy")
	if err != nil || len(files) == 0 {
		t.Fatal("no bad files", err)
	}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		lines := bufio.NewScanner(f)
		for n := 1; lines.Scan(); n++ {
			if _, rule, ok := strings.Cut(lines.Text(), "// want: "); ok {
				want = append(want, fmt.Sprintf("%s:%d: %s", name, n, rule))
			}
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("found:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
