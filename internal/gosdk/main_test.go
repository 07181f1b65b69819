package gosdk

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"
	"golang.org/x/mod/sumdb"
	"golang.org/x/mod/sumdb/dirhash"
	"golang.org/x/mod/sumdb/note"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var demo = Release{Version: "go1.26.8", GOOS: "linux", GOARCH: "amd64"}

const compiler = "pkg/tool/linux_amd64/compile"

// released is a small Go as its makers packed it. Its go.env is one of ours, so
// only a log that holds exactly this text calls it genuine.
func released() map[string]string {
	files := map[string]string{
		"VERSION":                "go1.26.8\ntime 2026-08-28T16:20:06Z\n",
		"go.env":                 "# initial defaults\nGOPROXY=https://proxy.example,direct\nGOSUMDB=sum.golang.org\nGOTOOLCHAIN=auto\n",
		"bin/go":                 strings.Repeat("\x7fELF go ", 20_000),
		compiler:                 strings.Repeat("\x7fELF compile ", 20_000),
		"pkg/include/textflag.h": "#define NOSPLIT 4\n",
		"src/go.mod":             "module std\n",
		"src/cmd/go.mod":         "module cmd\n",
		"src/fmt/print.go":       "package fmt\n",
		"src/fmt/print.go.txt":   "sorts between\n",
		"src/empty":              "",
		"lib/time/文.txt":         "名\n",
		"test/left_out.go":       "package test\n",
		"misc/go.mod":            "module misc\n",
		"doc/x":                  "x",
		"api/go1.txt":            "pkg a\n",
	}
	for i := range 60 {
		files[fmt.Sprintf("src/p%d/f.go", i)] = fmt.Sprintf("package p%d\n", i)
	}
	return files
}

func with(files map[string]string, change func(map[string]string)) map[string]string {
	files = maps.Clone(files)
	change(files)
	return files
}

// goroot writes the files to a new directory.
func goroot(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "go")
	for name, content := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// moduleNames maps the names that a release has as a module to its contents,
// written down a second time, after the words of cmd/distpack.
func moduleNames(r Release, files map[string]string) map[string]string {
	out := map[string]string{}
	for name, content := range files {
		switch top, _, _ := strings.Cut(name, "/"); top {
		case "api", "doc", "misc", "test":
			continue
		}
		if path.Base(name) == "go.mod" {
			name = strings.TrimSuffix(name, "go.mod") + "_go.mod"
		}
		out["golang.org/toolchain@v0.0.1-"+r.Version+"."+r.GOOS+"-"+r.GOARCH+"/"+name] = content
	}
	return out
}

// h1 is x/mod's own answer.
func h1(t testing.TB, r Release, files map[string]string) string {
	t.Helper()
	named := moduleNames(r, files)
	sum, err := dirhash.Hash1(slices.Collect(maps.Keys(named)), func(name string) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(named[name])), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// h1WithOfficialGoEnv is the hash of the files with the real go.env, whose text
// we do not have.
func h1WithOfficialGoEnv(t testing.TB, r Release, files map[string]string) string {
	t.Helper()
	var list []File
	for name, content := range moduleNames(r, files) {
		f := File{Name: strings.TrimPrefix(name, r.prefix()), Sum: sha256.Sum256([]byte(content))}
		if f.Name == "go.env" {
			if _, err := hex.Decode(f.Sum[:], []byte(officialGoEnv[0])); err != nil {
				t.Fatal(err)
			}
		}
		list = append(list, f)
	}
	slices.SortFunc(list, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return hash1(r, list)
}

// moduleZip writes the module of the files.
func moduleZip(t testing.TB, r Release, files map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range moduleNames(r, files) {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, content)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "module.zip")
	if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

// database is a checksum database of our own, without a network.
type database struct {
	key    string
	server http.Handler
	change func(path string, body []byte) ([]byte, error) // what a mirror makes of an answer; nil: nothing
}

// newDatabase logs the hashes, and some other modules around them so that there
// are tiles of more than one record.
func newDatabase(t testing.TB, hashes map[Release]string) *database {
	t.Helper()
	signer, key, err := note.GenerateKey(nil, "sum.corp.test")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]string{}
	for r, h := range hashes {
		known[r.Module().Version] = h
	}
	d := &database{key: key}
	d.server = sumdb.NewServer(sumdb.NewTestServer(signer, func(path, version string) ([]byte, error) {
		h, ok := known[version]
		if !ok && path == "golang.org/toolchain" {
			return nil, fs.ErrNotExist
		}
		if path != "golang.org/toolchain" {
			h = "h1:" + path
		}
		return fmt.Appendf(nil, "%s %s %s\n%s %s/go.mod %s\n", path, version, h, path, version, h), nil
	}))
	for i := range 20 {
		d.get(fmt.Sprintf("/lookup/example.test/m%d@v1.0.0", i))
	}
	for _, version := range slices.Sorted(maps.Keys(known)) {
		d.get("/lookup/golang.org/toolchain@" + version)
	}
	return d
}

func (d *database) get(path string) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	d.server.ServeHTTP(rec, httptest.NewRequest("GET", path, nil))
	return rec
}

// remote serves one path at a time: the tests run one lookup at once.
func (d *database) remote(ctx context.Context, path string) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	rec := d.get(path)
	body := rec.Body.Bytes()
	if d.change != nil {
		return d.change(path, body)
	}
	switch rec.Code {
	case http.StatusOK:
		return body, nil
	case http.StatusNotFound, http.StatusGone:
		return nil, fmt.Errorf("GET %s: %w", path, fs.ErrNotExist)
	}
	return nil, fmt.Errorf("GET %s: status %d", path, rec.Code)
}

func (d *database) log(t testing.TB) Log {
	t.Helper()
	log, err := NewLog(d.key, d.remote)
	if err != nil {
		t.Fatal(err)
	}
	return log
}
