package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/dirhash"

	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/scripts"
)

const version = "1.26.8"

// madeUp is a small Go of a version, relative to GOROOT; its go command is a script.
func madeUp(version string) map[string]string {
	return map[string]string{
		"VERSION": "go" + version + "\ntime 2026-08-28T16:20:06Z\n",
		"go.env":  "GOSUMDB=sum.golang.org\nGOTOOLCHAIN=auto\n",
		"bin/go":  "#!/bin/sh\necho go version go" + version + " linux/" + runtime.GOARCH + "\n",
		"pkg/tool/linux_" + runtime.GOARCH + "/compile": "compiler",
		"src/go.mod":      "module std\n",
		"src/fmt/fmt.go":  "package fmt // " + version + "\n",
		"src/big/data.go": "package big\n//" + noise(2<<20),
	}
}

// noise does not compress: a disk that is full is full.
func noise(n int) string {
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, "%x", sha256.Sum256([]byte{byte(i), byte(i >> 8), byte(i >> 16)}))
	}
	return b.String()
}

func h1Of(t testing.TB, files map[string]string) string {
	t.Helper()
	r := gosdk.Release{Version: strings.Fields(files["VERSION"])[0], GOOS: "linux", GOARCH: runtime.GOARCH}
	named := map[string]string{}
	for name, text := range files {
		named[r.Module().String()+"/"+strings.Replace(name, "src/go.mod", "src/_go.mod", 1)] = text
	}
	h1, err := dirhash.Hash1(slices.Collect(maps.Keys(named)), func(n string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(named[n])), nil })
	if err != nil {
		t.Fatal(err)
	}
	return h1
}

// packed is the archive of an SDK, with more entries behind.
func packed(t testing.TB, files map[string]string, more ...tar.Header) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	put := func(h tar.Header, text string) {
		h.Size = int64(len(text))
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		put(tar.Header{Name: "go/" + name, Mode: 0o755, Typeflag: tar.TypeReg}, files[name])
	}
	for _, h := range more {
		text := ""
		if h.Typeflag == tar.TypeReg {
			text = "evil"
		}
		put(h, text)
	}
	if w.Close() != nil || z.Close() != nil {
		t.Fatal("cannot pack")
	}
	return b.String()
}

func archiveName(version string) string {
	return "go" + version + ".linux-" + runtime.GOARCH + ".tar.gz"
}

// desk is a bare root with the real script and program below /media, and a made-up
// SDK in /media/sdk.
type desk struct {
	*root
	t  *testing.T
	h1 string
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	namespaces(t)
	bin, err := yingzao()
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp(work, "root-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { removeAll(dir) })
	r, err := newRoot(dir, runtime.GOARCH, "")
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{r, t, h1Of(t, madeUp(version))}
	if err := os.Link(bin, d.path("media/"+filepath.Base(bin))); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(bin)
	if err != nil {
		t.Fatal(err)
	}
	all, err := scripts.Bootstrap(scripts.Pins{SHA256: map[string]string{"linux/" + runtime.GOARCH: fmt.Sprintf("%x", sha256.Sum256(data))}})
	if err != nil {
		t.Fatal(err)
	}
	d.write("media/bootstrap.sh", string(all["bootstrap.sh"]))
	d.write("media/sdk/"+archiveName(version), packed(t, madeUp(version)))
	return d
}

func (d *desk) write(name, text string) {
	d.t.Helper()
	if err := os.MkdirAll(filepath.Dir(d.path(name)), 0o755); err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(d.path(name), []byte(text), 0o755); err != nil {
		d.t.Fatal(err)
	}
}

// script runs bootstrap.sh with no network, for the made-up SDK.
func (d *desk) script(t task, args ...string) (code int, out string) {
	d.t.Helper()
	t.offline = true
	t.args = append([]string{"sh", "/media/bootstrap.sh", "apply", "--yes", "--offline", "--profile", "cn", "--sdk", "/media/sdk", "--sdk-h1", d.h1}, args...)
	return d.do(t)
}

func (d *desk) do(t task) (code int, out string) {
	d.t.Helper()
	out, code, err := d.run(d.t.Context(), t)
	if err != nil {
		d.t.Fatalf("%v\n%s", err, out)
	}
	return code, out
}

// sh runs a line in a login shell.
func (d *desk) sh(line string, env ...string) string {
	d.t.Helper()
	_, out := d.do(task{offline: true, env: env, args: []string{"sh", "-l", "-c", line}})
	return strings.TrimSpace(out)
}

// want reports whether a run ended as it should.
func (d *desk) want(code int, out string, wantCode int, text string) {
	d.t.Helper()
	if code != wantCode || !strings.Contains(out, text) {
		d.t.Errorf("exit %d, want %d and %q\n%s", code, wantCode, text, out)
	}
}

// state is every file of the root but those that a run may touch: name, mode, sum.
func (d *desk) state(but ...string) string {
	d.t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(d.dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(d.dir, name)
		if slices.Contains(but, rel) || rel == "proc" || rel == "dev" {
			return fs.SkipDir
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%s %v", rel, info.Mode())
		if e.Type()&fs.ModeSymlink != 0 {
			to, _ := os.Readlink(name)
			b.WriteString(" -> " + to)
		} else if info.Mode().IsRegular() {
			data, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			fmt.Fprintf(&b, " %x", sha256.Sum256(data))
		}
		b.WriteByte('\n')
		return nil
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return b.String()
}
