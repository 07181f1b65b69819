package fetch

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// forWindows is a small Go for Windows, whose archives are zips.
func forWindows() (r gosdk.Release, files, archive map[string]string) {
	r = gosdk.Release{Version: "go1.26.8", GOOS: "windows", GOARCH: "amd64"}
	files, archive = map[string]string{}, map[string]string{}
	for name, text := range release() {
		name = strings.NewReplacer("bin/gofmt", "bin/gofmt.exe", "bin/go", "bin/go.exe", "linux_arm64/compile", "windows_amd64/compile.exe").Replace(name)
		files[name], archive["go/"+name] = text, text
	}
	return r, files, archive
}

func TestArchivesForWindows(t *testing.T) {
	r, files, named := forWindows()
	zip, sum := makeZip(t, named), h1(t, r, files)
	const name = "go1.26.8.windows-amd64.zip"
	m, cache := serve(t, zip), t.TempDir()
	for _, c := range []struct {
		what   string
		o      Options
		source string
	}{
		{"folder", Options{Dir: folder(t, map[string]string{name: string(zip)}), Cache: t.TempDir(), H1: sum}, name},
		{"mirror", Options{Archives: m.bases("404", "cut50", "ok"), Cache: cache, H1: sum}, "/ok/" + name},
		{"cache", Options{Archives: []string{}, Cache: cache, Offline: true, H1: sum}, "go1.26.8.windows-amd64"},
		{"the archive is pinned", Options{Archives: m.bases("ok"), Cache: t.TempDir(), SHA256: sha(zip)}, "/ok/" + name},
		{"its own URL", Options{Archives: []string{m.URL + "/ok/other.zip"}, Cache: t.TempDir(), H1: sum}, "/ok/other.zip"},
	} {
		c.o.Client = client(t, httpx.Options{})
		s, err := Find(t.Context(), r, "", c.o)
		if err != nil {
			t.Errorf("%s: %v", c.what, err)
			continue
		}
		if !strings.HasSuffix(s.Proof.Source, c.source) || s.H1 != sum {
			t.Errorf("%s: %s %+v", c.what, s.H1, s.Proof)
		}
		if got := content(t, s); got["-rwxr-xr-x bin/go.exe"] != files["bin/go.exe"] || len(got) != len(want(files)) {
			t.Errorf("%s: %v", c.what, slices.Sorted(maps.Keys(got)))
		}
		s.close()
	}
	for what, bad := range map[string][]byte{
		"another":  makeZip(t, with(named, "go/src/fmt/print.go", "package evil\n")),
		"outside":  makeZip(t, with(named, "go/../../evil", "x")),
		"beside":   makeZip(t, with(named, "evil", "x")),
		"a tar.gz": archiveOf(t, files),
		"cut":      zip[:len(zip)/2],
	} {
		o := Options{Dir: folder(t, map[string]string{name: string(bad)}), Cache: t.TempDir(), H1: sum, Archives: []string{}}
		if s, err := Find(t.Context(), r, "", o); err == nil {
			s.close()
			t.Errorf("%s: accepted", what)
		} else if msg.KindOf(err) != msg.Findings {
			t.Errorf("%s: %v of kind %v", what, err, msg.KindOf(err))
		}
	}
}
