package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/cgi"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
)

// The secrets of the tests; none of them may ever be shown.
const (
	gitToken    = "c4n4ry-of-the-repository-0123456789"
	clientToken = "c4n4ry-of-the-client-0123456789abcd"
)

// certificate makes an authority and a server's certificate for loopback: files.
func certificate(t testing.TB, dir string) (ca, cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	root := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "site authority"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "site"}, NotBefore: root.NotBefore, NotAfter: root.NotAfter,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}, DNSNames: []string{"localhost"}}
	put := func(name, kind string, der []byte, err error) string {
		if err != nil {
			t.Fatal(err)
		}
		return write(t, filepath.Join(dir, name), string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})))
	}
	der, err := x509.CreateCertificate(rand.Reader, root, root, &private.PublicKey, private)
	ca = put("ca.pem", "CERTIFICATE", der, err)
	der, err = x509.CreateCertificate(rand.Reader, leaf, root, &private.PublicKey, private)
	cert = put("cert.pem", "CERTIFICATE", der, err)
	der, err = x509.MarshalPKCS8PrivateKey(private)
	return ca, cert, put("key.pem", "PRIVATE KEY", der, err)
}

// repository is a git repository in the making, an hour later with each commit.
type repository struct {
	t    testing.TB
	dir  string
	home string
	when time.Time
}

func gitEnv(home string) []string {
	return []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "GIT_CONFIG_NOSYSTEM=1", "LC_ALL=C", "GIT_CONFIG_COUNT=3",
		"GIT_CONFIG_KEY_0=init.defaultBranch", "GIT_CONFIG_VALUE_0=main", "GIT_CONFIG_KEY_1=user.name", "GIT_CONFIG_VALUE_1=dev", "GIT_CONFIG_KEY_2=user.email", "GIT_CONFIG_VALUE_2=dev@example.test"}
}

func (r *repository) git(args ...string) string {
	r.t.Helper()
	cmd := exec.Command("git", args...)
	date := r.when.Format(time.RFC3339)
	cmd.Dir, cmd.Env = r.dir, append(gitEnv(r.home), "GIT_AUTHOR_DATE="+date, "GIT_COMMITTER_DATE="+date)
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("git %q: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (r *repository) commit(files map[string]string, tags ...string) string {
	r.t.Helper()
	for name, text := range files {
		write(r.t, filepath.Join(r.dir, filepath.FromSlash(name)), text)
	}
	r.when = r.when.Add(time.Hour + 7*time.Second)
	// What is in the folder goes in byte for byte.
	write(r.t, filepath.Join(r.dir, ".git", "info", "attributes"), "* -text -filter -ident\n")
	r.git("add", "-A", "-f")
	r.git("commit", "-q", "--allow-empty", "-m", "change")
	for _, tag := range tags {
		r.git("tag", tag)
	}
	return r.git("rev-parse", "HEAD")
}

const (
	private = "git.corp.test/team/hostile.git"
	lfs     = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"
)

// hostile publishes, below root, the repository that other programs get wrong (all
// its cases are proxy/vcs's), and returns the module versions in it.
func hostile(t testing.TB, root string) (versions []string) {
	t.Helper()
	r := &repository{t, t.TempDir(), t.TempDir(), time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)}
	r.git("init", "-q")
	mod := func(below string) string { return "module " + private + below + "\n\ngo 1.21\n" }
	for link, to := range map[string]string{"link.go": "a.go", "nowhere": "/etc/passwd"} {
		if err := os.Symlink(to, filepath.Join(r.dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	r.commit(map[string]string{
		"go.mod": mod(""), "a.go": "package hostile\n", "LICENSE": "root licence\n",
		".gitattributes": "*.crlf text eol=crlf\n*.txt export-ignore\nsubst.go export-subst\n*.bin filter=lfs diff=lfs merge=lfs -text\n",
		"one.crlf":       "a\nb\r\nc\n", "ignored.txt": "still here\n", "subst.go": "package hostile // $Format:%H$\n", "big.bin": lfs,
		"vendor/modules.txt": "# x\n", "vendor/example.test/x/x.go": "package x\n", "a/vendor/q/q.go": "package q\n", "with space/a file.go": "package withspace\n",
		"nested/deep/go.mod": mod("/nested/deep"), "nested/deep/d.go": "package deep\n", "sub/go.mod": mod("/sub"), "sub/s.go": "package sub\n", "中文/说明.go": "package zh\n",
	}, "v1.0.0")
	r.commit(map[string]string{"b.go": "package hostile\n"})
	r.git("tag", "-a", "-m", "candidate", "v1.1.0-rc.1")
	r.commit(map[string]string{"sub/t.go": "package sub\n"}, "sub/v0.3.0")
	r.commit(map[string]string{"v2/go.mod": mod("/v2"), "v2/v.go": "package hostile\n", "v2/LICENSE": "v2 licence\n"}, "v2.1.0")
	r.commit(map[string]string{"go.mod": mod("") + "\nretract v1.2.0 // broken\n"}, "v1.2.0", "v1.3.0")
	head := r.commit(map[string]string{"c.go": "package hostile\n", "nested/deep/e.go": "package deep\n"})
	bare := filepath.Join(root, "team", "hostile.git")
	r.git("clone", "-q", "--bare", r.dir, bare)
	r.git("-C", bare, "config", "uploadpack.allowFilter", "true")
	for _, id := range []string{"@v1.0.0", "@v1.1.0-rc.1", "@v1.2.0", "@v1.3.0", "/sub@v0.3.0", "/v2@v2.1.0", "/nested/deep@" + head, "@" + head, "@main", "/sub@main", "/v2@" + head[:12]} {
		versions = append(versions, private+id)
	}
	return versions
}

// gitServer serves the repositories below root by git itself, over TLS, to those who
// have the token.
func gitServer(t testing.TB, root, cert, key string) (url string) {
	t.Helper()
	git, err := exec.LookPath("git")
	if err != nil {
		missing(t, "git")
	}
	backend := &cgi.Handler{Path: git, Args: []string{"http-backend"}, Env: append(gitEnv(t.TempDir()), "GIT_PROJECT_ROOT="+root, "GIT_HTTP_EXPORT_ALL=1"), Stderr: io.Discard}
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "oauth2" || password != gitToken {
			w.Header().Set("WWW-Authenticate", `Basic realm="git"`)
			http.Error(w, "denied", http.StatusUnauthorized)
			return
		}
		r.Header.Del("Authorization")
		backend.ServeHTTP(w, r)
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: h}
	go func() { _ = s.ServeTLS(l, cert, key) }()
	t.Cleanup(func() { s.Close() })
	return "https://" + l.Addr().String()
}

// P20, with everything real: a hostile private repository behind a token, the proxy
// over TLS with a token of its own, a stock go command without git. Each module
// version has the h1 that go gets straight from the repository, and neither the
// mirrors nor the checksum database nor any other host hears a private name.
func TestP20PrivateModules(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		missing(t, "git")
	}
	root, dir := t.TempDir(), t.TempDir()
	versions := hostile(t, root)
	ca, cert, key := certificate(t, dir)
	repositories := gitServer(t, root, cert, key)
	public := mirrortest.New(t, mirrortest.Options{SumDB: sumName, Modules: mirrortest.Modules{"example.com/hello@v1.0.0": {"hello.go": "package hello\n"}}})
	outside := mirrortest.NewProxy(t, mirrortest.ProxyOptions{Closed: true}) // whatever goes elsewhere goes through it
	write(t, filepath.Join(dir, "git.token"), gitToken+"\n")
	write(t, filepath.Join(dir, "tokens"), fmt.Sprintf("ci %x\n", sha256.Sum256([]byte(clientToken))))
	s := start(t, setup{dir: dir, env: []string{"HTTPS_PROXY=" + outside.URL(), "HTTP_PROXY=" + outside.URL()}, config: fmt.Sprintf(`  tls: {cert: cert.pem, key: key.pem}
  mirrors: ['%s', '%s']
  sumdb: {databases: ['%s']}
  tokens_file: tokens
  cache: {dir: cache}
  routes:
    - {name: corp, match: git.corp.test, git: {url: '%s/{path}.git'}, user: oauth2, token_file: git.token, ca_file: ca.pem, lfs: pointer, access: [ci]}
`, public.URL(mirrortest.OK), public.URL(mirrortest.Stale), public.SumDBKey(), repositories)})

	elsewhere := mirrortest.NewProxy(t, mirrortest.ProxyOptions{Closed: true}) // and the client's
	settings := []string{"GONOPROXY=none", "GONOSUMDB=git.corp.test", "GOSUMDB=" + public.SumDBKey(), "SSL_CERT_FILE=" + ca, "HTTPS_PROXY=" + elsewhere.URL(), "HTTP_PROXY=" + elsewhere.URL()}
	fresh := func() *client {
		c := newClient(t, "https://"+s.public, settings...)
		write(t, filepath.Join(c.home, ".netrc"), "machine "+s.public+" login ci password "+clientToken+"\n")
		return c
	}
	none := map[string]string{"go.mod": "module example.com/project\n\ngo 1.21\n"}
	ctx := t.Context()

	// The oracle has the repository as a folder, and git.
	oracle := newClient(t, "direct", "GOPRIVATE=git.corp.test", "GIT_CONFIG_NOSYSTEM=1")
	oracle.env = append(oracle.env, "GOVCS=*:git")
	write(t, filepath.Join(oracle.home, ".gitconfig"), "[url \"file://"+root+"/\"]\n\tinsteadOf = https://git.corp.test/\n[protocol \"file\"]\n\tallow = always\n")
	out, e, err := oracle.run(ctx, none, append([]string{"mod", "download", "-json"}, versions...)...)
	if err != nil {
		t.Fatalf("%v\n%s%s", err, out, e)
	}
	want := parseDownloads(t, out)
	out, e, err = fresh().run(ctx, none, append([]string{"mod", "download", "-json"}, versions...)...)
	if err != nil {
		t.Fatalf("%v\n%s%s\n%s", err, out, e, s.talk)
	}
	got := parseDownloads(t, out)
	equal := 0
	for i := range want {
		if len(got) != len(want) || got[i].Path != want[i].Path || got[i].Version != want[i].Version || got[i].Sum != want[i].Sum || got[i].GoModSum != want[i].GoModSum || want[i].Sum == "" {
			t.Fatalf("through the proxy %+v\nstraight          %+v", got, want)
		}
		equal++
	}

	c := fresh()
	for _, m := range []string{private, private + "/sub", private + "/v2"} {
		ours, _, err1 := c.run(ctx, none, "list", "-m", "-versions", "-json", m)
		gos, _, err2 := oracle.run(ctx, none, "list", "-m", "-versions", "-json", m)
		var a, b struct{ Versions []string }
		if json.Unmarshal([]byte(ours), &a) != nil || json.Unmarshal([]byte(gos), &b) != nil || err1 != nil || err2 != nil || !slices.Equal(a.Versions, b.Versions) || len(a.Versions) == 0 {
			t.Errorf("versions of %s: %v, %v %v, %v", m, a.Versions, err1, b.Versions, err2)
		}
	}
	for _, id := range []string{private + "@v9.9.9", "git.corp.test/team/absent.git@latest", "git.corp.test/team/secretproject/pkg@latest"} {
		if _, e, err := c.run(ctx, none, "get", id); err == nil || strings.Contains(e, "c4n4ry") {
			t.Errorf("go get %s: %v\n%s", id, err, e)
		}
	}
	// Looking for a package, go asks for every path above it.
	tidy := map[string]string{"go.mod": none["go.mod"], "p.go": "package p\n\nimport (\n\t_ \"example.com/hello\"\n\t_ \"" + private + "/nested/deep\"\n\t_ \"" + private + "/v2\"\n)\n"}
	c = fresh()
	if _, e, err := c.run(ctx, tidy, "mod", "tidy"); err != nil {
		t.Errorf("go mod tidy: %v\n%s\n%s", err, e, s.talk)
	}
	if sum := c.file("go.sum"); !strings.Contains(sum, private+"/nested/deep v0.0.0-") || !strings.Contains(sum, "example.com/hello v1.0.0 h1:") {
		t.Errorf("go.sum:\n%s", sum)
	}
	tidy["p.go"] = "package p\n\nimport _ \"git.corp.test/team/secretproject/deep/in/it\"\n"
	if _, e, err := fresh().run(ctx, tidy, "mod", "tidy"); err == nil {
		t.Errorf("a package that is nowhere was found\n%s", e)
	}
	// Without the token, and over plain HTTP, nothing.
	tls := newClient(t, "https://"+s.public, settings...)
	if _, e, err := tls.run(ctx, none, "mod", "download", private+"@v1.0.0"); err == nil || !strings.Contains(e, "401") {
		t.Errorf("without a token: %v\n%s", err, e)
	}

	asked := 0
	leak := func(who string, all []mirrortest.Request) {
		for _, r := range all {
			asked++
			if text := r.Host + r.Path; strings.Contains(text, "corp") || strings.Contains(text, "team") || strings.Contains(text, "secret") || strings.Contains(text, "hostile") {
				t.Errorf("%s heard of %s %s", who, r.Host, r.Path)
			}
		}
	}
	leak("a mirror", public.Requests())
	if asked == 0 {
		t.Error("the recorder recorded nothing")
	}
	leak("the proxy's way out", outside.Requests())
	if all := elsewhere.Requests(); len(all) > 0 {
		t.Errorf("the client went elsewhere: %+v", all)
	}
	s.stop(t)
	if strings.Contains(s.talk.String(), "c4n4ry") {
		t.Error("a secret in the log")
	}
	t.Logf("%d of %d module versions have the h1 of go's own; %d public requests recorded, %d of them elsewhere, no private name among them", equal, len(want), asked, len(outside.Requests()))
}
