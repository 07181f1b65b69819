package export

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReplaces(t *testing.T) {
	o := some(t, "linux/amd64", "linux/arm64")
	if err := os.Mkdir(o.To, 0o700); err != nil { // an empty folder is no obstacle
		t.Fatal(err)
	}
	write(t, o)
	first := listing(t, o.To)
	if r := write(t, o); !r.Replaced || listing(t, o.To) != first {
		t.Error("the same export once more is another one")
	}
	o.Binaries = o.Binaries[:1]
	write(t, o)
	if _, err := os.Stat(filepath.Join(o.To, "bin", "yingzao_linux_arm64")); err == nil {
		t.Error("something of the earlier export is left")
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(o.To), ".*")); len(left) > 0 {
		t.Errorf("left %v", left)
	}
}

// The way of systems that cannot exchange folders, and its way back.
func TestSwapInTwoSteps(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	for _, name := range []string{"new", "to"} {
		if err := os.MkdirAll(path(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(path(name), name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := twoSteps(path("missing"), path("to"), path("old")); err == nil {
		t.Error("nothing was moved and nobody said so")
	}
	if _, err := os.Stat(path("to/to")); err != nil {
		t.Errorf("the way back: %v", err)
	}
	if err := twoSteps(path("new"), path("to"), path("old")); err != nil {
		t.Error(err)
	}
	for _, name := range []string{"to/new", "old/to"} {
		if _, err := os.Stat(path(name)); err != nil {
			t.Error(err)
		}
	}
}

// What somebody has, or made of an export, stays.
func TestKeepsWhatIsNotOurs(t *testing.T) {
	for name, c := range map[string]struct {
		touch func(dir string) error
		want  string
	}{
		"a file of theirs": {func(dir string) error {
			return errors.Join(os.RemoveAll(dir), os.Mkdir(dir, 0o755), put(dir, "a", "x"))
		}, "no earlier export"},
		"a commit in it": {func(dir string) error {
			return errors.Join(os.Mkdir(filepath.Join(dir, "gitlab", ".git"), 0o755), put(dir, "gitlab/.git/HEAD", "x"))
		}, "gitlab/.git/HEAD is no file of the export"},
		"an edit": {func(dir string) error { return put(dir, "gitlab/README.md", "ours") }, "gitlab/README.md was changed"},
		"a link": {func(dir string) error {
			return errors.Join(os.Remove(filepath.Join(dir, "README.md")), os.Symlink("x", filepath.Join(dir, "README.md")))
		}, "README.md is no file"},
		"a later form":       {func(dir string) error { return put(dir, Marker, "2\n") }, "another version of yingzao"},
		"a file, no folder":  {func(dir string) error { return errors.Join(os.RemoveAll(dir), os.WriteFile(dir, nil, 0o644)) }, "not a directory"},
		"without sums":       {func(dir string) error { return os.Remove(filepath.Join(dir, SumsName)) }, SumsName},
		"a missing file: no": {func(dir string) error { return os.Remove(filepath.Join(dir, "README.md")) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			o := some(t, "linux/amd64")
			write(t, o)
			if err := c.touch(o.To); err != nil {
				t.Fatal(err)
			}
			before := ""
			if info, err := os.Stat(o.To); err == nil && info.IsDir() {
				before = listing(t, o.To)
			}
			_, err := Write(context.Background(), params(t), o)
			if c.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %s", err, c.want)
			}
			if before != "" && listing(t, o.To) != before {
				t.Error("the folder is another one")
			}
		})
	}
}

func put(dir, name, text string) error {
	return os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), []byte(text), 0o644)
}

// Whenever it is interrupted, the earlier export is as it was.
func TestInterrupted(t *testing.T) {
	o := some(t, "linux/amd64")
	write(t, o)
	before := listing(t, o.To)
	o.Version = "2.0.0"
	done := false
	for n := 0; !done && n < 500; n += 7 {
		ctx := &countdown{Context: context.Background(), left: n}
		_, err := Write(ctx, params(t), o)
		if done = err == nil; done {
			break
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if listing(t, o.To) != before {
			t.Fatalf("interrupted at %d: another folder", n)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(o.To), ".*")); !done || len(left) > 0 {
		t.Errorf("done %v, left %v", done, left)
	}
	if listing(t, o.To) == before {
		t.Error("nothing was exported in the end")
	}
}

// countdown is a context that ends when it was asked so many times.
type countdown struct {
	context.Context
	left int
}

func (c *countdown) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}
