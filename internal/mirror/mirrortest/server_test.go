package mirrortest

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var modules = Modules{
	"example.com/hello@v1.0.0": {"hello.go": "package hello\n\nconst Word = \"old\"\n"},
	"example.com/hello@v1.2.0": {"hello.go": "package hello\n\nconst Word = \"hello\"\n", "LICENSE": "free\n"},
	"example.com/Upper@v0.1.0": {"go.mod": "module example.com/Upper\n\ngo 1.20\n", "u.go": "package upper\n"},
}

// goGet asks the real go command for a module and returns what it says.
func goGet(t *testing.T, module, goproxy, gosumdb string, more ...string) (string, error) {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.Command("go", "mod", "download", "-modcacherw", "-json", module)
	cmd.Dir = dir
	// Without HOME go has no place for its telemetry, whose background process
	// would still write while the test cleans up.
	cmd.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "GOPATH=" + filepath.Join(dir, "gopath"), "GOCACHE=" + filepath.Join(dir, "cache"),
		"GOENV=off", "GOTOOLCHAIN=local", "GOFLAGS=", "GOPROXY=" + goproxy, "GOSUMDB=" + gosumdb,
	}, more...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// The real go command is content with the good modes and catches the bad ones.
func TestTheRealGoCommand(t *testing.T) {
	s := New(t, Options{Modules: modules, SumDB: "sum.mirror.test", Tick: time.Millisecond, Delay: time.Millisecond})
	for _, tc := range []struct {
		module string
		modes  string
		want   string // "" = success
	}{
		{"example.com/hello@v1.2.0", "ok", ""},
		{"example.com/hello@latest", "ok", ""},
		{"example.com/Upper@v0.1.0", "ok", ""},
		{"example.com/hello@v1.2.0", "404,ok", ""},
		{"example.com/hello@v1.2.0", "410,ok", ""},
		{"example.com/hello@v1.2.0", "500|ok", ""},
		{"example.com/hello@v1.2.0", "reset|ok", ""},
		{"example.com/hello@v1.2.0", "redirect", ""},
		{"example.com/hello@v1.2.0", "redirectzip", ""},
		{"example.com/hello@v1.2.0", "slow", ""},
		{"example.com/hello@v1.2.0", "norange", ""},
		{"example.com/hello@v1.2.0", "500,ok", "500 Internal Server Error"},
		{"example.com/hello@v1.2.0", "403,ok", "403 Forbidden"},
		{"example.com/hello@v1.2.0", "401,ok", "401 Unauthorized"},
		{"example.com/hello@v1.2.0", "auth", "401 Unauthorized"},
		{"example.com/hello@v1.2.0", "html", "invalid character"},
		{"example.com/hello@v1.2.0", "login", "invalid character"},
		{"example.com/hello@v1.2.0", "loop", "stopped after"},
		{"example.com/hello@v1.2.0", "truncated", "unexpected EOF"},
		{"example.com/hello@v1.2.0", "reset", "EOF"},
		{"example.com/hello@v1.2.0", "badzip", "checksum mismatch"},
		{"example.com/hello@v1.2.0", "badmod", "checksum mismatch"},
		{"example.com/hello@v1.2.0", "badkey", "no verifiable signatures"},
		{"example.com/hello@v1.2.0", "badrecord", "cannot authenticate record data"},
		{"example.com/none@v1.2.0", "ok", "404 Not Found"},
		{"example.com/none@v1.2.0", "allforbidden", "403 Forbidden"},
		{"example.com/hello@v1.2.0", "nonsense", "404 Not Found"},
	} {
		goproxy := ""
		for _, word := range strings.FieldsFunc(tc.modes, func(r rune) bool { return r == ',' || r == '|' }) {
			goproxy += s.URL(Mode(word))
			if rest := tc.modes[min(len(tc.modes), strings.Index(tc.modes, word)+len(word)):]; rest != "" {
				goproxy += rest[:1]
			}
		}
		out, err := goGet(t, tc.module, goproxy, s.SumDBKey())
		if tc.want == "" && err != nil || tc.want != "" && (err == nil || !strings.Contains(out, tc.want)) {
			t.Errorf("%s of %s: %v, want %q in\n%s", tc.module, tc.modes, err, tc.want, out)
		}
	}
}

func TestTheLogAndTheDirectDatabase(t *testing.T) {
	s := New(t, Options{Modules: modules, SumDB: "sum.mirror.test"})
	if out, err := goGet(t, "example.com/Upper@v0.1.0", s.URL(OK), s.SumDBKey()+" "+s.SumDBURL()); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var paths []string
	for _, r := range s.Requests() {
		paths = append(paths, r.Method+" "+r.Path)
		if r.Host != s.Addr() || r.Auth {
			t.Errorf("unexpected %+v", r)
		}
	}
	all := strings.Join(paths, "\n")
	for _, want := range []string{"GET /ok/example.com/!upper/@v/v0.1.0.zip", "GET /sumdb-direct/lookup/example.com/!upper@v0.1.0"} {
		if !strings.Contains(all, want) {
			t.Errorf("no %s in\n%s", want, all)
		}
	}
	if s.Forget(); len(s.Requests()) != 0 {
		t.Error("the log was not forgotten")
	}
}

func get(t *testing.T, c *http.Client, url string, headers ...string) (*http.Response, []byte, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := c.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	return resp, body, err
}

func client(t *testing.T, tr *http.Transport) *http.Client {
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr}
}

func TestBodiesAndHeaders(t *testing.T) {
	s := New(t, Options{Modules: modules, Skew: -time.Hour, Tick: time.Millisecond})
	c := client(t, &http.Transport{})
	zip := "/example.com/hello/@v/v1.2.0.zip"

	resp, part, err := get(t, c, s.URL(OK)+zip, "Range", "bytes=0-9")
	if err != nil || resp.StatusCode != http.StatusPartialContent || len(part) != 10 {
		t.Errorf("range: %v, %d bytes, %v", resp, len(part), err)
	}
	if date, err := http.ParseTime(resp.Header.Get("Date")); err != nil || time.Since(date) < 59*time.Minute {
		t.Errorf("Date %q does not lag", resp.Header.Get("Date"))
	}
	whole, body, err := get(t, c, s.URL(NoRange)+zip, "Range", "bytes=0-9")
	if err != nil || whole.StatusCode != http.StatusOK || !bytes.HasPrefix(body, part) || len(body) <= 10 {
		t.Errorf("no range: %v, %d bytes, %v", whole, len(body), err)
	}
	if _, _, err := get(t, c, s.URL(Truncated)+zip); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("truncated: %v", err)
	}
	if _, list, err := get(t, c, s.URL(Stale)+"/example.com/hello/@v/list"); err != nil || string(list) != "v1.2.0\n" {
		t.Errorf("stale list: %q, %v", list, err)
	}
	if _, list, err := get(t, c, s.URL(Drip)+"/example.com/hello/@v/list"); err != nil || string(list) != "v1.0.0\nv1.2.0\n" {
		t.Errorf("dripping list: %q, %v", list, err)
	}
	if resp, _, err := get(t, c, s.URL(Auth)+zip, "Authorization", "Basic x"); err != nil || resp.StatusCode != http.StatusOK {
		t.Errorf("with credentials: %v, %v", resp, err)
	}
	if last := s.Requests()[len(s.Requests())-1]; !last.Auth {
		t.Errorf("the log has %+v", last)
	}
	if z, m := s.Sums("example.com/hello", "v1.2.0"); !strings.HasPrefix(z, "h1:") || !strings.HasPrefix(m, "h1:") || z == m {
		t.Errorf("sums %q %q", z, m)
	}
}

func TestCloseDoesNotWaitForSlowAnswers(t *testing.T) {
	s, err := Start(Options{Modules: modules, Delay: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	tr := &http.Transport{}
	go func() {
		defer close(done)
		resp, err := (&http.Client{Transport: tr}).Get(s.URL(Slow) + "/example.com/hello/@v/list")
		if err == nil {
			_ = resp.Body.Close()
		}
	}()
	for len(s.Requests()) == 0 {
		runtime.Gosched()
	}
	begin := time.Now()
	s.Close()
	if d := time.Since(begin); d > 30*time.Second {
		t.Errorf("closing took %v", d)
	}
	<-done
	tr.CloseIdleConnections()
}

func TestCertificates(t *testing.T) {
	for kind, want := range map[TLS]func(error) bool{
		TLSGood:      func(err error) bool { return err == nil },
		TLSExpired:   func(err error) bool { return invalid(err, x509.Expired) },
		TLSNotYet:    func(err error) bool { return invalid(err, x509.Expired) },
		TLSWrongName: func(err error) bool { var e x509.HostnameError; return errors.As(err, &e) },
		TLSOld:       func(err error) bool { return err != nil && strings.Contains(err.Error(), "protocol version") },
	} {
		s := New(t, Options{Modules: modules, TLS: kind})
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM(s.CA())
		c := client(t, &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}})
		if _, _, err := get(t, c, s.URL(OK)+"/example.com/hello/@v/list"); !want(err) {
			t.Errorf("%s: %v", kind, err)
		}
		var unknown x509.UnknownAuthorityError
		if _, _, err := get(t, client(t, &http.Transport{}), s.URL(OK)); kind == TLSGood && !errors.As(err, &unknown) {
			t.Errorf("%s without the authority: %v", kind, err)
		}
	}
}

func invalid(err error, reason x509.InvalidReason) bool {
	var e x509.CertificateInvalidError
	return errors.As(err, &e) && e.Reason == reason
}

// Through the proxy the mirror has any name one likes, over both schemes, and
// the real go command finds it.
func TestProxyGivesTheMirrorAName(t *testing.T) {
	plain := New(t, Options{Modules: modules})
	secure := New(t, Options{Modules: modules, TLS: TLSGood})
	p := NewProxy(t, ProxyOptions{Closed: true, Hosts: map[string]string{"mirror.test:80": plain.Addr(), "mirror.test:443": secure.Addr()}})
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, secure.CA(), 0o600); err != nil {
		t.Fatal(err)
	}
	env := []string{"HTTP_PROXY=" + p.URL(), "HTTPS_PROXY=" + p.URL(), "SSL_CERT_FILE=" + ca}
	for _, scheme := range []string{"http", "https"} {
		if scheme == "https" && (runtime.GOOS == "windows" || runtime.GOOS == "darwin") {
			continue // SSL_CERT_FILE is for other systems
		}
		if out, err := goGet(t, "example.com/hello@v1.2.0", scheme+"://mirror.test/ok", "off", env...); err != nil {
			t.Errorf("%s: %v\n%s", scheme, err, out)
		}
	}
	if out, err := goGet(t, "example.com/hello@v1.2.0", "https://elsewhere.test/ok", "off", env...); err == nil || !strings.Contains(out, "Bad Gateway") {
		t.Errorf("a host the proxy does not know: %v\n%s", err, out)
	}
	refusing := NewProxy(t, ProxyOptions{Status: http.StatusForbidden})
	if out, err := goGet(t, "example.com/hello@v1.2.0", "https://mirror.test/ok", "off", "HTTPS_PROXY="+refusing.URL()); err == nil || !strings.Contains(out, "Forbidden") {
		t.Errorf("a proxy that refuses: %v\n%s", err, out)
	}
	if log := refusing.Requests(); len(log) == 0 || log[0].Method != http.MethodConnect || log[0].Host != "mirror.test:443" {
		t.Errorf("the proxy's log: %+v", log)
	}
}

func TestBadModules(t *testing.T) {
	for _, m := range []Modules{{"no-version": {}}, {"example.com/x@1.0": {}}, {"example.com/x@v1.0.0": {"../up.go": "x"}}} {
		if s, err := Start(Options{Modules: m}); err == nil {
			s.Close()
			t.Errorf("%v was accepted", m)
		}
	}
}

// The database may know what the mirror does not hold.
func TestLoggedOnly(t *testing.T) {
	s := New(t, Options{Modules: modules, SumDB: "sum.mirror.test", Logged: map[string]string{"golang.org/toolchain@v0.0.1-go1.26.8.linux-amd64": "h1:logged="}})
	c := client(t, &http.Transport{})
	const escaped = "golang.org/toolchain@v0.0.1-go1.26.8.linux-amd64"
	if _, record, err := get(t, c, s.URL(OK)+"/sumdb/sum.mirror.test/lookup/"+escaped); err != nil || !strings.Contains(string(record), " h1:logged=\n") {
		t.Errorf("%s, %v", record, err)
	}
	if resp, _, err := get(t, c, s.URL(OK)+"/golang.org/toolchain/@v/v0.0.1-go1.26.8.linux-amd64.zip"); err != nil || resp.StatusCode != http.StatusNotFound {
		t.Errorf("%v, %v", resp, err)
	}
}

// Cut breaks off after so many bytes of a body, and the log counts what went out.
func TestCutAndCount(t *testing.T) {
	s := New(t, Options{Modules: modules})
	c := client(t, &http.Transport{})
	const path = "/example.com/hello/@v/v1.2.0.zip"
	_, all, err := get(t, c, s.URL(OK)+path)
	if err != nil {
		t.Fatal(err)
	}
	_, part, err := get(t, c, s.URL(Cut(10))+path)
	if !errors.Is(err, io.ErrUnexpectedEOF) || string(part) != string(all[:10]) {
		t.Errorf("%d bytes, %v", len(part), err)
	}
	if _, rest, err := get(t, c, s.URL(Cut(1<<20))+path, "Range", "bytes=10-"); err != nil || string(rest) != string(all[10:]) {
		t.Errorf("%d bytes, %v", len(rest), err)
	}
	log := s.Requests()
	if len(log) != 3 || log[0].Bytes != int64(len(all)) || log[1].Bytes != 10 || log[2].Bytes != int64(len(all)-10) || log[2].Range != "bytes=10-" || log[0].Range != "" {
		t.Errorf("%+v", log)
	}
}
