package publish

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// minisigner is a key of the minisign command.
type minisigner struct{ secret, file, line string }

func newMinisigner(t *testing.T) minisigner {
	t.Helper()
	_, err := exec.LookPath("minisign")
	needs(t, "minisign", err == nil)
	dir := t.TempDir()
	k := minisigner{secret: filepath.Join(dir, "key"), file: filepath.Join(dir, "key.pub")}
	if out, err := exec.Command("minisign", "-G", "-W", "-s", k.secret, "-p", k.file).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	data, err := os.ReadFile(k.file)
	if err != nil {
		t.Fatal(err)
	}
	k.line = strings.Split(string(data), "\n")[1]
	return k
}

func (k minisigner) sign(t *testing.T, text, comment string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "SHA256SUMS")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("minisign", "-S", "-s", k.secret, "-m", name, "-t", comment).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	data, err := os.ReadFile(name + ".minisig")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// With --key nothing is installed but what that key has signed, for this release.
func TestInstallSigned(t *testing.T) {
	t.Parallel()
	linuxAmd64(t)
	key, other := newMinisigner(t), newMinisigner(t)
	st := newStore(t)
	mustPublish(t, st, realRelease(t))
	sums := get(t, st, "demo/1.2.0/SHA256SUMS")
	const comment = "demo 1.2.0 sequence=1"
	good := key.sign(t, sums, comment)
	less := strings.ReplaceAll(sums, "  demo_1.2.0_linux_amd64.tar.gz", "  demo_1.2.0_linux_amd64.tar.gz.old")
	for _, c := range []struct {
		name, sums, sig, key string
		code                 int
		en, zh               string
	}{
		{"signed", sums, good, key.line, 0, "installed", "已安装"},
		{"a key in a file", sums, good, key.file, 0, "installed", "已安装"},
		{"by the command itself", sums, key.sign(t, sums, "timestamp:1 file:SHA256SUMS"), key.line, 0, "installed", "已安装"},
		{"by another key", sums, other.sign(t, sums, comment), key.line, 3, "is not signed by " + key.line, "与公钥 " + key.line + " 不符"},
		{"a changed list", less, good, key.line, 3, "is not signed by", "不符"},
		{"of another release", sums, key.sign(t, sums, "demo 1.1.0 sequence=1"), key.line, 3, "that of another release: demo 1.1.0", "属于另一发布"},
		{"a list without the file", less, key.sign(t, less, comment), key.line, 3, "does not have 1.2.0/demo_1.2.0_linux_amd64.tar.gz", "不一致"},
		{"no key", sums, good, "RWnonsense", 3, "is not signed by RWnonsense", "RWnonsense"},
		{"no signature", sums, "", key.line, 4, "cannot download", "无法下载"},
	} {
		put(t, st, "demo/1.2.0/SHA256SUMS", c.sums)
		put(t, st, "demo/1.2.0/SHA256SUMS.minisig", c.sig)
		if c.sig == "" {
			if err := st.Delete(t.Context(), "demo/1.2.0/SHA256SUMS.minisig"); err != nil {
				t.Fatal(err)
			}
		}
		for n, shell := range shells() {
			i := newInstaller(t, st)
			if i.shell = []string{shell}; shell == "busybox" {
				i.shell = []string{"busybox", "sh"}
			}
			lang, want := "en", c.en
			if n%2 == 1 {
				lang, want = "zh", c.zh
			}
			args := []string{"--dir", i.dir, "--key", c.key, "--lang", lang}
			if n < 2 {
				args = append(args, "--base", i.url) // else from the folder itself
			}
			code, out := i.run(args...)
			if code != c.code || (i.installed() == "demo") != (code == 0) || !strings.Contains(out, want) {
				t.Errorf("%s, %s: exit %d, installed %q\n%s", c.name, shell, code, i.installed(), out)
			}
		}
	}

	put(t, st, "demo/1.2.0/SHA256SUMS", sums)
	put(t, st, "demo/1.2.0/SHA256SUMS.minisig", good)
	dir := filepath.Join(t.TempDir(), "bin")
	cmd := exec.Command("sh", filepath.Join(st.Dir(), "demo", InstallName), "--dir", dir, "--key", key.line)
	cmd.Env = []string{"PATH=" + tools(t, "curl"), "HOME=" + t.TempDir()}
	out, _ := cmd.CombinedOutput()
	if _, err := os.Stat(dir); cmd.ProcessState.ExitCode() != 1 || !strings.Contains(string(out), "minisign is not installed") || err == nil {
		t.Errorf("without minisign: %v %v\n%s", cmd.ProcessState, err, out)
	}
}
