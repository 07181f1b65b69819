package vcs

import (
	"cmp"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

// Options describe a source. Repos and Dir are needed.
type Options struct {
	// Repos say which repositories hold which modules.
	Repos []Repo
	// Dir keeps what was fetched, one folder a repository. It is a cache: it may be
	// deleted while nothing runs. Several processes may share it.
	Dir string
	// HTTP reaches the servers; its Guard and limits count for ssh too. A nil Guard
	// refuses internal addresses other than those of the repositories' own hosts.
	HTTP httpx.Options
	// Getenv finds the tokens that Auth.TokenEnv names. nil = there are none.
	Getenv func(string) string
	// Limits of the work. The zero value has the defaults.
	Limits Limits
	// Log is told what was fetched. nil = nobody.
	Log *slog.Logger
}

// Limits of the work.
type Limits struct {
	// Fetches is how many repositories are fetched from at a time. 0 = 4.
	Fetches int
	// Fresh is how long a repository's references are used without asking again.
	// 0 = 1 s.
	Fresh time.Duration
	// Stall is how long a server may send nothing. 0 = 30 s.
	Stall time.Duration
}

// LFS says what becomes of a Git LFS pointer.
type LFS string

// The ways. The zero value is LFSRefuse.
const (
	// LFSRefuse refuses a zip with a pointer in it: a go command on a host with
	// git-lfs would put the large file there.
	LFSRefuse LFS = "refuse"
	// LFSPointer takes the pointer as it is, as on a host without git-lfs.
	LFSPointer LFS = "pointer"
)

// Repo is one repository, or all those of a server or group.
type Repo struct {
	// Prefix of the module paths: git.corp.example, git.corp.example/team.
	Prefix string
	// URL of the repository: https, or ssh. {path} stands for the part of the module
	// path behind Prefix that names it: https://git.corp.example/{path}.git. Without
	// {path} it is one repository, and Prefix is its root.
	URL string
	// Depth is how many elements {path} has. 0 = 2, a group and a project.
	Depth int
	// MaxDepth is how many it has at most where groups have subgroups. 0 = Depth.
	MaxDepth int
	// Auth is who we are. The zero value is nobody.
	Auth Auth
	// CAFile holds further certificate authorities in PEM form. "" = none.
	CAFile string
	// LFS is what becomes of Git LFS pointers. "" = LFSRefuse.
	LFS LFS
	// MaxBytes limits what is kept of one repository. 0 = 2 GiB.
	MaxBytes int64
}

// Auth is how we log in. Secrets are read when they are needed, so they may be
// replaced while the server runs.
type Auth struct {
	// User of the token: the account's name for Gitee and Gitea, a deploy token's
	// for GitLab. "" = oauth2, which GitLab wants for access tokens.
	User string
	// TokenFile holds the token; nobody else may read it. "" = none.
	TokenFile string
	// TokenEnv names the environment variable that holds it. "" = none.
	TokenEnv string
	// KeyFile is a private key for ssh, without passphrase; nobody else may read it.
	KeyFile string
	// KnownHosts is a file in the form of ssh's known_hosts; ssh needs it.
	KnownHosts string
}

const defaultMaxBytes = 2 << 30

// Git is a source of private modules. Its methods may be called by several
// goroutines.
type Git struct {
	o      Options
	routes []*route
	turns  chan struct{} // one for each fetch at a time

	mu    sync.Mutex
	repos map[string]*repository // by URL
	roots map[string]foundRoot   // by the longest candidate's URL
}

var _ proxy.Source = (*Git)(nil)

// New checks the options. It does not touch the network. The caller closes it.
func New(o Options) (*Git, error) {
	if o.Dir == "" {
		return nil, msg.Errorf("open git source: no directory", "打开 git 来源：未指定目录")
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, msg.Errorf("open git source: %w", "打开 git 来源：%w", err)
	}
	o.Dir = dir
	o.Limits.Fetches = cmp.Or(o.Limits.Fetches, 4)
	o.Limits.Fresh = cmp.Or(o.Limits.Fresh, time.Second)
	o.Limits.Stall = cmp.Or(o.Limits.Stall, 30*time.Second)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Getenv == nil {
		o.Getenv = func(string) string { return "" }
	}
	g := &Git{o: o, turns: make(chan struct{}, o.Limits.Fetches), repos: map[string]*repository{}, roots: map[string]foundRoot{}}
	for _, r := range o.Repos {
		rt, err := g.newRoute(r)
		if err != nil {
			g.Close()
			return nil, msg.Errorf("open git source for %s: %w", "打开 %s 的 git 来源：%w", cmp.Or(r.Prefix, `""`), err)
		}
		g.routes = append(g.routes, rt)
	}
	return g, nil
}

// Close lets go of idle connections.
func (g *Git) Close() {
	for _, r := range g.routes {
		r.client.CloseIdleConnections()
	}
}

// Name is "git".
func (g *Git) Name() string { return "git" }

// Versions is the list of a module's versions: the tags that the go command takes
// for versions, one a line, in ascending order. Retracted ones are in it, clients
// leave them out.
func (g *Git) Versions(ctx context.Context, mod string) (body []byte, err error) {
	err = g.with(ctx, mod, proxy.File{Kind: proxy.List, Module: mod}.String(), func(m *source) error {
		list, err := m.versions(ctx)
		for _, v := range list {
			body = append(append(body, v...), '\n')
		}
		return err
	})
	return body, err
}

// Info is the .info of a version or of a query: a branch, a tag, a commit, or
// "latest": the highest release, else the highest pre-release, else the default
// branch's newest commit.
func (g *Git) Info(ctx context.Context, mod, query string) (body []byte, err error) {
	f := proxy.File{Kind: proxy.Info, Module: mod, Version: query}
	if query == "latest" {
		f = proxy.File{Kind: proxy.Latest, Module: mod}
	}
	err = g.with(ctx, mod, f.String(), func(m *source) error {
		info, err := m.info(ctx, query)
		if err != nil {
			return err
		}
		body, err = info.json()
		return err
	})
	return body, err
}

// Fetch makes one .mod or .zip. It is made from the start however much d has
// already; d has nothing of it after an error.
func (g *Git) Fetch(ctx context.Context, f proxy.File, d *proxy.Download) error {
	err := g.with(ctx, f.Module, f.String(), func(m *source) error {
		d.Restart()
		d.Begin(m.repo.remote.shown())
		switch f.Kind {
		case proxy.Mod:
			data, err := m.goMod(ctx, f.Version)
			if err != nil {
				return err
			}
			d.SetSize(int64(len(data)))
			_, err = d.Write(data)
			return err
		case proxy.Zip:
			if err := m.zip(ctx, f.Version, struct{ io.Writer }{d}); err != nil {
				return err
			}
			d.SetSize(d.Offset())
			return nil
		}
		return msg.Errorf("a git source makes .mod and .zip alone", "git 来源只能生成 .mod 和 .zip")
	})
	if err != nil {
		d.Restart()
	}
	return err
}

// with finds the repository of a module and lets f work on it alone. What was
// damaged on the disk is thrown away and fetched again, once.
func (g *Git) with(ctx context.Context, mod, what string, f func(*source) error) error {
	if err := module.CheckPath(mod); err != nil {
		return proxy.Fail(proxy.ErrNotFound, what, err)
	}
	place, err := g.find(ctx, mod)
	if err == nil {
		err = place.repo.alone(ctx, func(s *session) error {
			err := f(&source{session: s, place: place})
			if damaged(err) {
				g.o.Log.Warn("git objects damaged, fetching again", "repository", place.repo.remote.shown(), "error", err)
				if err := s.wipe(); err != nil {
					return err
				}
				err = f(&source{session: s, place: place})
			}
			return err
		})
	}
	return place.classify(what, err)
}

// classify turns what went wrong into the classes of the proxy.
func (p place) classify(what string, err error) error {
	var c *classed
	switch {
	case err == nil:
		return nil
	case errors.As(err, &c) && c.class == proxy.ErrNotFound && p.doubt != nil:
		return proxy.Fail(proxy.ErrUnavailable, what, p.doubt)
	case errors.As(err, &c):
		return proxy.Fail(c.class, what, c.err)
	}
	return proxy.Fail(proxy.ErrUnavailable, what, httpx.Error(err))
}

// classed carries the class of an error up to classify.
type classed struct{ class, err error }

func (c *classed) Error() string { return c.err.Error() }
func (c *classed) Unwrap() error { return c.err }

// absent is what is certainly not there.
func absent(en, zh string, args ...any) error {
	return &classed{proxy.ErrNotFound, msg.Errorf(en, zh, args...)}
}

// isAbsent reports whether an error says that something is certainly not there.
func isAbsent(err error) bool {
	var c *classed
	return errors.As(err, &c) && c.class == proxy.ErrNotFound
}

// client is the HTTP client of one route.
func (g *Git) client(r Repo, host string) (*http.Client, httpx.Options, error) {
	o := g.o.HTTP
	if o.Guard == nil {
		o.Guard = httpx.RefuseInternal([]string{host}, nil)
	}
	if r.CAFile != "" {
		pem, err := readFile(r.CAFile)
		if err != nil {
			return nil, o, err
		}
		if o.RootCAs, err = httpx.Pool(pem); err != nil {
			return nil, o, err
		}
	}
	return httpx.New(o), o, nil
}
