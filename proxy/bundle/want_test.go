package bundle

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

func ids(want []Want) (out []string) {
	for _, w := range want {
		s := w.Version.String()
		if w.Zip {
			s += " zip"
		}
		out = append(out, s)
	}
	return out
}

func TestSum(t *testing.T) {
	_, err := Sum(strings.NewReader(`
example.com/b v1.0.0/go.mod h1:bm=
example.com/b v1.0.0 h1:bz=
example.com/A v1.0.0/go.mod h1:am=
example.com/A v1.0.0/go.mod h2:of another time
example.com/inc v2.0.0+incompatible h1:i=
golang.org/toolchain v0.0.1-go1.26.8.linux-amd64 h1:t=
`))
	if err == nil {
		t.Error("a line of four fields was accepted")
	}
	want, err := Sum(strings.NewReader("example.com/b v1.0.0/go.mod h1:bm=\nexample.com/b v1.0.0 h1:bz=\n\nexample.com/A v1.0.0/go.mod h1:am=\nexample.com/A v1.0.0/go.mod h2:x\nexample.com/inc v2.0.0+incompatible h1:i=\n"))
	if got := ids(want); err != nil || !slices.Equal(got, []string{"example.com/A@v1.0.0", "example.com/b@v1.0.0 zip", "example.com/inc@v2.0.0+incompatible zip"}) {
		t.Errorf("%q %v", got, err)
	}
	if w := want[1]; w.ZipSum != "h1:bz=" || w.ModSum != "h1:bm=" {
		t.Errorf("%+v", w)
	}
	for _, bad := range []string{"x", "example.com/a v1 h1:x", "example.com/a master h1:x", "../a v1.0.0 h1:x"} {
		if _, err := Sum(strings.NewReader(bad)); msg.KindOf(err) != msg.Usage {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestLog(t *testing.T) {
	want, err := Log(strings.NewReader(`
10.0.0.7 - - [12/Nov/2026:10:00:00 +0800] "GET /goproxy/example.com/!hello/@v/v1.2.0.zip HTTP/1.1" 200 84112
{"time":"2026-11-12T10:00:00+08:00","path":"/example.com/lib/@v/v1.0.0.mod","status":200}
level=INFO msg=served url=https://proxy.corp.example/base/example.com/lib/@v/v1.1.0.mod?x=1 status=200
"GET /example.com/lib/@v/list HTTP/1.1" "GET /example.com/lib/@v/master.info" "GET /example.com/lib/@v/v1.0.0.info"
"GET /../../etc/@v/passwd.zip" "GET /sumdb/sum.golang.org/lookup/x" nonsense /@v/
`))
	if got := ids(want); err != nil || !slices.Equal(got, []string{"example.com/Hello@v1.2.0 zip", "example.com/lib@v1.0.0", "example.com/lib@v1.1.0"}) {
		// The base of the third has a dot, so that its host counts as part of the path.
		t.Errorf("%q %v", got, err)
	}
}

func TestLinesAndToolchains(t *testing.T) {
	if w, err := Line("example.com/A@v1.2.0"); err != nil || w.Version != (module.Version{Path: "example.com/A", Version: "v1.2.0"}) || !w.Zip {
		t.Errorf("%v %v", w, err)
	}
	for _, bad := range []string{"", "example.com/A", "example.com/A@latest", "example.com/A@v1", "example.com/A/v2@v1.0.0", "-x@v1.0.0"} {
		if _, err := Line(bad); msg.KindOf(err) != msg.Usage {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if w, err := Toolchain("1.26.8", "linux/loong64"); err != nil || w.Version.String() != "golang.org/toolchain@v0.0.1-go1.26.8.linux-loong64" {
		t.Errorf("%v %v", w, err)
	}
	for _, bad := range [][2]string{{"go1.26.8", "linux"}, {"go1.26.8", "linux/amd64/v2"}, {"", "/"}, {"go1.26.8", "../x"}} {
		if w, err := Toolchain(bad[0], bad[1]); msg.KindOf(err) != msg.Usage {
			t.Errorf("%q: %v %v", bad, w, err)
		}
	}
}

func TestProject(t *testing.T) {
	dir := put(t, t.TempDir(), map[string]string{
		"go.work":      "go 1.21\n\nuse (\n\t./a\n\t./b\n\t./none\n)\n",
		"go.work.sum":  "example.com/w v1.0.0/go.mod h1:w=\n",
		"a/go.mod":     "module example.com/a\n",
		"a/go.sum":     "example.com/x v1.0.0 h1:x=\nexample.com/x v1.0.0/go.mod h1:xm=\n",
		"b/go.sum":     "example.com/x v1.0.0/go.mod h1:xm=\nexample.com/y v1.0.0/go.mod h1:ym=\n",
		"alone/go.mod": "module example.com/alone\n",
	})
	for name, want := range map[string][]string{
		"go.work":  {"example.com/w@v1.0.0", "example.com/x@v1.0.0 zip", "example.com/y@v1.0.0"},
		"a/go.mod": {"example.com/x@v1.0.0 zip"},
		"b/go.sum": {"example.com/x@v1.0.0", "example.com/y@v1.0.0"},
	} {
		got, err := Project(filepath.Join(dir, name))
		if err != nil || !slices.Equal(ids(got), want) {
			t.Errorf("%s: %q %v", name, ids(got), err)
		}
	}
	if _, err := Project(filepath.Join(dir, "alone/go.mod")); msg.KindOf(err) != msg.Usage || !strings.Contains(msg.Hint(err).EN, "tidy") {
		t.Errorf("without go.sum: %v", err)
	}
}

func FuzzManifest(f *testing.F) {
	f.Add(`{"schema":1,"series":"default","sequence":2,"base":{"sequence":1,"sha256":"` + strings.Repeat("0", 64) + `"},"sumdb":{"name":"sum.golang.org","head":"x"},"files":[{"name":"example.com/m/@v/v1.0.0.zip","sha256":"` + strings.Repeat("0", 64) + `","h1":"h1:x"}]}`)
	f.Add(`{"schema":1,"series":"default","sequence":1,"files":[{"name":"../x"}]}`)
	f.Add(`{"schema":2}`)
	f.Fuzz(func(t *testing.T, data string) {
		m, err := ParseManifest([]byte(data))
		if err != nil {
			if msg.KindOf(err) != msg.Findings {
				t.Fatal(err)
			}
			return
		}
		for _, f := range m.Files {
			if !filepath.IsLocal(f.Name) || strings.ContainsAny(f.Name, "\\\x00") {
				t.Fatalf("%q", f.Name)
			}
		}
		again, err := ParseManifest(m.encode())
		if err != nil || len(again.Files) != len(m.Files) {
			t.Fatal(err)
		}
	})
}

func FuzzLog(f *testing.F) {
	f.Add("GET /a.example/b/@v/v1.0.0.zip HTTP/1.1")
	f.Add("https://user:x@h.example/a/@v/v1.0.0.mod?q")
	f.Fuzz(func(t *testing.T, line string) {
		want, _ := Log(strings.NewReader(line))
		for _, w := range want {
			if module.Check(w.Path, w.Version.Version) != nil {
				t.Fatalf("%v", w)
			}
		}
	})
}
