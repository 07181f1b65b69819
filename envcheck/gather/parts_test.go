package gather

import (
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
)

func TestGitConfig(t *testing.T) {
	t.Parallel()
	out := strings.Join([]string{
		"file:/etc/gitconfig", "user.email\nme@x.example", "file:g", "http.extraheader\nAUTHORIZATION: basic CANARY", "file:g", "http.https://me:CANARY@git.corp.example/.sslverify\nfalse",
		"file:g", "url.https://oauth2:CANARY@git.corp.example/.insteadof\nhttps://git.corp.example/", "file:g", "credential.helper\n!f() { echo password=CANARY; }; f", "file:g", "credential.helper\nstore --file x",
		"file:g", "safe.directory\n*", "file:g", "core.askpass", "file:.git/config", "remote.origin.url\nhttps://me:CANARY@git.corp.example/team/app.git?private_token=CANARY", "file:.git/config", "branch.main.remote\norigin", "file:g", "http.proxy\nhttp://u:CANARY@proxy.example:3128", "",
	}, "\x00")
	config, origin := gitConfig(out)
	want := []envcheck.GitEntry{
		{Key: "http.extraheader", Value: "***", From: "file:g"}, {Key: "http.https://***@git.corp.example/.sslverify", Value: "false", From: "file:g"},
		{Key: "url.https://***@git.corp.example/.insteadof", Value: "https://git.corp.example/", From: "file:g"}, {Key: "credential.helper", Value: "!***", From: "file:g"}, {Key: "credential.helper", Value: "store --file x", From: "file:g"},
		{Key: "safe.directory", Value: "*", From: "file:g"}, {Key: "core.askpass", From: "file:g"}, {Key: "http.proxy", Value: "http://***@proxy.example:3128", From: "file:g"},
	}
	if !slices.Equal(config, want) {
		t.Errorf("got  %+v\nwant %+v", config, want)
	}
	if origin != "https://git.corp.example/team/app.git" {
		t.Errorf("origin %q", origin)
	}
	for remote, want := range map[string]string{
		"git@git.corp.example:team/app.git": "git.corp.example:team/app.git", "ssh://git@git.corp.example:22/a": "ssh://git.corp.example:22/a", "/srv/git/a": "/srv/git/a", "../a": "../a", "https://me:pw%zz@x.example/a": "https://x.example/a", "": "",
	} {
		if got := withoutUser(remote); got != want {
			t.Errorf("%q: %q, want %q", remote, got, want)
		}
	}
}

func FuzzGitConfig(f *testing.F) {
	f.Add("file:x\x00url.a.insteadof\nb\x00")
	f.Add("\x00\x00\n")
	f.Fuzz(func(t *testing.T, out string) {
		config, _ := gitConfig(out)
		for _, e := range config {
			if strings.HasSuffix(strings.ToLower(e.Key), ".extraheader") && e.Value != "***" && e.Value != "" {
				t.Errorf("%+v", e)
			}
		}
		withoutUser(out)
	})
}

func TestRealGit(t *testing.T) {
	t.Parallel()
	git := tool(t, "git")
	w := newWorld(t)
	for _, args := range [][]string{{"init", "-q"}, {"remote", "add", "origin", "https://me:CANARY@git.corp.example/team/app.git"}, {"config", "url.git@git.corp.example:.insteadOf", "https://git.corp.example/"}} {
		cmd := exec.Command(git, args...)
		cmd.Dir, cmd.Env = w.dir, w.environ
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %s: %s", args, out)
		}
	}
	w.set("GIT_TRACE=" + w.dir + "/trace")
	s := w.look()
	if s.Git.Path == "" || s.Git.Origin != "https://git.corp.example/team/app.git" || s.Git.Error != "" || s.Module.RepoDir != w.dir {
		t.Errorf("%+v", s.Git)
	}
	if !slices.ContainsFunc(s.Git.Config, func(e envcheck.GitEntry) bool {
		return e.Key == "url.git@git.corp.example:.insteadof" && e.From == "file:.git/config"
	}) {
		t.Errorf("%+v", s.Git.Config)
	}
	if stat(filepath.Join(w.dir, "trace")).Exists {
		t.Error("git wrote a trace")
	}
}

func TestMachineParts(t *testing.T) {
	t.Parallel()
	if got := distro("NAME=\"Kylin\"\nID=kylin\nVERSION_ID=\"V10\"\n"); got != "kylin V10" {
		t.Errorf("distro %q", got)
	}
	for text, want := range map[string]string{
		"processor\t: 0\nvendor_id\t: HygonGenuine\nmodel name\t: Hygon C86 7285\nflags\t\t: sse avx2 sse\n\nprocessor\t: 1\nflags: no\n": "Hygon C86 7285: avx2 sse",
		"processor\t: 0\nBogoMIPS: 200\nFeatures\t: fp asimd\nCPU implementer\t: 0x48\n\n":                                                "0x48: asimd fp",
		"system type\t: generic-loongson-machine\n\nprocessor\t: 0\nModel Name\t: Loongson-3A5000\nFeatures\t: cpucfg lam lsx lasx\n":     "Loongson-3A5000: cpucfg lam lasx lsx",
		"": ": ",
	} {
		model, flags := cpu(text)
		if got := model + ": " + strings.Join(flags, " "); got != want {
			t.Errorf("cpu %q, want %q", got, want)
		}
	}
	if got := umask("Name:\tx\nUmask:\t0077\n"); got != 0o77 {
		t.Errorf("umask %o", got)
	}
	if got := umask("Name:\tx\n"); got != -1 {
		t.Errorf("umask %d", got)
	}
	for _, c := range [][4]string{
		{"loong64", "/lib64/ld.so.1", "4.19.0-19-loongson-3", "old"}, {"loong64", "/lib64/ld-linux-loongarch-lp64d.so.1", "4.19.0", "new"}, {"loong64", "", "4.19.0", "old"},
		{"loong64", "", "6.6.1", "new"}, {"loong64", "", "5.4.18", ""}, {"loong64", "", "", ""}, {"amd64", "/lib64/ld.so.1", "4.19.0", ""},
	} {
		if got := loongWorld(c[0], c[1], c[2]); got != c[3] {
			t.Errorf("%q: %q", c, got)
		}
	}
	if libc("/lib/ld-musl-x86_64.so.1") != "musl" || libc("/lib64/ld-linux-x86-64.so.2") != "glibc" {
		t.Error("libc by the loader")
	}
	for machine, want := range map[string]string{"x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm", "i686": "386", "loongarch64": "loong64", "sw_64": ""} {
		if got := goarch(machine); got != want {
			t.Errorf("%s: %q", machine, got)
		}
	}
}

func TestMachineHere(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("what is asserted is Linux's")
	}
	m := newWorld(t, "SHELL=/usr/bin/fish", "WSL_DISTRO_NAME=x").look().Machine
	if m.Kernel == "" || m.Arch == "" || m.Umask < 0 || m.Shell != "fish" || !m.WSL {
		t.Errorf("%+v", m)
	}
	if m := newWorld(t).look().Machine; m.Shell != "" {
		t.Errorf("shell %q", m.Shell)
	}
}

func TestNetrcFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.write(filepath.Join(w.home, ".netrc"), "machine git.corp.example login me password CANARY\n")
	s := w.look()
	if len(s.Netrc) != 1 || !slices.Equal(s.Netrc[0].Machines, []string{"git.corp.example"}) || s.Netrc[0].Data != nil || s.Netrc[0].Mode.Perm() != 0o755 || s.Netrc[0].FromNetrc {
		t.Errorf("%+v", s.Netrc)
	}
	w.set("NETRC=" + w.home + "/none")
	if s := w.look(); len(s.Netrc) != 1 || s.Netrc[0].Exists || !s.Netrc[0].FromNetrc {
		t.Errorf("NETRC that is not there: %+v", s.Netrc)
	}
}

func TestCerts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	empty := t.TempDir()
	w.set("SSL_CERT_FILE="+w.write("bad.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), "SSL_CERT_DIR="+empty+":/home/dev/none")
	c := w.look().Certs
	if c.FileOK || c.DirsOK || len(c.Dirs) != 2 || c.File == "" {
		t.Errorf("%+v", c)
	}
	w.set("SSL_CERT_DIR=" + w.dir)
	if c := w.look().Certs; !c.DirsOK {
		t.Errorf("%+v", c)
	}
	if c.System != "" && c.System != "system store" {
		w.set("SSL_CERT_FILE=" + c.System)
		if info := stat(c.System); info.Error == "" && !w.look().Certs.FileOK {
			t.Errorf("the system's own bundle %s is not taken", c.System)
		}
	}
}

func TestCgo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	bin := t.TempDir()
	w.write(filepath.Join(bin, "crossgcc"), "#!/bin/sh\necho \"$*\" | grep -q dumpmachine && echo aarch64-linux-gnu\n")
	w.set("PATH="+bin+":/usr/bin:/bin", "CC='crossgcc' -m64 -x")
	if c := w.look().Cgo; c.CC != "crossgcc" || c.Path != filepath.Join(bin, "crossgcc") || c.Machine != "" {
		t.Errorf("not asked for: %+v", c)
	}
	w.set("GOARCH=riscv64", "CGO_ENABLED=1")
	if s := w.look(); s.Cgo.Machine != "aarch64-linux-gnu" || s.Execs > 3 {
		t.Errorf("cross: %+v, %d commands", s.Cgo, s.Execs)
	}
	w.set("CC=nosuchcc")
	if c := w.look().Cgo; c.Path != "" || c.CC != "nosuchcc" {
		t.Errorf("absent: %+v", c)
	}
}
