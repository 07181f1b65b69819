package probe_test

import (
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/envcheck/probe"
	"github.com/yingzao-dev/yingzao/envcheck/rules"
	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
)

// fault is a state of the network and the finding that a user gets.
type fault struct {
	name   string
	mode   mirrortest.Mode
	server mirrortest.Options
	https  bool // the address says https where the port is plain
	trust  bool
	proxy  func(t *testing.T, s *mirrortest.Server) string // HTTPS_PROXY
	code   string
}

func forward(o mirrortest.ProxyOptions) func(*testing.T, *mirrortest.Server) string {
	return func(t *testing.T, s *mirrortest.Server) string {
		o.Closed, o.Hosts = true, map[string]string{"mirror.test:443": s.Addr()}
		return mirrortest.NewProxy(t, o).URL()
	}
}

// What is wrong with the network has a code that says just that, and no other
// code of the network beside it. SUM006 may: a mirror that is dead also answers
// nothing about the database, and where a pipe leads past it that alone matters.
func TestEachFaultHasItsCode(t *testing.T) {
	tls := func(kind mirrortest.TLS) mirrortest.Options { return mirrortest.Options{TLS: kind} }
	for _, f := range []fault{
		{name: "well", mode: mirrortest.OK},
		{name: "well behind a proxy", mode: mirrortest.OK, server: tls(mirrortest.TLSGood), trust: true, proxy: forward(mirrortest.ProxyOptions{})},
		{name: "hangs", mode: mirrortest.Slow, code: "PRX018"},
		{name: "one byte a second", mode: mirrortest.Drip, code: "PRX018"},
		{name: "5xx", mode: mirrortest.ServerError, code: "PRX018"},
		{name: "login page", mode: mirrortest.Login, code: "PRX016"},
		{name: "200 with HTML", mode: mirrortest.HTML, code: "PRX016"},
		{name: "403", mode: mirrortest.Forbidden, code: "PRX017"},
		{name: "other bytes", mode: mirrortest.BadMod, code: "PRX019"},
		{name: "database signed by a stranger", mode: mirrortest.BadKey, code: "SUM017"},
		{name: "records that are not in the tree", mode: mirrortest.BadRecord, code: "SUM017"},
		{name: "unknown authority", mode: mirrortest.OK, server: tls(mirrortest.TLSGood), code: "TLS001"},
		{name: "expired", mode: mirrortest.OK, server: tls(mirrortest.TLSExpired), trust: true, code: "TLS006"},
		{name: "not yet valid", mode: mirrortest.OK, server: tls(mirrortest.TLSNotYet), trust: true, code: "TLS002"},
		{name: "another name", mode: mirrortest.OK, server: tls(mirrortest.TLSWrongName), trust: true, code: "TLS007"},
		{name: "TLS 1.1", mode: mirrortest.OK, server: tls(mirrortest.TLSOld), trust: true, code: "TLS005"},
		{name: "the clock", mode: mirrortest.OK, server: mirrortest.Options{Skew: time.Hour}, code: "TLS002"},
		{name: "the proxy forbids", mode: mirrortest.OK, server: tls(mirrortest.TLSGood), trust: true, proxy: forward(mirrortest.ProxyOptions{Status: http.StatusForbidden}), code: "NET014"},
		{name: "the proxy wants a password", mode: mirrortest.OK, server: tls(mirrortest.TLSGood), trust: true, proxy: forward(mirrortest.ProxyOptions{Status: http.StatusProxyAuthRequired}), code: "NET019"},
		{name: "the proxy is not there", mode: mirrortest.OK, server: tls(mirrortest.TLSGood), trust: true, proxy: func(t *testing.T, _ *mirrortest.Server) string {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = l.Close() }()
			return "http://" + l.Addr().String()
		}, code: "NET011"},
		{name: "https to a plain proxy", mode: mirrortest.OK, server: tls(mirrortest.TLSGood), trust: true, proxy: func(t *testing.T, s *mirrortest.Server) string {
			return strings.Replace(forward(mirrortest.ProxyOptions{})(t, s), "http:", "https:", 1)
		}, code: "NET010"},
		{name: "the proxy's own way out is dead", mode: mirrortest.OK, server: tls(mirrortest.TLSGood), trust: true, proxy: forward(mirrortest.ProxyOptions{Status: http.StatusBadGateway}), code: "NET020"},
		{name: "https to a plain mirror", mode: mirrortest.OK, https: true, code: "TLS010"},
	} {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			found, silenced := check(t, f)
			var want []string
			if f.code != "" {
				want = []string{f.code}
			}
			if f.code != "" {
				found = slices.DeleteFunc(found, func(code string) bool { return code == "SUM006" })
			}
			if !slices.Equal(found, want) {
				t.Errorf("found %v, want %v; silenced %v", found, want, silenced)
			}
		})
	}
}

// online are the areas that read what the network said.
var online = []string{"PRX", "SUM", "NET", "TLS"}

// check probes the state and runs all rules over it; the codes of the online
// areas come back, each once.
func check(t *testing.T, f fault) (found, silenced []string) {
	t.Helper()
	const hello = "example.com/hello"
	f.server.Modules = mirrortest.Modules{
		hello + "@v1.0.0": {"hello.go": "package hello\n"},
		"golang.org/toolchain@v0.0.1-go1.25.5.linux-amd64": {"bin/go": "an executable\n"},
	}
	f.server.SumDB, f.server.Delay = "sum.mirror.test", time.Minute
	s := mirrortest.New(t, f.server)
	url := s.URL(f.mode)
	if f.https {
		url = strings.Replace(url, "http:", "https:", 1)
	}
	environ := []string{"GOSUMDB=" + s.SumDBKey()}
	if f.proxy != nil {
		url = "https://mirror.test/" + string(f.mode)
		environ = append(environ, "HTTPS_PROXY="+f.proxy(t, s))
	}
	environ = append(environ, "GOPROXY="+url+",off")
	snap := &envcheck.Snapshot{Schema: 1, Taken: time.Now(), Dir: "/home/dev/app", Home: "/home/dev", Machine: envcheck.Machine{OS: "linux", Arch: "amd64"},
		Certs: envcheck.Certs{System: "/etc/ssl/certs/ca-certificates.crt"}}
	if f.trust {
		file := filepath.Join(t.TempDir(), "ca.pem")
		if err := os.WriteFile(file, s.CA(), 0o644); err != nil {
			t.Fatal(err)
		}
		environ = append(environ, "SSL_CERT_FILE="+file)
		snap.Certs.File, snap.Certs.FileOK = file, true
	}
	snap.Environ = environ
	step := time.Minute
	if f.mode == mirrortest.Slow || f.mode == mirrortest.Drip {
		step = 5 * time.Second
	}
	zip, mod := s.Sums(hello, "v1.0.0")
	m := module.Version{Path: hello, Version: "v1.0.0"}
	n, missing, err := probe.Run(t.Context(), probe.Options{Timeout: 5 * time.Minute, StepTimeout: step, View: envcheck.NewView(snap, envcheck.Profile{}, envcheck.Policy{}),
		Pins: &mirror.Pins{Module: m, ModSum: mod, ZipSum: zip, Zip: m, Absent: module.Version{Path: "absent.invalid/module", Version: "v1.0.0"}, Key: s.SumDBKey(), Version: "1.25.5"}})
	if err != nil || len(missing) > 0 {
		t.Fatalf("%v, missing %v", err, missing)
	}
	without := envcheck.Check(snap, rules.All(), envcheck.Options{Only: online})
	offline := map[string]bool{}
	for _, x := range without.Findings {
		offline[x.Code+x.Message.EN] = true
	}
	snap.Network = n
	r := envcheck.Check(snap, rules.All(), envcheck.Options{Only: online})
	for _, x := range r.Findings {
		// NET010 suspects the port before anybody asked it.
		if (!offline[x.Code+x.Message.EN] || x.Code == f.code) && !slices.Contains(found, x.Code) {
			found = append(found, x.Code)
		}
	}
	for _, x := range r.Silenced {
		silenced = append(silenced, x.Code+" by "+x.By)
	}
	slices.Sort(found)
	return found, silenced
}
