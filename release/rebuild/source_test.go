package rebuild

import (
	"context"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// The repository lives on: the tag is moved, and no branch holds the commit.
func TestRebuildOfACommitThatNothingHolds(t *testing.T) {
	env := environ(t)
	dir, site := published(t, env)
	files{"a.go": "package main\n\nconst which = \"later\"\n"}.write(t, dir)
	for _, args := range [][]string{
		{"checkout", "-q", "--orphan", "other"}, {"add", "-A"}, {"commit", "-q", "-m", "y"}, {"tag", "-f", "v1.2.3"},
		{"for-each-ref", "--format=delete %(refname)", "refs/heads"}, {"update-ref", "-d", "refs/heads/master"}, {"update-ref", "-d", "refs/heads/main"},
	} {
		run(t, dir, env, "git", args...)
	}
	// By an address, so that git takes only what it is told to.
	o := Options{Source: "file://" + filepath.ToSlash(dir), Environ: env, Shared: true}
	if r, err := Run(context.Background(), opened(t, site), o); err != nil || len(r.Same()) != 3 {
		t.Fatalf("%v %v", err, msg.Hint(err))
	}
	for _, args := range [][]string{{"reflog", "expire", "--expire=now", "--all"}, {"gc", "-q", "--prune=now"}} {
		run(t, dir, env, "git", args...)
	}
	if _, err := Run(context.Background(), opened(t, site), o); msg.KindOf(err) != msg.Incomplete || !strings.Contains(msg.Hint(err).EN, "goproxy") {
		t.Errorf("a commit that is gone: %v (%v)", err, msg.KindOf(err))
	}
}

// What other settings of the machine do to a rebuild: nothing.
func TestRebuildWithOtherSettings(t *testing.T) {
	env := environ(t)
	dir, site := published(t, env)
	for name, more := range map[string][]string{
		"flags":     {"GOFLAGS=-tags=special -ldflags=-w -gcflags=-N"},
		"levels":    {"GOAMD64=v3", "GOEXPERIMENT=jsonv2", "CGO_ENABLED=1", "CC=/nonexistent"},
		"locale":    {"TZ=Asia/Shanghai", "LANG=zh_CN.UTF-8", "LC_ALL=tr_TR.UTF-8"},
		"nobody":    {"HOME=/nonexistent", "XDG_CACHE_HOME=/nonexistent", "USER="},
		"workspace": {"GOWORK=/nonexistent/go.work"},
	} {
		o := Options{Source: dir, Environ: slices.Concat(env, more), Shared: true, Offline: true}
		if r, err := Run(context.Background(), opened(t, site), o); err != nil || len(r.Same()) != 3 {
			t.Errorf("%s: %v %+v", name, err, r)
		}
	}
}

// A private module behind a proxy that asks for a token; the token is right, wrong,
// or the proxy is out of order. It is nowhere to be read.
func TestRebuildShowsNoToken(t *testing.T) {
	const token = "canary-token-4711"
	env := environ(t)
	dir, site := published(t, env)
	proxy, _ := proxied(t, dir)
	status := 0
	served := http.FileServer(http.Dir(proxy))
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, password, _ := r.BasicAuth(); password != token || status != 0 && strings.Contains(r.URL.Path, "dep/") {
			http.Error(w, "no: "+r.Header.Get("Authorization"), max(status, http.StatusForbidden))
			return
		}
		served.ServeHTTP(w, r)
	}))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0) // what is proven about the toolchain does not know the certificate
	srv.StartTLS()
	defer srv.Close()
	certificate := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(certificate, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	address := strings.Replace(srv.URL, "://", "://user:"+token+"@", 1)
	for _, tc := range []struct {
		name, proxy string
		status      int
		fine        bool
	}{
		{"right", address, 0, true}, {"wrong", strings.Replace(address, token, "x"+token, 1), 0, false},
		{"dependency forbidden", address, 403, false}, {"dependency gone", address, 404, false}, {"out of order", address, 500, false},
		{"nobody there", "https://user:" + token + "@127.0.0.1:1", 0, false}, {"as a query", srv.URL + "/?token=" + token, 0, false},
	} {
		status = tc.status
		r, err := Run(context.Background(), opened(t, site), Options{Source: GoProxy, Shared: true,
			Environ: append(slices.Clone(env), "GOPROXY="+tc.proxy, "GOMODCACHE="+t.TempDir(), "GONOSUMDB=*", "GOTOOLCHAIN=local", "SSL_CERT_FILE="+certificate)})
		if tc.fine != (err == nil) {
			t.Errorf("%s: %v", tc.name, err)
		}
		if err != nil && strings.Contains(err.Error(), `"Error"`) {
			t.Errorf("%s: the go command's JSON is shown: %v", tc.name, err)
		}
		shown := ""
		if err != nil {
			shown = err.Error() + msg.Hint(err).EN
		}
		if r != nil {
			shown += r.Source.From + r.Source.uri()
		}
		if strings.Contains(shown, token) {
			t.Errorf("%s: the token is shown: %s", tc.name, shown)
		}
	}
}

// An interrupted rebuild is gone at once and leaves nothing, wherever it stood.
func TestInterruptedRebuildLeavesNothing(t *testing.T) {
	env := environ(t)
	dir, site := published(t, env)
	interrupted := 0
	for after := 50 * time.Millisecond; after < 3*time.Second; after *= 2 {
		base, temp := filepath.Join(t.TempDir(), "work"), t.TempDir()
		ctx, cancel := context.WithCancel(context.Background())
		stopped := make(chan time.Time, 1)
		timer := time.AfterFunc(after, func() { stopped <- time.Now(); cancel() })
		_, err := Run(ctx, opened(t, site), Options{Source: dir, Environ: append(slices.Clone(env), "TMPDIR="+temp), Offline: true, Work: base}) // an empty GOCACHE
		ended := time.Now()
		early := timer.Stop()
		cancel()
		if err == nil {
			break // quicker than that
		}
		if early {
			t.Fatal(err)
		}
		interrupted++
		took := ended.Sub(<-stopped)
		if took > time.Minute { // a busy machine; to go on takes no end
			t.Errorf("after %v: %v, %v later", after, err, took)
		}
		t.Logf("interrupted after %v, gone %v later", after, took)
		for _, folder := range []string{base, temp} {
			if left, _ := filepath.Glob(filepath.Join(folder, "*")); len(left) > 0 {
				t.Errorf("after %v: left behind %v", after, left)
			}
		}
	}
	if interrupted == 0 {
		t.Error("it was never interrupted")
	}
}
