package rebuild

import (
	"archive/tar"
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/release/linuxpkg"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// packed writes a package with a program in it.
func packed(t testing.TB, format, program string, change func(p *linuxpkg.Package)) string {
	t.Helper()
	dir := t.TempDir()
	tg, err := target.Parse("linux/amd64")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"hello.conf": "listen = 1\n", "post.sh": "#!/bin/sh\necho installed\n", "more": "x\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	p := linuxpkg.Package{
		Format: format, Name: "hello", Target: tg, Version: "1.2.3", Maintainer: "ops <ops@example.com>", Description: "Hello", License: "MIT", MTime: commitTime, Temp: dir,
		Scripts: linuxpkg.Scripts{PostInstall: filepath.Join(dir, "post.sh")},
		Contents: []linuxpkg.Content{
			{Src: program, Dst: "/usr/bin/hello", Mode: 0o755}, {Src: filepath.Join(dir, "hello.conf"), Dst: "/etc/hello.conf", Type: "config"},
			{Src: "hello", Dst: "/usr/bin/hi", Type: "symlink"},
		},
	}
	if change != nil {
		change(&p)
	}
	var b bytes.Buffer
	if err := linuxpkg.Write(context.Background(), &b, p); err != nil {
		t.Fatal(err)
	}
	return written(t, b.Bytes())
}

func written(t testing.TB, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// edited changes bytes of a finished package.
func edited(t testing.TB, path, old, new string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(b, []byte(old)) {
		t.Fatalf("there is no %q", old)
	}
	return written(t, bytes.Replace(b, []byte(old), []byte(new), 1))
}

func TestPlantedDifferencesInPackages(t *testing.T) {
	env := environ(t)
	dir := project(t, env)
	build := func(extra ...string) string {
		out := filepath.Join(t.TempDir(), "hello")
		run(t, dir, append(slices.Clone(env), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64"), "go", slices.Concat([]string{"build", "-buildvcs=false", "-trimpath", "-ldflags=-s -w", "-o", out}, extra)...)
		return out
	}
	program := build()
	special := build("-tags=special")
	type plant struct {
		name string
		make func(format string) string
		only string // "" = every format, else those
		want string // lines: file|kind|part of the text|first cause
	}
	with := func(change func(p *linuxpkg.Package)) func(string) string {
		return func(format string) string { return packed(t, format, program, change) }
	}
	for _, tc := range []plant{
		{"nothing but the ar archive's time", func(f string) string { return edited(t, packed(t, f, program, nil), "1767323045  0", "1767323046  0") }, "deb",
			`debian-binary|header|time is "2026-01-02T03:04:06Z" as published, "2026-01-02T03:04:05Z" as built|time`},
		{"an ar member's owner", func(f string) string {
			return edited(t, packed(t, f, program, nil), "1767323045  0     0     ", "1767323045  1000  0     ")
		}, "deb", `debian-binary|header|owner is "1000/0" as published|`},
		{"the version of the format", func(f string) string { return edited(t, packed(t, f, program, nil), "2.0\n", "2.1\n") }, "deb", `debian-binary|content|1 of 4 bytes differ, the first at offset 2|`},
		{"another member", func(f string) string {
			b, err := os.ReadFile(packed(t, f, program, nil))
			if err != nil {
				t.Fatal(err)
			}
			return written(t, fmt.Appendf(b, "%-16s%-12d%-6d%-6d%-8s%-10d`\nsign", "_gpgorigin", 0, 0, 0, "100644", 4))
		}, "deb", `_gpgorigin|gone|not built|signature`},
		{"a field", with(func(p *linuxpkg.Package) { p.Depends = []string{"libc6"} }), "deb", `control.tar.gz/control|header|field Depends is "libc6" as published, - as built|`},
		{"a script", with(func(p *linuxpkg.Package) { p.Scripts.PostInstall = written(t, []byte("#!/bin/sh\nexit 1\n")) }), "deb", `control.tar.gz/postinst|content|bytes are published|`},
		{"compression", with(func(p *linuxpkg.Package) { p.Deb.Compression = "xz" }), "deb", `data.tar.xz|container|data.tar.xz is published, data.tar.gz was built|compressor`},
		{"level", with(func(p *linuxpkg.Package) { p.Deb.Compression = "gzip:1" }), "deb", `data.tar.gz|container|compressed in another way|compressor`},
		{"a mode", with(func(p *linuxpkg.Package) { p.Contents[1].Mode = 0o600 }), "deb", `data.tar.gz/etc/hello.conf|header|mode is "0600" as published, "0644" as built|`},
		{"an owner", with(func(p *linuxpkg.Package) { p.Contents[1].Owner = "daemon" }), "deb", `data.tar.gz/etc/hello.conf|header|owner is "daemon/root (0/0)" as published|`},
		{"a file's time", with(func(p *linuxpkg.Package) { p.Contents[1].MTime = commitTime.Add(time.Hour) }), "deb", `data.tar.gz/etc/hello.conf|header|time is "2026-01-02T04:04:05Z" as published|time`},
		{"every time", with(func(p *linuxpkg.Package) { p.MTime = commitTime.Add(time.Hour) }), "deb", `debian-binary|header|time is "2026-01-02T04:04:05Z" as published, "2026-01-02T03:04:05Z" as built (the same in 12 more)|time`},
		{"a link", with(func(p *linuxpkg.Package) { p.Contents[2].Src = "sh" }), "deb", `data.tar.gz/usr/bin/hi|header|link is "sh" as published, "hello" as built|`},
		{"a file's content", with(func(p *linuxpkg.Package) { p.Contents[1].Src = written(t, []byte("listen = 2\n")) }), "deb", `data.tar.gz/etc/hello.conf|content|1 of 11 bytes differ, the first at offset 9|`},
		{"a file more", with(func(p *linuxpkg.Package) {
			p.Contents = append(p.Contents, linuxpkg.Content{Src: p.Contents[1].Src, Dst: "/usr/bin/more"})
		}), "deb", `data.tar.gz/usr/bin/more|gone|not built|`},
		{"a file less", with(func(p *linuxpkg.Package) { p.Contents = p.Contents[:2] }), "deb", `data.tar.gz/usr/bin/hi|added|not published|`},
		{"tags of the program", func(f string) string { return packed(t, f, special, nil) }, "deb", `data.tar.gz/usr/bin/hello|content|differ|tags`},

		{"the build host", func(f string) string { return edited(t, packed(t, f, program, nil), "reproducible", "build-host-1") }, "rpm",
			`header|header|tag BUILDHOST is "build-host-1" as published, "reproducible" as built|packager`},
		{"the lead", func(f string) string { return edited(t, packed(t, f, program, nil), "hello-1.2.3", "jello-1.2.3") }, "rpm", `lead|header|name is "jello-1.2.3|`},
		{"a tag", with(func(p *linuxpkg.Package) { p.License = "GPL-3.0" }), "rpm", `header|header|tag LICENSE is "GPL-3.0" as published, "MIT" as built|`},
		{"the build time", with(func(p *linuxpkg.Package) {
			p.MTime = commitTime.Add(time.Hour)
			for i := range p.Contents {
				p.Contents[i].MTime = commitTime
			}
		}), "rpm", `header|header|tag BUILDTIME is "2026-01-02T04:04:05Z" as published|time`},
		{"a mode", with(func(p *linuxpkg.Package) { p.Contents[1].Mode = 0o600 }), "rpm",
			"header|header|tag FILEMODES of /etc/hello.conf is \"100600\" as published, \"100644\" as built|\npayload/etc/hello.conf|header|mode is \"100600\"|"},
		{"an owner", with(func(p *linuxpkg.Package) { p.Contents[1].Owner = "daemon" }), "rpm", `header|header|tag FILEUSERNAME of /etc/hello.conf is "daemon" as published, "root" as built|`},
		{"compression", with(func(p *linuxpkg.Package) { p.RPM.Compression = "zstd" }), "rpm", "header|header|tag PAYLOADCOMPRESSOR is \"zstd\"|compressor"},
		{"a file's content", with(func(p *linuxpkg.Package) { p.Contents[1].Src = written(t, []byte("listen = 2\n")) }), "rpm", `payload/etc/hello.conf|content|1 of 11 bytes differ, the first at offset 9|`},
		{"tags of the program", func(f string) string { return packed(t, f, special, nil) }, "rpm", `payload/usr/bin/hello|content|differ|tags`},
		{"a byte of the payload", func(f string) string {
			b, err := os.ReadFile(packed(t, f, program, nil))
			if err != nil {
				t.Fatal(err)
			}
			b[len(b)-5000] ^= 1
			return written(t, b)
		}, "rpm", `|content|cannot be taken apart|`},
		{"a byte of a sum", func(f string) string {
			path := packed(t, f, program, nil)
			b, _ := os.ReadFile(path)
			all, err := linuxpkg.Areas(linuxpkg.RPM, b)
			if err != nil {
				t.Fatal(err)
			}
			sum := all[1].Fact("SHA256HEADER")[0]
			return edited(t, path, sum, strings.Repeat("0", len(sum)))
		}, "rpm", `signature|header|tag SHA256HEADER is "0000|`},

		{"a file's content", with(func(p *linuxpkg.Package) { p.Contents[1].Src = written(t, []byte("listen = 2\n")) }), "apk archlinux", `package.tar/etc/hello.conf|content|1 of 11 bytes differ, the first at offset 9|`},
		{"a field", with(func(p *linuxpkg.Package) { p.License = "GPL-3.0" }), "apk archlinux", `package.tar/.PKGINFO|header|field license is "GPL-3.0" as published, "MIT" as built|`},
	} {
		for _, format := range strings.Fields(tc.only) {
			t.Run(format+" "+tc.name, func(t *testing.T) {
				diffs, err := Explain(context.Background(), tc.make(format), packed(t, format, program, nil), manifest.KindPackage)
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, d := range diffs {
					cause := ""
					if len(d.Causes) > 0 {
						cause = d.Causes[0].Code
					}
					got = append(got, fmt.Sprintf("%s|%s|%s|%s", d.File, d.Kind, d.Text.EN, cause))
					if d.Text.In(msg.Chinese) == d.Text.EN {
						t.Errorf("not told in Chinese: %s", d.Text.EN)
					}
				}
				lines := strings.Split(tc.want, "\n")
				for i, want := range lines {
					w := strings.Split(want, "|")
					if !slices.ContainsFunc(got, func(g string) bool {
						p := strings.SplitN(g, "|", 3)
						return p[0] == w[0] && p[1] == w[1] && strings.Contains(p[2], w[2]) && strings.HasSuffix(p[2], "|"+w[3])
					}) {
						t.Errorf("line %d, %s, is not among\n%s", i, want, strings.Join(got, "\n"))
					}
				}
				if len(got) > len(lines)+1 {
					t.Errorf("%d differences told for one:\n%s", len(got), strings.Join(got, "\n"))
				}
				if strings.HasPrefix(tc.name, "tags of") && !slices.ContainsFunc(diffs, func(d Difference) bool {
					return slices.ContainsFunc(d.Sections, func(s Section) bool { return s.Name == ".go.buildinfo" })
				}) {
					t.Errorf("no section is named: %+v", diffs)
				}
			})
		}
	}
}

// Packages that want memory, or a panic.
func TestHostilePackages(t *testing.T) {
	ours := packed(t, linuxpkg.Deb, written(t, []byte("program\n")), nil)
	var bomb, sparse bytes.Buffer
	gz := gzip.NewWriter(&bomb)
	for range 300 {
		if _, err := gz.Write(make([]byte, 1<<20)); err != nil {
			t.Fatal(err)
		}
	}
	if err := gz.Close(); err != nil {
		t.Fatal(err)
	}
	tw := tar.NewWriter(&sparse)
	if err := tw.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "x", Size: 1 << 40, Mode: 0o644}); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(ours)
	if err != nil {
		t.Fatal(err)
	}
	real, err := linuxpkg.Areas(linuxpkg.Deb, raw)
	if err != nil {
		t.Fatal(err)
	}
	deb := func(data []byte) string {
		b := []byte("!<arch>\n")
		for _, m := range append(real[:2:2], linuxpkg.Area{Name: real[2].Name, Data: data}) {
			b = append(fmt.Appendf(b, "%-16s%-12s%-6d%-6d%-8s%-10d`\n", m.Name, real[0].Fact("time")[0], 0, 0, "100644", len(m.Data)), m.Data...)
			if len(m.Data)%2 == 1 {
				b = append(b, '\n')
			}
		}
		return written(t, b)
	}
	for _, tc := range []struct{ name, path, why string }{
		{"a bomb", deb(bomb.Bytes()), "unpacks to more than"}, {"a size without bytes", deb(sparse.Bytes()), "unexpected EOF"},
		{"cut short", deb(bomb.Bytes()[:1000]), "unexpected EOF"}, {"text", written(t, []byte("no package")), "neither deb"},
	} {
		diffs, err := Explain(context.Background(), tc.path, ours, manifest.KindPackage)
		if err != nil || len(diffs) != 1 || !strings.Contains(diffs[0].Text.EN, "cannot be taken apart") || !strings.Contains(diffs[0].Text.EN, tc.why) {
			t.Errorf("%s: %v %+v", tc.name, err, diffs)
		}
	}
	for _, plain := range []string{
		"07070100000001000081a4000000000000000000000001000000000-0000010000000000000000000000000000000000000000200000000x\x00",
		"070701000000010000 81a4", strings.Repeat("0", 110),
	} {
		if all, err := readCpio(context.Background(), []byte(plain)); err == nil {
			t.Errorf("%q: %+v", plain, all)
		}
	}
}

func FuzzUnpack(f *testing.F) {
	f.Add("payload", []byte("07070100000001000081a40000000000000000000000010000000000000001000000000000000000000000000000000000000200000000x\x00\x00\x00a"))
	f.Add("data.tar", make([]byte, 1024))
	f.Fuzz(func(t *testing.T, name string, b []byte) {
		u, err := unpack(context.Background(), linuxpkg.Area{Name: name, Data: b}, 1<<20)
		if err != nil {
			return
		}
		for _, n := range u.nodes {
			n.fields()
			if strings.HasPrefix(n.name, "/") || len(n.data) > len(u.plain) {
				t.Errorf("%q of %d bytes", n.name, len(n.data))
			}
		}
	})
}
