package rules

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
)

// credentialReproductions are about netrc and GOAUTH. The forge serves modules
// below /auth to whoever shows a credential.
func credentialReproductions() []reproduction {
	var readable, broken, missing, off forge
	const mirror = "https://git.mirror.test/auth"
	const line = "machine git.mirror.test login li password secret\n"
	auth := map[string]string{"GOPROXY": mirror}
	home := func(mode os.FileMode, machines ...string) func(*testing.T, *envcheck.Snapshot) {
		return func(_ *testing.T, s *envcheck.Snapshot) {
			s.Netrc = []envcheck.Netrc{netrcFile(filepath.Join(s.Home, ".netrc"), mode, machines...)}
		}
	}
	return []reproduction{
		{code: "VCS002", environ: auth, files: map[string]string{"{home}/.netrc": line}, prepare: readable.start(), change: home(0o644, "git.mirror.test"),
			run: helloDownload, verify: readable.sent(true), finding: fixSays("chmod 600")},
		{code: "VCS002", clean: true, change: home(0o600, "git.mirror.test")},
		{code: "VCS002", name: "nothing in it", clean: true, change: home(0o644)},
		{code: "VCS002", name: "Windows has no such permissions", clean: true, change: allOf(home(0o666, "git.mirror.test"), onSystem("windows"))},

		{code: "VCS007", environ: map[string]string{"GOPROXY": mirror, "GOAUTH": "netrc;"}, prepare: broken.start(), run: helloDownload, fails: true, says: "GOAUTH encountered an empty command"},
		{code: "VCS007", name: "off is not alone", environ: map[string]string{"GOAUTH": "off;netrc"}},
		{code: "VCS007", name: "a relative folder", envFile: "GOAUTH=git .\n", finding: fixSays("go env -u GOAUTH")},
		{code: "VCS007", clean: true, environ: map[string]string{"GOAUTH": "netrc; git /home/dev/src"}},

		{code: "VCS008", environ: auth, files: map[string]string{"{home}/.netrc": line}, prepare: missing.start("NETRC={home}/nowhere"), change: home(0o600, "git.mirror.test"),
			run: helloDownload, fails: true, says: "401 Unauthorized", verify: missing.sent(false), finding: fixSays("unset NETRC")},
		{code: "VCS008", name: "Windows", change: allOf(onSystem("windows"), netrc(netrcFile(`C:\Users\li\_netrc`, 0o666), netrcFile(`C:\Users\li\.netrc`, 0o666, "git.corp.example"))), finding: findingSays("git.corp.example")},
		{code: "VCS008", name: "it exists", clean: true, environ: map[string]string{"NETRC": "/run/secrets/netrc"},
			change: netrc(envcheck.Netrc{TextFile: envcheck.TextFile{Path: "/run/secrets/netrc", Exists: true, Mode: 0o600}, Machines: []string{"git.corp.example"}, FromNetrc: true})},
		{code: "VCS008", name: "one file alone", clean: true, change: home(0o600, "git.corp.example")},

		{code: "VCS012", environ: map[string]string{"GOPROXY": mirror, "GOAUTH": "off"}, files: map[string]string{"{home}/.netrc": line}, prepare: off.start(), change: home(0o600, "git.mirror.test"),
			run: helloDownload, fails: true, says: "401 Unauthorized", verify: off.sent(false)},
		{code: "VCS012", name: "another host", clean: true, environ: map[string]string{"GOPROXY": mirror, "GOAUTH": "off"}, change: home(0o600, "gitlab.com")},
		{code: "VCS012", name: "netrc is in the list", clean: true, environ: map[string]string{"GOPROXY": mirror, "GOAUTH": "git /home/dev/src;netrc"}, change: home(0o600, "git.mirror.test")},
	}
}

// ownershipReproductions are about whose repository it is. Only root can give a
// folder away.
func ownershipReproductions() []reproduction {
	const nobody = 65534
	main := map[string]string{"go.mod": "module example.com/app\n\ngo 1.21\n", "main.go": "package main\n\nfunc main() {}\n"}
	given := func(t *testing.T, w *world) {
		_, err := exec.LookPath("git")
		orSkip(t, err == nil && os.Getuid() == 0, "git and root are needed, to give a repository away")
		w.setenv("GIT_CONFIG_NOSYSTEM=1")
		for _, args := range [][]string{{"init", "-q", w.dir}, {"-C", w.dir, "add", "."}, {"-C", w.dir, "-c", "user.name=li", "-c", "user.email=li@corp.example", "commit", "-q", "-m", "x"}} {
			cmd := exec.Command("git", args...)
			cmd.Env = w.environ
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("git %v: %v\n%s", args, err, out)
			}
		}
		for _, p := range []string{w.dir, filepath.Join(w.dir, ".git")} {
			if err := os.Chown(p, nobody, nobody); err != nil {
				t.Fatal(err)
			}
		}
	}
	owned := func(uid int, entries ...envcheck.GitEntry) func(*testing.T, *envcheck.Snapshot) {
		return func(t *testing.T, s *envcheck.Snapshot) {
			git(entries...)(t, s)
			s.Module.RepoDir, s.Module.RepoUID, s.Machine.UID = s.Dir, uid, 0
		}
	}
	build := []string{"build", "-o", "app", "."}
	return []reproduction{
		{code: "VCS004", files: main, prepare: given, change: owned(nobody), run: build, fails: true, says: "error obtaining VCS status: exit status 128", finding: fixSays("safe.directory")},
		{code: "VCS004", name: "declared safe", clean: true, files: with(main, "{home}/.gitconfig", "[safe]\n\tdirectory = {dir}\n"), prepare: given, run: build,
			change: func(t *testing.T, s *envcheck.Snapshot) { owned(nobody, entry("safe.directory", s.Dir))(t, s) }},
		{code: "VCS004", name: "no stamp is wanted", clean: true, environ: map[string]string{"GOFLAGS": "-buildvcs=false"}, files: main, prepare: given, change: owned(nobody), run: build},
		{code: "VCS004", name: "declared, then taken back", files: main, change: owned(nobody, entry("safe.directory", "*"), entry("safe.directory", ""))},
		{code: "VCS004", name: "through sudo", clean: true, files: main, change: allOf(owned(1000), func(_ *testing.T, s *envcheck.Snapshot) { s.Environ = append(s.Environ, "SUDO_UID=1000") })},
		{code: "VCS004", name: "one's own", clean: true, files: main, change: owned(0)},
	}
}
