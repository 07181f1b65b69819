//go:build unix

package bootstrap

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

func TestSettings(t *testing.T) {
	sdks, h1 := sdkDir(t, "go1.26.8")
	const cn = "GOPROXY=" + envcheck.MirrorsCN + "\n"
	for name, c := range map[string]struct {
		have, profile string
		org           Org
		want          string
	}{
		"default keeps all":    {"# mine\nGOPROXY=https://mine.example", "default", Org{}, "# mine\nGOPROXY=https://mine.example"},
		"cn":                   {"GOFLAGS=-mod=mod\n", "cn", Org{}, "GOFLAGS=-mod=mod\n" + cn},
		"there already":        {cn, "cn", Org{}, cn},
		"no newline at end":    {strings.TrimSuffix(cn, "\n"), "cn", Org{}, strings.TrimSuffix(cn, "\n")},
		"the org wins":         {"", "cn", Org{GOPROXY: "https://goproxy.corp.example,direct", GOTOOLCHAIN: "local"}, "GOPROXY=https://goproxy.corp.example,direct\nGOTOOLCHAIN=local\n"},
		"the database is on":   {"GOSUMDB=off\n", "default", Org{}, ""},
		"bricked":              {"GOROOT=/nonexistent\nA=1\n", "default", Org{}, "A=1\n"},
		"patterns are added":   {"GOPRIVATE=a.example,b.example\n", "default", Org{Private: []string{"b.example", "c.example"}}, "GOPRIVATE=a.example,b.example,c.example\n"},
		"what hides GOPRIVATE": {"GONOPROXY=a.example\nGONOSUMDB=none\n", "default", Org{Private: []string{"c.example"}}, "GONOPROXY=a.example,c.example\nGONOSUMDB=none\nGOPRIVATE=c.example\n"},
		"crlf":                 {"GOPRIVATE=a.example\r\n" + strings.ReplaceAll(cn, "\n", "\r\n"), "cn", Org{}, "GOPRIVATE=a.example\n" + cn},
		"bom":                  {"\ufeff" + cn, "cn", Org{}, cn},
	} {
		dir := home(t, "dev")
		file := filepath.Join(dir, ".config", "go", "env")
		write(t, file, c.have)
		apply(t, look(t, dir), Wanted{Profile: profile(t, c.profile), Org: &c.org, SDK: sdks, Offline: true, Pins: pins(h1), Newest: "1.26.8"})
		if got := read(t, file); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	dir := home(t, "dev")
	write(t, filepath.Join(dir, ".profile"), "export GOPROXY=https://user:geheim@mine.example\n")
	p, err := plan(t, look(t, dir, "GOPROXY=https://user:geheim@mine.example"), Wanted{Profile: profile(t, "cn"), SDK: sdks, Offline: true, Pins: pins(h1), Newest: "1.26.8"})
	if err != nil || len(p.Notes) != 1 || p.Notes[0].Code != "shadowed" || !strings.Contains(p.Notes[0].Text.ZH, ".profile:1") || strings.Contains(p.Notes[0].Text.EN, "geheim") {
		t.Errorf("shadowed: %v %v", p.Notes, err)
	}
	if _, err := plan(t, look(t, dir, "GOENV=off"), Wanted{Profile: profile(t, "cn"), SDK: sdks, Offline: true, Pins: pins(h1), Newest: "1.26.8"}); msg.KindOf(err) != msg.Usage {
		t.Errorf("GOENV=off: %v", err)
	}
}

// The real git reads what we write.
func TestGit(t *testing.T) {
	git := tool(t, "git")
	dir := home(t, "开 发 'x\"")
	sdks, h1 := sdkDir(t, "go1.26.8")
	write(t, filepath.Join(dir, ".gitconfig"), "[user]\n\tname = 名")
	apply(t, look(t, dir), Wanted{Org: corp(t), SDK: sdks, Offline: true, Pins: pins(h1)})
	for key, want := range map[string]string{"url.ssh://git@git.corp.example/.insteadof": "https://git.corp.example/", "credential.https://code.corp.example.helper": "cache", "user.name": "名"} {
		cmd := exec.Command(git, "config", "--global", "--includes", "--get", key)
		cmd.Env = environ(dir, "GIT_CONFIG_NOSYSTEM=1")
		if out, err := cmd.Output(); err != nil || strings.TrimSpace(string(out)) != want {
			t.Errorf("%s is %q %v", key, out, err)
		}
	}
}

// B9: what others installed is named and left.
func TestNotes(t *testing.T) {
	sdks, h1 := sdkDir(t, "go1.26.8")
	dir := home(t, "dev")
	d := look(t, dir, "GOROOT=/usr/local/go", "GO111MODULE=off")
	d.Snapshot.Gos = nil
	for _, path := range []string{"/home/dev/.gvm/gos/go1.20/bin/go", "/home/dev/.asdf/shims/go", "/home/dev/.goenv/shims/go", "/home/dev/.local/share/mise/shims/go", "/usr/bin/go", "/opt/go/bin/go", "/mnt/c/Go/bin/go"} {
		d.Snapshot.Gos = append(d.Snapshot.Gos, envcheck.GoBinary{Path: path, Version: "go1.20"})
	}
	d.Snapshot.Machine.WSL = true
	p, err := plan(t, d, Wanted{SDK: sdks, Offline: true, Pins: pins(h1), Newest: "1.26.8"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, n := range p.Notes {
		got = append(got, n.Code)
		if n.Text.EN == n.Text.ZH || strings.Contains(n.Text.ZH+n.Text.EN, "%!") {
			t.Errorf("%+v", n)
		}
	}
	if strings.Join(got, " ") != "gvm asdf goenv mise distribution other windows-go several goroot gopath-mode wsl" {
		t.Error(got)
	}
}
