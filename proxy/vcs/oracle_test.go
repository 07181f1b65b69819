package vcs

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/dirhash"

	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"github.com/yingzao-dev/yingzao/proxy"
)

// oracle is the real go command with GOPROXY=direct, for whom https://git.example.test
// is a folder of repositories. A module path with .git in it needs no go-get page.
type oracle struct {
	t    testing.TB
	root string
}

type answer struct {
	Path, Version, Query, Info, GoMod, Zip, Sum, GoModSum string
	Error                                                 any // a text of go mod download, an object of go list
	Origin                                                *origin
	Versions                                              []string
}

func (o oracle) run(t testing.TB, args ...string) (out []byte, cache string) {
	t.Helper()
	home := mirrortest.Home(t)
	config := filepath.Join(home, ".gitconfig")
	text := "[url \"file://" + o.root + "/\"]\n\tinsteadOf = https://git.example.test/\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cache = filepath.Join(home, "mod")
	cmd := exec.Command("go", args...)
	cmd.Dir = t.TempDir()
	cmd.Env = gitEnv(home, "GOPROXY=direct", "GOPRIVATE=git.example.test", "GOMODCACHE="+cache, "GOPATH="+home, "GOENV=off",
		"GOFLAGS=-modcacherw -mod=mod", "GOTOOLCHAIN=local", "GOCACHE="+filepath.Join(home, "cache"), "GO111MODULE=on")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil && len(out) == 0 {
		t.Fatalf("go %q: %v\n%s", args, err, &stderr)
	}
	return out, cache
}

func (o oracle) download(t testing.TB, module, query string) answer {
	t.Helper()
	out, _ := o.run(t, "mod", "download", "-json", module+"@"+query)
	var a answer
	if err := json.Unmarshal(out, &a); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return a
}

func (o oracle) versions(t testing.TB, module string) []string {
	t.Helper()
	out, _ := o.run(t, "list", "-m", "-e", "-versions", "-retracted", "-json", module)
	var a answer
	if err := json.Unmarshal(out, &a); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return a.Versions
}

// body fetches one file from a source.
func body(t testing.TB, g *Git, f proxy.File) ([]byte, error) {
	t.Helper()
	file, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	d := proxy.NewDownload(file, 0)
	if err := g.Fetch(t.Context(), f, d); err != nil {
		if d.Offset() != 0 {
			t.Errorf("%d bytes are left after %v", d.Offset(), err)
		}
		return nil, err
	}
	if d.Size() != d.Offset() || len(d.Pieces()) != 1 || strings.Contains(d.Pieces()[0].From, "@") {
		t.Errorf("size %d of %d from %v", d.Offset(), d.Size(), d.Pieces())
	}
	data, err := os.ReadFile(file.Name())
	if err != nil {
		t.Fatal(err)
	}
	return data, nil
}

// ours is the answer in the oracle's form.
func ours(t testing.TB, g *Git, module, query string) (a answer, at time.Time, err error) {
	t.Helper()
	data, err := g.Info(t.Context(), module, query)
	if err != nil {
		return a, at, err
	}
	var i info
	if err := json.Unmarshal(data, &i); err != nil {
		t.Fatal(err)
	}
	a.Version, a.Origin, at = i.Version, i.Origin, i.Time
	gomod, err := body(t, g, proxy.File{Kind: proxy.Mod, Module: module, Version: i.Version})
	if err != nil {
		return a, at, err
	}
	a.GoModSum, err = dirhash.Hash1([]string{"go.mod"}, func(string) (rc readCloser, err error) { return nopClose(gomod), nil })
	if err != nil {
		t.Fatal(err)
	}
	zip, err := body(t, g, proxy.File{Kind: proxy.Zip, Module: module, Version: i.Version})
	if err != nil {
		return a, at, err
	}
	a.Zip = filepath.Join(t.TempDir(), "ours.zip")
	if err := os.WriteFile(a.Zip, zip, 0o600); err != nil {
		t.Fatal(err)
	}
	a.Sum, err = dirhash.HashZip(a.Zip, dirhash.Hash1)
	if err != nil {
		t.Fatal(err)
	}
	return a, at, nil
}

// compare holds ours to the go command's, down to the bytes of the zip.
func compare(t *testing.T, o oracle, g *Git, module, query string) {
	t.Helper()
	want := o.download(t, module, query)
	got, at, err := ours(t, g, module, query)
	if want.Error != nil {
		t.Logf("go: %v", want.Error)
		if err == nil {
			t.Fatalf("go says %v, and we have %s", want.Error, got.Version)
		}
		t.Logf("we: %v", err)
		if proxyClass(err) == proxy.ErrUnavailable {
			t.Errorf("not certain: %v", err)
		}
		return
	}
	if err != nil {
		t.Fatalf("go has %s %s, and we say %v", want.Version, want.Sum, err)
	}
	var i info
	data, err := os.ReadFile(want.Info)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &i); err != nil {
		t.Fatal(err)
	}
	if got.Version != i.Version || !at.Equal(i.Time) || got.Sum != want.Sum || got.GoModSum != want.GoModSum {
		t.Errorf("we: %s %v %s %s\ngo: %s %v %s %s", got.Version, at, got.Sum, got.GoModSum, i.Version, i.Time, want.Sum, want.GoModSum)
	}
	sameOrigin(t, got.Origin, want.Origin, query != i.Version)
	again, err := g.Info(t.Context(), module, i.Version)
	if err != nil {
		t.Fatal(err)
	}
	var direct info
	if err := json.Unmarshal(again, &direct); err != nil {
		t.Fatal(err)
	}
	// The go command's file of a tag tells which query found it first.
	sameOrigin(t, direct.Origin, i.Origin, query == i.Version || isPseudo(i.Version))
	a, errA := os.ReadFile(got.Zip)
	b, errB := os.ReadFile(want.Zip)
	if errA != nil || errB != nil || !bytes.Equal(a, b) {
		t.Errorf("the zips have one h1, but differ: %d and %d bytes (%v, %v)", len(a), len(b), errA, errB)
	}
}

// sameOrigin compares without the URL: the oracle's is another one.
func sameOrigin(t *testing.T, ours, gos *origin, care bool) {
	t.Helper()
	if ours == nil || gos == nil {
		t.Fatal("no origin")
	}
	a, b := *ours, *gos
	a.URL, b.URL = "", ""
	if care && a != b {
		t.Errorf("origin\nwe: %+v\ngo: %+v", a, b)
	}
}

func proxyClass(err error) error {
	for _, c := range []error{proxy.ErrNotFound, proxy.ErrBlocked, proxy.ErrContent, proxy.ErrUnavailable} {
		if is(err, c) {
			return c
		}
	}
	return nil
}
