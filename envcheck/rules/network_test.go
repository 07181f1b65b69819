package rules

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
)

// helloDownload is what most reproductions of network trouble run.
var helloDownload = []string{"mod", "download", "example.com/hello@v1.0.0"}

// setenv changes variables of a world: KEY=value, or KEY=- to remove one.
func (w *world) setenv(vars ...string) {
	for _, kv := range vars {
		key, _, _ := strings.Cut(kv, "=")
		w.environ = slices.DeleteFunc(w.environ, func(have string) bool { return strings.HasPrefix(have, key+"=") })
		if kv != key+"=-" {
			w.environ = append(w.environ, kv)
		}
	}
}

// hop is an HTTP forward proxy behind which the world's mirror has any name that
// ends in mirror.test, over http.
type hop struct{ *mirrortest.Proxy }

// start is a reproduction's prepare: it starts the proxy and sets variables, in
// which {proxy} is its URL and {addr} its host:port.
func (h *hop) start(status int, vars ...string) func(*testing.T, *world) {
	return func(t *testing.T, w *world) {
		hosts := map[string]string{}
		for _, name := range []string{"mirror.test", "nexus.mirror.test"} {
			hosts[name+":80"] = w.mirror.Addr()
		}
		h.Proxy = mirrortest.NewProxy(t, mirrortest.ProxyOptions{Status: status, Closed: true, Hosts: hosts})
		addr := strings.TrimPrefix(h.URL(), "http://")
		_, port, _ := strings.Cut(w.mirror.Addr(), ":")
		for _, kv := range vars {
			w.setenv(strings.NewReplacer("{proxy}", h.URL(), "{addr}", addr, "{port}", port, "{ca}", filepath.Join(w.home, "ca.pem")).Replace(kv))
		}
	}
}

// asked checks that go came through the proxy, or that it did not.
func (h *hop) asked(want bool) func(*testing.T, *world, string) {
	return func(t *testing.T, _ *world, out string) {
		if got := len(h.Requests()) > 0; got != want {
			t.Errorf("the proxy was asked: %v, want %v; go says\n%s", got, want, out)
		}
	}
}

// probed records answers of a probe.
func probed(n envcheck.Network) func(*testing.T, *envcheck.Snapshot) {
	return func(_ *testing.T, s *envcheck.Snapshot) { s.Network = &n }
}

func probedHosts(h ...envcheck.HostProbe) func(*testing.T, *envcheck.Snapshot) {
	return probed(envcheck.Network{Hosts: h})
}

func probedHops(h ...envcheck.HopProbe) func(*testing.T, *envcheck.Snapshot) {
	return probed(envcheck.Network{Proxies: h})
}

// onSystem makes the snapshot one of another system.
func onSystem(goos string) func(*testing.T, *envcheck.Snapshot) {
	return func(_ *testing.T, s *envcheck.Snapshot) { s.Machine.OS = goos }
}

// tlsMirror starts a mirror over TLS as GOPROXY and trusts its authority.
func tlsMirror(kind mirrortest.TLS, vars ...string) func(*testing.T, *world) {
	return func(t *testing.T, w *world) {
		m := mirrortest.New(t, mirrortest.Options{Modules: modules, TLS: kind})
		ca := filepath.Join(w.home, "ca.pem")
		if err := os.WriteFile(ca, m.CA(), 0o644); err != nil {
			t.Fatal(err)
		}
		w.setenv("GOPROXY="+m.URL(mirrortest.OK), "GONOSUMDB=example.com", "SSL_CERT_FILE="+ca)
		for _, kv := range vars {
			w.setenv(strings.NewReplacer("{ca}", ca, "{home}", w.home, "{tls}", m.Addr()).Replace(kv))
		}
	}
}

// findingSays checks what a finding says.
func findingSays(part string) func(*testing.T, envcheck.Finding) {
	return func(t *testing.T, f envcheck.Finding) {
		if !strings.Contains(f.Message.EN, part) {
			t.Errorf("the message %q does not say %q", f.Message.EN, part)
		}
	}
}

// findingWeighs checks how bad a finding is.
func findingWeighs(want envcheck.Severity) func(*testing.T, envcheck.Finding) {
	return func(t *testing.T, f envcheck.Finding) {
		if f.Severity != want {
			t.Errorf("severity %s, want %s", f.Severity, want)
		}
	}
}
