package trace

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/envcheck/leak"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// traced runs one configuration with a temporary folder of its own, and asserts
// that nothing of it remains.
func traced(t *testing.T, more []string, files map[string]string) (*leak.Trace, error) {
	t.Helper()
	dir, environ := lay(t, []choice{{files: files}})
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	environ = append(environ, more...)
	r, err := Trace(t.Context(), Options{Dir: dir, Environ: environ, Simulated: view(t, dir, environ).Exposures})
	left, _ := filepath.Glob(filepath.Join(tmp, "*", "w-*"))
	if len(left) > 0 {
		t.Errorf("remains %v", left)
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(dir), "modcache")); err == nil {
		t.Error("the user's module cache was written to")
	}
	return r, err
}

func TestTrace(t *testing.T) {
	const secret = "s3cr3t"
	gomod := head + "require git.corp.example/team/lib v1.0.0\n"
	r, err := traced(t, []string{"GOPROXY=https://user:" + secret + "@a.example/x?token=" + secret + ",https://b.example,direct", "NO_PROXY=*", "HTTPS_PROXY=http://user:" + secret + "@127.0.0.1:1"}, map[string]string{"go.mod": gomod})
	if err != nil {
		t.Fatal(err)
	}
	want := []leak.Asked{
		{Kind: leak.Direct, Host: "git.corp.example", Path: ""},
		{Kind: leak.Mirror, Host: "a.example", Path: "git.corp.example/team/lib"}, {Kind: leak.Mirror, Host: "b.example", Path: "git.corp.example/team/lib"},
		{Kind: leak.Database, Host: "a.example", Path: "git.corp.example/team/lib"}, {Kind: leak.Database, Host: "b.example", Path: "git.corp.example/team/lib"}, {Kind: leak.Database, Host: "sum.golang.org", Path: ""},
	}
	if !slices.Equal(r.Asked, want) || len(r.Unforeseen) > 0 || len(r.Unasked) > 0 || r.Vendored {
		t.Errorf("asked %v\nwant %v\nunforeseen %v, unasked %v", r.Asked, want, r.Unforeseen, r.Unasked)
	}
	out, err := json.Marshal(r)
	if err != nil || strings.Contains(string(out), secret) || strings.Contains(string(out), os.Getenv("TMPDIR")) {
		t.Errorf("a secret or a temporary path in %s (%v)", out, err)
	}
}

// A wrong simulation must be noticed: here the one of other settings.
func TestTraceNoticesAWrongSimulation(t *testing.T) {
	files := map[string]string{"go.mod": head + "require git.corp.example/team/lib v1.0.0\n"}
	dir, environ := lay(t, []choice{{files: files}})
	simulated := view(t, dir, append(slices.Clone(environ), "GOPROXY=https://a.example", "GOSUMDB=off", "GOPRIVATE=git.corp.example")).Exposures
	r, err := Trace(t.Context(), Options{Dir: dir, Environ: append(environ, "GOPROXY=https://a.example", "GOSUMDB=off", "GOPRIVATE=git.corp.example "), Simulated: simulated})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Unforeseen) != 1 || r.Unforeseen[0] != (leak.Asked{Kind: leak.Mirror, Host: "a.example", Path: "git.corp.example/team/lib"}) || len(r.Unasked) != 1 || r.Unasked[0].Kind != leak.Direct {
		t.Errorf("unforeseen %v, unasked %v", r.Unforeseen, r.Unasked)
	}
}

// What a cached go.mod requires is walked too, although no file of the project
// names it.
func TestTraceUsesTheModuleCache(t *testing.T) {
	files := map[string]string{"go.mod": head + "require git.corp.example/team/lib v1.0.0\n",
		"../modcache/cache/download/git.corp.example/team/lib/@v/v1.0.0.mod": "module git.corp.example/team/lib\n\ngo 1.99\n\nrequire git.corp.example/secret v1.0.0\n"}
	dir, environ := lay(t, []choice{{files: files}})
	environ = append(environ, "GOPROXY=https://a.example", "GOSUMDB=off")
	r, err := Trace(t.Context(), Options{Dir: dir, Environ: environ, Simulated: view(t, dir, environ).Exposures})
	if err != nil {
		t.Fatal(err)
	}
	if want := []leak.Asked{{Kind: leak.Mirror, Host: "a.example", Path: "git.corp.example/secret"}}; !slices.Equal(r.Unnamed, want) || len(r.Unforeseen) > 0 {
		t.Errorf("unnamed %v, want %v; runs %+v", r.Unnamed, want, r.Runs)
	}
}

func TestTraceVendored(t *testing.T) {
	r, err := traced(t, []string{"GOPROXY=https://a.example"}, map[string]string{"go.mod": head + "require git.corp.example/team/lib v1.0.0\n", "vendor/modules.txt": "# git.corp.example/team/lib v1.0.0\n## explicit\n"})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Vendored || len(r.Asked) > 0 || r.Runs[0].Failed {
		t.Errorf("%+v", r)
	}
}

func TestTraceRefuses(t *testing.T) {
	if _, err := Trace(t.Context(), Options{Dir: filepath.Join(t.TempDir(), "nowhere")}); err == nil {
		t.Error("a folder that is not there is traced")
	}
	if _, err := traced(t, nil, map[string]string{"main.go": "package main\n"}); msg.KindOf(err) != msg.Usage {
		t.Errorf("no go.mod: %v", err)
	}
	if _, err := traced(t, nil, map[string]string{"go.mod": "garbage\n"}); err == nil || !strings.HasPrefix(err.Error(), "read go.mod: ") {
		t.Errorf("garbage: %v", err)
	}
	nowhere := filepath.Join(t.TempDir(), "nowhere")
	if _, err := traced(t, []string{"GOROOT=" + nowhere}, map[string]string{"go.mod": head}); err == nil || !strings.Contains(msg.Hint(err).EN, nowhere) {
		t.Errorf("bricked go: %v, hint %v", err, msg.Hint(err))
	}
}

// A go command that hangs, with a child that hangs, is gone in time with its
// child.
func TestTraceEndsWithItsContext(t *testing.T) {
	dir, environ := lay(t, []choice{{files: map[string]string{"go.mod": head}}})
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	fake := filepath.Join(tmp, "go")
	if err := os.WriteFile(fake, []byte("#!/bin/sh\nsleep 60 &\nwait\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(200*time.Millisecond, cancel)
	start := time.Now()
	_, err := Trace(ctx, Options{Go: fake, Dir: dir, Environ: environ})
	if took := time.Since(start); took > 30*time.Second || !errors.Is(err, context.Canceled) {
		t.Errorf("ended after %v with %v", took, err)
	}
	if left, _ := filepath.Glob(filepath.Join(tmp, "*", "w-*")); len(left) > 0 {
		t.Errorf("remains %v", left)
	}
	_, err = Trace(t.Context(), Options{Go: fake, Dir: dir, Environ: environ, Timeout: 100 * time.Millisecond})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("after its time: %v", err)
	}
}
