package bundle

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

func TestFrom(t *testing.T) {
	o := newOutside(t)
	dir := put(t, t.TempDir(), map[string]string{
		"summed/go.mod": "module m\n",
		"summed/go.sum": "example.com/a v1.0.0 h1:" + strings.Repeat("A", 43) + "=\nexample.com/b v1.0.0/go.mod h1:" + strings.Repeat("A", 43) + "=\n",
		"bare/go.mod":   "module m\n\ngo 1.21\n",
		"access.log":    `{"path":"/example.com/c/@v/v1.0.0.zip"}` + "\n",
	})
	for name, c := range map[string]struct {
		from From
		want []string
	}{
		"all": {From{Projects: []string{filepath.Join(dir, "summed", "go.mod")}, Logs: []string{filepath.Join(dir, "access.log")},
			Modules: []string{"example.com/d@v1.0.0"}, Toolchains: []string{"go1.26.8"}, Platforms: []string{"linux/arm64", "linux/loong64"}},
			[]string{"example.com/a@v1.0.0", "example.com/b@v1.0.0", "example.com/c@v1.0.0", "example.com/d@v1.0.0",
				"golang.org/toolchain@v0.0.1-go1.26.8.linux-arm64", "golang.org/toolchain@v0.0.1-go1.26.8.linux-loong64"}},
		"nothing":      {From{}, nil},
		"empty graph":  {From{Projects: []string{filepath.Join(dir, "bare", "go.mod")}}, nil},
		"no project":   {From{Projects: []string{filepath.Join(dir, "absent", "go.mod")}}, nil},
		"no log":       {From{Logs: []string{filepath.Join(dir, "absent")}}, nil},
		"no version":   {From{Modules: []string{"example.com/d"}}, nil},
		"no platform":  {From{Toolchains: []string{"go1.26.8"}, Platforms: []string{"arm64"}}, nil},
		"no toolchain": {From{Toolchains: []string{"latest"}, Platforms: []string{"linux/arm64"}}, nil},
	} {
		got, err := c.from.Wants(t.Context(), o)
		var ids []string
		for _, w := range got {
			ids = append(ids, w.Version.String())
		}
		if !slices.Equal(ids, c.want) || (err != nil) != (c.want == nil) || err != nil && msg.KindOf(err) != msg.Usage {
			t.Errorf("%s: %v, %v", name, ids, err)
		}
	}
}

// A whole bundle after others gets a number of its own, and an archive's name is no
// folder's.
func TestSequenceAndFormats(t *testing.T) {
	o := newOutside(t)
	first := o.export(ExportOptions{Want: o.gosum(), To: filepath.Join(t.TempDir(), "one")})
	if n, zips := first.Counts(); first.Sequence != 1 || n == 0 || zips == 0 || zips > n || first.Bytes() == 0 || first.SumDB.Size() == 0 {
		t.Errorf("%d, %d, %d, %d, %d", first.Sequence, n, zips, first.Bytes(), first.SumDB.Size())
	}
	if m := o.export(ExportOptions{Want: o.gosum(), To: filepath.Join(t.TempDir(), "two"), Earlier: []*Manifest{first}}); m.Sequence != 2 {
		t.Errorf("number %d", m.Sequence)
	}
	if m := o.export(ExportOptions{Want: o.gosum(), To: filepath.Join(t.TempDir(), "other"), Earlier: []*Manifest{first}, Series: "other"}); m.Sequence != 1 {
		t.Errorf("number %d", m.Sequence)
	}
	to := filepath.Join(t.TempDir(), "three.tar.zst")
	o.export(ExportOptions{Want: o.gosum(), To: to, Base: first, Sequence: 9})
	f, err := os.Open(to)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if format, err := archive.Detect(f); err != nil || format != archive.TarZst {
		t.Errorf("%s, %v", format, err)
	}
	if n := (*SumDB)(nil).Size() + (&SumDB{Head: "nothing"}).Size(); n != 0 {
		t.Errorf("a tree of %d records", n)
	}
}
