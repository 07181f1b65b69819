package deep

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"net/netip"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"
	"golang.org/x/mod/sumdb/dirhash"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	release  = "golang.org/toolchain@v0.0.1-go1.26.8.linux-amd64"
	compiler = "pkg/tool/linux_amd64/compile"
	database = "sum.mirror.test"
	// edited is what becomes of go.env in images: one word.
	edited = "GOSUMDB=sum.golang.org\nGOTOOLCHAIN=local\n"
	// officialGoEnv is the sum of the file as released; its text names a host that
	// is not ours to write down.
	officialGoEnv = "98fcab78e155e9fa0c36b18874add30724d04c2452078117c78618107ebfbc9e"
)

// released is a small Go with its go.env edited.
func released() map[string]string {
	return map[string]string{
		"VERSION":                "go1.26.8\ntime 2026-08-28T16:20:06Z\n",
		"go.env":                 edited,
		"bin/go":                 strings.Repeat("\x7fELF go ", 1000),
		compiler:                 strings.Repeat("\x7fELF compile ", 1000),
		"pkg/include/textflag.h": "#define NOSPLIT 4\n",
		"src/go.mod":             "module std\n",
		"src/cmd/go.mod":         "module cmd\n",
		"src/fmt/print.go":       "package fmt\n",
		"test/left_out.go":       "package test\n",
	}
}

// inModule maps the names that the files have in the module to their content.
func inModule(files map[string]string) map[string]string {
	out := map[string]string{}
	for name, data := range files {
		if strings.HasPrefix(name, "test/") {
			continue
		}
		if path.Base(name) == "go.mod" {
			name = strings.TrimSuffix(name, "go.mod") + "_go.mod"
		}
		out[release+"/"+name] = data
	}
	return out
}

// h1 is x/mod's own answer.
func h1(t testing.TB, files map[string]string) string {
	t.Helper()
	in := inModule(files)
	sum, err := dirhash.Hash1(slices.Collect(maps.Keys(in)), func(name string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(in[name])), nil })
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// h1Official is the answer for the files with go.env as released.
func h1Official(t testing.TB, files map[string]string) string {
	t.Helper()
	in := inModule(files)
	lines := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(in)) {
		sum := fmt.Sprintf("%x", sha256.Sum256([]byte(in[name])))
		if name == release+"/go.env" {
			sum = officialGoEnv
		}
		fmt.Fprintf(lines, "%s  %s\n", sum, name)
	}
	return "h1:" + base64.StdEncoding.EncodeToString(lines.Sum(nil))
}

// put writes the files to a new directory.
func put(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "go")
	for name, data := range files {
		write(t, filepath.Join(dir, filepath.FromSlash(name)), data)
	}
	return dir
}

func write(t testing.TB, file, data string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(data), 0o644); err != nil {
		t.Fatal(err)
	}
}

// cacheWith is a module cache that holds the release's zip.
func cacheWith(t testing.TB, files map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, data := range inModule(files) {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(w, data)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	_, version, _ := strings.Cut(release, "@")
	write(t, filepath.Join(dir, "cache", "download", "golang.org", "toolchain", "@v", version+".zip"), b.String())
	return dir
}

// serve is a mirror whose database has logged the release with this hash.
func serve(t testing.TB, sum string) *mirrortest.Server {
	t.Helper()
	return mirrortest.New(t, mirrortest.Options{SumDB: database, Logged: map[string]string{release: sum}, Modules: mirrortest.Modules{
		"example.com/hello@v1.0.0": {"hello.go": "package hello\n", "sub/sub.go": "package sub\n"},
		"example.com/Upper@v1.0.0": {"upper.go": "package upper\n"},
	}})
}

// snapshot is a machine with this GOROOT and nothing else.
func snapshot(goroot string) *envcheck.Snapshot {
	return &envcheck.Snapshot{Schema: 1, Machine: envcheck.Machine{OS: "linux", Arch: "amd64"}, Goroot: envcheck.Goroot{Path: goroot, Exists: true, Version: "go1.26.8"}}
}

// onlyLoopback sends everything else to a port where nobody listens, so that no
// packet leaves the machine.
var onlyLoopback = httpx.Options{Proxy: func(u *url.URL) (*url.URL, error) {
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil && ip.IsLoopback() {
		return nil, nil
	}
	return url.Parse("http://127.0.0.1:1")
}}

func online(s *mirrortest.Server, modes ...mirrortest.Mode) Options {
	o := Options{Online: true, HTTP: onlyLoopback, Key: s.SumDBKey()}
	for _, m := range modes {
		u, err := url.Parse(s.URL(m))
		if err != nil {
			panic(err) // the test server's own
		}
		o.Mirrors = append(o.Mirrors, goenv.Proxy{URL: u})
	}
	return o
}
