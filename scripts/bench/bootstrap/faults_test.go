package main

import (
	"archive/tar"
	"os"
	"runtime"
	"strings"
	"testing"
)

const (
	share        = "home/dev/.local/share/yingzao"
	journal      = "home/dev/.local/state" // of undo
	mediaProgram = "/media/yingzao_linux_" + runtime.GOARCH
)

// B1, musl: a static program does not mind, and neither does Go; it is said.
func TestMusl(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.write("lib/ld-musl-x86_64.so.1", "")
	code, out := d.script(task{})
	d.want(code, out, 0, "note: the C library here is musl")
	if got := d.sh("go version"); got != "go version go1.26.8 linux/"+runtime.GOARCH {
		t.Error(got)
	}
}

// B3: hostile archives whose files are just those that are vouched for, and one more:
// refused by the whole way through, nothing is written, the Go that was there stays.
func TestHostileArchives(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	older := madeUp("1.26.7")
	d.write("media/old/"+archiveName("1.26.7"), packed(t, older))
	code, out := d.script(task{}, "--go", "1.26.7", "--sdk", "/media/old", "--sdk-h1", h1Of(t, older))
	d.want(code, out, 0, "none -> go1.26.7")
	file := func(name string) tar.Header { return tar.Header{Name: name, Typeflag: tar.TypeReg, Mode: 0o755} }
	for name, evil := range map[string]tar.Header{
		"up":          file("go/../../../../../../../../bin/evil"),
		"absolute":    file("/bin/evil"),
		"outside":     file("evil"),
		"backslash":   file(`go\..\evil`),
		"symlink":     {Name: "go/src/evil", Typeflag: tar.TypeSymlink, Linkname: "/bin", Mode: 0o777},
		"link over":   {Name: "go/bin", Typeflag: tar.TypeSymlink, Linkname: "/bin", Mode: 0o777},
		"hard link":   {Name: "go/src/evil", Typeflag: tar.TypeLink, Linkname: "/bin/busybox"},
		"device":      {Name: "go/src/evil", Typeflag: tar.TypeBlock, Devmajor: 8},
		"pipe":        {Name: "go/src/evil", Typeflag: tar.TypeFifo},
		"twice":       file("go/bin/go"),
		"by case":     file("go/BIN/GO"),
		"an addition": file("go/src/fmt/evil.go"),
	} {
		d.write("media/sdk/"+archiveName(version), packed(t, madeUp(version), evil))
		before := d.state("home/dev/.cache", journal)
		code, out := d.script(task{})
		if code != 3 || !strings.Contains(out, "error: ") {
			t.Errorf("%s: exit %d\n%s", name, code, out)
		}
		if after := d.state("home/dev/.cache", journal); after != before {
			t.Errorf("%s: not as it was: %s", name, difference(before, after))
		}
	}
	if got := d.sh("command -v go && go version"); got != "/"+share+"/go/current/bin/go\ngo version go1.26.7 linux/"+runtime.GOARCH {
		t.Error(got)
	}
}

func difference(a, b string) string {
	var out strings.Builder
	have := map[string]bool{}
	for line := range strings.Lines(a) {
		have[line] = true
	}
	for line := range strings.Lines(b) {
		if !have[line] {
			out.WriteString("+" + line)
		}
		delete(have, line)
	}
	for line := range have {
		out.WriteString("-" + line)
	}
	return out.String()
}

// B6: without a network the bundle is all that is needed; one that is damaged, has
// more than it says, is another than was told, or is older than what was seen, is
// refused and leaves the desk alone.
func TestBundles(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.write("media/org.yaml", "version: 1\nbootstrap:\n  name: corp\n  goproxy: https://goproxy.corp.example\n  go: {version: "+version+", h1: {linux/"+runtime.GOARCH+": '"+d.h1+"'}}\n")
	bundle := func(to string, args ...string) string {
		code, out := d.do(task{offline: true, args: append([]string{mediaProgram, "bootstrap", "bundle", "--offline", "--to", to, "--sdk", "/media/sdk", "--sdk-h1", d.h1, "--org", "/media/org.yaml"}, args...)})
		d.want(code, out, 0, "sha256 of bundle.json  ")
		_, sum, _ := strings.Cut(out, "sha256 of bundle.json  ")
		return sum[:64]
	}
	sum := bundle("/media/desk", "--sequence", "3")
	bundle("/media/desk.tar", "--sequence", "3")
	other := bundle("/media/older", "--sequence", "2")
	apply := func(script string, args ...string) (int, string) {
		return d.do(task{offline: true, args: append([]string{"sh", script, "apply", "--yes"}, args...)})
	}
	edit := func(name, more string) func() {
		data, err := os.ReadFile(d.path("media/desk/" + name))
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		missing := err != nil
		d.write("media/desk/"+name, string(data)+more)
		return func() {
			if missing {
				_ = os.Remove(d.path("media/desk/" + name))
				return
			}
			d.write("media/desk/"+name, string(data))
		}
	}
	sdk := "sdk/v0.0.1-go" + version + ".linux-" + runtime.GOARCH + ".zip"
	for _, tc := range []struct{ name, file, text string }{
		{"the program", "bin/yingzao_linux_" + runtime.GOARCH, "damaged or not genuine"},
		{"the SDK", sdk, "v0.0.1-go1.26.8"},
		{"the settings", "yingzao.yaml", "yingzao.yaml"},
		{"a stranger", "modules/evil.example/@v/list", "evil.example"},
	} {
		back := edit(tc.file, "\n#")
		before := d.state("tmp")
		code, out := apply("/media/desk/bootstrap.sh")
		if code != 3 || !strings.Contains(out, tc.text) {
			t.Errorf("%s: exit %d, want 3 and %q\n%s", tc.name, code, tc.text, out)
		}
		if diff := difference(before, d.state("tmp", share+"/bin")); exists(d.path("home/dev/.profile")) {
			t.Errorf("%s: %s", tc.name, diff)
		}
		back()
	}
	code, out := apply("/media/desk/bootstrap.sh", "--from-sha256", other)
	d.want(code, out, 3, other)
	code, out = apply("/media/desk/bootstrap.sh", "--from-sha256", sum)
	d.want(code, out, 0, "none -> go1.26.8")
	if got := d.sh("go version && cat ~/.config/go/env"); got != "go version go1.26.8 linux/"+runtime.GOARCH+"\nGOPROXY=https://goproxy.corp.example" {
		t.Error(got)
	}
	code, out = apply("/media/bootstrap.sh", "--from", "/media/desk.tar")
	d.want(code, out, 0, "nothing to do")
	code, out = apply("/media/bootstrap.sh", "--from", "/media/older")
	d.want(code, out, 3, "error: ")
	code, out = apply("/media/bootstrap.sh", "--org", "https://git.corp.example/yingzao.yaml", "--from", "/media/desk")
	d.want(code, out, 2, "nobody vouches for it")
}

// B7: places that cannot be written, that are full, or where nothing may be started.
func TestPlaces(t *testing.T) {
	t.Parallel()
	const home = `mount -t tmpfs -o %,mode=755 none "$root/home/dev"`
	on := func(options string) string { return strings.ReplaceAll(home, "%", options) }
	direct := []string{mediaProgram, "bootstrap", "apply", "--yes", "--offline", "--profile", "cn", "--sdk", "/media/sdk", "--sdk-h1"}
	for _, tc := range []struct {
		name, before, text string
		script             bool // or the program itself
		code               int
	}{
		{"a home that is read-only, by the script", on("ro"), "cannot write to /home/dev/.local/share/yingzao/bin", true, 1},
		{"a home that is read-only", on("ro"), "read-only file system", false, 1},
		{"a home too small for the program", on("size=600k"), "is the disk or the quota full?", true, 1},
		{"a home too small for Go", on("size=3m"), "hint: ", false, 1},
		{"a home with no room at all", on("size=4k,nr_inodes=4"), "hint: ", false, 1},
		{"a home where nothing may be started, by the script", on("size=100m,noexec"), "mounted noexec", true, 1},
		{"a temp folder where nothing may be started", `mount -t tmpfs -o noexec none "$root/tmp"`, "none -> go1.26.8", true, 0},
		{"a temp folder that is full", `mount -t tmpfs -o size=4k,nr_inodes=1 none "$root/tmp"`, "none -> go1.26.8", true, 0},
		{"no temp folder", `mount -t tmpfs -o ro none "$root/tmp"`, "none -> go1.26.8", true, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			before := d.state()
			tk := task{offline: true, before: tc.before}
			// Mounts end with the run, so what is left in the home is listed inside.
			tail := `; code=$?; find /home/dev -type f >&2; exit $code`
			var code int
			var out string
			if tc.script {
				tk.args = []string{"sh", "-c", `sh /media/bootstrap.sh apply --yes --offline --profile cn --sdk /media/sdk --sdk-h1 ` + d.h1 + tail}
			} else {
				tk.args = []string{"sh", "-c", strings.Join(direct, " ") + " " + d.h1 + tail}
			}
			code, out = d.do(tk)
			d.want(code, out, tc.code, tc.text)
			if tc.code == 0 {
				return
			}
			for line := range strings.Lines(out) {
				if strings.HasPrefix(line, "/home/") && (strings.Contains(line, "profile") || strings.Contains(line, "/share/yingzao/go/") || strings.Contains(line, ".part")) {
					t.Errorf("left behind: %s", line)
				}
			}
			if after := d.state(); after != before {
				t.Errorf("elsewhere: %s", difference(before, after))
			}
		})
	}
	t.Run("a name with everything in it", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t)
		const name = "/home/张 三's \"$HOME\""
		if err := os.MkdirAll(d.path(name), 0o755); err != nil {
			t.Fatal(err)
		}
		code, out := d.script(task{env: []string{"HOME=" + name}})
		d.want(code, out, 0, "none -> go1.26.8")
		if got := d.sh("command -v go && go version", "HOME="+name); got != name+"/.local/share/yingzao/go/current/bin/go\ngo version go1.26.8 linux/"+runtime.GOARCH {
			t.Error(got)
		}
	})
}

// B9: what others installed, as it really lies there: named, left alone, second.
func TestOtherGos(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	says := func(v string) string { return "#!/bin/sh\necho go version go" + v + " linux/" + runtime.GOARCH + "\n" }
	for name, text := range map[string]string{
		"home/dev/.gvm/gos/go1.20/bin/go":  says("1.20"),
		"home/dev/.gvm/gos/go1.20/VERSION": "go1.20",
		"home/dev/.gvm/scripts/gvm":        "export GVM_ROOT=~/.gvm GOROOT=~/.gvm/gos/go1.20\nPATH=$GOROOT/bin:$PATH\n",
		"home/dev/.asdf/shims/go":          "#!/usr/bin/env bash\n# asdf-plugin: golang 1.21.5\nexec /home/dev/.asdf/bin/asdf exec \"go\" \"$@\"\n",
		"home/dev/.goenv/shims/go":         "#!/usr/bin/env bash\nset -e\nexport GOENV_ROOT=/home/dev/.goenv\nexec /home/dev/.goenv/libexec/goenv exec go \"$@\"\n",
		"usr/lib/go-1.19/bin/go":           says("1.19.8"),
		"usr/lib/go-1.19/VERSION":          "go1.19.8",
		"home/dev/.profile":                "# made by hand\n. ~/.gvm/scripts/gvm\nPATH=$HOME/.asdf/shims:$HOME/.goenv/shims:$PATH\nexport GOROOT=$HOME/.gvm/gos/go1.20",
		"home/dev/.config/go/env":          "GOROOT=/usr/lib/go-1.19\nGOFLAGS=-mod=mod\n",
	} {
		d.write(name, text)
	}
	if err := os.MkdirAll(d.path("usr/bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../lib/go-1.19/bin/go", d.path("usr/bin/go")); err != nil {
		t.Fatal(err)
	}
	before := d.state("home/dev/.local", "home/dev/.cache")
	path := "PATH=/home/dev/.asdf/shims:/home/dev/.goenv/shims:/home/dev/.gvm/gos/go1.20/bin:/usr/bin:/bin"
	code, out := d.script(task{env: []string{path, "GOROOT=/home/dev/.gvm/gos/go1.20", "GO111MODULE=off"}})
	d.want(code, out, 0, "-> go1.26.8")
	for _, note := range []string{
		"gvm           gvm has a Go, /home/dev/.gvm/gos/go1.20/bin/go; it stays",
		"asdf          asdf has a Go, /home/dev/.asdf/shims/go; it stays",
		"goenv         goenv has a Go, /home/dev/.goenv/shims/go; it stays",
		"distribution  the system's packages have a Go, /usr/bin/go",
		"several       4 other go commands are on PATH",
		"goroot        GOROOT is set to /home/dev/.gvm/gos/go1.20 in the environment: it leads any go to that library; remove it in /home/dev/.profile:4",
		"gopath-mode   GO111MODULE=off",
	} {
		if !strings.Contains(out, note) {
			t.Errorf("not said: %s\n%s", note, out)
		}
	}
	// Nothing of theirs is different; two files of the user are.
	after := d.state("home/dev/.local", "home/dev/.cache")
	if diff := difference(before, after); strings.Count(diff, "\n") != 4 || !strings.Contains(diff, "+home/dev/.profile ") || !strings.Contains(diff, "+home/dev/.config/go/env ") {
		t.Errorf("changed:\n%s", diff)
	}
	if got := d.sh("command -v go; cat ~/.config/go/env; /usr/bin/go version; . ~/.gvm/scripts/gvm; go version"); got != "/"+share+"/go/current/bin/go\nGOFLAGS=-mod=mod\nGOPROXY=https://goproxy.cn|https://mirrors.aliyun.com/goproxy/,direct\ngo version go1.19.8 linux/"+runtime.GOARCH+"\ngo version go1.20 linux/"+runtime.GOARCH {
		t.Error(got)
	}
	if code, out = d.do(task{offline: true, args: []string{"/" + share + "/bin/yingzao", "bootstrap", "undo"}}); code != 0 {
		t.Errorf("undo: exit %d\n%s", code, out)
	}
	if diff := difference(before, d.state("home/dev/.local", "home/dev/.cache")); diff != "" {
		t.Errorf("after undo:\n%s", diff)
	}
}

// The helpers of this file fail when they should.
func TestDifference(t *testing.T) {
	if difference("a\nb\n", "a\nc\n") != "+c\n-b\n" || difference("a\n", "a\n") != "" {
		t.Error(difference("a\nb\n", "a\nc\n"))
	}
}
