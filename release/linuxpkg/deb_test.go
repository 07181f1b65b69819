package linuxpkg

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
)

// members reads an ar archive.
func members(t testing.TB, deb []byte) (names []string, bodies map[string][]byte) {
	t.Helper()
	rest, ok := bytes.CutPrefix(deb, []byte(arMagic))
	if !ok {
		t.Fatal("no ar archive")
	}
	bodies = map[string][]byte{}
	for len(rest) > 0 {
		m, next, err := nextMember(rest)
		if err != nil {
			t.Fatal(err)
		}
		names, bodies[m.name], rest = append(names, m.name), m.body, next
	}
	return names, bodies
}

// listTar writes a tar as lines: mode owner/group time name -> link.
func listTar(t testing.TB, r io.Reader) (list string, files map[string]string) {
	t.Helper()
	files = map[string]string{}
	var b strings.Builder
	for tr := tar.NewReader(r); ; {
		h, err := tr.Next()
		if err == io.EOF {
			return b.String(), files
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(tr)
		if err != nil {
			t.Fatal(err)
		}
		files[h.Name] = string(text)
		line := fmt.Sprintf("%c %04o %s/%s %s %s", h.Typeflag, h.Mode, h.Uname, h.Gname, h.ModTime.UTC().Format("2006-01-02T15:04:05"), h.Name)
		if h.Linkname != "" {
			line += " -> " + h.Linkname
		}
		b.WriteString(line + "\n")
	}
}

func gunzip(t testing.TB, b []byte) io.Reader {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if r.Name != "" || !r.ModTime.IsZero() {
		t.Errorf("gzip header says %q %v", r.Name, r.ModTime)
	}
	return r
}

const debData = `5 0755 root/root T ./etc/
5 0755 root/root T ./etc/demo/
0 0644 root/root T ./etc/demo/deb.conf
0 0644 root/root T ./etc/demo/demo.conf
5 0755 root/root T ./usr/
5 0755 root/root T ./usr/bin/
0 0755 root/root T ./usr/bin/demo
2 0777 root/root T ./usr/bin/dm -> demo
5 0755 root/root T ./usr/libexec/
5 0755 root/root T ./usr/libexec/demo/
0 4755 root/root T ./usr/libexec/demo/post.sh
0 4755 root/root T ./usr/libexec/demo/pre.sh
5 0755 root/root T ./usr/share/
5 0755 root/root T ./usr/share/demo/
5 0755 root/root T ./usr/share/demo/data/
2 0777 root/root T ./usr/share/demo/data/latest -> zh
0 0755 root/root T ./usr/share/demo/data/tool.sh
5 0755 root/root T ./usr/share/demo/data/zh/
0 0644 root/root T ./usr/share/demo/data/zh/手册.txt
2 0777 root/root T ./usr/share/demo/etc -> /etc
5 0755 root/root T ./usr/share/doc/
5 0755 root/root T ./usr/share/doc/demo/
0 0644 root/root T ./usr/share/doc/demo/a [b] {c}*.md
5 0755 root/root T ./usr/share/lintian/
5 0755 root/root T ./usr/share/lintian/overrides/
0 0644 root/root T ./usr/share/lintian/overrides/demo
5 0755 root/root T ./var/
5 0755 root/root T ./var/lib/
5 0750 daemon/daemon T ./var/lib/demo/
`

func TestDebReadBack(t *testing.T) {
	for _, w := range worlds {
		t.Run(w.target, func(t *testing.T) {
			tg := tgt(t, w.target)
			bin := buildDemo(t, tg)
			deb := pack(t, fixture(t, t.TempDir(), bin, Deb, tg))
			names, bodies := members(t, deb)
			if got := strings.Join(names, " "); got != "debian-binary control.tar.gz data.tar.gz" {
				t.Fatalf("members %s", got)
			}
			list, files := listTar(t, gunzip(t, bodies["data.tar.gz"]))
			if got := strings.ReplaceAll(list, commitTime.Format("2006-01-02T15:04:05"), "T"); got != debData {
				t.Errorf("data:\n%s\nwant\n%s", got, debData)
			}
			want, err := os.ReadFile(bin)
			if err != nil {
				t.Fatal(err)
			}
			if files["./usr/bin/demo"] != string(want) {
				t.Error("the binary changed on the way")
			}
			size := 0
			for _, text := range files {
				size += len(text)
			}
			list, files = listTar(t, gunzip(t, bodies["control.tar.gz"]))
			mustContain(t, "control archive", list, "0755 / 2026-11-02T03:04:05 ./postinst", "0755 / 2026-11-02T03:04:05 ./prerm", "0644 / 2026-11-02T03:04:05 ./control")
			if got := files["./conffiles"]; got != "/etc/demo/demo.conf\n" {
				t.Errorf("conffiles %q", got)
			}
			mustContain(t, "control", files["./control"], "Package: demo\nVersion: 1:1.2.3~rc.1-2\n", "\nArchitecture: "+w.deb+"\n",
				fmt.Sprintf("\nInstalled-Size: %d\n", size/1024), "\nConflicts: demo-old\n", "\nMaintainer: 营造 <ops@example.com>\n",
				"\nDescription: A demo 演示\n .\n with a second paragraph\nBugs: https://example.com/bugs\n")
		})
	}
}

func TestDebRealTools(t *testing.T) {
	for _, w := range worlds {
		for _, compression := range compressionsFor(w.target) {
			t.Run(w.target+" "+compression, func(t *testing.T) {
				tg := tgt(t, w.target)
				p := fixture(t, t.TempDir(), buildDemo(t, tg), Deb, tg)
				p.Deb.Compression = compression
				file := packFile(t, p)
				if got, want := filepath.Base(file), "demo_1.2.3~rc.1-2_"+w.deb+".deb"; got != want {
					t.Errorf("file name %s, want %s", got, want)
				}
				mustContain(t, "dpkg -I", tool(t, "dpkg", "-I", file), "postinst", "#!/bin/sh", " Architecture: "+w.deb+"\n", " Version: 1:1.2.3~rc.1-2\n", "conffiles")
				mustContain(t, "dpkg -c", tool(t, "dpkg", "-c", file), "-rwxr-xr-x root/root", " 2026-11-02 03:04 ./usr/bin/demo\n",
					"./usr/bin/dm -> demo\n", "drwxr-x--- daemon/daemon", "-rwsr-xr-x root/root")
				to := t.TempDir()
				tool(t, "dpkg-deb", "-x", file, to)
				if link, err := os.Readlink(filepath.Join(to, "usr/bin/dm")); err != nil || link != "demo" {
					t.Errorf("link %q, %v", link, err)
				}
				if w.target == "linux/amd64" {
					runDemo(t, filepath.Join(to, "usr/bin/dm"))
				}
			})
		}
	}
}

// compressionsFor keeps the slow ones to one target.
func compressionsFor(tg string) []string {
	if tg == "linux/amd64" {
		return []string{"", "xz", "zstd"}
	}
	return []string{""}
}

func runDemo(t *testing.T, bin string) {
	t.Helper()
	if out, err := exec.Command("go", "env", "GOHOSTARCH").Output(); err != nil || strings.TrimSpace(string(out)) != "amd64" {
		t.Logf("skipped running %s: not this machine's", bin)
		return
	}
	if out, err := exec.Command(bin).CombinedOutput(); err != nil || string(out) != "营造 demo\n" {
		t.Errorf("the installed binary: %v %q", err, out)
	}
}

// dpkg itself installs the package, into a root of its own.
func TestDebInstalls(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("dpkg installs as root only")
	}
	p := fixture(t, t.TempDir(), buildDemo(t, tgt(t, "linux/amd64")), Deb, tgt(t, "linux/amd64"))
	p.Scripts = Scripts{} // there is no shell in the root
	root := t.TempDir()
	for _, dir := range []string{"info", "updates", "triggers"} {
		if err := os.MkdirAll(filepath.Join(root, "var/lib/dpkg", dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(root, "var/lib/dpkg/status"), "", 0o644)
	file := packFile(t, p)
	tool(t, "dpkg", "--root="+root, "--force-script-chrootless", "--log="+filepath.Join(root, "log"), "--force-architecture", "-i", file)
	status, err := os.ReadFile(filepath.Join(root, "var/lib/dpkg/status"))
	if err != nil {
		t.Fatal(err)
	}
	mustContain(t, "status", string(status), "Status: install ok installed", "Conffiles:\n /etc/demo/demo.conf ")
	md5, err := os.ReadFile(filepath.Join(root, "var/lib/dpkg/info/demo.md5sums"))
	if err != nil || !strings.Contains(string(md5), "  usr/bin/demo\n") {
		t.Errorf("md5sums %q, %v", md5, err)
	}
	if out := tool(t, "dpkg", "--root="+root, "--verify", "demo"); out != "" {
		t.Errorf("dpkg --verify: %s", out)
	}
}

func TestDebCompressions(t *testing.T) {
	p := Package{Format: Deb, Name: "demo", Version: "1.0.0", Target: tgt(t, "linux/amd64")}
	src := filepath.Join(t.TempDir(), "f")
	write(t, src, strings.Repeat("营造法式 ", 50_000), 0o644)
	p.Contents = []Content{{Src: src, Dst: "/f"}}
	for setting, open := range map[string]func(io.Reader) (io.Reader, error){
		".gz gzip": nil, ".gz gzip:1": nil, ".gz ": nil,
		".xz xz":       func(r io.Reader) (io.Reader, error) { return xz.NewReader(r) },
		".zst zstd":    func(r io.Reader) (io.Reader, error) { return zstd.NewReader(r, zstd.WithDecoderConcurrency(1)) },
		".zst zstd:19": func(r io.Reader) (io.Reader, error) { return zstd.NewReader(r, zstd.WithDecoderConcurrency(1)) },
		" none":        func(r io.Reader) (io.Reader, error) { return r, nil },
	} {
		suffix, compression, _ := strings.Cut(setting, " ")
		p.Deb.Compression = compression
		names, bodies := members(t, pack(t, p))
		if want := "data.tar" + suffix; names[2] != want {
			t.Fatalf("%q makes %s, want %s", compression, names[2], want)
		}
		body := bodies[names[2]]
		var r io.Reader = bytes.NewReader(body)
		var err error
		if open == nil {
			r = gunzip(t, body)
		} else if r, err = open(r); err != nil {
			t.Fatal(err)
		}
		if _, files := listTar(t, r); len(files["./f"]) != 650_000 {
			t.Errorf("%q: %d bytes", compression, len(files["./f"]))
		}
	}
}

func FuzzNextMember(f *testing.F) {
	f.Add([]byte(fmt.Sprintf("%-16s%-12d%-6d%-6d%-8s%-10d`\nabc\n", "x", 1, 0, 0, "100644", 3)))
	f.Add(bytes.Repeat([]byte("9"), 70))
	f.Fuzz(func(t *testing.T, b []byte) {
		for {
			m, rest, err := nextMember(b)
			if err != nil {
				return
			}
			if len(m.body)+len(rest)+arHeader > len(b) {
				t.Fatal("more out than in")
			}
			b = rest
		}
	})
}
