package gosdk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

func TestTreeHashesAsXMod(t *testing.T) {
	files := released()
	dir := goroot(t, files)
	tree, err := ReadTree(t.Context(), dir, Release{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := tree.H1(), h1(t, demo, files); got != want || tree.Release != demo {
		t.Errorf("%s %s, want %s", tree.Release, got, want)
	}
	var bytes int
	for name, content := range moduleNames(demo, files) {
		if bytes += len(content); find(tree.Files, strings.TrimPrefix(name, demo.prefix())) == nil {
			t.Errorf("%s is missing", name)
		}
	}
	if tree.Bytes != int64(bytes) || len(tree.Odd)+len(tree.Unreadable) > 0 {
		t.Errorf("%d bytes, want %d; %v %v", tree.Bytes, bytes, tree.Odd, tree.Unreadable)
	}

	link := filepath.Join(t.TempDir(), "current")
	if err := os.Symlink(dir, link); err != nil {
		t.Skip(err)
	}
	if linked, err := ReadTree(t.Context(), link, Release{}); err != nil || linked.H1() != tree.H1() {
		t.Errorf("through a link: %v, %v", linked, err)
	}
}

// The go command unpacks a toolchain with its _go.mod files and copies them.
func TestTreeThatTheGoCommandUnpacked(t *testing.T) {
	unpacked := map[string]string{}
	for name, content := range moduleNames(demo, released()) {
		name = strings.TrimPrefix(name, demo.prefix())
		unpacked[name] = content
		if dir, ok := strings.CutSuffix(name, "_go.mod"); ok {
			unpacked[dir+"go.mod"] = content
		}
	}
	want := h1(t, demo, released())
	for _, c := range []struct {
		name    string
		change  func(map[string]string)
		genuine bool
	}{
		{"as the go command leaves it", func(map[string]string) {}, true},
		{"before the copies are made", func(m map[string]string) { delete(m, "src/go.mod"); delete(m, "src/cmd/go.mod") }, true},
		{"an edited copy", func(m map[string]string) { m["src/cmd/go.mod"] += "// x" }, false},
		{"a copy without original", func(m map[string]string) { m["src/fmt/go.mod"] = "module fmt" }, false},
		{"an edited original", func(m map[string]string) { m["src/cmd/_go.mod"] += "// x" }, false},
	} {
		tree, err := ReadTree(t.Context(), goroot(t, with(unpacked, c.change)), Release{})
		if err != nil {
			t.Fatal(err)
		}
		if got := tree.H1() == want && len(tree.Odd) == 0; got != c.genuine {
			t.Errorf("%s: genuine %v, %v", c.name, got, tree.Odd)
		}
	}

	// A stray _go.mod must not pass for the go.mod that is gone.
	swapped := with(released(), func(m map[string]string) { m["src/cmd/_go.mod"] = m["src/cmd/go.mod"]; delete(m, "src/cmd/go.mod") })
	tree, err := ReadTree(t.Context(), goroot(t, swapped), Release{})
	if err != nil {
		t.Fatal(err)
	}
	if tree.H1() == want || len(tree.Odd) != 1 || tree.Odd[0].Name != "src/cmd/_go.mod" {
		t.Errorf("a stray _go.mod: %v", tree.Odd)
	}
}

func mapFS(files map[string]string) fstest.MapFS {
	out := fstest.MapFS{}
	for name, content := range files {
		out[name] = &fstest.MapFile{Data: []byte(content)}
	}
	return out
}

func TestOddEntries(t *testing.T) {
	m := mapFS(released())
	for name, mode := range map[string]fs.FileMode{
		"src/fmt/evil.go": fs.ModeSymlink, "pipe": fs.ModeNamedPipe, "src/sock": fs.ModeSocket,
		"bin/null": fs.ModeDevice | fs.ModeCharDevice, "src/x": fs.ModeIrregular, "doc/latest": fs.ModeSymlink,
	} {
		m[name] = &fstest.MapFile{Mode: mode, Data: []byte("src/fmt/print.go")}
	}
	m["src/a\nb.go"] = &fstest.MapFile{}
	tree, err := readTree(t.Context(), m, demo)
	if err != nil {
		t.Fatal(err)
	}
	var odd []string
	for _, e := range tree.Odd {
		odd = append(odd, e.Name)
		if msg.In(e.Why, msg.Chinese) == e.Why.Error() {
			t.Errorf("%s: %v is not said in Chinese", e.Name, e.Why)
		}
	}
	if want := []string{"bin/null", "pipe", "src/a\nb.go", "src/fmt/evil.go", "src/sock", "src/x"}; !slices.Equal(odd, want) {
		t.Errorf("odd: %q", odd)
	}
	if got, want := tree.H1(), h1(t, demo, released()); got != want {
		t.Errorf("%s with oddities beside it, want %s", got, want)
	}
}

// denied refuses to open some names, whoever asks.
type denied struct {
	fs.FS
	names []string
}

func (d denied) Open(name string) (fs.File, error) {
	if slices.Contains(d.names, name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return d.FS.Open(name)
}

func TestUnreadable(t *testing.T) {
	tree, err := readTree(t.Context(), denied{mapFS(released()), []string{"src/fmt", compiler}}, demo)
	if err != nil {
		t.Fatal(err)
	}
	if len(tree.Unreadable) != 2 || tree.Unreadable[0].Name != compiler || tree.Unreadable[1].Name != "src/fmt" || tree.Unreadable[0].Why != fs.ErrPermission {
		t.Errorf("unreadable: %v", tree.Unreadable)
	}
	if find(tree.Files, "src/fmt/print.go") != nil || find(tree.Files, "bin/go") == nil {
		t.Error("the readable files are there, and only they")
	}
	if _, err := readTree(t.Context(), denied{mapFS(released()), []string{"."}}, demo); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("unreadable root: %v", err)
	}
}

func TestTooManyFiles(t *testing.T) {
	m := fstest.MapFS{}
	for i := range maxFiles + 1 {
		m[fmt.Sprintf("packages/%d", i)] = &fstest.MapFile{}
	}
	_, err := readTree(t.Context(), m, demo)
	if err == nil || msg.KindOf(err) != msg.Findings || !strings.Contains(err.Error(), "packages") {
		t.Errorf("%v", err)
	}
}

// cancelling cancels when the n-th file is opened.
type cancelling struct {
	fs.FS
	cancel context.CancelFunc
	opened chan struct{}
}

func (c cancelling) Open(name string) (fs.File, error) {
	select {
	case c.opened <- struct{}{}:
	default:
		c.cancel()
	}
	return c.FS.Open(name)
}

func TestCancelled(t *testing.T) {
	for _, n := range []int{0, 1, 20, 60} {
		ctx, cancel := context.WithCancel(t.Context())
		_, err := readTree(ctx, cancelling{mapFS(released()), cancel, make(chan struct{}, n)}, demo)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("after %d files: %v", n, err)
		}
		cancel()
	}
}
