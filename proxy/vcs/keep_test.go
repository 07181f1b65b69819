package vcs

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

// noise is text that does not compress away.
func noise(seed uint64, n int) string {
	sum := sha256.Sum256([]byte{byte(seed), byte(seed >> 8)})
	b := make([]byte, n*3/4)
	rand.NewChaCha8(sum).Read(b)
	return base64.StdEncoding.EncodeToString(b)
}

func TestProbingForTheRepository(t *testing.T) {
	s := newGitServer(t, false)
	simple(t, s.root, "group/sub/team/simple", "group/plain")
	g := s.open(t, func(o *Options) { o.Repos[0].MaxDepth, o.Limits.Fresh = 5, time.Hour })
	for path, want := range map[string]string{
		"group/sub/team/simple": "v1.0.0\n", "group/plain": "v1.0.0\n", "group/plain/pkg": "", "group/sub/team/simple/a/b/c/d": "", "group/plain/v2": "",
	} {
		if got, err := g.Versions(t.Context(), "git.example.test/"+path); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v", path, got, err)
		}
	}
	lists := s.lists.Load()
	if _, err := g.Info(t.Context(), "git.example.test/group/plain/pkg", "latest"); proxyClass(err) != proxy.ErrNotFound {
		t.Errorf("a folder that is no module: %v", err)
	}
	if n := s.lists.Load() - lists; n > 1 {
		t.Errorf("%d requests to find again what was found", n)
	}
	_, err := g.Versions(t.Context(), "git.example.test/group/nosuch/x")
	told(t, err, proxy.ErrUnavailable)
	if msg.Hint(err).EN == "" {
		t.Error("no hint")
	}
}

func TestProbingDoesNotTakeTroubleForAnAnswer(t *testing.T) {
	for status, class := range map[int]error{403: proxy.ErrUnavailable, 500: proxy.ErrUnavailable, 404: proxy.ErrNotFound} {
		s := newGitServer(t, false)
		simple(t, s.root, "group/plain")
		s.before = func(w http.ResponseWriter, r *http.Request) bool {
			if strings.HasPrefix(r.URL.Path, "/group/plain/") {
				w.WriteHeader(status)
				return true
			}
			return false
		}
		g := s.open(t, func(o *Options) { o.Repos[0].MaxDepth = 3 })
		_, err := g.Info(t.Context(), "git.example.test/group/plain/pkg", "v1.0.0")
		told(t, err, class)
		// What the shorter one has may be had all the same, unless nobody knows.
		list, err := g.Versions(t.Context(), "git.example.test/group/plain/pkg")
		if (err == nil) != (status != 500) {
			t.Errorf("%d: %q, %v", status, list, err)
		}
	}
}

func TestLimitOfARepository(t *testing.T) {
	w := newWork(t)
	for i := range 4 {
		w.put(map[string]string{"go.mod": mod("git.example.test/team/large"), "data": noise(uint64(i), 300<<10)}).commit("v1." + string(rune('0'+i)) + ".0")
	}
	s := newGitServer(t, false)
	w.publish(s.root, "team/large")
	var log strings.Builder
	g := s.open(t, func(o *Options) { o.Repos[0].MaxBytes = 500 << 10; o.Log = logTo(&log) })
	// Each version alone fits, two do not: the folder is started anew.
	for _, v := range []string{"v1.0.0", "v1.1.0", "v1.2.0", "v1.0.0"} {
		if _, err := body(t, g, proxy.File{Kind: proxy.Zip, Module: "git.example.test/team/large", Version: v}); err != nil {
			t.Error(v, err)
		}
		var size int64
		filepath.WalkDir(g.o.Dir, func(name string, _ os.DirEntry, _ error) error {
			if fi, err := os.Stat(name); err == nil && fi.Mode().IsRegular() {
				size += fi.Size()
			}
			return nil
		})
		if size > 520<<10 {
			t.Errorf("%d bytes are kept", size)
		}
	}
	if !strings.Contains(log.String(), "starting anew") {
		t.Error("it never outgrew the limit")
	}
	g = s.open(t, func(o *Options) { o.Repos[0].MaxBytes = 100 << 10 })
	_, err := g.Info(t.Context(), "git.example.test/team/large", "v1.0.0")
	told(t, err, proxy.ErrBlocked)
	if !strings.Contains(msg.Hint(err).EN, "max_bytes") {
		t.Error("no hint at the setting")
	}
}

func TestWhatAnEarlierVersionHadIsNotSentAgain(t *testing.T) {
	w := newWork(t)
	w.put(map[string]string{"go.mod": mod("git.example.test/team/large"), "data": noise(1, 500<<10)}).commit("v1.0.0")
	w.put(map[string]string{"a.go": "package a\n", "data": noise(1, 500<<10) + "one line more\n"}).commit("v1.1.0")
	w.put(map[string]string{"b.go": "package a\n", "data": "one line before\n" + noise(1, 500<<10)}).commit("v1.2.0")
	s := newGitServer(t, false)
	w.publish(s.root, "team/large")
	var log strings.Builder
	g := s.open(t, func(o *Options) { o.Log = logTo(&log) })
	get := func(v string) int64 {
		before := s.bytes.Load()
		if _, err := body(t, g, proxy.File{Kind: proxy.Zip, Module: "git.example.test/team/large", Version: v}); err != nil {
			t.Fatal(err)
		}
		return s.bytes.Load() - before
	}
	defer func() {
		fresh := s.open(t)
		for _, v := range []string{"v1.0.0", "v1.1.0", "v1.2.0"} {
			a, _, errA := ours(t, g, "git.example.test/team/large", v)
			b, _, errB := ours(t, fresh, "git.example.test/team/large", v)
			if errA != nil || errB != nil || a.Sum != b.Sum {
				t.Errorf("%s: %v %v", v, errA, errB)
			}
			fresh = s.open(t)
		}
		t.Log(log.String())
	}()
	if third := get("v1.2.0"); third < 300<<10 {
		t.Errorf("%d bytes", third)
	}
	if first, second, again := get("v1.0.0"), get("v1.1.0"), get("v1.0.0"); first > 10<<10 || second > 10<<10 || again > 2<<10 {
		t.Errorf("%d bytes, then %d, then %d", first, second, again)
	}
}

func TestDamageIsRepaired(t *testing.T) {
	s := newGitServer(t, false)
	w := simple(t, s.root)
	w.put(map[string]string{"b.go": "package simple\n"})
	between := w.commit()
	w.put(map[string]string{"c.go": "package simple\n"}).commit()
	w.publish(s.root, "team/simple")
	dir := t.TempDir()
	module := "git.example.test/team/simple"
	for name, harm := range map[string]func(file string) error{
		"lost":  os.Remove,
		"empty": func(f string) error { return os.Truncate(f, 0) },
		"cut":   func(f string) error { return os.Truncate(f, 60) },
		"flipped": func(f string) error {
			b, err := os.ReadFile(f)
			if err != nil {
				return err
			}
			b[len(b)/2] ^= 0xff
			os.Chmod(f, 0o600)
			return os.WriteFile(f, b, 0o600)
		},
	} {
		for _, what := range []string{"*.pack", "*.idx", "../../state.json"} {
			g := s.open(t, func(o *Options) { o.Dir = dir })
			if _, err := g.Info(t.Context(), module, "v1.0.0"); err != nil {
				t.Fatal(err)
			}
			files, _ := filepath.Glob(filepath.Join(dir, "*", "objects", "pack", what))
			if len(files) == 0 {
				t.Fatal("nothing to harm")
			}
			if err := harm(files[0]); err != nil {
				t.Fatal(err)
			}
			if _, err := body(t, g, proxy.File{Kind: proxy.Zip, Module: module, Version: "v1.0.0"}); err != nil {
				t.Errorf("%s %s: %v", what, name, err)
			}
			// The same of the history.
			if _, err := g.Info(t.Context(), module, between[:12]); err != nil {
				t.Fatal(err)
			}
			files, _ = filepath.Glob(filepath.Join(dir, "*", "objects", "pack", what))
			for _, f := range files {
				if err := harm(f); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := g.Info(t.Context(), module, between[:12]); err != nil {
				t.Errorf("%s %s: %v", what, name, err)
			}
		}
	}
}

func TestP23TwoProcessesOneFolder(t *testing.T) {
	w, c := hostile(t)
	s := newGitServer(t, false)
	w.publish(s.root, "team/hostile")
	dir := t.TempDir()
	var wg sync.WaitGroup
	for range 4 {
		g := s.open(t, func(o *Options) { o.Dir = dir; o.Repos[0].LFS = LFSPointer })
		for _, q := range []string{"v1.0.0", "main", c["other"], c["unnamed"], "latest"} {
			wg.Go(func() {
				if _, err := g.Info(context.Background(), base+"hostile.git", q); err != nil {
					t.Error(q, err)
				}
			})
		}
	}
	wg.Wait()
}

func TestMovedTag(t *testing.T) { // P11: the fill keeps the first; here the newest is told
	w := newWork(t)
	w.put(map[string]string{"go.mod": mod("git.example.test/team/moved"), "a.go": "package a\n"}).commit("v1.0.0")
	s := newGitServer(t, false)
	bare := w.publish(s.root, "team/moved")
	g := s.open(t, func(o *Options) { o.Limits.Fresh = 1 })
	first, err := g.Info(t.Context(), "git.example.test/team/moved", "v1.0.0")
	if err != nil {
		t.Fatal(err)
	}
	w.put(map[string]string{"b.go": "package a\n"}).commit("v1.1.0")
	w.git("tag", "-f", "v1.0.0")
	w.git("push", "-q", "-f", bare, "main", "v1.0.0", "v1.1.0")
	second, err := g.Info(t.Context(), "git.example.test/team/moved", "v1.0.0")
	if err != nil || string(first) == string(second) {
		t.Errorf("%s, then %s (%v)", first, second, err)
	}
	w.git("push", "-q", bare, ":v1.0.0")
	if _, err = g.Info(t.Context(), "git.example.test/team/moved", "v1.0.0"); proxyClass(err) != proxy.ErrNotFound {
		t.Errorf("a deleted tag: %v", err)
	}
}

func TestQueriesThatNameNothing(t *testing.T) {
	s := newGitServer(t, false)
	simple(t, s.root, "team/simple")
	g := s.open(t, func(o *Options) { o.Limits.Fresh = time.Hour })
	for _, q := range []string{"--upload-pack=touch", "-x", "", "a..b", "HEAD~1", "main^", "@{1}", "refs/heads/main", "a b", "x\x00", "/main", "v1.0.0^{}", "*", strings.Repeat("a", 10_000), "deadbeef", strings.Repeat("0", 40)} {
		if q == "" {
			continue
		}
		_, err := g.Info(t.Context(), "git.example.test/team/simple", q)
		told(t, err, proxy.ErrNotFound)
	}
	if s.fetches.Load() > 1 || s.lists.Load() != 1 {
		t.Errorf("%d packs were fetched for nothing, %d lists", s.fetches.Load(), s.lists.Load())
	}
}
