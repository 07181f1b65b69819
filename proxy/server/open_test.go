package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"github.com/yingzao-dev/yingzao/proxy/config"
)

const sumName = "sum.mirror.test"

func upstreamMirror(t testing.TB) *mirrortest.Server {
	t.Helper()
	return mirrortest.New(t, mirrortest.Options{SumDB: sumName, Modules: mirrortest.Modules{
		"example.com/hello@v1.0.0":  {"hello.go": "package hello\n\nimport _ \"example.com/Upper\"\n", "go.mod": "module example.com/hello\n\nrequire example.com/Upper v1.1.0\n"},
		"example.com/Upper@v1.1.0":  {"u.go": "package upper\n"},
		"example.com/evil@v1.0.0":   {"e.go": "package evil\n"},
		"git.corp.test/team@v1.0.0": {"t.go": "package team\n"},
	}})
}

// site is a proxy that runs, composed of a configuration.
type site struct {
	public, admin, access, dir string
	log                        *lockedBuffer
	stop                       func() error
}

// open writes a configuration and runs it.
func open(t testing.TB, cacheDir, text string, more ...func(*Deps)) *site {
	t.Helper()
	dir := t.TempDir()
	name := filepath.Join(dir, ".yingzao.yaml")
	s := &site{access: filepath.Join(dir, "access.log"), dir: dir, log: &lockedBuffer{}}
	put(t, filepath.Join(dir, "tokens"), []byte(fmt.Sprintf("team %x\n", sha256.Sum256([]byte("team-token")))))
	put(t, filepath.Join(dir, "admin"), []byte(canary))
	if err := os.Chmod(filepath.Join(dir, "admin"), 0o600); err != nil {
		t.Fatal(err)
	}
	text = "version: 1\nproxy:\n  listen: 127.0.0.1:0\n  admin: {listen: '127.0.0.1:1', token_file: admin}\n  cache: {dir: '" + cacheDir + "'}\n  downloads: {mirrors: []}\n  log: {access: access.log}\n" + text
	c, err := config.Parse(name, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	d := Deps{Log: slog.New(slog.NewTextHandler(s.log, nil)), Temp: filepath.Join(t.TempDir(), "w"), Version: "v0.0.0-test"}
	for _, change := range more {
		change(&d)
	}
	srv, err := Open(t.Context(), c, d)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ready, done := make(chan struct{}), make(chan error, 1)
	go func() {
		done <- srv.Run(ctx, Listen{Public: c.Listen, Admin: "127.0.0.1:0", renew: 20 * time.Millisecond, Listening: func(public, admin string) error {
			s.public, s.admin = "http://"+public, "http://"+admin
			close(ready)
			return nil
		}})
	}()
	select {
	case <-ready:
	case err := <-done:
		t.Fatal(err)
	}
	s.stop = sync.OnceValue(func() error { cancel(); return <-done })
	t.Cleanup(func() {
		if err := s.stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// goGet runs the real go command in an empty project that needs the modules.
func goGet(t testing.TB, proxy, sumdb string, more ...string) (out string, err error) {
	t.Helper()
	dir := t.TempDir()
	put(t, filepath.Join(dir, "go.mod"), []byte("module example.com/x\n\ngo 1.21\n\nrequire example.com/hello v1.0.0\n"))
	put(t, filepath.Join(dir, "x.go"), []byte("package x\n\nimport _ \"example.com/hello\"\n"))
	cmd := exec.Command("go", "mod", "download", "-json", "all")
	cmd.Dir = dir
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + mirrortest.Home(t), "GOENV=off", "GOPATH=" + filepath.Join(dir, "gopath"), "GOCACHE=" + filepath.Join(dir, "gocache"),
		"GOFLAGS=-modcacherw", "GOTOOLCHAIN=local", "GOPROXY=" + proxy, "GOSUMDB=" + sumdb}, more...)
	var b bytes.Buffer
	cmd.Stdout, cmd.Stderr = &b, &b
	err = cmd.Run()
	sum, _ := os.ReadFile(filepath.Join(dir, "go.sum"))
	return b.String() + string(sum), err
}

// The real go command through an empty proxy, its checksum database through it
// too; then again with the mirror gone, and after a restart; and what its status
// says then.
func TestRealGo(t *testing.T) {
	up := upstreamMirror(t)
	dir := t.TempDir()
	text := fmt.Sprintf("  mirrors: ['%s']\n  sumdb: {databases: ['%s']}\n", up.URL(mirrortest.OK), up.SumDBKey())
	s := open(t, dir, text)
	out, err := goGet(t, s.public, up.SumDBKey())
	if err != nil || !strings.Contains(out, "example.com/!upper/@v/v1.1.0.zip") || strings.Contains(out, `"Error"`) {
		t.Fatalf("%v\n%s\n%s", err, out, s.log)
	}
	for _, r := range up.Requests() {
		if strings.Contains(r.Path, "/list") || strings.Count(r.Path, "!") > 1 {
			t.Errorf("asked upstream: %s", r.Path)
		}
	}
	up.Close()
	if out, err := goGet(t, s.public, up.SumDBKey()); err != nil {
		t.Fatalf("with the mirror gone: %v\n%s\n%s", err, out, s.log)
	}
	if a := get(t, s.public+"/example.com/none/@v/v1.0.0.info"); a.StatusCode != 503 || a.Header.Get("Retry-After") == "" {
		t.Errorf("what nobody knows: %s %s", a.Status, a.body)
	}
	if a := get(t, s.admin+"/status.json"); !strings.Contains(a.body, sumName) || !strings.Contains(a.body, `"ready": true`) {
		t.Errorf("%s", a.body)
	}
	if a := get(t, s.admin+"/debug/flight", "Authorization", "Bearer "+canary); a.StatusCode != 200 || !strings.HasPrefix(a.body, "go 1.") {
		t.Errorf("%s %.20q", a.Status, a.body)
	}
	start := time.Now()
	if err := s.stop(); err != nil || time.Since(start) > 15*time.Second { // the limit is 30 s
		t.Errorf("%v after %v", err, time.Since(start))
	}
	access, err := os.ReadFile(s.access)
	if err != nil || !bytes.Contains(access, []byte(`"cache":"miss"`)) || !bytes.Contains(access, []byte(`"module":"example.com/Upper"`)) {
		t.Errorf("%v %s", err, access)
	}
	s = open(t, dir, "  offline: true\n  sumdb: {databases: ['"+up.SumDBKey()+"']}\n")
	if out, err := goGet(t, s.public, up.SumDBKey()); err != nil {
		t.Fatalf("offline after a restart: %v\n%s\n%s", err, out, s.log)
	}
	if a := get(t, s.public+"/example.com/none/@v/v1.0.0.info"); a.StatusCode != 404 {
		t.Errorf("offline, the cache is the world: %s", a.Status)
	}
}

// P10 and P22 as the real go command sees them: a mirror that changed a zip.
func TestP10P22RealGo(t *testing.T) {
	up := upstreamMirror(t)
	s := open(t, t.TempDir(), fmt.Sprintf("  mirrors: ['%s']\n  sumdb: {databases: ['%s']}\n", up.URL(mirrortest.BadZip), up.SumDBKey()))
	out, err := goGet(t, s.public, up.SumDBKey())
	if err == nil || !strings.Contains(out, "403 Forbidden") || !strings.Contains(out, "fails verification") {
		t.Errorf("%v\n%s", err, out)
	}
	deadline := time.Now().Add(time.Minute)
	for !strings.Contains(s.log.String(), "quarantined") && time.Now().Before(deadline) {
		time.Sleep(time.Millisecond)
	}
	if !strings.Contains(get(t, s.admin+"/metrics").body, `yingzao_proxy_fill_events_total{kind="zip",what="quarantined"}`) {
		t.Errorf("no alarm:\n%s", s.log)
	}
}

// P20: private names go nowhere but to their route, blocked ones nowhere at all.
func TestP20Routes(t *testing.T) {
	public, private := upstreamMirror(t), upstreamMirror(t)
	s := open(t, t.TempDir(), fmt.Sprintf(`  mirrors: ['%s']
  sumdb: {databases: ['%s']}
  tokens_file: tokens
  routes:
    - {name: corp, match: git.corp.test, mirrors: ['%s'], private: true, access: [team]}
    - {name: evil, match: example.com/evil, block: it phones home}
`, public.URL(mirrortest.OK), public.SumDBKey(), private.URL(mirrortest.OK)))
	auth := []string{"Authorization", "Bearer team-token"}
	for _, tc := range []struct {
		path   string
		header []string
		status int
	}{
		{"/example.com/hello/@v/v1.0.0.mod", nil, 401},
		{"/example.com/hello/@v/v1.0.0.mod", auth, 200},
		{"/git.corp.test/team/@v/v1.0.0.mod", auth, 200},
		{"/git.corp.test/team/@v/list", auth, 200},
		{"/git.corp.test/team/@v/v1.0.0.mod", nil, 401},
		{"/git.corp.test/other/@v/list", auth, 404},
		{"/sumdb/" + sumName + "/lookup/git.corp.test/team@v1.0.0", auth, 403},
		{"/sumdb/" + sumName + "/lookup/example.com/hello@v1.0.0", auth, 200},
		{"/example.com/evil/@v/v1.0.0.mod", auth, 403},
		{"/example.com/evil/@v/list", auth, 403},
	} {
		if a := get(t, s.public+tc.path, tc.header...); a.StatusCode != tc.status {
			t.Errorf("%s: %s %s", tc.path, a.Status, a.body)
		}
	}
	for _, r := range public.Requests() {
		if strings.Contains(r.Path, "corp") || strings.Contains(r.Path, "evil") {
			t.Errorf("leaked: %s", r.Path)
		}
	}
	for _, r := range private.Requests() {
		if !strings.Contains(r.Path, "git.corp.test") {
			t.Errorf("a public name at the private mirror: %s", r.Path)
		}
	}
	if strings.Contains(s.log.String(), "team-token") {
		t.Error("a token in the log")
	}
}

// What is wrong with a configuration is said before anybody listens, and nothing
// stays behind.
// Whose folder is gone, or is another one now, as after a volume was mounted again,
// can keep nothing any more, and says so.
func TestReadyWithoutItsFolder(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a folder in use stays there")
	}
	dir := filepath.Join(t.TempDir(), "mod")
	s := open(t, dir, "  offline: true\n")
	ready := func() answered { return get(t, s.admin+"/readyz") }
	if a := ready(); a.StatusCode != 200 {
		t.Fatal(a.Status, a.body)
	}
	if err := os.Rename(dir, dir+".away"); err != nil {
		t.Fatal(err)
	}
	if a := ready(); a.StatusCode != 503 || !strings.Contains(a.body, "no such file") {
		t.Error(a.Status, a.body)
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if a := ready(); a.StatusCode != 503 || !strings.Contains(a.body, "another folder") {
		t.Error(a.Status, a.body)
	}
	if err := errors.Join(os.Remove(dir), os.Rename(dir+".away", dir)); err != nil {
		t.Fatal(err)
	}
	if a := ready(); a.StatusCode != 200 {
		t.Error(a.Status, a.body)
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "tokens"), []byte("team "+hex.EncodeToString(make([]byte, 32))+"\n"))
	put(t, filepath.Join(dir, "open"), []byte(canary))
	put(t, filepath.Join(dir, "file"), nil)
	put(t, filepath.Join(dir, "empty"), []byte(" \n"))
	if err := errors.Join(os.Chmod(filepath.Join(dir, "open"), 0o644), os.Chmod(filepath.Join(dir, "empty"), 0o600)); err != nil {
		t.Fatal(err)
	}
	mirrored := func(token string) config.Routes {
		return config.Routes{{Name: "r", Match: config.Strings{"git.corp.test"}, Mirrors: []string{"https://mirror.test"}, TokenFile: token}}
	}
	for name, tc := range map[string]struct {
		change func(*config.Config)
		says   string
	}{
		"token file for all": {func(c *config.Config) { c.Admin.TokenFile = filepath.Join(dir, "open") }, "0600"},
		"no tokens file":     {func(c *config.Config) { c.TokensFile = filepath.Join(dir, "none") }, "read tokens"},
		// Whoever takes the last token away does not mean everybody.
		"nobody has a token":     {func(c *config.Config) { c.TokensFile = filepath.Join(dir, "file") }, "names nobody"},
		"mirror's token for all": {func(c *config.Config) { c.Routes = mirrored(filepath.Join(dir, "open")) }, "0644"},
		"mirror's token empty":   {func(c *config.Config) { c.Routes = mirrored(filepath.Join(dir, "empty")) }, "empty"},
		"no authorities":         {func(c *config.Config) { c.HTTP.CAFile = filepath.Join(dir, "none") }, "authorities"},
		"authorities empty":      {func(c *config.Config) { c.HTTP.CAFile = filepath.Join(dir, "file") }, "certificate"},
		"bucket of no scheme":    {func(c *config.Config) { c.Cache.Store = "oss://b/x?region=r" }, "oss"},
		"cache is a file":        {func(c *config.Config) { c.Cache.Dir = filepath.Join(dir, "file") }, "file"},
		"database":               {func(c *config.Config) { c.SumDB.Databases = []string{"sum.example.test"} }, "checksum database"},
		"no go.sum":              {func(c *config.Config) { c.SumDB.GoSum = []string{filepath.Join(dir, "none")} }, "go.sum"},
		"unknown holder": {func(c *config.Config) {
			c.TokensFile = filepath.Join(dir, "tokens")
			c.Routes = config.Routes{{Name: "r", Match: config.Strings{"git.corp.test"}, Access: []string{"nobody"}}}
		}, "nobody"},
		"access log": {func(c *config.Config) { c.Log.Access = filepath.Join(dir, "file", "x") }, "access log"},
	} {
		c := config.Default()
		c.Cache.Dir = filepath.Join(t.TempDir(), "c")
		tc.change(&c)
		s, err := Open(t.Context(), c, Deps{Stores: nil})
		if err == nil {
			_ = s.Close(t.Context())
			t.Errorf("%s: it opened", name)
		} else if !strings.Contains(err.Error(), tc.says) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Go's archives have a list even when there are none.
func TestArchivesAreServed(t *testing.T) {
	c := config.Default()
	c.Cache.Dir, c.Offline = t.TempDir(), true
	put(t, filepath.Join(c.Cache.Dir, "dl", "go1.26.8.linux-amd64.tar.gz"), big)
	put(t, filepath.Join(c.Cache.Dir, "dl", "go1.26.8.linux-amd64.tar.gz.sha256"), []byte(strings.Repeat("a", 64)))
	s, err := Open(t.Context(), c, Deps{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close(t.Context())
	_, base, _ := started(t, s.o)
	if a := get(t, base+"/dl/?mode=json"); a.StatusCode != 200 || !strings.Contains(a.body, `"filename": "go1.26.8.linux-amd64.tar.gz"`) {
		t.Errorf("%s %s", a.Status, a.body)
	}
	a := get(t, base+"/dl/go1.26.8.linux-amd64.tar.gz", "Range", "bytes=10-19")
	if a.StatusCode != http.StatusPartialContent || a.body != string(big[10:20]) || a.Header.Get("ETag") != `"`+strings.Repeat("a", 64)+`"` {
		t.Errorf("%s %q %v", a.Status, a.body, a.Header)
	}
	if a := get(t, base+"/dl/go1.26.9.linux-amd64.tar.gz"); a.StatusCode != 404 {
		t.Error(a.Status)
	}
}
