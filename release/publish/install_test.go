package publish

import (
	"bytes"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/store/file"
)

// shells are those of this machine that can run install.sh, the default first.
func shells() []string {
	var out []string
	for _, s := range []string{"sh", "dash", "bash", "busybox"} {
		if _, err := exec.LookPath(s); err == nil {
			out = append(out, s)
		}
	}
	return out
}

// installer runs install.sh of a store that is served on the loopback.
type installer struct {
	t     *testing.T
	st    *file.Store
	url   string // of the project
	dir   string // where programs go
	shell []string
	env   []string
	path  string // put before PATH
}

func newInstaller(t *testing.T, st *file.Store) *installer {
	t.Helper()
	_, curl := exec.LookPath("curl")
	_, wget := exec.LookPath("wget")
	needs(t, "curl or wget", curl == nil || wget == nil)
	srv := httptest.NewServer(http.FileServer(http.Dir(st.Dir())))
	t.Cleanup(srv.Close)
	return &installer{t: t, st: st, url: srv.URL + "/demo", dir: filepath.Join(t.TempDir(), "bin"), shell: []string{"sh"}}
}

func (i *installer) run(args ...string) (code int, out string) {
	i.t.Helper()
	script := filepath.Join(i.st.Dir(), "demo", InstallName)
	cmd := exec.Command(i.shell[0], append(append(i.shell[1:], script), args...)...)
	tmp := i.t.TempDir()
	path := os.Getenv("PATH")
	if i.path != "" {
		path = i.path + ":" + path
	}
	cmd.Env = append([]string{"PATH=" + path, "HOME=" + i.t.TempDir(), "TMPDIR=" + tmp, "no_proxy=*"}, i.env...)
	b, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState == nil {
		i.t.Fatal(err)
	}
	if left, _ := filepath.Glob(tmp + "/*"); len(left) > 0 {
		i.t.Errorf("%q left %q", args, left)
	}
	if left, _ := filepath.Glob(i.dir + "/.*"); len(left) > 0 {
		i.t.Errorf("%q left %q", args, left)
	}
	return cmd.ProcessState.ExitCode(), string(b)
}

func (i *installer) installed() string {
	files, _ := filepath.Glob(i.dir + "/*")
	for n := range files {
		files[n] = filepath.Base(files[n])
	}
	return strings.Join(files, " ")
}

func linuxAmd64(t *testing.T) {
	needs(t, "a linux/amd64 machine", runtime.GOOS == "linux" && runtime.GOARCH == "amd64")
}

func TestInstallIsSound(t *testing.T) {
	t.Parallel()
	st := newStore(t)
	mustPublish(t, st, realRelease(t))
	script := filepath.Join(st.Dir(), "demo", InstallName)
	for _, s := range shells() {
		args := []string{"-n", script}
		if s == "busybox" {
			args = append([]string{"sh"}, args...)
		}
		if out, err := exec.Command(s, args...).CombinedOutput(); err != nil {
			t.Errorf("%s -n: %v\n%s", s, err, out)
		}
	}
	_, err := exec.LookPath("shellcheck")
	needs(t, "shellcheck", err == nil)
	if out, err := exec.Command("shellcheck", "-s", "sh", script).CombinedOutput(); err != nil {
		t.Errorf("shellcheck: %v\n%s", err, out)
	}
}

func TestInstallForReal(t *testing.T) {
	t.Parallel()
	linuxAmd64(t)
	st := newStore(t)
	mustPublish(t, st, realRelease(t))
	for _, shell := range shells() {
		t.Run(shell, func(t *testing.T) {
			i := newInstaller(t, st)
			if i.shell = []string{shell}; shell == "busybox" {
				i.shell = []string{"busybox", "sh"}
			}
			code, out := i.run("--base", i.url, "--dir", i.dir)
			if code != 0 || i.installed() != "demo" {
				t.Fatalf("exit %d, installed %q\n%s", code, i.installed(), out)
			}
			got, err := exec.Command(i.dir + "/demo").CombinedOutput()
			if err != nil || string(got) != "demo 1.2.0\n" {
				t.Errorf("the program said %q, %v", got, err)
			}
			// Once more, over what is there, without the network.
			i.env = []string{"LANG=zh_CN.UTF-8"}
			code, out = i.run("--dir", i.dir)
			if code != 0 || !strings.Contains(out, "已安装") || strings.Contains(out, "installed") {
				t.Errorf("from the folder itself: exit %d\n%s", code, out)
			}
		})
	}
	t.Run("piped", func(t *testing.T) {
		i := newInstaller(t, st)
		_, err := exec.LookPath("curl")
		needs(t, "curl", err == nil)
		cmd := exec.Command("sh", "-c", `curl -fsSL "$1/install.sh" | sh -s -- --base "$1" --dir "$2"`, "sh", i.url, i.dir)
		cmd.Env = append(os.Environ(), "no_proxy=*")
		if out, err := cmd.CombinedOutput(); err != nil || i.installed() != "demo" {
			t.Errorf("%v, installed %q\n%s", err, i.installed(), out)
		}
	})
	t.Run("for another computer", func(t *testing.T) {
		i := newInstaller(t, st)
		if code, out := i.run("--base", i.url, "--dir", i.dir, "--target", "linux/loong64"); code != 0 {
			t.Fatalf("exit %d\n%s", code, out)
		}
		got, err := os.ReadFile(i.dir + "/demo")
		if err != nil || !bytes.Equal(got, program(t, *mustTarget("linux/loong64"))) {
			t.Errorf("other bytes than those of linux/loong64: %v", err)
		}
	})
}

func TestInstallExitCodes(t *testing.T) {
	t.Parallel()
	linuxAmd64(t)
	st := newStore(t)
	mustPublish(t, st, realRelease(t))
	for _, tc := range []struct {
		name   string
		args   []string
		damage func()
		code   int
		en, zh string
	}{
		{"help", []string{"--help"}, nil, 0, "usage:", "用法"},
		{"unknown argument", []string{"--frobnicate"}, nil, 2, "unknown argument --frobnicate", "未知的参数 --frobnicate"},
		{"value missing", []string{"--dir"}, nil, 2, "--dir needs a value", "--dir 需要一个值"},
		{"unknown version", []string{"--version", "7.0.0"}, nil, 2, "version 7.0.0 is not known here; there are: 1.2.0", "没有版本 7.0.0"},
		{"no file for it", []string{"--target", "linux/riscv64"}, nil, 1, "no file of demo 1.2.0 for linux/riscv64; there are: linux/amd64 linux/arm64 linux/loong64", "没有适用于 linux/riscv64 的文件"},
		{"not writable", []string{"--dir", "/dev/null/x"}, nil, 1, "cannot write to /dev/null/x", "无法写入 /dev/null/x"},
		{"damaged", nil, func() { put(t, st, "demo/1.2.0/demo_1.2.0_linux_amd64.tar.gz", "damaged") }, 3, "damaged or not genuine", "已损坏或被篡改"},
		{"gone", nil, func() { _ = st.Delete(t.Context(), "demo/1.2.0/demo_1.2.0_linux_amd64.tar.gz") }, 4, "cannot download", "无法下载"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			i := newInstaller(t, st)
			if tc.damage != nil {
				tc.damage()
			}
			for lang, want := range map[string]string{"en_US.UTF-8": tc.en, "zh_CN.UTF-8": tc.zh} {
				i.env = []string{"LC_ALL=" + lang}
				code, out := i.run(append([]string{"--base", i.url, "--dir", i.dir}, tc.args...)...)
				if code != tc.code || !strings.Contains(out, want) {
					t.Errorf("%s: exit %d, want %d and %q\n%s", lang, code, tc.code, want, out)
				}
				if i.installed() != "" {
					t.Errorf("installed %q", i.installed())
				}
			}
		})
	}
}

// What uname says decides, old-world LoongArch kernels included.
func TestInstallDetects(t *testing.T) {
	t.Parallel()
	linuxAmd64(t)
	_, err := os.Stat("/proc/sys/fs/binfmt_misc/qemu-loongarch64")
	binfmt := err == nil
	st := newStore(t)
	r := newRelease("demo", "1.0.0")
	for _, s := range []string{"linux/amd64", "linux/arm64", "linux/loong64", "linux/arm/6", "linux/mips64le", "darwin/amd64", "linux/amd64/v3"} {
		tt := mustTarget(s)
		r.addArchive(t, "demo_"+tt.Slug()+".tar.gz", tt, archive.TarGz, map[string][]byte{"demo": []byte(s)})
	}
	mustPublish(t, st, r)
	for _, tc := range []struct{ system, machine, kernel, want string }{
		{"Linux", "x86_64", "5.4.0", "linux/amd64"},
		{"Linux", "aarch64", "4.19.90", "linux/arm64"},
		{"Linux", "loongarch64", "6.6.0", "linux/loong64"},
		{"Linux", "loongarch64", "4.19.0-19-loongarch64", ""},
		{"Linux", "armv7l", "5.4.0", "linux/arm/6"},
		{"Linux", "mips64", "4.19.90", "linux/mips64le"},
		{"Darwin", "arm64", "23.0", "darwin/amd64"},
		{"Linux", "sw_64", "4.19.90", ""},
		{"SunOS", "i86pc", "5.11", ""},
	} {
		t.Run(tc.system+" "+tc.machine+" "+tc.kernel, func(t *testing.T) {
			if binfmt && tc.machine == "loongarch64" && tc.want == "" {
				t.Skip("this machine runs LoongArch programs by itself; the probe would tell the truth")
			}
			i := newInstaller(t, st)
			i.path = t.TempDir()
			fake := "#!/bin/sh\ncase $1 in -s) echo " + tc.system + ";; -m) echo " + tc.machine + ";; -r) echo " + tc.kernel + ";; esac\n"
			// A file that this process wrote may be open in a child that another test is
			// starting just now, and cannot be run as long as it is.
			if out, err := exec.Command("sh", "-c", `printf %s "$1" >"$2" && chmod 755 "$2"`, "sh", fake, i.path+"/uname").CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			code, out := i.run("--base", i.url, "--dir", i.dir)
			got, _ := os.ReadFile(i.dir + "/demo")
			if string(got) != tc.want || (code == 0) != (tc.want != "") {
				t.Errorf("exit %d, installed %q, want %q\n%s", code, got, tc.want, out)
			}
			if tc.machine == "loongarch64" && tc.want == "" && (code != 1 || !strings.Contains(out, "old LoongArch world (Kylin V10")) {
				t.Errorf("exit %d\n%s", code, out)
			}
		})
	}
	if i := newInstaller(t, st); true {
		r := newRelease("demo", "1.1.0")
		for _, s := range []string{"linux/loong64", "linux/loong64-abi1.0"} {
			r.addArchive(t, "demo_"+mustTarget(s).Slug()+".tar.gz", mustTarget(s), archive.TarGz, map[string][]byte{"demo": []byte(s)})
		}
		mustPublish(t, st, r)
		if code, out := i.run("--base", i.url, "--dir", i.dir, "--target", "linux/loong64-abi1.0"); code != 0 {
			t.Fatalf("exit %d\n%s", code, out)
		}
		if got, _ := os.ReadFile(i.dir + "/demo"); string(got) != "linux/loong64-abi1.0" {
			t.Errorf("installed %q", got)
		}
	}
}

// The probe is the one that was measured on emulators of both sizes.
func TestLoongProbe(t *testing.T) {
	t.Parallel()
	const golden = "962290aaa4c73cf398a66c5e103caa67ff22b8dc91a2d699931ff2be80490df8"
	if got := sha256Of(loongProbe()); got != golden {
		t.Errorf("sha256 %s, want %s\n%s", got, golden, hex.Dump(loongProbe()))
	}
	qemu, err := exec.LookPath("qemu-loongarch64-static")
	if err != nil {
		qemu, err = exec.LookPath("qemu-loongarch64")
	}
	needs(t, "qemu-loongarch64", err == nil)
	name := t.TempDir() + "/probe"
	if err := os.WriteFile(name, loongProbe(), 0o700); err != nil { //nolint:gosec // it is executed
		t.Fatal(err)
	}
	if err := exec.Command(qemu, name).Run(); err != nil {
		t.Errorf("on a new-world kernel: %v", err)
	}
}

func TestInstallRows(t *testing.T) {
	t.Parallel()
	sum := strings.Repeat("a", 64)
	f := func(name, target, kind, format string, binaries ...string) File {
		return File{Name: name, Target: target, Kind: kind, Format: format, SHA256: sum, Binaries: binaries}
	}
	for _, tc := range []struct {
		name  string
		files []File
		want  string
	}{
		{"the easiest format", []File{f("a.zip", "linux/amd64", "archive", "zip", "a"), f("a.tar.gz", "linux/amd64", "archive", "tar.gz", "a")}, "a.tar.gz"},
		{"the lowest level", []File{f("v3", "linux/amd64/v3", "archive", "tar.gz", "a"), f("v1", "linux/amd64", "archive", "zip", "a")}, "v1"},
		{"all programs", []File{f("srv", "linux/amd64", "archive", "tar.gz", "srv"), f("cli", "linux/amd64", "archive", "tar.gz", "cli")}, "srv cli"},
		{"no windows, package, source", []File{f("w", "windows/amd64", "archive", "zip", "a"), f("d", "linux/amd64", "package", "deb", "a"), f("s", "", "source", "tar.gz", "a")}, ""},
		{"a bare binary", []File{f("tool", "linux/arm64", "binary", "", "tool")}, "tool"},
		{"paths that are options or patterns", []File{f("a", "linux/amd64", "archive", "tar.gz", "-x"), f("b", "linux/amd64", "archive", "tar.gz", "*"), f("c", "linux/amd64", "archive", "tar.gz", "../x"), f("d", "linux/amd64", "archive", "tar.gz", "a\tb")}, ""},
		{"a senseless target", []File{f("a", "linux/pdp11", "archive", "tar.gz", "a")}, ""},
	} {
		var got []string
		for _, row := range installRows(Entry{Version: "1", Files: tc.files}) {
			got = append(got, strings.TrimPrefix(strings.Split(row, "\t")[5], "1/"))
		}
		if strings.Join(got, " ") != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}

// Names cannot break out of the script, whatever they are.
func TestInstallQuotes(t *testing.T) {
	t.Parallel()
	st := newStore(t)
	r := newRelease("it's", "1.0'; touch pwned; '", "a=1")
	r.Version = "1.0';touch${IFS}pwned;'"
	if err := r.Check(); err == nil {
		t.Log("the manifest lets such a version pass")
	}
	ix := &Index{Schema: 1, Project: "it's", Base: "http://x/'$(touch pwned)", Mirrors: []string{"http://y/$(touch pwned)", "http://z.example.cn", "http://z/\nEND_OF_MIRRORS\ntouch pwned"}, Versions: []Entry{{Version: r.Version, Sequence: 1, Files: []File{
		{Name: "END_OF_TABLE", Target: "linux/amd64", Kind: "archive", Format: "tar.gz", SHA256: strings.Repeat("a", 64), Binaries: []string{"x"}}}}}}
	_, script, err := render(ix, choose(ix, nil))
	if err != nil {
		t.Fatal(err)
	}
	put(t, st, "demo/install.sh", string(script))
	i := newInstaller(t, st)
	cmd := exec.Command("sh", filepath.Join(st.Dir(), "demo", InstallName), "--version", "none", "--dir", i.dir)
	cmd.Dir = t.TempDir()
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() != 2 || !strings.Contains(string(out), "version none is not known") {
		t.Errorf("%v\n%s", err, out)
	}
	if left, _ := filepath.Glob(cmd.Dir + "/*"); len(left) > 0 {
		t.Errorf("something ran: %q", left)
	}
}

// Without curl there is wget.
func TestInstallByWget(t *testing.T) {
	t.Parallel()
	linuxAmd64(t)
	_, err := exec.LookPath("wget")
	needs(t, "wget", err == nil)
	st := newStore(t)
	mustPublish(t, st, realRelease(t))
	i := newInstaller(t, st)
	tools := t.TempDir()
	for _, tool := range []string{"sh", "cat", "awk", "cut", "sort", "tr", "mktemp", "mkdir", "chmod", "tar", "gzip", "sha256sum", "id", "uname", "dirname", "mv", "rm", "cp", "wget"} {
		p, err := exec.LookPath(tool)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(p, filepath.Join(tools, tool)); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("sh", filepath.Join(st.Dir(), "demo", InstallName), "--base", i.url, "--dir", i.dir)
	cmd.Env = []string{"PATH=" + tools, "HOME=" + t.TempDir(), "no_proxy=*"}
	if out, err := cmd.CombinedOutput(); err != nil || i.installed() != "demo" {
		t.Errorf("%v, installed %q\n%s", err, i.installed(), out)
	}
}
