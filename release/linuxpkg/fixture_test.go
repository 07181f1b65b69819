package linuxpkg

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/target"
)

var commitTime = time.Date(2026, 11, 2, 3, 4, 5, 0, time.UTC)

// worlds are the targets that are read back with real tools.
var worlds = []struct{ target, deb, rpm string }{
	{"linux/amd64", "amd64", "x86_64"},
	{"linux/arm64", "arm64", "aarch64"},
	{"linux/loong64", "loong64", "loongarch64"},
	{"linux/loong64-abi1.0", "loongarch64", "loongarch64"},
}

// fixture is a package with one of everything, its files made in dir.
func fixture(t testing.TB, dir, bin, format string, tg target.Target) Package {
	t.Helper()
	at := func(name string) string { return filepath.Join(dir, name) }
	write(t, at("demo.conf"), "listen = 1\n", 0o666)
	write(t, at("a [b] {c}*.md"), "# 说明\n", 0o666)
	write(t, at("share/zh/手册.txt"), "手册\n", 0o666)
	write(t, at("share/tool.sh"), "#!/bin/sh\n", 0o777)
	_ = os.Remove(at("share/latest"))
	if err := os.Symlink("zh", at("share/latest")); err != nil {
		t.Fatal(err)
	}
	write(t, at("post.sh"), "#!/bin/sh\necho installed\n", 0o666)
	write(t, at("pre.sh"), "#!/bin/sh\necho removing\n", 0o666)
	return Package{
		Format: format, Name: "demo", Target: tg, Version: "1.2.3-rc.1", Release: "2", Epoch: "1",
		Section: "utils", Maintainer: "营造 <ops@example.com>", Vendor: "Example", Homepage: "https://example.com",
		License: "Apache-2.0", Description: "A demo 演示\n\nwith a second paragraph",
		Recommends: []string{"ca-certificates"}, Conflicts: []string{"demo-old", " "},
		Contents: []Content{
			{Src: bin, Dst: "/usr/bin/demo", Mode: 0o755},
			{Src: at("demo.conf"), Dst: "/etc/demo/demo.conf", Type: "config|noreplace"},
			{Src: "demo", Dst: "/usr/bin/dm", Type: "symlink"},
			{Src: "/etc", Dst: "/usr/share/demo/etc", Type: "symlink"}, // a folder on this host
			{Dst: "/var/lib/demo", Type: "dir", Mode: 0o750, Owner: "daemon", Group: "daemon"},
			{Src: at("a [b] {c}*.md"), Dst: "/usr/share/doc/demo/"},
			{Src: at("share"), Dst: "/usr/share/demo/data", Type: "tree"},
			{Src: filepath.Join(quoteMeta(dir), "*.sh"), Glob: true, Dst: "/usr/libexec/demo", Mode: fs.ModeSetuid | 0o755},
			{Src: at("demo.conf"), Dst: "/etc/demo/deb.conf", Packager: Deb},
		},
		Scripts: Scripts{PostInstall: at("post.sh"), PreRemove: at("pre.sh")},
		RPM:     RPMFields{Group: "Tools"},
		Deb:     DebFields{LintianOverrides: []string{"statically-linked-binary"}, Fields: map[string]string{"Bugs": "https://example.com/bugs"}},
		MTime:   commitTime,
	}
}

func quoteMeta(s string) string {
	return strings.NewReplacer("[", `\[`, "]", `\]`, "{", `\{`, "}", `\}`, "*", `\*`, "?", `\?`).Replace(s)
}

func write(t testing.TB, path, text string, mode fs.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

func pack(t testing.TB, p Package) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(context.Background(), &b, p); err != nil {
		t.Fatalf("%s %s: %v", p.Format, p.Target, err)
	}
	return b.Bytes()
}

// packFile writes the package below its conventional name.
func packFile(t testing.TB, p Package) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), FileName(p))
	if err := os.WriteFile(path, pack(t, p), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// tool runs a program that may be absent.
func tool(t testing.TB, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		if os.Getenv("YINGZAO_E2E") == "require" {
			t.Fatalf("%s is required", name)
		}
		t.Skipf("%s is not installed", name)
	}
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "TZ=UTC")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%.2000q", name, args, err, out)
	}
	return string(out)
}

func mustContain(t testing.TB, what, got string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(got, want) {
			t.Errorf("%s lacks %q:\n%s", what, want, got)
		}
	}
}
