package server

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	bignum "math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

// until waits for something that is about to come.
func until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it never came: %s", what)
		}
	}
}

// serverPair is a certificate with this serial number, and its key.
func serverPair(t testing.TB, serial int64) (cert, key []byte) {
	t.Helper()
	return livingPair(t, serial, 2*time.Hour)
}

// livingPair is one that is valid for this long, from an hour ago.
func livingPair(t testing.TB, serial int64, life time.Duration) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: bignum.NewInt(serial), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(life - time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})
}

// A certificate that its authority's tool has renewed is that of the next connection;
// one that is half written, or broken, is told of and not taken.
func TestCertificateIsRenewed(t *testing.T) {
	dir := t.TempDir()
	cert, key := filepath.Join(dir, "live", "cert.pem"), filepath.Join(dir, "live", "key.pem")
	store := func(n int64, only string) {
		c, k := serverPair(t, n)
		if only != "key" {
			put(t, cert, c)
		}
		if only != "cert" {
			put(t, key, k)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "live"), 0o700); err != nil {
		t.Fatal(err)
	}
	store(1, "")
	f := files(t)
	r := run(t, New(Options{Files: f, Cache: f.c}), Listen{CertFile: cert, KeyFile: key, renew: 10 * time.Millisecond})
	serial := func() int64 {
		c, err := tls.Dial("tcp", strings.TrimPrefix(r.public, "http://"), &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		return c.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
	}
	if n := serial(); n != 1 {
		t.Fatalf("serial %d", n)
	}
	store(2, "")
	until(t, "the second certificate", func() bool { return serial() == 2 })
	store(3, "cert") // the key is still the second's
	until(t, "a word about it", func() bool { return strings.Contains(r.log.String(), "certificate changed and cannot be used") })
	if n := serial(); n != 2 {
		t.Errorf("serial %d", n)
	}
	if err := os.Rename(filepath.Join(dir, "live"), filepath.Join(dir, "away")); err != nil {
		t.Fatal(err)
	}
	until(t, "a word about what is gone", func() bool { return strings.Count(r.log.String(), "cannot be used") > 1 })
	if n := serial(); n != 2 {
		t.Errorf("serial %d", n)
	}
	if err := os.Mkdir(filepath.Join(dir, "live"), 0o700); err != nil {
		t.Fatal(err)
	}
	store(4, "")
	until(t, "the fourth certificate", func() bool { return serial() == 4 })
	if n := strings.Count(r.log.String(), "cannot be used"); n > 10 {
		t.Errorf("told %d times", n)
	}
}

// A broken certificate at the start is not served.
func TestCertificateAtTheStart(t *testing.T) {
	name := filepath.Join(t.TempDir(), "cert.pem")
	put(t, name, []byte("no certificate"))
	f := files(t)
	err := New(Options{Files: f, Cache: f.c}).Serve(t.Context(), Listen{Public: "127.0.0.1:0", CertFile: name, KeyFile: name})
	if err == nil || !strings.Contains(msg.In(err, msg.Chinese), "读取证书") {
		t.Error(err)
	}
}

// Tokens that are added, changed or taken away count without a restart; a file with a
// fault, or with nobody, leaves the old ones.
func TestTokensAreRenewed(t *testing.T) {
	s := open(t, t.TempDir(), "  offline: true\n  tokens_file: tokens\n  routes: [{match: git.corp.test/pay, access: [team]}]\n")
	status := func(token, path string) int {
		r, err := http.NewRequest(http.MethodGet, s.public+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		resp, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	t.Cleanup(http.DefaultTransport.(*http.Transport).CloseIdleConnections)
	write := func(lines ...string) {
		text := ""
		for _, l := range lines {
			name, token, _ := strings.Cut(l, " ")
			text += fmt.Sprintf("%s %x\n", name, sha256.Sum256([]byte(token)))
		}
		// As a whole, as whoever edits it should.
		put(t, filepath.Join(s.dir, "new"), []byte(text))
		if err := os.Rename(filepath.Join(s.dir, "new"), filepath.Join(s.dir, "tokens")); err != nil {
			t.Fatal(err)
		}
	}
	const all, pay = "/example.com/x/@v/list", "/git.corp.test/pay/@v/list"
	if status("team-token", all) != 404 || status("team-token", pay) != 404 || status("guest", all) != 401 {
		t.Fatalf("%d %d %d", status("team-token", all), status("team-token", pay), status("guest", all))
	}
	write("team other-token", "guest guest")
	until(t, "the new tokens", func() bool { return status("guest", all) == 404 })
	for token, want := range map[string][2]int{"team-token": {401, 401}, "other-token": {404, 404}, "guest": {404, 401}} {
		if got := [2]int{status(token, all), status(token, pay)}; got != want {
			t.Errorf("%s: %v, want %v", token, got, want)
		}
	}
	for i, lines := range [][]string{{}, {"guest guest", "guest twice"}} {
		write(lines...)
		until(t, "a word about it", func() bool { return strings.Count(s.log.String(), "tokens changed and cannot be used") == i+1 })
		if status("other-token", pay) != 404 || status("guest", all) != 404 || status("", all) != 401 {
			t.Errorf("%v: somebody was shut out, or let in", lines)
		}
	}
	write("guest guest")
	until(t, "the end of a token that a route names", func() bool { return status("other-token", pay) == 401 })
	for token, want := range map[string][2]int{"other-token": {401, 401}, "guest": {404, 401}, "": {401, 401}} {
		if got := [2]int{status(token, all), status(token, pay)}; got != want {
			t.Errorf("%s: %v, want %v", token, got, want)
		}
	}
	if !strings.Contains(s.log.String(), "names=[team]") {
		t.Errorf("nobody is told:\n%s", s.log)
	}
	write("team again", "guest guest")
	until(t, "the token that came back", func() bool { return status("again", pay) == 404 })
	if strings.Contains(s.log.String(), "other-token") {
		t.Error("a token is in the log")
	}
}

// Whoever a route names and has no token any more is shut out of it, and nobody let in.
func TestReplaceTokens(t *testing.T) {
	hash := func(s string) proxy.TokenHash { return sha256.Sum256([]byte(s)) }
	routes := proxy.Routes{{Name: "pay", Pattern: "git.corp.test/pay", Tokens: map[string]proxy.TokenHash{"pay": hash("1")}}}
	g := newGate(nil, routes, nil)
	for _, step := range []struct {
		tokens map[string]proxy.TokenHash
		gone   string
		good   string // the token that is let in; "" = none
	}{
		{map[string]proxy.TokenHash{"pay": hash("2")}, "[]", "2"},
		{map[string]proxy.TokenHash{"other": hash("2")}, "[pay]", ""},
		{map[string]proxy.TokenHash{"other": hash("2"), "pay": hash("3")}, "[]", "3"},
	} {
		if gone := fmt.Sprint(g.replace(step.tokens)); gone != step.gone {
			t.Errorf("%s have none, want %s", gone, step.gone)
		}
		for _, token := range []string{"", "1", "2", "3"} {
			if _, no := g.admit(asker{token: token, sent: token != ""}, &routes[0]); (no == nil) != (token != "" && token == step.good) {
				t.Errorf("%+v: %q: %v", step, token, no)
			}
		}
		if _, no := g.admit(asker{}, nil); no != nil {
			t.Errorf("a token is asked for where none was: %v", no)
		}
	}
}

// What a file has counts, not how it looks: a link is swapped, times are kept or go
// back, a file becomes readable. What could not be read is tried again.
func TestRenewedByContent(t *testing.T) {
	dir := t.TempDir()
	link, when := filepath.Join(dir, "live"), time.Now().Add(-time.Hour)
	version := func(name, content string, at time.Time) {
		name = filepath.Join(dir, name)
		put(t, name, []byte(content))
		if err := os.Chtimes(name, at, at); err != nil {
			t.Fatal(err)
		}
		_ = os.Remove(link)
		if err := os.Symlink(name, link); err != nil {
			t.Skip(err) // Windows, without the right to
		}
	}
	got, broken := "", false
	r := &renewed{what: "thing", files: []string{link}, load: func() error {
		data, err := os.ReadFile(link)
		if broken {
			err = errors.New("too many open files")
		}
		if err == nil {
			got = string(data)
		}
		return err
	}}
	log := slog.New(slog.DiscardHandler)
	for i, step := range []struct {
		content string
		at      time.Time
	}{{"one", when}, {"two", when}, {"six", when.Add(-time.Hour)}, {"ten", time.Now().Add(time.Hour)}} {
		version(fmt.Sprint(i), step.content, step.at)
		if r.look(log); got != step.content {
			t.Errorf("%q, want %q", got, step.content)
		}
	}
	broken = true
	version("4", "end", when)
	r.look(log)
	broken = false
	if r.look(log); got != "end" {
		t.Errorf("%q after a moment's trouble", got)
	}
}

// An expired certificate does not take the place of one that is valid; where both are of
// no use, the file has the word.
func TestCertificateThatExpired(t *testing.T) {
	dir := t.TempDir()
	c := &certificate{cert: filepath.Join(dir, "cert.pem"), key: filepath.Join(dir, "key.pem")}
	for i, step := range []struct {
		life  time.Duration // from an hour ago
		taken bool
	}{{time.Minute, true}, {2 * time.Minute, true}, {2 * time.Hour, true}, {time.Minute, false}, {3 * time.Hour, true}} {
		cert, key := livingPair(t, int64(i), step.life)
		put(t, c.cert, cert)
		put(t, c.key, key)
		if err := c.load(); (err == nil) != step.taken {
			t.Errorf("%d: %v", i, err)
		}
		if taken := c.now.Load().Leaf.SerialNumber.Int64() == int64(i); taken != step.taken {
			t.Errorf("%d: taken is %v", i, taken)
		}
	}
}
