package adopt

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

func openTree(t *testing.T, dir string, layout Layout) *Tree {
	t.Helper()
	tree, err := Open(dir, layout)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tree.Close() })
	return tree
}

func TestOpenRefuses(t *testing.T) {
	empty := t.TempDir()
	for _, tc := range []struct {
		dir    string
		layout Layout
		says   string
	}{
		{empty, Auto, "no modules in it"}, {filepath.Join(empty, "none"), GoProxy, "no such file"}, {empty, "maven", "unknown layout"},
	} {
		_, err := Open(tc.dir, tc.layout)
		if err == nil || !strings.Contains(err.Error(), tc.says) || msg.KindOf(err) != msg.Usage || msg.In(err, msg.Chinese) == err.Error() {
			t.Errorf("%v", err)
		}
	}
}

func TestSource(t *testing.T) {
	base := t.TempDir()
	dir := filepath.Join(base, "athens")
	put(t, filepath.Join(base, "secret"), "secret")
	put(t, filepath.Join(dir, "example.com/A/v1.0.0/source.zip"), "zip")
	put(t, filepath.Join(dir, "example.com/A/v1.0.0/v1.0.0.info"), "{}")
	put(t, filepath.Join(dir, "example.com/big/v1.0.0/v1.0.0.info"), strings.Repeat(" ", maxInfo+1))
	if err := os.Symlink(filepath.Join(base, "secret"), filepath.Join(dir, "example.com/A/v1.0.0/go.mod")); err != nil {
		t.Skip(err)
	}
	tree := openTree(t, dir, Auto)
	if tree.Layout() != Athens || !strings.HasPrefix(tree.Name(), "import:") {
		t.Errorf("%s %s", tree.Layout(), tree.Name())
	}
	if _, err := tree.Versions(t.Context(), "example.com/A"); !errors.Is(err, proxy.ErrUnavailable) {
		t.Errorf("Versions: %v", err)
	}
	if data, err := tree.Info(t.Context(), "example.com/A", "v1.0.0"); err != nil || string(data) != "{}" {
		t.Errorf("%q, %v", data, err)
	}
	for query, want := range map[string]error{"master": proxy.ErrNotFound, "v1.0.1": proxy.ErrNotFound, "../../x": proxy.ErrNotFound} {
		if _, err := tree.Info(t.Context(), "example.com/A", query); !errors.Is(err, want) {
			t.Errorf("%s: %v", query, err)
		}
	}
	if _, err := tree.Info(t.Context(), "example.com/big", "v1.0.0"); !errors.Is(err, proxy.ErrContent) {
		t.Errorf("big: %v", err)
	}
	to, err := os.Create(filepath.Join(base, "to"))
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	zip := proxy.File{Kind: proxy.Zip, Module: "example.com/A", Version: "v1.0.0"}
	d := proxy.NewDownload(to, 2) // what somebody else sent
	if err := tree.Fetch(t.Context(), zip, d); err != nil || d.Offset() != 3 || d.Size() != 3 || d.Pieces()[0].From != tree.Name() {
		t.Errorf("%v, %d of %d", err, d.Offset(), d.Size())
	}
	d.Distrust()
	if err := tree.Fetch(t.Context(), zip, d); !errors.Is(err, proxy.ErrUnavailable) {
		t.Errorf("after it failed its proof: %v", err)
	}
	d = proxy.NewDownload(to, 0)
	if err := tree.Fetch(t.Context(), proxy.File{Kind: proxy.Mod, Module: "example.com/A", Version: "v1.0.0"}, d); !errors.Is(err, proxy.ErrUnavailable) || d.Offset() != 0 {
		t.Errorf("a link that leads outside: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := tree.Fetch(ctx, zip, d); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// file is the inverse of names, for whatever it understands.
func FuzzFile(f *testing.F) {
	for _, name := range []string{
		"example.com/a/@v/v1.0.0.zip", "example.com/!a/@v/v1.0.0.mod", "example.com/a/@v/list", "example.com/a/@v/master.info", "sumdb/sum.golang.org/lookup/x@v1",
		"example.com/a/@v/v1.0.0.lock", "example.com/A/v1.0.0/source.zip", "example.com/!a/v1.0.0-!r!c1/v1.0.0-!r!c1.info", "a/b", "", "example.com/a/v1.0.0/go.mod",
	} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		for _, layout := range []Layout{GoProxy, Athens} {
			tree := &Tree{layout: layout}
			got, ok, other := tree.file(name)
			if !ok {
				continue
			}
			if other || !got.Immutable() || !got.Canonical() || module.Check(got.Module, got.Version) != nil {
				t.Errorf("%s: %q is %v", layout, name, got)
			}
			found := false
			for _, n := range tree.names(got) {
				found = found || n == name
			}
			if !found {
				t.Errorf("%s: %q is %v, and that is at %q", layout, name, got, tree.names(got))
			}
		}
	})
}
