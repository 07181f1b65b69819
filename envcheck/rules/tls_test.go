package rules

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
)

func TestTLS(t *testing.T) { reproduceAll(t, tlsReproductions()) }

// withCerts records what TLS trusts.
func withCerts(c envcheck.Certs) func(*testing.T, *envcheck.Snapshot) {
	return func(_ *testing.T, s *envcheck.Snapshot) { s.Certs = c }
}

func tlsReproductions() []reproduction {
	here := func(tls string, skew time.Duration) func(*testing.T, *envcheck.Snapshot) {
		return probedHosts(envcheck.HostProbe{Host: "goproxy.corp.example", Class: "ok", TLS: tls, SkewSeconds: skew.Seconds()})
	}
	good := withCerts(envcheck.Certs{System: "/etc/ssl/certs/ca-certificates.crt"})
	return []reproduction{
		{code: "TLS001", prepare: tlsMirror(mirrortest.TLSGood, "SSL_CERT_FILE="), change: allOf(good, here("unknown-authority", 0)), run: helloDownload, fails: true, says: "certificate signed by unknown authority"},
		{code: "TLS001", name: "GOINSECURE changes nothing", prepare: tlsMirror(mirrortest.TLSGood, "SSL_CERT_FILE=", "GOINSECURE=*"), change: allOf(good, here("unknown-authority", 0)), run: helloDownload, fails: true, says: "certificate signed by unknown authority"},
		{code: "TLS001", name: "the authority is known", clean: true, prepare: tlsMirror(mirrortest.TLSGood), change: here("", 0), run: helloDownload},

		{code: "TLS002", name: "not yet valid", prepare: tlsMirror(mirrortest.TLSNotYet), change: here("not-yet-valid", 0), run: helloDownload, fails: true, says: "certificate has expired or is not yet valid: current time", finding: findingWeighs(envcheck.Error)},
		{code: "TLS002", name: "an hour behind", change: here("", time.Hour), finding: findingWeighs(envcheck.Warning)},
		{code: "TLS002", name: "years ahead, certificates expired", change: here("expired", -1000*time.Hour), finding: findingWeighs(envcheck.Error)},
		{code: "TLS002", name: "seconds", clean: true, change: here("", 90*time.Second)},
		{code: "TLS002", name: "one host alone is off", clean: true, change: probedHosts(envcheck.HostProbe{Host: "a.example", SkewSeconds: 3600}, envcheck.HostProbe{Host: "b.example", SkewSeconds: 1})},
		{code: "TLS002", name: "the hosts contradict each other", clean: true, change: probedHosts(envcheck.HostProbe{Host: "a.example", SkewSeconds: 3600}, envcheck.HostProbe{Host: "b.example", SkewSeconds: -3600})},

		{code: "TLS003", prepare: tlsMirror(mirrortest.TLSGood, "SSL_CERT_FILE={home}/missing.pem"), run: helloDownload, fails: true, says: "certificate signed by unknown authority",
			change: func(_ *testing.T, s *envcheck.Snapshot) {
				s.Certs = envcheck.Certs{File: filepath.Join(s.Home, "missing.pem"), System: "/etc/ssl/certs"}
			}},
		{code: "TLS003", name: "a folder", environ: map[string]string{"SSL_CERT_DIR": "/home/dev/empty"}, change: withCerts(envcheck.Certs{Dirs: []string{"/home/dev/empty"}, System: "/etc/ssl/certs/ca-certificates.crt"})},
		{code: "TLS003", name: "the file is fine", clean: true, prepare: tlsMirror(mirrortest.TLSGood), run: helloDownload,
			change: func(_ *testing.T, s *envcheck.Snapshot) {
				s.Certs = envcheck.Certs{File: filepath.Join(s.Home, "ca.pem"), FileOK: true}
			}},
		{code: "TLS003", name: "Windows does not read it", clean: true, change: allOf(withCerts(envcheck.Certs{File: `C:\missing.pem`}), onSystem("windows"))},

		{code: "TLS004", name: "found", prepare: tlsMirror(mirrortest.TLSGood, "SSL_CERT_FILE=", "SSL_CERT_DIR="), change: withCerts(envcheck.Certs{}), run: []string{"version"}, verify: withoutAuthorities, finding: fixSays("ca-certificates")},
		{code: "TLS004", name: "by SSL_CERT_FILE", clean: true, change: withCerts(envcheck.Certs{File: "/home/dev/ca.pem", FileOK: true})},
		{code: "TLS004", clean: true, change: good},
		{code: "TLS004", name: "macOS has a store", clean: true, change: allOf(withCerts(envcheck.Certs{}), onSystem("darwin"))},

		{code: "TLS005", prepare: tlsMirror(mirrortest.TLSOld), change: here("version", 0), run: helloDownload, fails: true, says: "protocol version not supported"},
		{code: "TLS005", clean: true, change: here("", 0)},

		{code: "TLS006", prepare: tlsMirror(mirrortest.TLSExpired), change: here("expired", 0), run: helloDownload, fails: true, says: "certificate has expired or is not yet valid: current time"},
		{code: "TLS006", name: "a consequence of the clock", clean: true, change: here("expired", -1000*time.Hour)},

		{code: "TLS007", prepare: tlsMirror(mirrortest.TLSWrongName), change: here("hostname", 0), run: helloDownload, fails: true, says: "x509: cannot validate certificate for 127.0.0.1"},
		{code: "TLS007", clean: true, change: here("", 0)},

		{code: "TLS010", environ: map[string]string{"GOSUMDB": "off"}, prepare: func(_ *testing.T, w *world) {
			w.setenv("GOPROXY=" + strings.Replace(w.mirror.URL(mirrortest.OK), "http:", "https:", 1))
		}, change: here("plain", 0), run: helloDownload, fails: true, says: "http: server gave HTTP response to HTTPS client"},
		{code: "TLS010", clean: true, change: here("", 0)},

		{code: "TLS008", environ: map[string]string{"SSL_CERT_FILE": "/home/dev/corp.pem"}, change: onSystem("darwin"), finding: findingSays("darwin")},
		{code: "TLS008", name: "Windows", environ: map[string]string{"SSL_CERT_DIR": `C:\certs`}, change: onSystem("windows")},
		{code: "TLS008", name: "Linux reads it", clean: true, environ: map[string]string{"SSL_CERT_FILE": "/home/dev/corp.pem"}},

		{code: "TLS009", prepare: tlsMirror(mirrortest.TLSGood, "SSL_CERT_FILE=", "GOINSECURE=127.0.0.1"), run: helloDownload, fails: true, says: "certificate signed by unknown authority", finding: fixSays("unset GOINSECURE")},
		{code: "TLS009", name: "modules live there too", clean: true, environ: map[string]string{"GOPROXY": "https://git.corp.example/goproxy", "GOINSECURE": "git.corp.example"},
			files: map[string]string{"go.mod": "module example.com/app\n\ngo 1.21\n\nrequire git.corp.example/team/lib v1.0.0\n"}},
		{code: "TLS009", clean: true, environ: map[string]string{"GOPROXY": "https://goproxy.cn", "GOINSECURE": "git.corp.example"}},
	}
}

// withoutAuthorities asks the mirror on what stands for a machine without
// certificates: both variables lead to nothing.
func withoutAuthorities(t *testing.T, w *world, _ string) {
	empty := filepath.Join(w.home, "none")
	if err := os.MkdirAll(empty, 0o755); err != nil {
		t.Fatal(err)
	}
	w.setenv("SSL_CERT_FILE="+filepath.Join(empty, "none.pem"), "SSL_CERT_DIR="+empty)
	if out, failed := w.runGo(t, helloDownload...); !failed || !strings.Contains(out, "certificate signed by unknown authority") {
		t.Errorf("go says\n%s", out)
	}
}
