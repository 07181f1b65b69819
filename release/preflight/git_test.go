package preflight

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

func TestReadGitFacts(t *testing.T) {
	s := repository(t)
	s.write("a", "1\n")
	s.commit("first")
	s.git("tag", "v0.9.0")
	s.write("a", "2\n")
	s.commit("second\n\nwith a body")
	s.git("tag", "-a", "v1.0.0", "-m", "The one\nand only\n\nIt has\n\ntwo paragraphs.")
	s.git("remote", "add", "origin", "https://user:s3cret@git.example.cn/g/p.git?token=abc")
	writeFile(t, filepath.Join(s.dir, "cmd/x/main.go"), "package main\n")
	s.git("tag", "not-a-version")

	g := s.readAt(filepath.Join(s.dir, "cmd", "x"), GitOptions{})
	ask := func(args ...string) string { return strings.TrimSpace(s.git(args...)) }
	for _, c := range []struct{ what, got, want string }{
		{"root", g.Root, s.dir},
		{"prefix", g.Prefix, "cmd/x"},
		{"commit", g.Commit, ask("rev-parse", "HEAD")},
		{"short", g.ShortCommit, ask("rev-parse", "--short", "HEAD")},
		{"time", g.CommitTime.Format(time.RFC3339), "2026-01-02T03:06:05Z"},
		{"branch", g.Branch, ask("rev-parse", "--abbrev-ref", "HEAD")},
		{"tag", g.Tag, "v1.0.0"},
		{"previous", g.PreviousTag, "v0.9.0"},
		{"summary", g.Summary, ask("describe", "--tags", "--dirty", "--always")},
		{"subject", g.TagSubject, ask("tag", "-l", "--format=%(contents:subject)", "v1.0.0")},
		{"body", g.TagBody, ask("tag", "-l", "--format=%(contents:body)", "v1.0.0")},
		{"contents", g.TagContents, ask("tag", "-l", "--format=%(contents)", "v1.0.0")},
		{"remote", g.RemoteURL, "https://git.example.cn/g/p.git"},
		{"changed", strings.Join(g.Changed, " "), "cmd/"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.what, c.got, c.want)
		}
	}
	if !g.Found || !g.Dirty || g.Shallow || g.ChangedCount != 1 {
		t.Errorf("flags: %+v", g)
	}
	if len(g.IgnoredTags) != 1 || g.IgnoredTags[0].Name != "not-a-version" || g.IgnoredTags[0].Reason.ZH == "" {
		t.Errorf("ignored tags: %+v", g.IgnoredTags)
	}
}

func TestTagChoice(t *testing.T) {
	for _, tc := range []struct {
		name string
		tags []string
		o    GitOptions
		want string
	}{
		{"highest, not last by name", []string{"v1.9.0", "v1.10.0"}, GitOptions{}, "v1.10.0"},
		{"final over candidate", []string{"v1.0.0", "v1.0.0-rc1"}, GitOptions{}, "v1.0.0"},
		{"candidates in order", []string{"v1.0.0-rc.9", "v1.0.0-rc.10"}, GitOptions{}, "v1.0.0-rc.10"},
		{"without v", []string{"1.2.3"}, GitOptions{}, "1.2.3"},
		{"v first", []string{"1.2.3", "v1.2.3"}, GitOptions{}, "v1.2.3"},
		{"prefix", []string{"cli/v1.2.3", "v9.0.0", "lib/v2.0.0"}, GitOptions{TagPrefix: "cli/"}, "cli/v1.2.3"},
		{"other's prefix", []string{"lib/v2.0.0"}, GitOptions{}, ""},
		{"ignored by name", []string{"v1.0.0", "v2.0.0"}, GitOptions{IgnoreTags: []string{"v2.0.0"}}, "v1.0.0"},
		{"ignored by pattern", []string{"v1.0.0", "v2.0.0-nightly.1"}, GitOptions{IgnoreTags: []string{"*nightly*"}}, "v1.0.0"},
		{"incomplete", []string{"v1.2", "20260101"}, GitOptions{}, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := repository(t)
			s.commit("c")
			for i, name := range tc.tags {
				if i%2 == 0 {
					s.git("tag", name)
				} else {
					s.git("tag", "-a", "-m", name, name)
				}
			}
			g := s.readAt(s.dir, tc.o)
			if g.Tag != tc.want {
				t.Errorf("tag %q, want %q", g.Tag, tc.want)
			}
			want := len(tc.tags)
			if tc.want != "" && (len(tc.o.IgnoreTags) > 0 || tc.o.TagPrefix != "") {
				want--
			} else if tc.want != "" {
				want = 0
			}
			if len(g.IgnoredTags) != want {
				t.Errorf("ignored %+v, want %d", g.IgnoredTags, want)
			}
		})
	}
}

// TestKindsOfRepository reads the same facts through every way a repository can
// lie on the disk.
func TestKindsOfRepository(t *testing.T) {
	s := repository(t)
	s.write("a", "1\n")
	s.commit("one")
	s.git("tag", "v1.0.0")
	s.write("a", "2\n")
	s.commit("two")
	want := s.read()
	base := filepath.Dir(s.dir)
	same := func(t *testing.T, dir string) *Git {
		t.Helper()
		g := s.readAt(dir, GitOptions{})
		if g.Commit != want.Commit || g.PreviousTag != "v1.0.0" || g.Summary != want.Summary || g.Dirty {
			t.Errorf("%+v\nwant like %+v", g, want)
		}
		s.agree(dir, "clean")
		writeFile(t, filepath.Join(dir, "a"), "changed\n")
		s.agree(dir, "changed")
		writeFile(t, filepath.Join(dir, "a"), "2\n")
		return g
	}
	t.Run("worktree", func(t *testing.T) {
		s.git("worktree", "add", "-q", "../wt", "-b", "side")
		if g := same(t, filepath.Join(base, "wt")); g.Branch != "side" {
			t.Errorf("branch %q", g.Branch)
		}
	})
	t.Run("worktree of a bare repository", func(t *testing.T) {
		s.gitIn(base, "clone", "-q", "--bare", s.dir, "bare.git")
		s.gitIn(filepath.Join(base, "bare.git"), "worktree", "add", "-q", "../wt2", "main")
		same(t, filepath.Join(base, "wt2"))
	})
	t.Run("packed and detached", func(t *testing.T) {
		s.gitIn(base, "clone", "-q", s.dir, "packed")
		dir := filepath.Join(base, "packed")
		s.gitIn(dir, "gc", "-q")
		s.gitIn(dir, "pack-refs", "--all")
		s.gitIn(dir, "checkout", "-q", "--detach")
		if g := same(t, dir); g.Branch != "HEAD" || g.RemoteURL != s.dir {
			t.Errorf("%+v", g)
		}
	})
	t.Run("alternates", func(t *testing.T) {
		s.gitIn(base, "clone", "-q", "--shared", s.dir, "shared")
		same(t, filepath.Join(base, "shared"))
		writeFile(t, filepath.Join(base, "shared/.git/objects/info/alternates"), "../../../repo/.git/objects\n")
		same(t, filepath.Join(base, "shared"))
	})
	t.Run("shallow", func(t *testing.T) {
		s.gitIn(base, "clone", "-q", "--depth=1", "--no-tags", "file://"+s.dir, "shallow")
		g := s.readAt(filepath.Join(base, "shallow"), GitOptions{})
		if !g.Shallow || g.Commit != want.Commit || g.Tag+g.PreviousTag != "" || g.Summary != g.ShortCommit {
			t.Errorf("%+v", g)
		}
	})
	t.Run("blobless", func(t *testing.T) {
		s.git("config", "uploadpack.allowFilter", "true")
		s.gitIn(base, "clone", "-q", "--filter=blob:none", "file://"+s.dir, "blobless")
		same(t, filepath.Join(base, "blobless"))
	})
	t.Run("sparse", func(t *testing.T) {
		s.write("in/x", "x\n")
		s.write("out/y", "y\n")
		s.commit("folders")
		s.gitIn(base, "clone", "-q", s.dir, "sparse")
		dir := filepath.Join(base, "sparse")
		s.gitIn(dir, "sparse-checkout", "set", "in")
		s.agree(dir, "sparse")
		writeFile(t, filepath.Join(dir, "out/y"), "other\n")
		s.agree(dir, "sparse, file outside is there")
	})
	t.Run("index formats", func(t *testing.T) {
		for _, v := range []string{"2", "4"} {
			s.git("update-index", "--index-version", v)
			s.git("update-index", "--assume-unchanged", "out/y")
			s.write("out/y", "zzzz\n")
			s.agree(s.dir, "assume-unchanged, index version "+v)
			s.git("update-index", "--no-assume-unchanged", "out/y")
			s.agree(s.dir, "changed, index version "+v)
		}
	})
	t.Run("none", func(t *testing.T) {
		if g := s.readAt(s.home, GitOptions{}); g.Found || g.Commit != "" {
			t.Errorf("%+v", g)
		}
	})
	t.Run("empty", func(t *testing.T) {
		e := repository(t)
		if g := e.read(); !g.Found || g.Commit != "" || g.Dirty || g.Branch != "main" {
			t.Errorf("%+v", g)
		}
		e.write("a", "")
		if g := e.read(); !g.Dirty {
			t.Error("an untracked file in an empty repository is not seen")
		}
	})
}

func TestRefusedRepositories(t *testing.T) {
	for _, tc := range []struct {
		name    string
		prepare func(s *sandbox)
		want    string
	}{
		{"bare", func(s *sandbox) { s.git("init", "-q", "--bare") }, "bare"},
		{"core.bare", func(s *sandbox) { s.git("init", "-q"); s.git("config", "core.bare", "true") }, "core.bare"},
		{"sha256", func(s *sandbox) { s.git("init", "-q", "--object-format=sha256") }, "objectFormat=sha256"},
		{"reftable", func(s *sandbox) {
			s.git("init", "-q")
			s.git("config", "core.repositoryformatversion", "1")
			s.git("config", "extensions.refStorage", "reftable")
		}, "refStorage=reftable"},
		{"unknown extension", func(s *sandbox) {
			s.git("init", "-q")
			s.git("config", "core.repositoryformatversion", "1")
			s.git("config", "extensions.future", "1")
		}, "extensions.future"},
		{"broken .git file", func(s *sandbox) { s.write(".git", "gitdir: ../nowhere\n") }, "does not name a repository"},
		{"split index", func(s *sandbox) { s.git("init", "-q"); s.commit("x"); s.git("update-index", "--split-index") }, "split"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newSandbox(t)
			tc.prepare(s)
			g, err := ReadGit(t.Context(), s.dir, GitOptions{Getenv: s.getenv})
			if err == nil {
				t.Fatalf("read it: %+v", g)
			}
			if !strings.Contains(err.Error(), tc.want) || msg.Hint(err).ZH == "" || msg.In(err, msg.Chinese) == err.Error() {
				t.Errorf("%v (hint %q) does not say %q in both languages", err, msg.Hint(err).EN, tc.want)
			}
		})
	}
}

func TestReadGitHonoursCancellation(t *testing.T) {
	s := repository(t)
	s.commit("x")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := ReadGit(ctx, s.dir, GitOptions{Getenv: s.getenv}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestExcludedOutputDoesNotCount(t *testing.T) {
	s := repository(t)
	s.write("dist/tracked", "1\n")
	s.git("add", "-A")
	s.git("commit", "-q", "-m", "c")
	s.write("dist/new", "x")
	s.write("out/deep/made", "x")
	o := GitOptions{Exclude: []string{"dist/new", filepath.Join(s.dir, "out", "deep")}}
	if g := s.readAt(s.dir, o); g.Dirty {
		t.Errorf("our own output counts: %q", g.Changed)
	}
	link := filepath.Join(filepath.Dir(s.dir), "link")
	if err := os.Symlink(s.dir, link); err != nil {
		t.Fatal(err)
	}
	o.Exclude[1] = filepath.Join(link, "out", "deep")
	if g := s.readAt(link, o); g.Dirty || g.Root != s.dir {
		t.Errorf("our own output counts through a symbolic link: %q", g.Changed)
	}
	o.Exclude[1] = "out/deep"
	s.write("dist/tracked", "2\n")
	s.write("out/other", "x")
	if g := s.readAt(s.dir, o); !slices.Equal(g.Changed, []string{"dist/tracked", "out/"}) {
		t.Errorf("changed: %q", g.Changed)
	}
}

func TestManyChangesAreCut(t *testing.T) {
	s := repository(t)
	for i := range 30 {
		s.write(string(rune('a'+i%26))+string(rune('a'+i/26)), "")
	}
	if g := s.read(); len(g.Changed) != 20 || g.ChangedCount != 30 || !slices.IsSorted(g.Changed) {
		t.Errorf("%d of %d: %q", len(g.Changed), g.ChangedCount, g.Changed)
	}
}

// TestDescribeAgreesWithGit builds branching histories with tags here and there.
func TestDescribeAgreesWithGit(t *testing.T) {
	s := repository(t)
	s.commit("root")
	for i := range 24 {
		name := string(rune('a' + i))
		switch i % 6 {
		case 1:
			s.git("tag", "v0."+name)
		case 2:
			s.git("checkout", "-q", "-b", "b"+name)
			s.commit(name)
			s.git("tag", "-a", "-m", "x", "v1."+name)
			s.git("checkout", "-q", "main")
		case 4:
			if i > 8 {
				s.now = s.now.Add(-30 * time.Minute) // clocks differ
				s.git("merge", "-q", "--no-ff", "-m", "merge", "b"+string(rune('a'+i-2)))
			}
		}
		s.commit(name)
		want := strings.TrimSpace(s.git("describe", "--tags", "--dirty", "--always"))
		if g := s.read(); g.Summary != want {
			t.Errorf("step %d: %q, git says %q", i, g.Summary, want)
		}
	}
	s.git("config", "core.abbrev", "12")
	if g, want := s.read(), strings.TrimSpace(s.git("rev-parse", "--short", "HEAD")); g.ShortCommit != want || len(want) != 12 {
		t.Errorf("core.abbrev=12: %q, git %q", g.ShortCommit, want)
	}
}

func TestRemoteURL(t *testing.T) {
	for in, want := range map[string]string{
		"https://gitlab-ci-token:abc@git.example.cn/a/b.git": "https://git.example.cn/a/b.git",
		"https://abc@git.example.cn/a/b?private_token=x#y":   "https://git.example.cn/a/b",
		"ssh://git:pw@git.example.cn:22/a/b.git":             "ssh://git@git.example.cn:22/a/b.git",
		"git@git.example.cn:a/b.git":                         "git@git.example.cn:a/b.git",
		"/srv/git/a.git":                                     "/srv/git/a.git",
		"https://u:p%zz@git.example.cn/a?token=x":            "https://git.example.cn/a",
	} {
		if got := withoutCredentials(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
	s := repository(t)
	s.git("config", "url.https://oauth2:tok@git.example.cn/.insteadOf", "ex:")
	s.git("remote", "add", "up", "ex:g/p.git")
	if g := s.read(); g.RemoteURL != "https://git.example.cn/g/p.git" {
		t.Errorf("remote %q", g.RemoteURL)
	}
}

func TestSubmodules(t *testing.T) {
	inner := repository(t)
	inner.write("x", "1\n")
	inner.commit("inner")
	s := repository(t)
	s.env["GIT_CONFIG_COUNT"], s.env["GIT_CONFIG_KEY_0"], s.env["GIT_CONFIG_VALUE_0"] = "1", "protocol.file.allow", "always"
	s.git("submodule", "add", "-q", inner.dir, "lib/sub")
	s.commit("with submodule")
	sub := filepath.Join(s.dir, "lib", "sub")
	s.agree(s.dir, "clean")
	if g := s.readAt(sub, GitOptions{}); g.Root != sub || g.Dirty || g.Commit != inner.read().Commit {
		t.Errorf("as a project of its own: %+v", g)
	}
	for _, step := range []struct {
		name string
		do   func()
	}{
		{"untracked inside", func() { writeFile(t, filepath.Join(sub, "new"), "") }},
		{"ignore=untracked", func() { s.git("config", "submodule.lib/sub.ignore", "untracked") }},
		{"changed inside", func() { writeFile(t, filepath.Join(sub, "x"), "22\n") }},
		{"ignore=dirty", func() { s.git("config", "submodule.lib/sub.ignore", "dirty") }},
		{"moved", func() { s.gitIn(sub, "commit", "-q", "-a", "-m", "moved") }},
		{"ignore=all", func() { s.git("config", "submodule.lib/sub.ignore", "all") }},
		{"ignore in .gitmodules", func() {
			s.git("config", "--unset", "submodule.lib/sub.ignore")
			s.git("config", "-f", ".gitmodules", "submodule.lib/sub.ignore", "all")
		}},
		{"not checked out", func() {
			s.git("config", "-f", ".gitmodules", "--unset", "submodule.lib/sub.ignore")
			s.git("submodule", "deinit", "-q", "-f", "lib/sub")
		}},
		{"folder gone", func() { os.RemoveAll(sub) }},
		{"a file instead", func() { s.write("lib/sub", "x") }},
	} {
		step.do()
		s.agree(s.dir, step.name)
	}
}
