package bundle

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"
	"golang.org/x/mod/sumdb/dirhash"

	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/gosdk/fetch"
	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// elfOf is the header of a Linux program and nothing else.
func elfOf(machine uint16, more string) string {
	h := make([]byte, 64)
	copy(h, "\x7fELF\x02\x01\x01")
	binary.LittleEndian.PutUint16(h[16:], 2)
	binary.LittleEndian.PutUint16(h[18:], machine)
	binary.LittleEndian.PutUint32(h[20:], 1)
	binary.LittleEndian.PutUint16(h[52:], 64)
	binary.LittleEndian.PutUint16(h[54:], 56)
	binary.LittleEndian.PutUint16(h[58:], 64)
	return string(h) + more
}

// demoGo are the files of a small Go release.
func demoGo(goarch string) map[string]string {
	return map[string]string{
		"VERSION":                               "go1.26.8\ntime 2026-08-28T16:20:06Z\n",
		"go.env":                                "GOSUMDB=sum.golang.org\n",
		"bin/go":                                elfOf(62, "go for "+goarch),
		"pkg/tool/linux_" + goarch + "/compile": "\x7fELF compile",
		"src/go.mod":                            "module std\n",
		"src/cmd/go.mod":                        "module cmd\n",
		"src/fmt/print.go":                      strings.Repeat("package fmt // "+goarch+"\n", 3000),
	}
}

func releaseOf(goarch string) gosdk.Release {
	return gosdk.Release{Version: "go1.26.8", GOOS: "linux", GOARCH: goarch}
}

// moduleZip is the toolchain module, and its h1 by x/mod's own answer.
func moduleZip(t testing.TB, goarch string) (data []byte, h1 string) {
	t.Helper()
	files := map[string]string{}
	for name, content := range demoGo(goarch) {
		if path.Base(name) == "go.mod" {
			name = path.Join(path.Dir(name), "_go.mod")
		}
		files[releaseOf(goarch).Module().String()+"/"+name] = content
	}
	names := slices.Sorted(maps.Keys(files))
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range names {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(w, files[name])
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	h1, err := dirhash.Hash1(names, func(name string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(files[name])), nil })
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), h1
}

// site is where a bundle is made: a mirror with a checksum database, SDKs, programs.
type site struct {
	t      testing.TB
	mirror *mirrortest.Server
	dir    string
	sdks   string
}

func newSite(t testing.TB) *site {
	t.Helper()
	s := &site{t: t, dir: t.TempDir()}
	s.sdks = filepath.Join(s.dir, "sdks")
	logged := map[string]string{}
	for _, arch := range []string{"amd64", "arm64"} {
		data, h1 := moduleZip(t, arch)
		logged[releaseOf(arch).Module().String()] = h1
		write(t, filepath.Join(s.sdks, releaseOf(arch).Module().Version+".zip"), string(data))
	}
	s.mirror = mirrortest.New(t, mirrortest.Options{SumDB: "sum.site.test", Logged: logged, Modules: mirrortest.Modules{
		"example.com/tool@v1.0.0": {
			"go.mod":            "module example.com/tool\n\ngo 1.21\n\nrequire example.com/Lib v1.2.0\n",
			"cmd/hello/main.go": "package main\n\nimport \"example.com/Lib\"\n\nfunc main() { println(lib.Hello) }\n",
		},
		"example.com/Lib@v1.2.0": {
			"lib.go":       "package lib\n\nconst Hello = \"hello\"\n",
			"lib_arm64.go": "package lib\n\nimport _ \"example.com/onlyarm\"\n",
			"go.mod":       "module example.com/Lib\n\ngo 1.21\n\nrequire example.com/onlyarm v1.0.0\n",
		},
		"example.com/onlyarm@v1.0.0": {"x.go": "package onlyarm\n"},
		"example.com/tool@v1.9.0":    {"x.go": "package tool // newer\n"},
		"example.com/bad@v1.0.0":     {"main.go": "package main\n\nimport _ \"example.com/gone\"\n\nfunc main() {}\n"},
	}})
	write(t, filepath.Join(s.dir, "amd64"), elfOf(62, "yingzao"))
	write(t, filepath.Join(s.dir, "arm64"), elfOf(183, "yingzao"))
	write(t, filepath.Join(s.dir, "loong64"), elfOf(258, "yingzao"))
	write(t, filepath.Join(s.dir, "org.yaml"), "version: 1\ncheck:\n  profile: airgap\n")
	return s
}

// options ask for one of everything.
func (s *site) options(to string) Options {
	s.t.Helper()
	proxies, err := goenv.ParseProxies(s.mirror.URL(mirrortest.OK))
	if err != nil {
		s.t.Fatal(err)
	}
	db, err := goenv.ParseSumDB(s.mirror.SumDBKey() + " http://127.0.0.1:1")
	if err != nil {
		s.t.Fatal(err)
	}
	client := httpx.New(httpx.Options{})
	s.t.Cleanup(client.CloseIdleConnections)
	log, err := fetch.NewLog(fetch.LogOptions{DB: db, Mirrors: proxies, Client: client})
	if err != nil {
		s.t.Fatal(err)
	}
	return Options{
		To: to, Version: "0.3.0", Go: "1.26.8", Platforms: []string{"linux/amd64", "linux/arm64"},
		Programs: map[string]string{"linux/amd64": s.dir + "/amd64", "linux/arm64": s.dir + "/arm64", "linux/loong64": s.dir + "/loong64"},
		SDK:      fetch.Options{Dir: s.sdks, Mirrors: proxies, Client: client, Log: log},
		SumDB:    db,
		Tools:    []string{"example.com/tool/cmd/hello@v1.0.0"},
		Environ:  s.environ(), Org: s.dir + "/org.yaml",
	}
}

// environ is that of a user with settings in a file that must not get through.
func (s *site) environ() []string {
	home := mirrortest.Home(s.t)
	write(s.t, home+"/env", "GOBIN=/nonexistent\nGOFLAGS=-mod=vendor\nGOPROXY="+s.mirror.URL(mirrortest.OK)+"\nGOSUMDB="+s.mirror.SumDBKey()+"\n")
	return []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "GOENV=" + home + "/env", "GOTOOLCHAIN=local", "no_proxy=*"}
}

func (s *site) needGo() {
	s.t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		s.t.Skip("the go command is missing")
	}
}

func write(t testing.TB, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// tree is every file below a folder: its name, mode and content.
func tree(t testing.TB, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		fi, err := d.Info()
		if err != nil {
			return err
		}
		data, err := os.ReadFile(p)
		name, _ := filepath.Rel(dir, p)
		all[filepath.ToSlash(name)] = fi.Mode().String() + " " + string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}
