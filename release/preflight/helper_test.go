package preflight

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// sandbox is a folder with a real git beside it; its configuration is its own.
type sandbox struct {
	t    testing.TB
	dir  string
	home string
	env  map[string]string
	now  time.Time
}

func needGit(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		if os.Getenv("YINGZAO_E2E") == "require" {
			t.Fatal("git is required:", err)
		}
		t.Skip("no git command to compare with:", err)
	}
}

func newSandbox(t testing.TB) *sandbox {
	t.Helper()
	needGit(t)
	base, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s := &sandbox{t: t, dir: filepath.Join(base, "repo"), home: filepath.Join(base, "home"), now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	s.env = map[string]string{"HOME": s.home, "GIT_CONFIG_NOSYSTEM": "1", "PATH": os.Getenv("PATH"), "GIT_OPTIONAL_LOCKS": "0", "GIT_ALLOW_PROTOCOL": "file", "LC_ALL": "C"}
	for _, d := range []string{s.dir, s.home} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	s.homeFile(".gitconfig", "[user]\n\tname = T\n\temail = t@example.com\n[init]\n\tdefaultBranch = main\n[protocol \"file\"]\n\tallow = always\n[gc]\n\tauto = 0\n")
	return s
}

// repository is a sandbox with an empty repository.
func repository(t testing.TB) *sandbox {
	s := newSandbox(t)
	s.git("init", "-q")
	return s
}

func (s *sandbox) getenv(k string) string { return s.env[k] }

func (s *sandbox) gitIn(dir string, args ...string) string {
	s.t.Helper()
	out, err := s.tryIn(dir, args...)
	if err != nil {
		s.t.Fatalf("git %v: %v", args, err)
	}
	return out
}

func (s *sandbox) tryIn(dir string, args ...string) (string, error) {
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	date := fmt.Sprintf("%d +0800", s.now.Unix())
	cmd.Env = []string{"GIT_AUTHOR_DATE=" + date, "GIT_COMMITTER_DATE=" + date}
	for k, v := range s.env {
		cmd.Env = append(cmd.Env, k+"="+v)
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("%w: %s", err, stderr.String())
	}
	return string(out), err
}

func (s *sandbox) git(args ...string) string { s.t.Helper(); return s.gitIn(s.dir, args...) }

// commit records everything one minute later than the last time.
func (s *sandbox) commit(message string) {
	s.t.Helper()
	s.now = s.now.Add(time.Minute)
	s.git("add", "-A")
	s.git("commit", "-q", "--allow-empty", "-m", message)
}

func (s *sandbox) write(name, content string) {
	s.t.Helper()
	writeFile(s.t, filepath.Join(s.dir, name), content)
}

func (s *sandbox) homeFile(name, content string) {
	s.t.Helper()
	writeFile(s.t, filepath.Join(s.home, name), content)
}

func writeFile(t testing.TB, p, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (s *sandbox) read() *Git {
	s.t.Helper()
	return s.readAt(s.dir, GitOptions{})
}

func (s *sandbox) readAt(dir string, o GitOptions) *Git {
	s.t.Helper()
	o.Getenv = s.getenv
	g, err := ReadGit(s.t.Context(), dir, o)
	if err != nil {
		s.t.Fatal(err)
	}
	return g
}

// ours are all the paths we call changed, without the limit of Git.Changed.
func (s *sandbox) ours(root string) []string {
	s.t.Helper()
	r, err := openAt(root, s.getenv)
	if err != nil {
		s.t.Fatal(err)
	}
	defer r.close()
	_, head, err := r.head()
	if err != nil {
		s.t.Fatal(err)
	}
	st, err := readStatus(s.t.Context(), r, head, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return st.sorted()
}

// theirs are the paths that git status prints.
func (s *sandbox) theirs(root string) []string {
	s.t.Helper()
	paths := map[string]bool{}
	for line := range strings.SplitSeq(s.gitIn(root, "status", "--porcelain=v1", "-z", "--no-renames"), "\x00") {
		if len(line) > 3 {
			paths[line[3:]] = true
		}
	}
	return slices.Sorted(maps.Keys(paths))
}

// agree compares both; ours come first, since git might refresh something.
func (s *sandbox) agree(root, state string) {
	s.t.Helper()
	ours, theirs := s.ours(root), s.theirs(root)
	if !slices.Equal(ours, theirs) {
		s.t.Errorf("%s: changed paths\nours   %q\ngit's  %q", state, ours, theirs)
	}
}

func sum256(s string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(s))) }
