package subproc

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestGetenv(t *testing.T) {
	for environ, want := range map[string]string{"": "", "A=1": "1", "A=1 A=2": "2", "A=": "", "AA=1": "", "A=x=y": "x=y"} {
		got, found := Getenv(strings.Fields(environ), "A")
		if got != want || found != (strings.HasPrefix(environ, "A=")) {
			t.Errorf("%q: %q %v", environ, got, found)
		}
	}
	if _, found := Getenv([]string{"a=1"}, "A"); found != (runtime.GOOS == "windows") {
		t.Errorf("another case: %v", found)
	}
}

func TestLook(t *testing.T) {
	name := "tool"
	if runtime.GOOS == "windows" {
		name = "tool.exe"
	}
	dir := func(mode os.FileMode) string {
		d := t.TempDir()
		if err := os.WriteFile(filepath.Join(d, name), []byte("#!/bin/sh\n"), mode); err != nil {
			t.Fatal(err)
		}
		return d
	}
	first, second, folder := dir(0o755), dir(0o755), t.TempDir()
	if err := os.Mkdir(filepath.Join(folder, name), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir(0o755))
	for what, c := range map[string]struct {
		dirs []string
		want string
	}{
		"the first one":            {[]string{t.TempDir(), first, second}, first},
		"a folder of that name":    {[]string{folder, second}, second},
		"nowhere":                  {[]string{t.TempDir()}, ""},
		"no PATH":                  {nil, ""},
		"where the user stands":    {[]string{"", "."}, ""},
		"what nobody can run":      {[]string{dir(0o644)}, ""},
		"what nobody can run, one": {[]string{dir(0o644), second}, second},
	} {
		if runtime.GOOS == "windows" && strings.HasPrefix(what, "what nobody") {
			continue // modes tell nothing there
		}
		got, found := Look("tool", []string{"PATH=" + strings.Join(c.dirs, string(filepath.ListSeparator))})
		if found != (c.want != "") || found && filepath.Dir(got) != c.want {
			t.Errorf("%s: %q %v, want one in %q", what, got, found, c.want)
		}
	}
}
