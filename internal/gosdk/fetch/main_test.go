package fetch

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"
	"golang.org/x/mod/sumdb/dirhash"

	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		child()
		return
	}
	goleak.VerifyTestMain(m)
}

var demo = gosdk.Release{Version: "go1.26.8", GOOS: "linux", GOARCH: "arm64"}

// release is a small Go as an archive holds it.
func release() map[string]string {
	random := make([]byte, 200<<10)
	rand.NewChaCha8([32]byte{1}).Read(random)
	files := map[string]string{
		"VERSION":                        "go1.26.8\ntime 2026-08-28T16:20:06Z\n",
		"go.env":                         "GOSUMDB=sum.golang.org\nGOTOOLCHAIN=auto\n",
		"bin/go":                         "\x7fELF go " + string(random),
		"bin/gofmt":                      "\x7fELF gofmt",
		"pkg/tool/linux_arm64/compile":   strings.Repeat("\x7fELF compile ", 20_000),
		"pkg/include/textflag.h":         "#define NOSPLIT 4\n",
		"lib/wasm/go_js_wasm_exec":       "#!/bin/sh\n",
		"lib/wasm/wasm_exec.js":          "// js\n",
		"src/make.bash":                  "#!/bin/sh\n",
		"src/go.mod":                     "module std\n",
		"src/cmd/go.mod":                 "module cmd\n",
		"src/cmd/go/testdata/x/go.mod.x": "not a go.mod\n",
		"src/fmt/print.go":               "package fmt\n",
		"src/fmt/print.go.txt":           "sorts between\n",
		"src/empty":                      "",
		"lib/time/文.txt":                 "名\n",
		"test/left_out.go":               "package test\n",
		"misc/go.mod":                    "module misc\n",
		"doc/x":                          "x",
		"api/go1.txt":                    "pkg a\n",
	}
	for i := range 30 {
		files[fmt.Sprintf("src/p%d/f.go", i)] = fmt.Sprintf("package p%d\n", i)
	}
	return files
}

// executable is what the rules say, written down a second time.
var executable = []string{"bin/go", "bin/gofmt", "lib/wasm/go_js_wasm_exec", "pkg/tool/linux_arm64/compile", "src/make.bash"}

func with(files map[string]string, name, content string) map[string]string {
	files = maps.Clone(files)
	files[name] = content
	return files
}

// inModule are the files under the names of the module.
func inModule(r gosdk.Release, files map[string]string) map[string]string {
	out := map[string]string{}
	for name, content := range files {
		switch top, _, _ := strings.Cut(name, "/"); top {
		case "api", "doc", "misc", "test":
			continue
		}
		if path.Base(name) == "go.mod" {
			name = path.Join(path.Dir(name), "_go.mod")
		}
		out["golang.org/toolchain@v0.0.1-"+r.Version+"."+r.GOOS+"-"+r.GOARCH+"/"+name] = content
	}
	return out
}

// h1 is x/mod's own answer.
func h1(t testing.TB, r gosdk.Release, files map[string]string) string {
	t.Helper()
	named := inModule(r, files)
	sum, err := dirhash.Hash1(slices.Collect(maps.Keys(named)), func(name string) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(named[name])), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

func sha(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func makeZip(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, files[name])
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func moduleZip(t testing.TB, files map[string]string) []byte {
	return makeZip(t, inModule(demo, files))
}

// makeTar packs entries, in their order, into a tar.gz.
func makeTar(t testing.TB, headers ...tar.Header) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, h := range headers {
		content := h.Linkname // of a regular file it is the content
		if h.Typeflag == tar.TypeReg {
			h.Linkname, h.Size = "", int64(len(content))
		}
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if h.Typeflag == tar.TypeReg {
			io.WriteString(w, content)
		}
	}
	if err := msg.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// headers are the entries of an archive of the files, with directories, and with
// modes that nobody should rely on.
func headers(files map[string]string) []tar.Header {
	out := []tar.Header{{Typeflag: tar.TypeDir, Name: "go/", Mode: 0o755}, {Typeflag: tar.TypeDir, Name: "go/src/", Mode: 0o700}}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		out = append(out, tar.Header{Typeflag: tar.TypeReg, Name: "go/" + name, Mode: 0o640, Linkname: files[name]})
	}
	return out
}

func archiveOf(t testing.TB, files map[string]string) []byte { return makeTar(t, headers(files)...) }

func write(t testing.TB, name string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

// folder makes a directory with the files in it.
func folder(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "dir")
	for name, content := range files {
		write(t, filepath.Join(dir, filepath.FromSlash(name)), []byte(content))
	}
	return dir
}

const zipName, tarName, treeName = "v0.0.1-go1.26.8.linux-arm64.zip", "go1.26.8.linux-arm64.tar.gz", "go1.26.8.linux-arm64"

// database is a checksum database behind a mirror on loopback that knows the
// hashes of releases.
func database(t testing.TB, known map[gosdk.Release]string) *mirrortest.Server {
	t.Helper()
	logged := map[string]string{}
	for r, h := range known {
		logged[r.Module().String()] = h
	}
	return mirrortest.New(t, mirrortest.Options{SumDB: "sum.corp.test", Logged: logged})
}

// logOf reaches the database through the server in a mode.
func logOf(t testing.TB, s *mirrortest.Server, modes string) gosdk.Log {
	t.Helper()
	db, err := goenv.ParseSumDB(s.SumDBKey() + " " + "http://127.0.0.1:1")
	if err != nil {
		t.Fatal(err)
	}
	log, err := NewLog(LogOptions{DB: db, Mirrors: proxies(t, modes), Client: client(t, httpx.Options{})})
	if err != nil {
		t.Fatal(err)
	}
	return log
}

func logSource(t testing.TB, s *mirrortest.Server) gosdk.Remote {
	t.Helper()
	m, err := mirror.New(s.URL(mirrortest.OK), client(t, httpx.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	return gosdk.Remote(m.Source("sum.corp.test"))
}

func proxies(t testing.TB, list string) goenv.Proxies {
	t.Helper()
	ps, err := goenv.ParseProxies(list)
	if err != nil {
		t.Fatal(err)
	}
	return ps
}

func client(t testing.TB, o httpx.Options) (c *httpClient) {
	t.Helper()
	c = httpx.New(o)
	t.Cleanup(c.CloseIdleConnections)
	return c
}

// found calls Find for the demo and closes the SDK with the test.
func found(t testing.TB, o Options) (*SDK, error) {
	t.Helper()
	if o.Client == nil {
		o.Client = client(t, httpx.Options{})
	}
	if o.Archives == nil {
		o.Archives = []string{}
	}
	s, err := Find(t.Context(), demo, "", o)
	if err == nil {
		t.Cleanup(s.close)
	} else if zh := msg.In(err, msg.Chinese); s != nil || strings.Contains(zh, "%!") || strings.Contains(err.Error(), "%!") || zh == err.Error() {
		t.Errorf("a bad error: %q, %q, %v", err, zh, s)
	}
	return s, err
}
