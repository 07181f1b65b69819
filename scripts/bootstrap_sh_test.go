package scripts

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/loongarch"
)

func TestShellIsSound(t *testing.T) {
	t.Parallel()
	if !bytes.Contains(shell, []byte(loongarch.ShellProbe())) {
		t.Error("the function loong_world is not the one that loongarch.ShellProbe gives")
	}
	// bash 3.2 of macOS takes the first byte of a Chinese letter for one of the name.
	if bad := regexp.MustCompile(`\$[a-z_]+[^\x00-\x7f]`).FindAll(shell, -1); bad != nil {
		t.Errorf("needs braces: %q", bad)
	}
	name := pinned(t, t.TempDir(), Pins{URLs: []string{"https://dl.example/yingzao"}})
	for _, s := range shells() {
		if out, err := exec.Command(s[0], append(s[1:len(s):len(s)], "-n", name)...).CombinedOutput(); err != nil {
			t.Errorf("%s -n: %v\n%s", s, err, out)
		}
	}
	needs(t, "shellcheck", has("shellcheck"))
	if out, err := exec.Command("shellcheck", "-s", "sh", name).CombinedOutput(); err != nil {
		t.Errorf("shellcheck: %v\n%s", err, out)
	}
}

func TestFromTheFolderOfTheScript(t *testing.T) {
	t.Parallel()
	for _, shell := range shells() {
		for _, umask := range []string{"077", "000"} {
			t.Run(shell[0]+" "+umask, func(t *testing.T) {
				d := newDesk(t).machine("Linux", "x86_64", "5.10.0", 64)
				d.home = filepath.Join(d.home, "张 三")
				write(t, d.home+"/.keep", "", 0o600)
				dir := filepath.Join(t.TempDir(), "U 盘")
				script := pinned(t, dir, Pins{})
				write(t, dir+"/yingzao_linux_amd64", program, 0o644)
				d.shell = []string{"sh", "-c", "umask " + umask + "; exec \"$@\"", "sh"}
				d.shell = append(d.shell, shell...)
				code, out := d.run(script, "--profile", "cn", "a b", "it's", "--org=x y")
				if code != 0 || !strings.HasSuffix(out, "ran: [bootstrap] [apply] [--profile] [cn] [a b] [it's] [--org=x y]") {
					t.Fatalf("exit %d\n%s", code, out)
				}
				fi, err := os.Stat(filepath.Join(d.home, installed))
				if err != nil || fi.Mode().Perm() != 0o755 || d.files() != ".keep "+installed {
					t.Errorf("%v %v, files %q", fi.Mode(), err, d.files())
				}
				if fi, _ = os.Stat(filepath.Join(d.home, ".local/share/yingzao/bin")); fi.Mode().Perm() != 0o755 {
					t.Errorf("folder %v", fi.Mode())
				}
				// Again: the good one stays, and no place is needed.
				if err := os.Remove(dir + "/yingzao_linux_amd64"); err != nil {
					t.Fatal(err)
				}
				code, out = d.run(script, "--url", dir, "undo", "--lang=zh")
				if code != 0 || !strings.Contains(out, "已在") || !strings.HasSuffix(out, "ran: [bootstrap] [undo] [--lang=zh]") {
					t.Errorf("again: exit %d\n%s", code, out)
				}
			})
		}
	}
}

func TestBundleIsHandedOn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	script := pinned(t, dir, Pins{})
	write(t, dir+"/bin/yingzao_linux_amd64", program, 0o644)
	write(t, dir+"/bundle.json", "{}", 0o644)
	if out, err := exec.Command("tar", "-C", dir, "-cf", dir+"/b.tar", "bin", "bundle.json").CombinedOutput(); err != nil {
		t.Skipf("tar: %v %s", err, out)
	}
	alone := pinned(t, t.TempDir(), Pins{})
	for _, tc := range []struct {
		script string
		args   []string
		want   string
	}{
		{script, nil, "[apply] [--from=" + dir + "]"},
		{script, []string{"plan", "--sha256", "x"}, "[plan] [--sha256] [x] [--from=" + dir + "]"},
		{alone, []string{"--from", dir}, "[apply] [--from=" + dir + "]"},
		{alone, []string{"--from=" + dir + "/b.tar"}, "[apply] [--from=" + dir + "/b.tar]"},
	} {
		d := newDesk(t).machine("Linux", "x86_64", "5.10.0", 64)
		if code, out := d.run(tc.script, tc.args...); code != 0 || !strings.HasSuffix(out, "ran: [bootstrap] "+tc.want) {
			t.Errorf("%q: exit %d\n%s", tc.args, code, out)
		}
	}
}

// Whatever is missing from the end, nothing of it runs.
func TestCutAnywhere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text, err := os.ReadFile(pinned(t, dir, Pins{}))
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir+"/yingzao_linux_amd64", program, 0o644)
	cuts := map[int]bool{}
	for i := range text {
		if text[i] == '\n' || i%211 == 0 || i > len(text)-60 {
			cuts[i] = true
		}
	}
	delete(cuts, len(text)-1) // only the last line's end is missing: that is all of it
	for n, shell := range shells() {
		d := newDesk(t).machine("Linux", "x86_64", "5.10.0", 64)
		d.shell = append(shell, "-s")
		d.env = []string{"YINGZAO_TOOL_URL=" + dir}
		ran := 0
		for cut := range cuts {
			if n > 0 && cut%9 != 0 && cut < len(text)-30 {
				continue // one shell is asked about all of them
			}
			ran++
			d.stdin = string(text[:cut])
			if _, out := d.run("--"); strings.Contains(out, "ran:") || d.files() != "" {
				t.Fatalf("%s: cut at %d of %d: %s\n%s", shell, cut, len(text), d.files(), out)
			}
		}
		d.stdin = string(text)
		if code, out := d.run("--", "plan"); code != 0 || !strings.HasSuffix(out, "ran: [bootstrap] [plan]") {
			t.Errorf("%s: the whole script: exit %d\n%s", shell, code, out)
		}
		t.Logf("%s: %d cuts", shell, ran)
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	script := pinned(t, dir, Pins{})
	for _, f := range []string{"linux_amd64", "linux_arm64", "darwin_arm64", "linux_loong64", "windows_amd64"} {
		write(t, dir+"/yingzao_"+f, program, 0o644)
	}
	unpinned := filepath.Join(dir, "unpinned.sh")
	write(t, unpinned, string(shell), 0o644)
	for _, tc := range []struct {
		name                    string
		system, machine, kernel string
		bits                    int
		env                     string
		script                  string
		args                    []string
		code                    int
		en, zh                  string
	}{
		{name: "unknown machine", machine: "sw_64", code: 3, en: "no yingzao for the machine sw_64", zh: "没有适用于 sw_64 的"},
		{name: "386", machine: "i686", code: 3, en: "the machine i686", zh: "i686"},
		{name: "not pinned", machine: "riscv64", code: 3, en: "no yingzao for linux/riscv64 here, only: darwin/arm64 linux/amd64 linux/arm64", zh: "没有适用于 linux/riscv64"},
		{name: "unknown system", system: "SunOS", code: 3, en: "no yingzao for SunOS", zh: "SunOS"},
		{name: "Git Bash", system: "MINGW64_NT-10.0", code: 3, en: "run bootstrap.cmd", zh: "请运行 bootstrap.cmd"},
		{name: "32-bit system", bits: 32, code: 3, en: "32-bit one", zh: "系统是 32 位的"},
		{name: "32-bit system on arm64", machine: "aarch64", bits: 32, code: 3, en: "32-bit one", zh: "系统是 32 位的"},
		{name: "old kernel", kernel: "2.6.32-754.el6", code: 3, en: "older than the 3.2", zh: "过旧"},
		{name: "old kernel 3", kernel: "3.1.0", code: 3, en: "older than the 3.2", zh: "过旧"},
		{name: "old macOS", system: "Darwin", machine: "arm64", kernel: "20.6.0", code: 3, en: "older than the macOS 12", zh: "过旧"},
		{name: "no pin at all", script: unpinned, code: 3, en: "holds no sum of yingzao", zh: "不含 yingzao 的校验和"},
		{name: "senseless pin", script: unpinned, env: "YINGZAO_TOOL_SHA256=linux/amd64=abc", code: 2, en: "is no SHA-256", zh: "不是小写十六进制"},
		{name: "malformed GOMEMLIMIT", env: "GOMEMLIMIT=80%", code: 3, en: "GOMEMLIMIT=80% is malformed", zh: "GOMEMLIMIT=80% 格式错误"},
		{name: "malformed GODEBUG", env: "GODEBUG=netdns=go,fips140=yes", code: 3, en: "GODEBUG=fips140=yes is unknown", zh: "无法识别"},
		{name: "a store", args: []string{"--url", "oss://user:secret@bucket/x?sig=secret"}, code: 2, en: "oss://bucket/x: a script cannot ask that store", zh: "https://…"},
		{name: "value missing", args: []string{"--url"}, code: 2, en: "--url needs a value", zh: "--url 需要一个值"},
		{name: "value empty", args: []string{"--from="}, code: 2, en: "--from needs a value", zh: "--from 需要一个值"},
		{name: "not there", args: []string{"--from", "/nonexistent"}, code: 4, en: "cannot get yingzao_linux_amd64 from /nonexistent", zh: "无法从 /nonexistent 取得"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			or := func(s, other string) string {
				if s == "" {
					return other
				}
				return s
			}
			if tc.bits == 0 {
				tc.bits = 64
			}
			d := newDesk(t).machine(or(tc.system, "Linux"), or(tc.machine, "x86_64"), or(tc.kernel, "5.10.0"), tc.bits)
			for lang, want := range map[string]string{"en_US.UTF-8": tc.en, "zh_CN.UTF-8": tc.zh} {
				d.env = []string{"LC_ALL=" + lang, tc.env}
				code, out := d.run(or(tc.script, script), tc.args...)
				if code != tc.code || !strings.Contains(out, want) || strings.Contains(out, "secret") {
					t.Errorf("exit %d, want %d and %q\n%s", code, tc.code, want, out)
				}
				if d.files() != "" {
					t.Errorf("written: %s", d.files())
				}
			}
		})
	}
}

// Where getconf is missing, as in a busybox system, the shell's own file tells.
func TestNarrowWithoutGetconf(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	script := pinned(t, dir, Pins{})
	write(t, dir+"/yingzao_linux_amd64", program, 0o644)
	for class, want := range map[string]int{"1": 3, "2": 0} {
		d := newDesk(t).machine("Linux", "x86_64", "5.10.0", 64)
		d.fake("getconf", "exit 127")
		d.fake("dd", `case $1 in if=/bin/sh) printf '\00`+class+`';; *) cat;; esac`)
		if code, out := d.run(script); code != want {
			t.Errorf("class %s: exit %d, want %d\n%s", class, code, want, out)
		}
	}
}

// The script says of each value what a Go program does with it.
func TestEnvironmentAsGoTakesIt(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	script := pinned(t, dir, Pins{})
	write(t, dir+"/yingzao_linux_amd64", program, 0o644)
	var wg sync.WaitGroup
	for _, env := range []string{
		"GOMEMLIMIT=", "GOMEMLIMIT=off", "GOMEMLIMIT=OFF", "GOMEMLIMIT=80%", "GOMEMLIMIT=2g", "GOMEMLIMIT=512MiB", "GOMEMLIMIT=512MB", "GOMEMLIMIT=MiB", "GOMEMLIMIT=-1",
		"GOMEMLIMIT=4GiB ", "GOMEMLIMIT= 4GiB", "GOMEMLIMIT=1.5GiB", "GOMEMLIMIT=9223372036", "GOMEMLIMIT=92233720368547758080", "GOMEMLIMIT=2TiB", "GOMEMLIMIT=99999999TiB", "GOMEMLIMIT=5KiB5", "GOMEMLIMIT=2048B", "GOMEMLIMIT=$(x)",
		"GOGC=80%", "GOGC=abc", "GOMAXPROCS=abc", "GODEBUG=foo", "GODEBUG=netdns=cgo,http2debug=x", "GODEBUG=fips140=foo", "GODEBUG=fips140=enabled", "GODEBUG=fips140=off", "GODEBUG=fips140=on", "GODEBUG=a=b,fips140=1",
	} {
		wg.Go(func() {
			d := newDesk(t).machine("Linux", "x86_64", "5.10.0", 64)
			d.env = []string{env}
			code, out := d.run(script)
			cmd := exec.Command(self)
			cmd.Env = append(os.Environ(), "SCRIPTS_TEST_JUST_START=1", env)
			dies := cmd.Run() != nil
			if (code == 3) != dies || code != 0 && code != 3 {
				t.Errorf("%s: exit %d, and a Go program dies: %v\n%s", env, code, dies, out)
			}
		})
	}
	wg.Wait()
}

func TestOldAndNewWorld(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/lib64/ld-linux-loongarch-lp64d.so.1"); err == nil {
		t.Skip("this is a LoongArch computer")
	}
	dir := t.TempDir()
	old, fresh := program+"# old\n", program+"# new\n"
	write(t, dir+"/yingzao_linux_loong64", fresh, 0o644)
	write(t, dir+"/yingzao_linux_loong64-abi1.0", old, 0o644)
	sums := map[string]string{"linux/loong64": sumOf(fresh), "linux/loong64-abi1.0": sumOf(old)}
	both, newOnly := pinned(t, dir, Pins{SHA256: sums}), filepath.Join(dir, "new.sh")
	text, _ := os.ReadFile(pinned(t, t.TempDir(), Pins{SHA256: map[string]string{"linux/loong64": sumOf(fresh)}}))
	write(t, newOnly, string(text), 0o644)
	for _, tc := range []struct {
		probe  int // what the kernel's answer exits with
		script string
		want   string
	}{
		{0, both, fresh}, {10, both, old}, {20, both, old}, {0, newOnly, fresh}, {10, newOnly, ""}, {20, newOnly, ""},
	} {
		t.Run(fmt.Sprint(tc.probe, " ", filepath.Base(tc.script)), func(t *testing.T) {
			d := newDesk(t).machine("Linux", "loongarch64", "4.19.0", 64)
			d.fake("base64", fmt.Sprintf("printf '#!/bin/sh\\nexit %d\\n'", tc.probe)) // the program that asks the kernel
			d.fake("readlink", "echo /bin/sh")                                         // no emulator
			code, out := d.run(tc.script)
			got, _ := os.ReadFile(filepath.Join(d.home, installed))
			if string(got) != tc.want || (code == 0) != (tc.want != "") {
				t.Errorf("exit %d, installed %q\n%s", code, got, out)
			}
			if tc.want == "" && (code != 3 || !strings.Contains(out, "old LoongArch world (Kylin V10") || d.files() != "") {
				t.Errorf("exit %d, files %q\n%s", code, d.files(), out)
			}
		})
	}
}
