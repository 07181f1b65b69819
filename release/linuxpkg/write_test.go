package linuxpkg

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

func minimal(t testing.TB, format string) Package {
	return Package{Format: format, Name: "demo", Version: "1.0.0", Target: tgt(t, "linux/amd64")}
}

func TestWriteRefuses(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "f")
	write(t, file, "x", 0o644)
	crlf, bare := filepath.Join(dir, "crlf.sh"), filepath.Join(dir, "bare.sh")
	write(t, crlf, "#!/bin/sh\r\necho\r\n", 0o644)
	write(t, bare, "echo\n", 0o644)
	for _, tc := range []struct {
		field, format string
		change        func(*Package)
	}{
		{"package_name", Deb, func(p *Package) { p.Name = "" }},
		{"package_name", Deb, func(p *Package) { p.Name = "My_Tool" }},
		{"package_name", RPM, func(p *Package) { p.Name = "a b" }},
		{"package_name", ArchLinux, func(p *Package) { p.Name = "工具" }},
		{"version", Deb, func(p *Package) { p.Version = "" }},
		{"version", Deb, func(p *Package) { p.Version = "main" }},
		{"version", Deb, func(p *Package) { p.Version = "1.0\nDepends: evil" }},
		{"version", RPM, func(p *Package) { p.Version = "1.0.0+a-b" }},
		{"version", APK, func(p *Package) { p.Version = "x1" }},
		{"release", RPM, func(p *Package) { p.Release = "1-2" }},
		{"release", ArchLinux, func(p *Package) { p.Release = "el7" }},
		{"epoch", RPM, func(p *Package) { p.Epoch = "one" }},
		{"epoch", Deb, func(p *Package) { p.Epoch = "-1" }},
		{"mtime", RPM, func(p *Package) { p.MTime = time.Date(1969, 1, 1, 0, 0, 0, 0, time.UTC) }},
		{"mtime", Deb, func(p *Package) { p.MTime = time.Date(2039, 1, 1, 0, 0, 0, 0, time.UTC) }},
		{"rpm.compression", RPM, func(p *Package) { p.RPM.Compression = "brotli" }},
		{"rpm.compression", RPM, func(p *Package) { p.RPM.Compression = "xz:9" }},
		{"deb.compression", Deb, func(p *Package) { p.Deb.Compression = "gzip:0" }},
		{"homepage", Deb, func(p *Package) { p.Homepage = "https://x\nEvil: 1" }},
		{"description", Deb, func(p *Package) { p.Description = "a\x1b[31m" }},
		{"deb.fields", Deb, func(p *Package) { p.Deb.Fields = map[string]string{"A: b": "c"} }},
		{"deb.fields.Tag", Deb, func(p *Package) { p.Deb.Fields = map[string]string{"Tag": "a\nb"} }},
		{"dependencies", Deb, func(p *Package) { p.Depends = []string{"libc6 >= 2.28"} }},
		{"dependencies", RPM, func(p *Package) { p.Depends = []string{"glibc (>= 2.28)"} }},
		{"recommends", APK, func(p *Package) { p.Recommends = []string{"a\nb"} }},
		{"deb.breaks", Deb, func(p *Package) { p.Deb.Breaks = []string{"UPPER"} }},
		{"contents[0].src", Deb, func(p *Package) { p.Contents = []Content{{Src: file + "x", Dst: "/f"}} }},
		{"contents[1].src", RPM, func(p *Package) {
			p.Contents = []Content{{Src: file, Dst: "/f"}, {Src: filepath.Join(dir, "*.none"), Glob: true, Dst: "/g"}}
		}},
		{"contents[0].src", Deb, func(p *Package) { p.Contents = []Content{{Dst: "/f", Type: "symlink"}} }},
		{"contents[0].dst", Deb, func(p *Package) { p.Contents = []Content{{Src: file}} }},
		{"contents[0].dst", Deb, func(p *Package) { p.Contents = []Content{{Src: file, Dst: "/usr/../../etc/passwd"}} }},
		{"contents[0].dst", Deb, func(p *Package) { p.Contents = []Content{{Src: file, Dst: "/a\n/b"}} }},
		{"contents[0].type", Deb, func(p *Package) { p.Contents = []Content{{Src: file, Dst: "/f", Type: "conf"}} }},
		{"contents[0].file_info", Deb, func(p *Package) { p.Contents = []Content{{Src: file, Dst: "/f", Owner: "a b"}} }},
		{"contents[0].file_info.mtime", RPM, func(p *Package) {
			p.Contents = []Content{{Src: file, Dst: "/f", MTime: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)}}
		}},
		{"contents", Deb, func(p *Package) { p.Contents = []Content{{Src: file, Dst: "/f"}, {Src: file, Dst: "f"}} }},
		{"scripts.postinstall", Deb, func(p *Package) { p.Scripts.PostInstall = file + "x" }},
		{"scripts.preremove", Deb, func(p *Package) { p.Scripts.PreRemove = bare }},
		{"scripts.preremove", RPM, func(p *Package) { p.Scripts.PreRemove = crlf }},
		{"temp", Deb, func(p *Package) { p.Temp = file }},
	} {
		p := minimal(t, tc.format)
		tc.change(&p)
		var b bytes.Buffer
		err := Write(context.Background(), &b, p)
		prefix := tc.format + ` package `
		if err == nil || !strings.HasPrefix(err.Error(), prefix) || !strings.Contains(err.Error(), " for linux/amd64: "+tc.field+": ") {
			t.Errorf("%s %s: %v", tc.format, tc.field, err)
			continue
		}
		zh := msg.In(err, msg.Chinese)
		if !strings.HasPrefix(zh, "为 linux/amd64 制作 "+tc.format+" 包 ") || !strings.Contains(zh, "："+tc.field+"：") || strings.Contains(zh, "%!") {
			t.Errorf("%s %s in Chinese: %s", tc.format, tc.field, zh)
		}
		if b.Len() > 0 {
			t.Errorf("%s %s: %d bytes were written", tc.format, tc.field, b.Len())
		}
	}
	if err := Write(context.Background(), io.Discard, minimal(t, "msi")); err == nil || !strings.Contains(err.Error(), `format "msi": unknown`) {
		t.Errorf("unknown format: %v", err)
	}
	p := minimal(t, Deb)
	p.Contents = []Content{{Src: file + "x", Dst: "/f"}}
	if err := Write(context.Background(), io.Discard, p); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the cause is lost: %v", err)
	}
}

// The least package of each format is made, carries nothing of this host, and
// one entry meant for another format is left out.
func TestWriteMinimal(t *testing.T) {
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "f")
	write(t, file, "x", 0o644)
	for _, format := range Formats() {
		p := minimal(t, format)
		p.Deb.Compression = "none"
		empty := pack(t, p)
		if len(host) > 4 && bytes.Contains(empty, []byte(host)) {
			t.Errorf("%s contains the host's name", format)
		}
		p.Contents = []Content{{Src: file, Dst: "/f", Packager: "other"}}
		if !bytes.Equal(empty, pack(t, p)) {
			t.Errorf("%s: an entry of another format changed the package", format)
		}
		p.Contents[0].Packager = format
		if bytes.Equal(empty, pack(t, p)) {
			t.Errorf("%s: its own entry is missing", format)
		}
	}
}

func TestLevelIsNoArchitecture(t *testing.T) {
	p := minimal(t, Deb)
	v1 := pack(t, p)
	p.Target = tgt(t, "linux/amd64/v3")
	if !bytes.Equal(v1, pack(t, p)) {
		t.Error("the level changed what the package says")
	}
}

func TestAPKReadBack(t *testing.T) {
	tg := tgt(t, "linux/arm64")
	p := fixture(t, t.TempDir(), buildDemo(t, tg), APK, tg)
	r, err := gzip.NewReader(bytes.NewReader(pack(t, p))) // two gzip members are one stream, and the first tar has no end
	if err != nil {
		t.Fatal(err)
	}
	list, files := listTar(t, r)
	mustContain(t, "apk", list, "0755 / 2026-11-02T03:04:05 .post-install", "0755 / 2026-11-02T03:04:05 .pre-deinstall",
		"0755 root/root 2026-11-02T03:04:05 usr/bin/demo\n", "usr/bin/dm -> demo\n", "0644 root/root 2026-11-02T03:04:05 etc/demo/demo.conf\n")
	mustContain(t, "PKGINFO", files[".PKGINFO"], "pkgname = demo\n", "pkgver = 1.2.3_rc1-r2\n", "arch = aarch64\n")
}

func TestArchLinuxReadBack(t *testing.T) {
	tg := tgt(t, "linux/amd64")
	for _, epoch := range []string{"", "1"} {
		p := fixture(t, t.TempDir(), buildDemo(t, tg), ArchLinux, tg)
		p.Epoch = epoch
		z, err := zstd.NewReader(bytes.NewReader(pack(t, p)), zstd.WithDecoderConcurrency(1))
		if err != nil {
			t.Fatal(err)
		}
		_, files := listTar(t, z)
		z.Close()
		want := "pkgver = 1.2.3rc.1-2\n"
		if epoch != "" {
			want = "pkgver = 1:1.2.3rc.1-2\n"
		}
		mustContain(t, "PKGINFO", files[".PKGINFO"], want, "arch = x86_64\n", "backup = etc/demo/demo.conf\n", "builddate = 1793588645\n")
		mustContain(t, "INSTALL", files[".INSTALL"], "function post_install() {\n#!/bin/sh\necho installed\n")
	}
}

func TestWriteIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := Write(ctx, io.Discard, minimal(t, Deb)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before: %v", err)
	}
	file := filepath.Join(t.TempDir(), "big")
	noise := make([]byte, 1<<20) // what does not compress keeps xz busy
	_, _ = rand.NewChaCha8([32]byte{}).Read(noise)
	if err := os.WriteFile(file, noise, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{Deb, RPM} {
		p := minimal(t, format)
		p.Temp = t.TempDir()
		p.Deb.Compression, p.RPM.Compression = "xz", "xz"
		p.Contents = []Content{{Src: file, Dst: "/big"}}
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
		began := time.Now()
		err := Write(ctx, io.Discard, p)
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(began) > 30*time.Second {
			t.Errorf("%s: %v after %v", format, err, time.Since(began))
		}
		waitForEmpty(t, p.Temp)
	}
}

// waitForEmpty waits until what goes on in the background has cleaned up.
func waitForEmpty(t *testing.T, dir string) {
	t.Helper()
	for range 600 {
		if left, err := os.ReadDir(dir); err != nil || len(left) == 0 {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("%s was not cleaned up", dir)
}

func TestUmask(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "f"), "x", 0o644)
	write(t, filepath.Join(dir, "x"), "x", 0o755)
	p := minimal(t, Deb)
	p.Umask, p.Deb.Compression = 0o027, "none"
	p.Contents = []Content{{Src: dir, Dst: "/opt/demo", Type: "tree"}, {Src: filepath.Join(dir, "f"), Dst: "/opt/set", Mode: 0o666}}
	_, bodies := members(t, pack(t, p))
	list, _ := listTar(t, bytes.NewReader(bodies["data.tar"]))
	mustContain(t, "modes", strings.ReplaceAll(list, " root/root 1970-01-01T00:00:00", ""), "0640 ./opt/demo/f\n", "0750 ./opt/demo/x\n", "5 0750 ./opt/demo/\n", "0666 ./opt/set\n")
}

func TestNumericModes(t *testing.T) {
	for in, want := range map[fs.FileMode]fs.FileMode{
		0: 0, 0o755: 0o755, 0o4755: 0o4755, fs.ModeSetuid | 0o755: 0o4755, fs.ModeSetgid | fs.ModeSticky | 0o777: 0o3777, fs.ModeDir | 0o700: 0o700,
	} {
		if got := numeric(in); got != want {
			t.Errorf("numeric(%v) = %o, want %o", in, got, want)
		}
	}
}

func FuzzSetPayloadSize(f *testing.F) {
	f.Add([]byte{})
	f.Add(append(make([]byte, rpmLead), rpmMagic...))
	f.Add(append(append(make([]byte, rpmLead), rpmMagic...), 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff))
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := setPayloadSize(context.Background(), b, ""); err == nil && len(b) < rpmLead+2*rpmIntro {
			t.Error("accepted less than two headers")
		}
	})
}
