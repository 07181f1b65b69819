package vcs

import (
	"io"
	"log/slog"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

func logTo(w io.Writer) *slog.Logger { return slog.New(slog.NewTextHandler(w, nil)) }

func TestSettingsThatAreRefused(t *testing.T) {
	good := Repo{Prefix: "git.example.test", URL: "https://git.example.test/{path}.git"}
	for _, test := range []struct {
		change func(*Repo)
		want   string
	}{
		{func(r *Repo) { r.Prefix = "" }, "prefix"},
		{func(r *Repo) { r.Prefix = "-x.test" }, "prefix"},
		{func(r *Repo) { r.Prefix = "Bad Path" }, "prefix"},
		{func(r *Repo) { r.URL = "" }, "only https and ssh"},
		{func(r *Repo) { r.URL = "ext::sh -c 'touch /tmp/pwned'" }, "only https and ssh"}, // P6
		{func(r *Repo) { r.URL = "ext::sh" }, "only https and ssh"},
		{func(r *Repo) { r.URL = "file:///srv/git/{path}.git" }, "only https and ssh"},
		{func(r *Repo) { r.URL = "git://git.example.test/{path}" }, "only https and ssh"},
		{func(r *Repo) { r.URL = "/srv/git/{path}" }, "only https and ssh"},
		{func(r *Repo) { r.URL = "git@git.example.test:{path}.git" }, "not a URL"},
		{func(r *Repo) { r.URL = "--upload-pack=touch" }, "only https and ssh"},
		{func(r *Repo) { r.URL = "ssh://-oProxyCommand=x/{path}" }, "no host"},
		{func(r *Repo) { r.URL = "ssh://-l@git.example.test/{path}" }, "credentials"},
		{func(r *Repo) { r.URL = "ssh://git@git.example.test/--upload-pack=x/{path}" }, "not allowed"},
		{func(r *Repo) { r.URL = "ssh://git@git.example.test/a';touch x;'/{path}" }, "not allowed"},
		{func(r *Repo) { r.URL = "https://git.example.test/../{path}" }, "not allowed"},
		{func(r *Repo) { r.URL = "https://oauth2:" + canary + "@git.example.test/{path}.git" }, "credentials"},
		{func(r *Repo) { r.URL = "https://git.example.test/{path}.git?private_token=" + canary }, "query"},
		{func(r *Repo) { r.URL = "https://{path}/x" }, ""},
		{func(r *Repo) { r.URL = "https://git.example.test/{path}/{path}" }, "once"},
		{func(r *Repo) { r.URL = "https://git.example.test/" }, "no path"},
		{func(r *Repo) { r.Depth = -1 }, "depth"},
		{func(r *Repo) { r.MaxDepth = 1 }, "depth"},
		{func(r *Repo) { r.LFS = "smudge" }, "lfs"},
		{func(r *Repo) { r.MaxBytes = -1 }, "max_bytes"},
		{func(r *Repo) { r.CAFile = "nosuch.pem" }, "nosuch.pem"},
		{func(r *Repo) { r.Auth = Auth{TokenFile: "a", TokenEnv: "B"} }, "both"},
		{func(r *Repo) { r.Auth = Auth{KeyFile: "a"} }, "ssh"},
		{func(r *Repo) { r.URL = "ssh://git@git.example.test/{path}"; r.Auth = Auth{TokenEnv: "B"} }, "token"},
		{func(r *Repo) { r.URL = "ssh://git@git.example.test/{path}" }, "known_hosts"},
		{func(r *Repo) { r.URL = "http://git.example.test/{path}"; r.Auth = Auth{TokenEnv: "B"} }, "http"},
	} {
		r := good
		test.change(&r)
		_, err := New(Options{Dir: t.TempDir(), Repos: []Repo{r}})
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: want %q, got %v", r, test.want, err)
			continue
		}
		if zh := msg.In(err, msg.Chinese); strings.Contains(err.Error()+zh, canary) || zh == err.Error() {
			t.Errorf("%v / %s", err, zh)
		}
	}
	if _, err := New(Options{Repos: []Repo{good}}); err == nil {
		t.Error("no directory, no error")
	}
	if g, err := New(Options{Dir: t.TempDir(), Repos: []Repo{good}}); err != nil || g.Name() != "git" {
		t.Error(err)
	}
}

func TestCandidates(t *testing.T) {
	g, err := New(Options{Dir: t.TempDir(), Repos: []Repo{
		{Prefix: "git.example.test", URL: "https://git.example.test/{path}.git", MaxDepth: 4},
		{Prefix: "git.example.test/flat", URL: "https://flat.example.test/x/{path}", Depth: 1},
		{Prefix: "one.example.test/mod/v2", URL: "https://git.example.test/team/one.git"},
		{Prefix: "one.example.test/tool", URL: "https://git.example.test/team/tool.git"},
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	for path, want := range map[string]string{
		"git.example.test/a/b":          "a/b.git:",
		"git.example.test/a/b/v2":       "a/b.git:",
		"git.example.test/a/b/c":        "a/b/c.git: a/b.git:c",
		"git.example.test/a/b/c/d/e/v3": "a/b/c/d.git:e a/b/c.git:d/e a/b.git:c/d/e",
		"git.example.test/a/b.git/c/d":  "a/b.git:c/d",
		"git.example.test/a/b/c.git":    "a/b/c.git:",
		"git.example.test/a.git/b":      "a.git:b",
		"git.example.test/flat/x/y/z":   "x/x:y/z",
		"one.example.test/mod/v2":       "team/one.git:",
		"one.example.test/tool/v2":      "team/tool.git:",
		"one.example.test/tool/sub/v2":  "team/tool.git:sub",
		"git.example.test":              "not found",
		"git.example.test/a":            "not found",
		"git.example.test/a/v2":         "not found",
		"git.example.test/a/-b":         "not found", // P6
		"git.example.test/--upload/b":   "not found",
		"one.example.test/toolbox":      "",
	} {
		r := g.routeFor(path)
		var got []string
		if r != nil {
			list, err := r.candidates(path)
			if isAbsent(err) {
				got = append(got, "not found")
			}
			for _, p := range list {
				u := p.url[strings.Index(p.url, ".test/")+6:]
				got = append(got, u+":"+p.dir)
			}
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s: %q, want %q", path, s, want)
		}
	}
}

func TestP6NothingIsStarted(t *testing.T) {
	t.Setenv("PATH", t.TempDir()) // no git to start
	g, err := New(Options{Dir: t.TempDir(), Repos: []Repo{{Prefix: "git.example.test", URL: "https://127.0.0.1:1/{path}.git"}}})
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	for _, path := range []string{"git.example.test/-a/b", "git.example.test/a/--upload-pack=x", "-git.example.test/a/b", "ext::sh", "git.example.test/a/b;id", ""} {
		_, err := g.Versions(t.Context(), path)
		told(t, err, proxy.ErrNotFound)
	}
	_, err = g.Versions(t.Context(), "git.example.test/a/b")
	told(t, err, proxy.ErrUnavailable)
}
