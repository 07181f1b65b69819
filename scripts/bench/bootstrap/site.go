package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/gosdk/fetch"
	"github.com/yingzao-dev/yingzao/internal/httpx"
)

// site is what a company would have inside: a download site and a module mirror on
// loopback, and a bundle, for one platform.
type site struct {
	o              options
	platform, arch string
	dir            string // bin, dl, bundle
	url            string
	org            map[string]string // source → SHA-256 of its file
	server         *http.Server
	client         *http.Client
	noToolchain    atomic.Bool // the module mirror has no SDKs
	sent           [3]atomic.Int64
}

// What was sent, by kind.
const (
	program = iota
	sdkBytes
	modules
)

func newSite(ctx context.Context, o options, platform, dir string) (*site, error) {
	s := &site{o: o, platform: platform, arch: filepath.Base(platform), dir: dir, org: map[string]string{}, client: httpx.New(httpx.Options{Proxy: httpx.ProxyFromEnviron(os.Environ())})}
	for _, d := range []string{"bin", "dl", "sdk", "org"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			return nil, err
		}
	}
	if s.o.upstream == "" {
		out, err := exec.CommandContext(ctx, "go", "env", "GOPROXY").Output()
		if err != nil {
			return nil, err
		}
		s.o.upstream = strings.FieldsFunc(strings.TrimSpace(string(out)), func(c rune) bool { return c == ',' || c == '|' })[0]
	}
	if err := s.start(ctx); err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context) error{s.build, s.pack, s.orgs, s.bundle, s.project} {
		if err := step(ctx); err != nil {
			s.close()
			return nil, err
		}
	}
	return s, nil
}

func (s *site) close() {
	_ = s.server.Close()
	s.client.CloseIdleConnections()
}

func (s *site) path(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }

// start serves the folder, and below /proxy what the module mirror has.
func (s *site) start(ctx context.Context) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	s.url = "http://" + l.Addr().String()
	files := http.FileServer(http.Dir(s.dir))
	mux := http.NewServeMux()
	mux.Handle("/", files)
	mux.HandleFunc("/proxy/", s.relay)
	s.server = &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kind := modules
		switch {
		case strings.HasPrefix(r.URL.Path, "/bin/"):
			kind = program
		case strings.HasPrefix(r.URL.Path, "/dl/"), strings.HasPrefix(r.URL.Path, "/proxy/golang.org/toolchain/"):
			kind = sdkBytes
		}
		mux.ServeHTTP(&counted{w, &s.sent[kind]}, r)
	})}
	go func() { _ = s.server.Serve(l) }()
	return nil
}

// counted counts what is sent.
type counted struct {
	http.ResponseWriter
	n *atomic.Int64
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.ResponseWriter.Write(b)
	c.n.Add(int64(n))
	return n, err
}

// relay asks the module mirror behind this one, byte ranges included.
func (s *site) relay(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, "/proxy")
	if s.noToolchain.Load() && strings.HasPrefix(path, "/golang.org/toolchain/") {
		http.NotFound(w, r)
		return
	}
	up, err := http.NewRequestWithContext(r.Context(), r.Method, strings.TrimSuffix(s.o.upstream, "/")+path, nil)
	if err == nil {
		if v := r.Header.Get("Range"); v != "" {
			up.Header.Set("Range", v)
		}
		var a *http.Response
		if a, err = s.client.Do(up); err == nil {
			defer a.Body.Close()
			for _, k := range []string{"Content-Type", "Content-Length", "Content-Range", "ETag", "Last-Modified"} {
				if v := a.Header.Get(k); v != "" {
					w.Header().Set(k, v)
				}
			}
			w.WriteHeader(a.StatusCode)
			_, _ = io.Copy(w, a.Body)
			return
		}
	}
	http.Error(w, "upstream", http.StatusBadGateway)
}

// build makes yingzao for the platform and for this machine.
func (s *site) build(ctx context.Context) error {
	for _, arch := range []string{s.arch, runtime.GOARCH} {
		to := s.path("bin/yingzao_linux_" + arch)
		if _, err := os.Stat(to); err == nil {
			continue
		}
		cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", to, "github.com/yingzao-dev/yingzao/cmd/yingzao")
		cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH="+arch, "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("build yingzao: %w\n%s", err, out)
		}
	}
	return nil
}

// pack makes the SDK's archive, as a download site has it, and the toolchain module
// for the bundle, as far as they are not at hand. The same archive as go.dev's it is
// not: its files are.
func (s *site) pack(ctx context.Context) error {
	r := gosdk.Release{Version: "go" + s.o.version, GOOS: "linux", GOARCH: s.arch}
	zip := s.path("sdk/" + r.Module().Version + ".zip")
	for _, name := range []string{s.path(s.archive()), zip} {
		if at := filepath.Join(s.o.sdk, filepath.Base(name)); s.o.sdk != "" && exists(at) {
			if err := os.Symlink(at, name); err != nil {
				return err
			}
		}
	}
	if exists(s.path(s.archive())) {
		return nil // the bundle makes a module of it
	}
	dir := s.o.sdk
	if dir == "" {
		out, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
		if err != nil {
			return err
		}
		dir = strings.TrimSpace(string(out))
	}
	h1, err := s.known(ctx, dir, r)
	if err != nil {
		return err
	}
	sdk, err := fetch.Find(ctx, r, "", fetch.Options{Dir: dir, H1: h1, Offline: true})
	if err != nil {
		return err
	}
	if sdk.Close != nil {
		defer sdk.Close() //nolint:errcheck // only read from
	}
	var asArchive, asModule []archive.Entry
	for _, f := range sdk.Files {
		e := archive.Entry{Name: "go/" + f.Name, Mode: f.Mode, Size: f.Size, Open: f.Open}
		asArchive = append(asArchive, e)
		e.Name = r.Module().String() + "/" + f.Name
		if path.Base(f.Name) == "go.mod" {
			e.Name = path.Join(path.Dir(e.Name), "_go.mod")
		}
		asModule = append(asModule, e)
	}
	if err := pack(ctx, s.path(s.archive()), archive.TarGz, asArchive); err != nil || exists(zip) {
		return err
	}
	return pack(ctx, zip, archive.Zip, asModule)
}

func pack(ctx context.Context, name string, f archive.Format, entries []archive.Entry) error {
	_, err := archive.WriteFile(ctx, name, 0o644, func(w io.Writer) error {
		return archive.Write(ctx, w, f, entries, archive.Options{Level: 1})
	})
	return err
}

func (s *site) archive() string { return "dl/go" + s.o.version + ".linux-" + s.arch + ".tar.gz" }

// known is what yingzao knows of the release, so that the archive is packed from
// nothing else.
func (s *site) known(ctx context.Context, dir string, r gosdk.Release) (string, error) {
	if s.o.h1 != "" {
		return s.o.h1, nil
	}
	if s.arch == runtime.GOARCH {
		out, err := s.yingzao(ctx, "bootstrap", "plan", "--format", "json", "--offline", "--sdk", dir, "--go", s.o.version)
		var plan struct{ Go struct{ H1 string } }
		if err != nil || json.Unmarshal(out, &plan) != nil {
			return "", fmt.Errorf("ask yingzao for the h1 of %v: %w", r, err)
		}
		return plan.Go.H1, nil
	}
	return "", fmt.Errorf("%s has no archive of %v", dir, r)
}

// yingzao runs this machine's program with nothing of the user's settings.
func (s *site) yingzao(ctx context.Context, args ...string) ([]byte, error) {
	home := s.path("maker")
	if err := os.MkdirAll(home, 0o755); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, s.path("bin/yingzao_linux_"+runtime.GOARCH), args...)
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_CACHE_HOME="+home+"/cache", "GOENV=off", "GOFLAGS=", "GOPROXY="+s.url+"/proxy", "GOPATH="+home+"/go", "GOMODCACHE="+home+"/mod", "GOTOOLCHAIN=local")
	if s.o.sumdb != "" {
		cmd.Env = append(cmd.Env, "GOSUMDB="+s.o.sumdb)
	}
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = fmt.Errorf("yingzao %s: %w\n%s", strings.Join(args, " "), err, exit.Stderr)
	}
	return out, err
}

// orgs writes the organisation's file for each source.
func (s *site) orgs(context.Context) error {
	for source, archives := range map[string]string{"archive": s.url + "/dl", "module": "", "bundle": ""} {
		text := "version: 1\nbootstrap:\n  name: bench\n  goproxy: " + s.url + "/proxy\n  go:\n    version: " + s.o.version + "\n    archives: [" + archives + "]\n"
		if s.o.h1 != "" {
			text += "    h1: {" + s.platform + ": '" + s.o.h1 + "'}\n"
		}
		if s.o.sumdb != "" {
			text = strings.Replace(text, "  go:\n", "  gosumdb: "+s.o.sumdb+"\n  go:\n", 1)
		}
		sum := sha256.Sum256([]byte(text))
		s.org[source] = hex.EncodeToString(sum[:])
		if err := os.WriteFile(s.path("org/"+source+".yaml"), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}
