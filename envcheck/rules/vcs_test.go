package rules

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
)

func TestVCS(t *testing.T) { reproduceAll(t, vcsReproductions()) }

// orSkip skips a reproduction for what the machine lacks; where everything is
// required it fails.
func orSkip(t *testing.T, there bool, why string) {
	t.Helper()
	if there {
		return
	}
	if os.Getenv("YINGZAO_E2E") == "require" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// forge is git.mirror.test: a host of repositories over https that asks
// everybody who they are, reached through a forward proxy.
type forge struct {
	*mirrortest.Server
	plain *mirrortest.Server // the same over http
}

// start makes the forge and sets variables; {ca} is the file of its authority,
// {plain} the host:port that speaks http.
func (f *forge) start(vars ...string) func(*testing.T, *world) {
	return func(t *testing.T, w *world) {
		_, err := exec.LookPath("git")
		orSkip(t, err == nil, "git is not installed")
		f.Server = mirrortest.New(t, mirrortest.Options{Modules: modules, TLS: mirrortest.TLSGood})
		f.plain = mirrortest.New(t, mirrortest.Options{})
		p := mirrortest.NewProxy(t, mirrortest.ProxyOptions{Closed: true, Hosts: map[string]string{"git.mirror.test:443": f.Addr()}})
		ca := filepath.Join(w.home, "ca.pem")
		w.write(t, ca, string(f.CA()))
		w.setenv("HTTPS_PROXY="+p.URL(), "HTTP_PROXY=http://127.0.0.1:1", "GIT_CONFIG_NOSYSTEM=1", "GOSUMDB=off", "SSL_CERT_FILE="+ca, "GIT_SSL_CAINFO="+ca)
		// What the forge holds is asked for under a name that the go command knows to
		// be git's; the detour is of this test and not in the records.
		w.setenv("GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=url.https://git.mirror.test/401/.insteadOf", "GIT_CONFIG_VALUE_0=https://github.com/")
		expand := strings.NewReplacer("{ca}", ca, "{plain}", f.plain.Addr(), "{home}", w.home).Replace
		for _, kv := range vars {
			w.setenv(expand(kv))
		}
		if config := filepath.Join(w.home, ".gitconfig"); exists(config) {
			b, err := os.ReadFile(config)
			if err != nil {
				t.Fatal(err)
			}
			w.write(t, config, expand(string(b)))
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// asked checks what reached the forge.
func (f *forge) asked(plain, secure bool) func(*testing.T, *world, string) {
	return func(t *testing.T, _ *world, out string) {
		if got := len(f.plain.Requests()) > 0; got != plain {
			t.Errorf("asked over http: %v, want %v; go says\n%s", got, plain, out)
		}
		if got := len(f.Requests()) > 0; got != secure {
			t.Errorf("asked over https: %v, want %v; go says\n%s", got, secure, out)
		}
	}
}

// sent checks whether a credential reached the forge.
func (f *forge) sent(want bool) func(*testing.T, *world, string) {
	return func(t *testing.T, _ *world, out string) {
		got := false
		for _, r := range f.Requests() {
			got = got || r.Auth
		}
		if got != want {
			t.Errorf("a credential was sent: %v, want %v; go says\n%s", got, want, out)
		}
	}
}

// git records git and lines of its configuration.
func git(entries ...envcheck.GitEntry) func(*testing.T, *envcheck.Snapshot) {
	return func(_ *testing.T, s *envcheck.Snapshot) { s.Git = envcheck.Git{Path: "/usr/bin/git", Config: entries} }
}

func entry(key, value string) envcheck.GitEntry {
	return envcheck.GitEntry{Key: key, Value: value, From: "file:/home/dev/.gitconfig"}
}

// netrc records netrc files.
func netrc(files ...envcheck.Netrc) func(*testing.T, *envcheck.Snapshot) {
	return func(_ *testing.T, s *envcheck.Snapshot) { s.Netrc = files }
}

// netrcFile is one with entries for machines.
func netrcFile(path string, mode os.FileMode, machines ...string) envcheck.Netrc {
	return envcheck.Netrc{TextFile: envcheck.TextFile{Path: path, Exists: true, Mode: mode, UID: os.Getuid()}, Machines: machines}
}

// needing is a go.mod that requires a module.
func needing(module string) map[string]string {
	return map[string]string{"go.mod": "module example.com/app\n\ngo 1.21\n\nrequire " + module + " v1.0.0\n"}
}

// with adds a file.
func with(files map[string]string, name, data string) map[string]string {
	out := map[string]string{name: data}
	for k, v := range files {
		out[k] = v
	}
	return out
}

func vcsReproductions() []reproduction {
	var open, plain, none, lax forge
	const lib = "github.com/corp/lib"
	fetch := []string{"mod", "download", lib + "@v1.0.0"}
	direct := map[string]string{"GOPROXY": "direct", "GOPRIVATE": "github.com/corp"}
	noGit := func(_ *testing.T, s *envcheck.Snapshot) { s.Git = envcheck.Git{} }
	private := map[string]string{"GOPRIVATE": "git.corp.example"}
	return append([]reproduction{
		{code: "VCS001", environ: map[string]string{"GOPROXY": "direct", "GOSUMDB": "off", "PATH": "{goroot}/bin"}, files: needing("github.com/li/lib"), change: noGit,
			run: []string{"list", "-m", "github.com/li/lib@v1.0.0"}, fails: true, says: `exec: "git": executable file not found in $PATH`, finding: findingWeighs(envcheck.Error)},
		{code: "VCS001", name: "private modules", environ: private, files: needing("git.corp.example/team/lib"), change: noGit, finding: findingSays("git.corp.example")},
		{code: "VCS001", name: "mirrors serve everything", clean: true, environ: map[string]string{"GOPROXY": "https://goproxy.cn,direct"}, files: needing("github.com/li/lib"), change: noGit},
		{code: "VCS001", name: "vendored", clean: true, environ: map[string]string{"GOPRIVATE": "git.corp.example", "GOFLAGS": "-mod=vendor"}, files: needing("git.corp.example/team/lib"), change: noGit},
		{code: "VCS001", name: "git is there", clean: true, environ: private, files: needing("git.corp.example/team/lib"), change: git()},

		{code: "VCS003", environ: direct, files: with(needing(lib), "{home}/.gitconfig", "[url \"http://{plain}/401/\"]\n\tinsteadOf = https://github.com/\n"),
			prepare: plain.start("GIT_CONFIG_COUNT=0"), change: git(entry("url.http://git.corp.example/.insteadof", "https://github.com/")),
			run: fetch, fails: true, verify: plain.asked(true, false), finding: findingSays("without encryption")},
		{code: "VCS003", name: "git's own protocol", change: git(entry("url.git://git.corp.example/.insteadOf", "https://git.corp.example/"))},
		{code: "VCS003", name: "ssh", clean: true, change: git(entry("url.ssh://git@git.corp.example/.insteadof", "https://git.corp.example/"))},
		{code: "VCS003", name: "http to https", clean: true, change: git(entry("url.https://git.corp.example/.insteadof", "http://git.corp.example/"))},

		{code: "VCS005", environ: direct, files: needing(lib), prepare: none.start(), change: git(), run: fetch, fails: true, says: "terminal prompts disabled", verify: none.sent(false)},
		{code: "VCS005", name: "netrc", clean: true, environ: private, files: needing("git.corp.example/team/lib"), change: allOf(git(), netrc(netrcFile("/home/dev/.netrc", 0o600, "git.corp.example")))},
		{code: "VCS005", name: "netrc for another host", environ: private, files: needing("git.corp.example/team/lib"), change: allOf(git(), netrc(netrcFile("/home/dev/.netrc", 0o600, "gitlab.com")))},
		{code: "VCS005", name: "a helper", clean: true, environ: private, files: needing("git.corp.example/team/lib"), change: git(entry("credential.helper", "store"))},
		{code: "VCS005", name: "a helper for another host", environ: private, files: needing("git.corp.example/team/lib"), change: git(entry("credential.https://gitlab.com.helper", "store"))},
		{code: "VCS005", name: "ssh", clean: true, environ: private, files: needing("git.corp.example/team/lib"), change: git(entry("url.git@git.corp.example:.insteadof", "https://git.corp.example/"))},
		{code: "VCS005", name: "GOAUTH", clean: true, environ: map[string]string{"GOPRIVATE": "git.corp.example", "GOAUTH": "/usr/local/bin/token"}, files: needing("git.corp.example/team/lib"), change: git()},
		{code: "VCS005", name: "the mirror serves it", clean: true, environ: map[string]string{"GONOSUMDB": "git.corp.example", "GOPROXY": "https://goproxy.corp.example"}, files: needing("git.corp.example/team/lib"), change: git()},

		{code: "VCS006", environ: map[string]string{"GOPROXY": "direct", "GOSUMDB": "off", "GOVCS": "git"}, run: []string{"list", "-m", "github.com/li/lib@v1.0.0"},
			fails: true, says: "malformed entry in GOVCS (missing colon)"},
		{code: "VCS006", name: "in a Dockerfile", change: inDockerfile("GOVCS", "public:git,public:hg"), finding: findingSays("unreachable pattern")},
		{code: "VCS006", clean: true, environ: map[string]string{"GOVCS": "private:all,public:git|hg"}},

		{code: "VCS009", environ: direct, files: with(needing(lib), "{home}/.gitconfig", "[http]\n\tsslVerify = false\n"), prepare: lax.start("GIT_SSL_CAINFO=-"),
			change: git(entry("http.sslverify", "false")), run: fetch, fails: true, says: "terminal prompts disabled", verify: lax.asked(false, true), finding: fixSays("--unset-all 'http.sslverify'")},
		{code: "VCS009", name: "for one host", change: git(entry("http.https://git.corp.example/.sslVerify", "0"))},
		{code: "VCS009", name: "a variable", change: inDockerfile("GIT_SSL_NO_VERIFY", "false")},
		{code: "VCS009", clean: true, change: git(entry("http.sslverify", "true"), entry("http.sslcainfo", "/etc/ssl/corp.pem"))},
		{code: "VCS009", name: "git does check", clean: true, environ: direct, prepare: open.start("GIT_SSL_CAINFO=-"), change: git(), run: fetch, fails: true, says: "certificate", verify: open.asked(false, false)},

		{code: "VCS010", environ: map[string]string{"GOPROXY": "direct", "GOSUMDB": "off"}, prepare: sshTo, change: git(entry("url.git@github.com:.insteadof", "https://github.com/")),
			files: map[string]string{"{home}/.gitconfig": "[url \"git@github.com:\"]\n\tinsteadOf = https://github.com/\n"},
			run:   []string{"list", "-m", "github.com/li/lib@v1.0.0"}, fails: true, says: "no key here", verify: askedBySSH},
		{code: "VCS010", name: "everything", change: git(entry("url.ssh://git@.insteadof", "https://"))},
		{code: "VCS010", name: "a private host on a build machine", profile: "ci", change: git(entry("url.ssh://git@git.corp.example/.insteadof", "https://git.corp.example/")), finding: findingSays("no ssh agent")},
		{code: "VCS010", name: "with an agent", clean: true, profile: "ci", environ: map[string]string{"SSH_AUTH_SOCK": "/tmp/agent"}, change: git(entry("url.ssh://git@git.corp.example/.insteadof", "https://git.corp.example/"))},
		{code: "VCS010", name: "a private host on a desk", clean: true, change: git(entry("url.git@git.corp.example:.insteadof", "https://git.corp.example/"))},

		{code: "VCS011", environ: map[string]string{"GOPROXY": "direct", "GOSUMDB": "off", "GOVCS": "*:off"}, files: needing("github.com/li/lib"), change: git(),
			run: []string{"list", "-m", "github.com/li/lib@v1.0.0"}, fails: true, says: "GOVCS disallows using git for public github.com/li/lib"},
		{code: "VCS011", name: "private", environ: map[string]string{"GOPRIVATE": "git.corp.example", "GOVCS": "private:svn"}, files: needing("git.corp.example/team/lib")},
		{code: "VCS011", name: "only public ones", clean: true, environ: map[string]string{"GOPRIVATE": "git.corp.example", "GOVCS": "public:off"}, files: needing("git.corp.example/team/lib")},
		{code: "VCS011", name: "mirrors serve it", clean: true, environ: map[string]string{"GOPROXY": "https://goproxy.cn", "GOVCS": "*:off"}, files: needing("github.com/li/lib")},
	}, append(credentialReproductions(), ownershipReproductions()...)...)
}

// sshTo makes an ssh that has no key, and shows how it was called.
func sshTo(t *testing.T, w *world) {
	_, err := exec.LookPath("git")
	orSkip(t, err == nil && runtime.GOOS != "windows", "git and a shell are needed")
	script := filepath.Join(w.home, "bin", "ssh")
	w.write(t, script, "#!/bin/sh\necho \"no key here: $*\" >&2\nexit 255\n")
	if err := os.Chmod(script, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, kv := range w.environ {
		if path, ok := strings.CutPrefix(kv, "PATH="); ok {
			w.setenv("PATH=" + filepath.Dir(script) + string(os.PathListSeparator) + path)
		}
	}
}

// askedBySSH: the public repository was asked for by ssh.
func askedBySSH(t *testing.T, _ *world, out string) {
	if !strings.Contains(out, "git@github.com") {
		t.Errorf("ssh was not called as we say:\n%s", out)
	}
}
