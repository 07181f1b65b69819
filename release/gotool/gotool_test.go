package gotool

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

func module(t *testing.T, gomod string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(gomod), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestHermeticRunForgetsTheMachine(t *testing.T) {
	dir := module(t, "module example.cn/app\n\ngo 1.21\n")
	envFile := filepath.Join(t.TempDir(), "env")
	if err := os.WriteFile(envFile, []byte("GOFLAGS=-buildvcs=false\nGOAMD64=v3\nGOPROXY=https://goproxy.cn\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	// An empty variable does not hide what the file says.
	host := append(os.Environ(), "GOPROXY=", "GOFLAGS=", "GOENV="+envFile, "GOEXPERIMENT=jsonv2", "GODEBUG=panicnil=1", "SECRET_TOKEN=hush")
	tool, err := Find(context.Background(), Options{Dir: dir, Environ: host})
	if err != nil {
		t.Fatal(err)
	}
	out, err := tool.Run(context.Background(), dir, []string{"GOARCH=amd64"}, "env", "GOFLAGS", "GOAMD64", "GOEXPERIMENT", "GODEBUG", "CGO_ENABLED", "GOPROXY", "GOARCH", "GOTOOLCHAIN")
	if err != nil {
		t.Fatal(err)
	}
	want := "\nv1\n\n\n0\nhttps://goproxy.cn\namd64\nlocal\n"
	if string(out) != want {
		t.Errorf("settings seen inside:\n%q\nwant\n%q", out, want)
	}
	for _, kv := range tool.Environ() {
		if strings.Contains(kv, "hush") {
			t.Errorf("the user's secret is passed on: %s", kv)
		}
	}
}

func TestFindRefuses(t *testing.T) {
	script := func(body string) string {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "go"), []byte("#!/bin/sh\n"+body), 0o755); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	notExec := t.TempDir()
	if err := os.WriteFile(filepath.Join(notExec, "go"), []byte("\x7fELF not really"), 0o755); err != nil {
		t.Fatal(err)
	}
	old := script(`echo '{"GOROOT":"/x","GOVERSION":"go1.15.15","GOCACHE":"/c"}'`)
	real, err := Find(context.Background(), Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		o    Options
		want string
		hint string
	}{
		{"missing", Options{Environ: []string{"PATH=" + t.TempDir()}}, `"go" is not on PATH`, "--goroot"},
		{"no such goroot", Options{Goroot: filepath.Join(t.TempDir(), "none")}, "find go command", "bin/go"},
		{"too old", Options{Environ: []string{"PATH=" + old}}, "go1.15.15 is too old", "1.21"},
		{"other architecture", Options{Environ: []string{"PATH=" + notExec}}, "another architecture", runtime.GOARCH},
		{"go.mod wants more", Options{Dir: module(t, "module a.cn/b\n\ngo 1.999\n"), Environ: append(os.Environ(), "GOTOOLCHAIN=local")}, "go.mod wants go1.999", "go1.999"},
		{"bricked", Options{Environ: []string{"PATH=" + script("echo broken >&2; exit 3")}}, "broken", "yingzao check"},
	} {
		if runtime.GOOS == "windows" && tc.name != "missing" {
			continue
		}
		_, err := Find(context.Background(), tc.o)
		if err == nil || !strings.Contains(err.Error(), tc.want) || !strings.Contains(msg.Hint(err).EN, tc.hint) {
			t.Errorf("%s: %v (hint %q), want %q and %q", tc.name, err, msg.Hint(err).EN, tc.want, tc.hint)
		}
		if err != nil && msg.In(err, msg.Chinese) == err.Error() {
			t.Errorf("%s: not told in Chinese", tc.name)
		}
	}
	other, err := real.At(context.Background(), real.Goroot, "")
	if err != nil {
		t.Fatal(err)
	}
	if other.Cache == real.Cache {
		t.Error("a second toolchain shares the first one's GOCACHE")
	}
}

func TestRunErrorKeepsTheGoCommandsWords(t *testing.T) {
	dir := module(t, "module example.cn/app\n\ngo 1.21\n")
	tool, err := Find(context.Background(), Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	_, err = tool.Run(context.Background(), dir, nil, "build", "./nothing")
	var e *Error
	if !errors.As(err, &e) || !strings.Contains(e.Error(), "nothing") {
		t.Errorf("error is %v", err)
	}
}

func TestCompare(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		want int
	}{
		{"go1.26.8", "go1.26.8", 0}, {"go1.9", "go1.21", -1}, {"go1.26.8-abi1.0", "go1.26.8", 0},
		{"devel go1.28-abc", "go1.27", 1}, {"go1.26.8 X:jsonv2", "go1.26.7", 1},
	} {
		if got := Compare(tc.a, tc.b); got != tc.want {
			t.Errorf("Compare(%q, %q) = %d, want %d", tc.a, tc.b, got, tc.want)
		}
	}
}
