package vcs

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

type readCloser = io.ReadCloser

func nopClose(b []byte) io.ReadCloser { return io.NopCloser(bytes.NewReader(b)) }

func is(err, target error) bool { return errors.Is(err, target) }

const base = "git.example.test/team/"

const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"

// hostile is the repository that other programs get wrong.
func hostile(t testing.TB) (w *work, commits map[string]string) {
	w = newWork(t)
	commits = map[string]string{}
	m := base + "hostile.git"
	w.put(map[string]string{
		"go.mod": mod(m), "a.go": "package hostile\n", "LICENSE": "root licence\n", "README.md": "# hostile\n",
		".gitattributes": "*.crlf text eol=crlf\n*.txt export-ignore\nsubst.go export-subst\n*.bin filter=lfs diff=lfs merge=lfs -text\n",
		"one.crlf":       "a\nb\r\nc\n", "ignored.txt": "still here\n", "subst.go": "package hostile // $Format:%H$\n",
		"big.bin": pointer, "run.sh": "#!/bin/sh\n",
		"vendor/modules.txt": "# x\n", "vendor/example.test/x/x.go": "package x\n", "a/vendor/q/q.go": "package q\n",
		"with space/a file.go": "package withspace\n", "nested/deep/go.mod": mod(m + "/nested/deep"), "nested/deep/d.go": "package deep\n",
		"sub/go.mod": mod(m + "/sub"), "sub/s.go": "package sub\n", "中文/说明.go": "package zh\n",
	})
	if err := os.Chmod(filepath.Join(w.dir, "run.sh"), 0o755); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{"link.go": "a.go", "linkdir": "sub", "nowhere": "/etc/passwd"} {
		if err := os.Symlink(to, filepath.Join(w.dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	commits["first"] = w.commit("v1.0.0")
	w.put(map[string]string{"b.go": "package hostile\n"})
	w.commit()
	w.git("tag", "-a", "-m", "candidate", "v1.1.0-rc.1")
	w.put(map[string]string{"sub/t.go": "package sub\n"})
	commits["sub"] = w.commit("sub/v0.3.0")
	w.put(map[string]string{"v2/go.mod": mod(m + "/v2"), "v2/v.go": "package hostile\n", "v2/LICENSE": "v2 licence\n"})
	w.commit("v2.1.0", "v2.0.0-beta")
	w.put(map[string]string{"c.go": "package hostile\n"})
	commits["middle"] = w.commit()
	w.put(map[string]string{"unnamed.go": "package hostile\n"})
	commits["unnamed"] = w.commit()
	w.put(map[string]string{"nested/deep/e.go": "package deep\n", "v2/w.go": "package hostile\n"})
	commits["head"] = w.commit()
	w.git("branch", "feature/x", "HEAD~2")
	w.git("branch", "release", "v1.0.0")
	w.git("checkout", "-q", "-b", "other", "v1.0.0")
	w.put(map[string]string{"other.go": "package hostile\n"})
	commits["other"] = w.commit()
	w.git("checkout", "-q", "main")
	w.git("tag", "v1.2", commits["middle"]) // not canonical
	w.git("tag", "v1.3.0+meta", "HEAD")     // neither
	w.git("update-ref", "refs/merge-requests/1/head", w.git("commit-tree", "-m", "not merged", "HEAD^{tree}"))
	return w, commits
}

func TestHostileRepositoryAgainstGo(t *testing.T) {
	w, c := hostile(t)
	s := newGitServer(t, false)
	w.publish(s.root, "team/hostile", "uploadpack.allowFilter", "true")
	unmerged := w.git("rev-parse", "refs/merge-requests/1/head")
	o := oracle{t, s.root}
	g := s.open(t, func(o *Options) { o.Repos[0].LFS = LFSPointer })
	m := base + "hostile.git"
	head, middle, other := c["head"], c["middle"], c["other"]
	for _, q := range []struct{ module, query string }{
		{m, "v1.0.0"}, {m, "v1.1.0-rc.1"}, {m + "/sub", "v0.3.0"}, {m + "/v2", "v2.1.0"}, {m + "/v2", "v2.0.0-beta"}, // the sheet's,
		{m + "/nested/deep", head}, {m, head}, // and its pseudo-versions
		{m, "main"}, {m, "feature/x"}, {m, "release"}, {m, "other"}, {m, middle[:12]}, {m, middle[:7]}, {m, other}, {m, c["unnamed"]}, {m, c["unnamed"][:12]}, {m + "/v2", c["unnamed"][:12]}, {m, pseudo("v1.0.1-0", c["unnamed"], w)},
		{m + "/v2", "main"}, {m + "/v2", other}, {m + "/sub", "main"}, {m + "/sub", c["first"]}, {m + "/sub", c["sub"]},
		{m, "v1.2.0"}, {m, "v1.3.0+meta"}, {m, "v1.3.0"}, {m, "v7.0.0"}, {m, "v2.1.0"}, {m, "v2.1.0+incompatible"},
		{m, "nosuch"}, {m + "/nosuch", "main"}, {m, unmerged}, {m, "HEAD"},
		{m, pseudo("v0.0.0", c["head"], w)}, {m, pseudo("v1.3.1-0", c["head"], w)}, {m, pseudo("v1.1.1-0", c["head"], w)}, {m, pseudo("v1.0.1-0", other, w)},
		{m, pseudo("v1.1.0-rc.1.0", other, w)}, {m, pseudo("v1.5.1-0", head, w)}, {m, pseudo("v1.0.0", other, w)}, {m, pseudo("v1.0.1-0", c["first"], w)},
		{m, "v1.0.1-0.20200101000000-" + other[:12]}, {m, pseudo("v1.0.1-0", other, w)[:30]}, {m, pseudo("v1.0.1-0", other, w) + "0"},
		{m, pseudo("v2.1.1-0", head, w)}, {m + "/v2", pseudo("v2.1.1-0", head, w)}, {m + "/v2", pseudo("v2.0.0", head, w)},
	} {
		t.Run(strings.TrimPrefix(q.module, base)+"@"+q.query, func(t *testing.T) {
			t.Parallel()
			compare(t, o, g, q.module, q.query)
		})
	}
	for _, module := range []string{m, m + "/sub", m + "/v2", m + "/nested/deep", m + "/v3"} {
		t.Run("versions of "+strings.TrimPrefix(module, base), func(t *testing.T) {
			t.Parallel()
			sameVersions(t, o, g, module)
		})
	}
}

func sameVersions(t *testing.T, o oracle, g *Git, module string) {
	t.Helper()
	got, err := g.Versions(t.Context(), module)
	if err != nil {
		t.Fatal(err)
	}
	if want := o.versions(t, module); !slices.Equal(strings.Fields(string(got)), want) {
		t.Errorf("we: %q\ngo: %q", strings.Fields(string(got)), want)
	}
}

// pseudo is a pseudo-version with a base of one's own choice.
func pseudo(base, commit string, w *work) string {
	at := w.git("log", "-1", "--format=%cd", "--date=format-local:%Y%m%d%H%M%S", commit)
	sep := "-"
	if strings.Contains(base, "-") {
		sep = "."
	}
	return base + sep + at + "-" + commit[:12]
}

// small are repositories of one idea each.
var small = []struct {
	name    string
	make    func(*work)
	module  string // "" = the root
	queries []string
}{
	{name: "oddtags", queries: []string{"v1.0.0", "v1.9.0", "v1.9.1", "v1.1.0"}, make: func(w *work) {
		w.put(map[string]string{"go.mod": mod(base + "oddtags.git"), "a.go": "package a\n"}).commit("v1.0.0")
		w.git("tag", "v1.9.0", "HEAD:a.go")
		w.git("tag", "-a", "-m", "of a tree", "v1.9.1", "HEAD^{tree}")
		w.git("tag", "-a", "-m", "one", "inner")
		w.git("tag", "-a", "-m", "of a tag", "v1.1.0", "inner")
	}},
	{name: "incompatible", queries: []string{"v1.0.0", "v2.0.0", "v2.0.0+incompatible", "v2.5.0+incompatible", "v3.0.0+incompatible", "v4.0.0+incompatible", "main", "v1.0.0+incompatible"}, make: func(w *work) {
		w.put(map[string]string{"a.go": "package a\n"}).commit("v1.0.0")
		w.put(map[string]string{"b.go": "package a\n"}).commit("v2.0.0")
		w.put(map[string]string{"c.go": "package a\n"}).commit("v2.5.0")
		w.put(map[string]string{"v4/go.mod": mod(base + "incompatible.git/v4")}).commit("v4.0.0")
		w.put(map[string]string{"go.mod": mod(base + "incompatible.git/v3")}).commit("v3.0.0")
		w.put(map[string]string{"go.mod": "", "v4": "", "d.go": "package a\n"}).commit()
	}},
	{name: "legacy", queries: []string{"v0.1.0", "main"}, make: func(w *work) {
		w.put(map[string]string{"a.go": "package a\n", "Godeps/x.txt": "x\n"}).commit("v0.1.0")
		w.put(map[string]string{"b.go": "package a\n"}).commit()
	}},
	{name: "v2branch", module: "/v2", queries: []string{"v2.0.0", "v2.1.0", "main", "v1.0.0"}, make: func(w *work) {
		w.put(map[string]string{"go.mod": mod(base + "v2branch.git")}).commit("v1.0.0")
		w.put(map[string]string{"go.mod": mod(base + "v2branch.git/v2"), "a.go": "package a\n"}).commit("v2.0.0")
		w.put(map[string]string{"b.go": "package a\n"}).commit("v2.1.0")
		w.put(map[string]string{"c.go": "package a\n"}).commit()
	}},
	{name: "v2both", module: "/v2", queries: []string{"v2.0.0"}, make: func(w *work) {
		w.put(map[string]string{"go.mod": mod(base + "v2both.git/v2"), "v2/go.mod": mod(base + "v2both.git/v2")}).commit("v2.0.0")
	}},
	{name: "nomodule", queries: []string{"v1.0.0"}, make: func(w *work) {
		w.put(map[string]string{"go.mod": "// nothing\n"}).commit("v1.0.0")
	}},
	{name: "fork", queries: []string{"v1.0.0"}, make: func(w *work) {
		w.put(map[string]string{"go.mod": mod("example.test/original"), "a.go": "package a\n"}).commit("v1.0.0")
	}},
	{name: "retracted", queries: []string{"v1.0.0", "v1.2.0", "main", "release", "v1.1.0"}, make: func(w *work) {
		w.put(map[string]string{"go.mod": mod(base + "retracted.git"), "a.go": "package a\n"}).commit("v1.0.0")
		w.put(map[string]string{"b.go": "package a\n"}).commit("v1.1.0")
		w.git("branch", "release")
		w.put(map[string]string{"go.mod": mod(base+"retracted.git") + "\nretract v1.1.0 // broken\nretract [v1.2.0, v1.3.0]\n"}).commit("v1.2.0")
		w.put(map[string]string{"c.go": "package a\n"}).commit()
	}},
	{name: "licence1", module: "/sub", queries: []string{"sub/v1.0.0", "v1.0.0", "v1.1.0"}, make: func(w *work) {
		w.put(map[string]string{"LICENSE": "root\r\n", ".gitattributes": "* text eol=crlf\n", "sub/go.mod": mod(base + "licence1.git/sub"), "sub/a.go": "package a\n"}).commit("sub/v1.0.0")
		w.put(map[string]string{"sub/LICENSE": "own\n"}).commit("sub/v1.1.0")
	}},
	{name: "licence2", module: "/sub", queries: []string{"v1.0.0", "v1.1.0"}, make: func(w *work) {
		w.put(map[string]string{"LICENSE/README": "a folder\n", "sub/go.mod": mod(base + "licence2.git/sub"), "sub/a.go": "package a\n"}).commit("sub/v1.0.0")
		w.put(map[string]string{"LICENSE": "", "sub/LICENSE/README": "a folder\n"})
		if err := os.Symlink("sub/a.go", filepath.Join(w.dir, "LICENSE")); err != nil {
			w.t.Fatal(err)
		}
		w.commit("sub/v1.1.0")
	}},
	{name: "case", queries: []string{"v1.0.0"}, make: func(w *work) {
		w.put(map[string]string{"go.mod": mod(base + "case.git"), "Read.go": "package a\n", "read.go": "package a\n"}).commit("v1.0.0")
	}},
	{name: "badname", queries: []string{"v1.0.0"}, make: func(w *work) {
		w.put(map[string]string{"go.mod": mod(base + "badname.git"), "a:b.go": "package a\n"}).commit("v1.0.0")
	}},
	{name: "filenotdir", module: "/v2", queries: []string{"v2.0.0"}, make: func(w *work) {
		w.put(map[string]string{"go.mod": mod(base + "filenotdir.git/v2"), "v2": "a file\n"}).commit("v2.0.0")
	}},
	{name: "empty", queries: []string{"main", "v1.0.0"}, make: func(*work) {}},
	{name: "vendored", queries: []string{"v1.0.0", "v1.1.0"}, make: func(w *work) {
		w.put(map[string]string{"go.mod": mod(base + "vendored.git"), "vendor/modules.txt": "# x\n", "vendor/a/a.go": "package a\n", "x/vendor/vendor.go": "package v\n", "x/vendor/y/y.go": "package y\n", "x/vendor/modules.txt": "m\n"}).commit("v1.0.0")
		w.put(map[string]string{"go.mod": "module " + base + "vendored.git\n\ngo 1.24\n"}).commit("v1.1.0")
	}},
	{name: "nestedmods", queries: []string{"v1.0.0"}, make: func(w *work) {
		w.put(map[string]string{"go.mod": mod(base + "nestedmods.git"), "a/go.mod": "", "a/b/GO.MOD": "module x\n", "a/b/c.go": "package c\n", "d/go.mod": "module d\n", "d/e/f.go": "package f\n", "a/a.go": "package a\n"}).commit("v1.0.0")
	}},
	{name: "deleted", queries: []string{"v1.0.0", "v1.1.0"}, make: func(w *work) {
		w.put(map[string]string{"go.mod": mod(base + "deleted.git"), "a.go": "package a\n"}).commit("v1.0.0", "v1.1.0")
		w.git("tag", "-d", "v1.1.0")
	}},
	{name: "slashtags", queries: []string{"a/v1", "main", "v0.0.0-x", "feature/v1.0.0"}, make: func(w *work) {
		w.put(map[string]string{"go.mod": mod(base + "slashtags.git")}).commit("a/v1", "sub/v1.0.0")
		w.git("branch", "v1.0.0")
		w.git("branch", "feature/v1.0.0")
	}},
	{name: "merged", queries: []string{"main", "v1.5.0", "side"}, make: func(w *work) {
		w.put(map[string]string{"go.mod": mod(base + "merged.git")}).commit("v1.0.0")
		w.git("checkout", "-q", "-b", "side")
		w.put(map[string]string{"s.go": "package s\n"}).commit("v1.5.0")
		w.git("checkout", "-q", "main")
		w.put(map[string]string{"m.go": "package s\n"}).commit("v1.2.0")
		w.git("merge", "-q", "--no-edit", "side")
		w.put(map[string]string{"n.go": "package s\n"}).commit()
	}},
	{name: "submodule", queries: []string{"v1.0.0"}, make: func(w *work) {
		other := newWork(w.t)
		other.put(map[string]string{"x.go": "package x\n", "go.mod": mod("example.test/x")}).commit()
		w.put(map[string]string{"go.mod": mod(base + "submodule.git"), "a.go": "package a\n"})
		w.git("submodule", "--quiet", "add", other.dir, "third/party")
		w.commit("v1.0.0")
	}},
}

func TestSmallRepositoriesAgainstGo(t *testing.T) {
	s := newGitServer(t, false)
	for _, r := range small {
		w := newWork(t)
		r.make(w)
		w.publish(s.root, "team/"+r.name) // no filters: whole histories
	}
	o, g := oracle{t, s.root}, s.open(t)
	for _, r := range small {
		module := base + r.name + ".git" + r.module
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			for _, q := range r.queries {
				t.Run(q, func(t *testing.T) { compare(t, o, g, module, q) })
			}
			if r.name != "oddtags" && r.name != "empty" && r.name != "v2both" && r.name != "nomodule" { // go list fails there
				sameVersions(t, o, g, module)
			}
		})
	}
}
