package linuxpkg

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const rpmFiles = `-rw-r--r-- root/root T /etc/demo/demo.conf
-rwxr-xr-x root/root T /usr/bin/demo
l--------- root/root T /usr/bin/dm -> demo
-rwsr-xr-x root/root T /usr/libexec/demo/post.sh
-rwsr-xr-x root/root T /usr/libexec/demo/pre.sh
drwxr-xr-x root/root T /usr/share/demo/data
l--------- root/root T /usr/share/demo/data/latest -> zh
-rwxr-xr-x root/root T /usr/share/demo/data/tool.sh
drwxr-xr-x root/root T /usr/share/demo/data/zh
-rw-r--r-- root/root T /usr/share/demo/data/zh/手册.txt
l--------- root/root T /usr/share/demo/etc -> /etc
-rw-r--r-- root/root T /usr/share/doc/demo/a [b] {c}*.md
drwxr-x--- daemon/daemon T /var/lib/demo
`

func TestRPMRealTools(t *testing.T) {
	for _, w := range worlds {
		for _, compression := range compressionsFor(w.target) {
			t.Run(w.target+" "+compression, func(t *testing.T) {
				tg := tgt(t, w.target)
				bin := buildDemo(t, tg)
				p := fixture(t, t.TempDir(), bin, RPM, tg)
				p.RPM.Compression = compression
				file := packFile(t, p)
				want := "demo-1.2.3~rc.1-2." + w.rpm
				if tg.ABI1 {
					want += "_abi1.0"
				}
				if got := filepath.Base(file); got != want+".rpm" {
					t.Errorf("file name %s, want %s.rpm", got, want)
				}
				mustContain(t, "rpm -K", tool(t, "rpm", "-K", "--nosignature", file), "digests OK")
				mustContain(t, "rpm -qip", tool(t, "rpm", "-qip", file), "Name        : demo", "Epoch       : 1", "Version     : 1.2.3~rc.1", "Release     : 2",
					"Architecture: "+w.rpm+"\n", "Build Host  : reproducible", "Packager    : 营造 <ops@example.com>", "Summary     : A demo 演示",
					"Mon Nov  2 03:04:05 2026")
				list := tool(t, "rpm", "-qp", "--qf", `[%{FILEMODES:perms} %{FILEUSERNAME}/%{FILEGROUPNAME} %{FILEMTIMES} %{FILENAMES} -> %{FILELINKTOS}\n]`, file)
				list = strings.ReplaceAll(strings.ReplaceAll(list, " -> \n", "\n"), " 1793588645 ", " T ")
				if list != rpmFiles {
					t.Errorf("files:\n%s\nwant\n%s", list, rpmFiles)
				}
				if got := tool(t, "rpm", "-qp", "--configfiles", file); got != "/etc/demo/demo.conf\n" {
					t.Errorf("config files %q", got)
				}
				mustContain(t, "scripts", tool(t, "rpm", "-qp", "--scripts", file), "postinstall scriptlet (using /bin/sh):\n#!/bin/sh\necho installed", "preuninstall scriptlet")
				mustContain(t, "rpm -qlp", tool(t, "rpm", "-qlp", file), "/usr/share/demo/data/zh/手册.txt\n")
				extract(t, file, bin, w.target)
			})
		}
	}
}

// extract unpacks what rpm2cpio makes of the package and compares the binary.
func extract(t *testing.T, file, bin, tg string) {
	t.Helper()
	files := readCpio(t, tool(t, "rpm2cpio", file))
	want, err := os.ReadFile(bin)
	if err != nil {
		t.Fatal(err)
	}
	if files["/usr/bin/demo"] != string(want) {
		t.Errorf("the binary changed on the way: %d bytes", len(files["/usr/bin/demo"]))
	}
	if files["/usr/bin/dm"] != "demo" || files["/etc/demo/demo.conf"] != "listen = 1\n" {
		t.Errorf("link %q, config %q", files["/usr/bin/dm"], files["/etc/demo/demo.conf"])
	}
	if tg == "linux/amd64" {
		path := filepath.Join(t.TempDir(), "demo")
		write(t, path, files["/usr/bin/demo"], 0o755)
		runDemo(t, path)
	}
}

// readCpio reads the portable format: thirteen eight-digit hexadecimal numbers
// after the magic, then name and content, each padded to four bytes.
func readCpio(t *testing.T, s string) map[string]string {
	t.Helper()
	files := map[string]string{}
	for {
		if len(s) < 110 || s[:6] != "070701" {
			t.Fatalf("no cpio header: %.20q", s)
		}
		number := func(i int) int {
			n, err := strconv.ParseUint(s[6+8*i:14+8*i], 16, 32)
			if err != nil {
				t.Fatal(err)
			}
			return int(n)
		}
		pad := func(n int) int { return (n + 3) &^ 3 }
		size, nameEnd := number(6), 110+number(11)
		name, body := strings.TrimSuffix(s[110:nameEnd], "\x00"), s[pad(nameEnd):]
		if name == "TRAILER!!!" {
			return files
		}
		files[name], s = body[:size], body[pad(size):]
	}
}

// rpm itself installs the package, into a root of its own.
func TestRPMInstalls(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("rpm installs as root only")
	}
	tg := tgt(t, "linux/amd64")
	bin := buildDemo(t, tg)
	p := fixture(t, t.TempDir(), bin, RPM, tg)
	p.Scripts = Scripts{} // there is no shell in the root
	file, root := packFile(t, p), t.TempDir()
	tool(t, "rpm", "--root", root, "-i", "--nosignature", "--ignorearch", file)
	if out := tool(t, "rpm", "--root", root, "-V", "--nouser", "--nogroup", "demo"); out != "" {
		t.Errorf("rpm -V: %s", out)
	}
	fi, err := os.Stat(filepath.Join(root, "usr/bin/demo"))
	if err != nil || fi.Mode().Perm() != 0o755 || !fi.ModTime().Equal(commitTime) {
		t.Errorf("installed %v, %v", fi, err)
	}
}
