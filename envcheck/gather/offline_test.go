package gather

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
)

func TestFileMirrors(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	at := func(p string) string { return filepath.Join(w.home, p) }
	w.write(at("flat/example.com/a/@v/list"), "")
	w.write(at("cachelike/cache/download/example.com/a/@v/list"), "")
	w.write(at("gopath/pkg/mod/cache/download/example.com/a/@v/list"), "")
	w.write(at("other/readme"), "")
	w.set("GOPROXY=file://" + at("flat") + ",file://" + at("cachelike") + "|file://" + at("gopath") + ",file://" + at("other") + ",file://" + at("none") + ",https://goproxy.cn,off,file:///dead")
	got := w.look().FileMirrors
	var want []envcheck.FileMirror
	for _, m := range []envcheck.FileMirror{{Path: "flat", IsDir: true, Layout: "."}, {Path: "cachelike", IsDir: true, Layout: "cache/download"}, {Path: "gopath", IsDir: true, Layout: "pkg/mod/cache/download"}, {Path: "other", IsDir: true}, {Path: "none"}} {
		m.Path = at(m.Path)
		m.URL = "file://" + m.Path
		want = append(want, m)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestCacheMissing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.write("go.mod", `module example.com/m

require (
	example.com/whole v1.0.0
	example.com/Upper v1.0.0
	example.com/part v1.0.0
	example.com/folder v1.0.0
	example.com/swapped v1.0.0
	example.com/absent v1.0.0 // indirect
)

replace (
	example.com/folder => ../folder
	example.com/swapped => example.com/whole v1.0.0
	example.com/absent v1.0.0 => example.com/fork v1.1.0
)
`)
	for _, f := range []string{"whole/@v/v1.0.0.info", "whole/@v/v1.0.0.mod", "whole/@v/v1.0.0.zip", "!upper/@v/v1.0.0.info", "!upper/@v/v1.0.0.mod", "!upper/@v/v1.0.0.zip", "part/@v/v1.0.0.mod"} {
		w.write(filepath.Join(w.home, "go/pkg/mod/cache/download/example.com", f), "x")
	}
	if got := w.look().Module.CacheMissing; got != nil {
		t.Errorf("not asked for: %q", got)
	}
	w.set("GOPROXY=off")
	if got, want := w.look().Module.CacheMissing, []string{"example.com/part@v1.0.0", "example.com/fork@v1.1.0"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	w.write("go.mod", "nonsense (\n")
	if got := w.look().Module.CacheMissing; got != nil {
		t.Errorf("go.mod that does not parse: %q", got)
	}
}
