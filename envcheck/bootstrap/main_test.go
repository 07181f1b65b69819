package bootstrap

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/mod/sumdb/dirhash"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/envcheck/gather"
	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

func TestMain(m *testing.M) {
	if os.Getenv(killEnv) != "" {
		killed()
		return
	}
	goleak.VerifyTestMain(m)
}

var now = time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)

func demo(version string) gosdk.Release {
	return gosdk.Release{Version: version, GOOS: runtime.GOOS, GOARCH: runtime.GOARCH}
}

// fakeSDK is a small Go, whose go command says its version, and runs the real one
// for all else.
func fakeSDK(version string) map[string]string {
	r := demo(version)
	files := map[string]string{
		"VERSION":        version + "\ntime 2026-08-28T16:20:06Z\n",
		"go.env":         "GOSUMDB=sum.golang.org\nGOTOOLCHAIN=auto\n",
		"bin/go" + exe(): "#!/bin/sh\nif test \"$1\" = version; then echo go version " + version + " " + r.GOOS + "/" + r.GOARCH + "; else exec '" + realGo() + "' \"$@\"; fi\n",
		"pkg/tool/" + r.GOOS + "_" + r.GOARCH + "/compile": "compiler",
		"src/_go.mod": "module std\n",
	}
	for i := range 6 {
		files[fmt.Sprintf("src/p%d/f.go", i)] = fmt.Sprintf("package p%d // %s\n", i, version)
	}
	return files
}

func exe() string {
	if runtime.GOOS == "windows" {
		return ".exe"
	}
	return ""
}

func realGo() string {
	p, err := exec.LookPath("go")
	if err != nil {
		return "/nonexistent/go"
	}
	return p
}

// packed is the module zip of an SDK, and its h1 by x/mod.
func packed(t testing.TB, r gosdk.Release, files map[string]string) (data []byte, h1 string) {
	t.Helper()
	named := map[string]string{}
	for name, text := range files {
		named[r.Module().String()+"/"+name] = text
	}
	h1, err := dirhash.Hash1(slices.Collect(maps.Keys(named)), func(n string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(named[n])), nil })
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(named)) {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, named[name])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), h1
}

// sdkDir is a folder with the zips of versions, and their h1.
func sdkDir(t testing.TB, versions ...string) (dir string, h1 map[string]string) {
	t.Helper()
	dir, h1 = t.TempDir(), map[string]string{}
	for _, v := range versions {
		data, sum := packed(t, demo(v), fakeSDK(v))
		write(t, filepath.Join(dir, demo(v).Module().Version+".zip"), string(data))
		h1[v] = sum
	}
	return dir, h1
}

// pins make h1 what the program knows.
func pins(h1 map[string]string) func(string, string) (string, string) {
	return func(v, _ string) (string, string) { return h1[v], "" }
}

const orgText = `version: 1
bootstrap:
  name: corp
  sequence: 7
  goproxy: https://goproxy.cn|https://mirrors.aliyun.com/goproxy/,direct
  private: [git.corp.example]
  git:
    - {host: git.corp.example, ssh: true}
    - {host: code.corp.example, helper: cache}
  go: {version: 1.26.8}
`

func corp(t testing.TB) *Org {
	t.Helper()
	o, err := ParseOrg("yingzao.yaml", []byte(orgText))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// home is a desk of its own: a home folder and nothing of this machine's settings.
func home(t testing.TB, name string) string {
	dir := filepath.Join(t.TempDir(), name)
	folders := []string{dir}
	if runtime.GOOS == "windows" { // where every user has these
		folders = append(folders, filepath.Join(dir, "AppData", "Roaming"), filepath.Join(dir, "AppData", "Local"))
	}
	for _, f := range folders {
		if err := os.MkdirAll(f, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func environ(dir string, more ...string) []string {
	if runtime.GOOS == "windows" {
		return append([]string{"HOME=" + dir, "USERPROFILE=" + dir, `APPDATA=` + dir + `\AppData\Roaming`, "LOCALAPPDATA=" + dir + `\AppData\Local`, "SystemRoot=" + os.Getenv("SystemRoot"), "PATH=" + os.Getenv("PATH")}, more...)
	}
	return append([]string{"HOME=" + dir, "PATH=/usr/bin:/bin"}, more...)
}

func look(t testing.TB, dir string, more ...string) *Desk {
	t.Helper()
	env := environ(dir, more...)
	s, err := gather.Snapshot(context.Background(), gather.Options{Dir: dir, Environ: env, Patience: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	d, err := Look(s, env)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func plan(t testing.TB, d *Desk, w Wanted) (*Plan, error) {
	t.Helper()
	p, err := Make(context.Background(), d, w)
	if err == nil {
		t.Cleanup(p.Close)
	} else if zh := msg.In(err, msg.Chinese); zh == err.Error() || strings.Contains(zh+err.Error(), "%!") {
		t.Errorf("a bad error: %q %q", err, zh)
	}
	return p, err
}

func apply(t testing.TB, d *Desk, w Wanted) *Plan {
	t.Helper()
	p, err := plan(t, d, w)
	if err == nil {
		err = p.Apply(context.Background(), now)
	}
	if err != nil {
		t.Fatal(err, msg.Hint(err))
	}
	return p
}

func write(t testing.TB, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// tree is everything below a folder, as text: kind, mode, content, and with times
// the time too. Below skip it does not look.
func tree(t testing.TB, dir string, times bool, skip ...string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(dir, name)
		if slices.Contains(skip, filepath.ToSlash(rel)) {
			return fs.SkipDir
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		fmt.Fprintf(&b, "%s %v", rel, info.Mode())
		switch {
		case e.Type()&fs.ModeSymlink != 0:
			to, _ := os.Readlink(name)
			fmt.Fprintf(&b, " -> %s", to)
		case info.Mode().IsRegular():
			data, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			fmt.Fprintf(&b, " %q", data)
			if times && path.Base(name) != ".lock" {
				fmt.Fprintf(&b, " %v", info.ModTime())
			}
		}
		b.WriteString("\n")
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func profile(t testing.TB, name string) envcheck.Profile {
	t.Helper()
	p, err := envcheck.ProfileNamed(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// tool returns the path of a program that may be absent.
func tool(t testing.TB, name string) string {
	t.Helper()
	p, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("YINGZAO_E2E") == "require" {
			t.Fatalf("this needs %s", name)
		}
		t.Skipf("there is no %s", name)
	}
	return p
}
