package assemble

import (
	"archive/tar"
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
	"testing"
)

// treeOf reads layers.
func treeOf(t testing.TB, layers ...[]entry) *tree {
	t.Helper()
	tr := newTree()
	for _, l := range layers {
		if err := tr.scan(t.Context(), bytes.NewReader(tarOf(t, l...)), true); err != nil {
			t.Fatal(err)
		}
	}
	return tr
}

func TestLinksStayInside(t *testing.T) {
	tr := treeOf(t, []entry{
		{name: "lib", kind: tar.TypeSymlink, link: "usr/lib"},
		{name: "lib64", kind: tar.TypeSymlink, link: "/usr/lib64"},
		{name: "usr/lib64/ld.so.1", kind: tar.TypeSymlink, link: "../../../../../nowhere/ld"},
		{name: "usr/lib/os-release", content: debianRelease},
		{name: "etc/os-release", kind: tar.TypeSymlink, link: "../../../lib/os-release"},
		{name: "loop", kind: tar.TypeSymlink, link: "loop2"},
		{name: "loop2", kind: tar.TypeSymlink, link: "loop"},
		{name: "self", kind: tar.TypeSymlink, link: "."},
		{name: "etc/passwd", content: "a"},
		{name: "etc/group", kind: tar.TypeLink, link: "etc/passwd"},
	})
	for name, want := range map[string]bool{
		"lib64/ld.so.1": true, "lib/os-release": true, "usr/lib/os-release": true, "self/self/etc/os-release": true,
		"loop": true, "loop/x": false, "lib64/other": false, "usr/lib64/ld.so.1/x": false, "../../lib/os-release": true,
	} {
		if got := tr.has(name); got != want {
			t.Errorf("has(%q) = %v", name, got)
		}
	}
	if got := string(tr.read("etc/os-release")); got != debianRelease {
		t.Errorf("etc/os-release: %q", got)
	}
	if got := string(tr.read("etc/group")); got != "a" {
		t.Errorf("hard link: %q", got)
	}
	for name, want := range map[string]string{
		"lib/x": "usr/lib/x", "lib64/a": "usr/lib64/a", "new/dir/x": "new/dir/x", "self/etc/x": "etc/x", "x": "x", "lib": "lib",
	} {
		if got := tr.real(name); got != want {
			t.Errorf("real(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestLayersCoverEachOther(t *testing.T) {
	tr := treeOf(t,
		[]entry{{name: "a/1", content: "x"}, {name: "a/2", content: "x"}, {name: "b/1", content: "x"}, {name: "c/d/1", content: "x"},
			{name: "lib", kind: tar.TypeSymlink, link: "usr/lib"}, {name: "etc/passwd", content: "old"}, {name: "f/x", content: ""}},
		[]entry{{name: "a/.wh.1"}, {name: "b/.wh..wh..opq"}, {name: "b/2", content: "x"}, {name: "c/"}, {name: "c/.wh.d"}, {name: "c/d2", content: "x"},
			{name: "lib/new", content: "x"}, {name: "etc/passwd", content: "new"}, {name: "f", content: "file now"}},
	)
	for name, want := range map[string]bool{
		"a/1": false, "a/2": true, "b/1": false, "b/2": true, "c/d": false, "c/d2": true, "usr/lib/new": true, "lib/new": true, "f/x": false, "f": true,
		"a/.wh.1": false, "b/.wh..wh..opq": false,
	} {
		if got := tr.has(name); got != want {
			t.Errorf("has(%q) = %v", name, got)
		}
	}
	if got := string(tr.read("etc/passwd")); got != "new" {
		t.Errorf("passwd: %q", got)
	}
	// A whiteout never takes away what its own layer wrote, whichever comes first.
	tr = treeOf(t, []entry{{name: "d/old", content: "x"}}, []entry{{name: "d/"}, {name: "d/new", content: "x"}, {name: ".wh.d"}})
	if tr.has("d/old") || !tr.has("d/new") {
		t.Errorf("d: %v", tr.list("d"))
	}
}

func TestProgramsTellTheArchitecture(t *testing.T) {
	tr := treeOf(t, []entry{
		{name: "usr/bin/a", content: program("loong64")}, {name: "usr/bin/b", content: program("loong64")},
		{name: "usr/bin/qemu", content: program("amd64")}, {name: "usr/bin/script", content: "#!/bin/sh\n" + strings.Repeat("#", 64)},
		{name: "short", content: "\x7fELF"},
	})
	if got := tr.archs(); !slices.Equal(got, []string{"loong64", "amd64"}) {
		t.Errorf("%v", got)
	}
}

func TestHostileTars(t *testing.T) {
	good := tarOf(t, entry{name: "a", content: strings.Repeat("x", 2000)}, entry{name: "b", content: "y"})
	for name, tc := range map[string]struct {
		tar  []byte
		word string
	}{
		"absolute":          {tarOf(t, entry{name: "/etc/passwd", content: "x"}), "is absolute"},
		"parent":            {tarOf(t, entry{name: "a/../../etc/passwd", content: "x"}), "leads out"},
		"parent at the end": {tarOf(t, entry{name: "a/..", content: "x"}), "leads out"},
		"hard link out":     {tarOf(t, entry{name: "a", kind: tar.TypeLink, link: "../../etc/shadow"}), "leads out"},
		"cut in a file":     {good[:1500], "cut short"},
		"cut in a header":   {good[:2560+100], "cut short"},
		"cut between files": {good[:2560], "cut short"},
		"cut in the marker": {good[:len(good)-1024], "cut short"},
		"no tar":            {bytes.Repeat([]byte("no tar at all "), 100), "read tar"},
		"huge passwd":       {tarOf(t, entry{name: "etc/passwd", content: strings.Repeat("x", 1<<20+1)}), "more than such a file holds"},
	} {
		err := newTree().scan(t.Context(), bytes.NewReader(tc.tar), true)
		if err == nil {
			t.Errorf("%s: taken", name)
			continue
		}
		refused(t, err, tc.word)
	}
	// Layers of images: builders write a slash in front.
	tr := newTree()
	if err := tr.scan(t.Context(), bytes.NewReader(tarOf(t, entry{name: "/ko-app/x", content: "x"})), false); err != nil || !tr.has("ko-app/x") {
		t.Errorf("%v", err)
	}
	refused(t, newTree().scan(t.Context(), bytes.NewReader(tarOf(t, entry{name: "/../x", content: "x"})), false), "leads out")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := newTree().scan(ctx, bytes.NewReader(good), true); err != context.Canceled {
		t.Errorf("cancelled: %v", err)
	}
}

func FuzzScan(f *testing.F) {
	f.Add(tarOf(f, debianRoot("amd64")...))
	f.Add(tarOf(f, entry{name: "a/.wh..wh..opq"}, entry{name: ".wh.a"}, entry{name: "l", kind: tar.TypeSymlink, link: "l/l"}, entry{name: "l/l/l", content: "x"}))
	f.Add(tarOf(f, entry{name: "a", kind: tar.TypeSymlink, link: "../.."}, entry{name: "a/b/", content: ""}, entry{name: "a", content: "x"}))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, archive := range []bool{true, false} {
			tr := newTree()
			for range 2 {
				if tr.scan(t.Context(), bytes.NewReader(b), archive) != nil {
					break
				}
			}
			check(t, tr.root, 0)
			tr.families()
			tr.release()
			if _, _, err := userLayer(tr, Gzip, epoch); err != nil && err != io.EOF {
				t.Errorf("user layer: %v", err)
			}
		}
	})
}

// check wants names that mean something in one directory only.
func check(t *testing.T, n *node, depth int) {
	for name, kid := range n.kids {
		if name == "" || name == "." || name == ".." || strings.ContainsAny(name, "/\x00") {
			t.Errorf("name %q", name)
		}
		if depth < 100 {
			check(t, kid, depth+1)
		}
	}
}
