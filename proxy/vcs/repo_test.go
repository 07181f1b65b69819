package vcs

import (
	"fmt"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// needGit skips a test where there is no git program, which makes the repositories
// and serves them; the code under test has no use for it.
func needGit(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		if os.Getenv("YINGZAO_E2E") == "require" {
			t.Fatal(err)
		}
		t.Skip("no git:", err)
	}
}

// gitEnv is an environment in which no setting of the machine counts.
func gitEnv(home string, more ...string) []string {
	return append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "GIT_CONFIG_NOSYSTEM=1", "LC_ALL=C",
		"GIT_CONFIG_COUNT=4", "GIT_CONFIG_KEY_0=init.defaultBranch", "GIT_CONFIG_VALUE_0=main",
		"GIT_CONFIG_KEY_1=user.name", "GIT_CONFIG_VALUE_1=dev", "GIT_CONFIG_KEY_2=user.email", "GIT_CONFIG_VALUE_2=dev@example.test",
		"GIT_CONFIG_KEY_3=protocol.file.allow", "GIT_CONFIG_VALUE_3=always"}, more...)
}

// work is a repository in the making.
type work struct {
	t    testing.TB
	dir  string
	home string
	when time.Time
}

func newWork(t testing.TB) *work {
	t.Helper()
	needGit(t)
	w := &work{t: t, dir: t.TempDir(), home: t.TempDir(), when: time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)}
	w.git("init", "-q")
	return w
}

func (w *work) git(args ...string) string {
	w.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = w.dir
	date := w.when.Format(time.RFC3339)
	cmd.Env = gitEnv(w.home, "GIT_AUTHOR_DATE="+date, "GIT_COMMITTER_DATE="+date)
	out, err := cmd.CombinedOutput()
	if err != nil {
		w.t.Fatalf("git %q: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// put writes files; a name with no content is removed.
func (w *work) put(files map[string]string) *work {
	w.t.Helper()
	for name, body := range files {
		name = filepath.Join(w.dir, filepath.FromSlash(name))
		if body == "" {
			if err := os.RemoveAll(name); err != nil {
				w.t.Fatal(err)
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			w.t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(body), 0o644); err != nil {
			w.t.Fatal(err)
		}
	}
	return w
}

// commit commits everything, byte for byte, an hour after the last one, tags it,
// and returns its hash.
func (w *work) commit(tags ...string) string {
	w.t.Helper()
	w.when = w.when.Add(time.Hour + 7*time.Second)
	// Bytes go in as they are: attributes would turn CRLF into LF on the way.
	if err := os.MkdirAll(filepath.Join(w.dir, ".git", "info"), 0o755); err != nil {
		w.t.Fatal(err)
	}
	raw := filepath.Join(w.dir, ".git", "info", "attributes")
	if err := os.WriteFile(raw, []byte("* -text -filter -ident -working-tree-encoding\n"), 0o644); err != nil {
		w.t.Fatal(err)
	}
	w.git("add", "-A", "-f")
	w.git("commit", "-q", "--allow-empty", "-m", "change")
	for _, tag := range tags {
		w.git("tag", tag)
	}
	return w.git("rev-parse", "HEAD")
}

// publish puts the repository, bare, below a server's root.
func (w *work) publish(root, name string, config ...string) string {
	w.t.Helper()
	bare := filepath.Join(root, filepath.FromSlash(name)+".git")
	w.git("clone", "-q", "--bare", w.dir, bare)
	for i := 0; i+1 < len(config); i += 2 {
		w.git("-C", bare, "config", config[i], config[i+1])
	}
	return bare
}

// gitServer serves the repositories below a folder by git http-backend.
type gitServer struct {
	*httptest.Server
	root    string
	fetches atomic.Int64 // packs asked for
	lists   atomic.Int64 // advertisements asked for
	bytes   atomic.Int64
	// user and password; "" = everybody may come.
	user, password string
	// before may answer in git's place.
	before func(http.ResponseWriter, *http.Request) bool
}

func newGitServer(t testing.TB, tls bool) *gitServer {
	t.Helper()
	needGit(t)
	git, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	s := &gitServer{root: t.TempDir()}
	backend := &cgi.Handler{Path: git, Args: []string{"http-backend"}, Env: append(gitEnv(t.TempDir()), "GIT_PROJECT_ROOT="+s.root, "GIT_HTTP_EXPORT_ALL=1")}
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.before != nil && s.before(w, r) {
			return
		}
		if user, password, _ := r.BasicAuth(); s.user != "" && (user != s.user || password != s.password) {
			w.Header().Set("WWW-Authenticate", `Basic realm="git"`)
			http.Error(w, "HTTP Basic: Access denied for "+user+":"+password, http.StatusUnauthorized)
			return
		}
		if strings.HasSuffix(r.URL.Path, "/"+service) {
			s.fetches.Add(1)
		} else {
			s.lists.Add(1)
		}
		r.Header.Del("Authorization")
		backend.ServeHTTP(&counted{w, &s.bytes}, r)
	})
	if tls {
		s.Server = httptest.NewTLSServer(h)
	} else {
		s.Server = httptest.NewServer(h)
	}
	t.Cleanup(s.Close)
	return s
}

type counted struct {
	http.ResponseWriter
	n *atomic.Int64
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.ResponseWriter.Write(p)
	c.n.Add(int64(n))
	return n, err
}

// open makes a source over a server for the modules of git.example.test/.
func (s *gitServer) open(t testing.TB, change ...func(*Options)) *Git {
	t.Helper()
	o := Options{Dir: filepath.Join(t.TempDir(), "git"), Repos: []Repo{{Prefix: "git.example.test", URL: s.URL + "/{path}.git"}}}
	for _, f := range change {
		f(&o)
	}
	g, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	return g
}

func mod(path string) string { return fmt.Sprintf("module %s\n\ngo 1.21\n", path) }
