package fill

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/proxy"
)

const (
	helloList   = "example.com/hello/@v/list"
	helloLatest = "example.com/hello/@latest"
	helloMain   = "example.com/hello/@v/main.info"
)

func textWorld(t testing.TB) *world {
	w := helloWorld(t)
	w.add(t, hello, "v1.1.0", "package hello\n")
	w.add(t, hello, "v1.2.0-rc.1", "package hello\n")
	w.infos[module.Version{Path: hello, Version: "latest"}] = w.infos[module.Version{Path: hello, Version: "v1.1.0"}]
	w.infos[module.Version{Path: hello, Version: "main"}] = `{"Version":"v1.1.1-0.20240501080000-0123456789ab","Time":"2024-05-01T08:00:00Z"}`
	return w
}

func (s *site) text(path string) Answer {
	s.t.Helper()
	f, err := proxy.Parse(path)
	if err != nil {
		s.t.Fatal(err)
	}
	a, err := s.Text(context.Background(), f)
	if err != nil {
		s.t.Fatalf("%s: %v", path, err)
	}
	return a
}

// Fresh for a minute, then asked again; old for ever when nobody answers.
func TestTextFreshness(t *testing.T) {
	w := textWorld(t)
	s := newSite(t, w, logged(t, w), nil)
	for path, want := range map[string]string{
		helloList:   "v1.0.0\nv1.1.0\nv1.2.0-rc.1\n",
		helloLatest: w.infos[module.Version{Path: hello, Version: "v1.1.0"}],
		helloMain:   w.infos[module.Version{Path: hello, Version: "main"}],
	} {
		n := w.requests("")
		if a := s.text(path); string(a.Body) != want || a.Age != 0 || a.Stale {
			t.Errorf("%s: %+v", path, a)
		}
		s.later(59 * time.Second)
		if a := s.text(path); string(a.Body) != want || a.Age != 59*time.Second || a.Stale || w.requests("") != n+1 {
			t.Errorf("%s after 59 s: %+v, %d requests", path, a, w.requests("")-n)
		}
		s.later(2 * time.Second)
		if a := s.text(path); string(a.Body) != want || a.Age != 0 || a.Stale || w.requests("") != n+2 {
			t.Errorf("%s after 61 s: %+v, %d requests", path, a, w.requests("")-n)
		}
		s.later(59 * time.Second) // looked at again, though unchanged
		if a := s.text(path); a.Age != 59*time.Second || w.requests("") != n+2 {
			t.Errorf("%s after 59 s more: age %v, %d requests", path, a.Age, w.requests("")-n)
		}
		w.set(func(w *world) { w.down = errDown })
		s.later(10 * 365 * 24 * time.Hour)
		if a := s.text(path); string(a.Body) != want || !a.Stale || a.Age < time.Hour {
			t.Errorf("%s ten years later: %+v", path, a)
		}
		w.set(func(w *world) { w.down = proxy.Fail(proxy.ErrNotFound, "x", nil) })
		waitFor(t, func() bool { return s.idle() })
		s.later(2 * time.Minute)
		if a := s.text(path); string(a.Body) != want || !a.Stale {
			t.Errorf("%s gone upstream: %+v", path, a)
		}
		w.set(func(w *world) { w.down = nil })
		waitFor(t, func() bool { return s.idle() })
		s.later(2 * time.Minute)
		waitFor(t, func() bool { return !s.text(path).Stale })
	}
}

// idle reports whether nothing is being asked.
func (s *site) idle() bool {
	s.texts.mu.Lock()
	defer s.texts.mu.Unlock()
	return len(s.texts.byKey) == 0
}

// A source that swallows requests costs its budget once; then old answers come at
// once, until it speaks again.
func TestTextBudget(t *testing.T) {
	w := textWorld(t)
	s := newSite(t, w, logged(t, w), nil)
	s.text(helloList)
	s.text(helloLatest)
	s.later(time.Hour)
	s.o.Budget = 200 * time.Millisecond
	hold := make(chan struct{})
	w.set(func(w *world) { w.hold = hold })
	start := time.Now()
	if a := s.text(helloList); !a.Stale {
		t.Errorf("%+v", a)
	}
	if took := time.Since(start); took < 200*time.Millisecond || took > 20*time.Second {
		t.Errorf("the budget of 200 ms took %v", took)
	}
	start = time.Now()
	for range 100 {
		if a := s.text(helloLatest); !a.Stale {
			t.Fatalf("%+v", a)
		}
	}
	if took := time.Since(start); took > 100*s.o.Budget/2 {
		t.Errorf("100 old answers of a silent source took %v", took)
	} else {
		t.Logf("100 old answers of a silent source took %v", took)
	}
	w.set(func(w *world) { w.hold = nil })
	close(hold)
	waitFor(t, s.idle)
	s.o.Budget = time.Minute
	waitFor(t, func() bool { return !s.text(helloList).Stale && !s.text(helloLatest).Stale })
	if n := w.requests("list"); n != 2 {
		t.Errorf("%d requests for the list", n)
	}
}

// 200 clients, one request.
func TestTextOnce(t *testing.T) {
	w := textWorld(t)
	w.hold = make(chan struct{})
	s := newSite(t, w, nil, nil)
	var wg sync.WaitGroup
	for range 200 {
		wg.Go(func() { s.text(helloList) })
	}
	waitFor(t, func() bool { return w.requests("") == 1 })
	close(w.hold)
	wg.Wait()
	if w.requests("") != 1 {
		t.Errorf("%d requests", w.requests(""))
	}
}

// With every mirror dead and no list kept, the list is what the cache can serve.
func TestTextFromCache(t *testing.T) {
	w := textWorld(t)
	pseudo := "v1.1.1-0.20240501080000-0123456789ab"
	w.add(t, hello, pseudo, "package hello\n")
	s := newSite(t, w, logged(t, w), nil)
	for _, v := range []string{"v1.1.0", "v1.0.0", pseudo} {
		s.get("example.com/hello/@v/" + v + ".info")
		s.get("example.com/hello/@v/" + v + ".mod")
	}
	s.get("example.com/hello/@v/v1.2.0-rc.1.mod") // without its .info: nobody could take it
	w.set(func(w *world) { w.down = errDown })
	if a := s.text(helloList); string(a.Body) != "v1.0.0\nv1.1.0\n" || !a.Stale {
		t.Errorf("list: %q, stale %v", a.Body, a.Stale)
	}
	if a := s.text(helloLatest); string(a.Body) != w.infos[module.Version{Path: hello, Version: "v1.1.0"}] || !a.Stale {
		t.Errorf("latest: %q, stale %v", a.Body, a.Stale)
	}
	s.fails(helloMain, proxy.ErrUnavailable)
	s.fails("example.com/other/@v/list", proxy.ErrUnavailable)
	s.fails("example.com/other/@latest", proxy.ErrUnavailable)
}

// @latest is optional: where nobody has it, it is made of the list.
func TestLatestFromList(t *testing.T) {
	w := textWorld(t)
	delete(w.infos, module.Version{Path: hello, Version: "latest"})
	s := newSite(t, w, logged(t, w), nil)
	if a := s.text(helloLatest); string(a.Body) != w.infos[module.Version{Path: hello, Version: "v1.1.0"}] || a.Stale {
		t.Errorf("%q, stale %v", a.Body, a.Stale)
	}
	s.fails("example.com/other/@latest", proxy.ErrNotFound)
	s.fails("example.com/other/@v/list", proxy.ErrNotFound)
}

func TestNewest(t *testing.T) {
	for _, tt := range []struct {
		versions string
		want     string
	}{
		{"", ""},
		{"v1.0.0 v1.10.0 v1.9.0", "v1.10.0"},
		{"v1.0.0 v2.0.0-rc.1", "v1.0.0"}, // the path has no /v2
		{"v1.0.0 v1.1.0-rc.1", "v1.0.0"},
		{"v1.1.0-rc.1 v1.1.0-rc.2", "v1.1.0-rc.2"},
		{"v1.0.0 v2.0.0+incompatible", "v2.0.0+incompatible"},
		{"v0.0.0-20240501080000-0123456789ab v0.0.0-20250501080000-0123456789ab", "v0.0.0-20250501080000-0123456789ab"},
		{"v1.0.1-0.20230501080000-0123456789ab v0.0.0-20250501080000-0123456789ab", "v0.0.0-20250501080000-0123456789ab"},
		{"v0.1.0-alpha v1.0.1-0.20240501080000-0123456789ab", "v0.1.0-alpha"},
		{"main <html> v1", ""},
	} {
		if got := newest(hello, strings.Fields(tt.versions)); got != tt.want {
			t.Errorf("newest(%s) = %q, want %q", tt.versions, got, tt.want)
		}
	}
}

// Single versions under a rule: left out of lists, refused by query and by name.
func TestBlockedVersions(t *testing.T) {
	w := textWorld(t)
	w.infos[module.Version{Path: hello, Version: "v1"}] = w.infos[module.Version{Path: hello, Version: "v1.1.0"}]
	s := newSite(t, w, logged(t, w), func(o *Options) {
		o.Routes = append(proxy.Routes{{Name: "deny", Pattern: hello, Block: "a backdoor", Versions: []string{"v1.1.0", "v1.2.0-rc.1"}}}, o.Routes...)
	})
	if a := s.text(helloList); string(a.Body) != "v1.0.0\n" {
		t.Errorf("list: %q", a.Body)
	}
	if a := s.text(helloLatest); string(a.Body) != w.infos[v100] {
		t.Errorf("latest: %q", a.Body)
	}
	s.fails("example.com/hello/@v/v1.info", proxy.ErrBlocked)
	s.fails("example.com/hello/@v/v1.1.0.info", proxy.ErrBlocked)
	s.fails("example.com/hello/@v/v1.1.0.zip", proxy.ErrBlocked)
	s.get(helloZip)
	s.text(helloMain) // a later commit is another version
}

// What is no list and no .info is not kept, and does not cost the old answer.
func TestTextGarbage(t *testing.T) {
	w := textWorld(t)
	s := newSite(t, w, nil, nil)
	w.lists["example.com/portal"] = "<html>please log in</html>\n"
	s.fails("example.com/portal/@v/list", proxy.ErrUnavailable)
	w.infos[module.Version{Path: "example.com/portal", Version: "main"}] = `{"Version":"main"}`
	s.fails("example.com/portal/@v/main.info", proxy.ErrContent)
	s.text(helloList)
	w.set(func(w *world) { w.lists[hello] = "<html>please log in</html>\n" })
	s.later(time.Hour)
	if a := s.text(helloList); !a.Stale || !bytes.HasPrefix(a.Body, []byte("v1.0.0\n")) {
		t.Errorf("%+v", a)
	}
	w.lists["example.com/empty"] = ""
	if a := s.text("example.com/empty/@v/list"); len(a.Body) != 0 {
		t.Errorf("%+v", a)
	}
}

func TestParseList(t *testing.T) {
	for in, want := range map[string]string{
		"":                                 "",
		"\n\n":                             "",
		"v1.0.0\r\nv1.1.0\r\n":             "v1.0.0\nv1.1.0\n",
		"v1.0.0 2024-05-01T08:00:00Z\nx\n": "v1.0.0 2024-05-01T08:00:00Z\n",
		"v1.0.0":                           "v1.0.0\n",
	} {
		if got, err := parseList([]byte(in)); err != nil || string(got) != want {
			t.Errorf("parseList(%q) = %q, %v", in, got, err)
		}
	}
	if _, err := parseList([]byte("<html>\n")); !errors.Is(err, proxy.ErrUnavailable) {
		t.Error(err)
	}
}

// FuzzText reads lists and .info files as strangers send them.
func FuzzText(f *testing.F) {
	f.Add("v1.0.0\nv1.1.0 2024-05-01T08:00:00Z\n")
	f.Add(`{"Version":"v1.0.0","Time":"2024-05-01T08:00:00Z","Origin":{"Hash":"x"}}`)
	f.Add("<html>")
	f.Fuzz(func(t *testing.T, s string) {
		if out, err := parseList([]byte(s)); err == nil {
			again, err := parseList(out)
			if err != nil || !bytes.Equal(again, out) {
				t.Fatalf("%q became %q, then %q, %v", s, out, again, err)
			}
		}
		if in, err := parseInfo(hello, "", []byte(s)); err == nil && module.Check(hello, in.Version) != nil {
			t.Fatalf("%q is taken for version %q", s, in.Version)
		}
		if in, err := parseInfo(hello, "v1.0.0", []byte(s)); err == nil && in.Version != "v1.0.0" {
			t.Fatalf("%q is taken for %q", s, in.Version)
		}
	})
}
