package render

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/images/matrix"
)

// timeout is for scripts that hang: a busy machine takes its time for the others.
const timeout = 5 * time.Minute

// dockerfileFor renders a base's file for SDKs that the matrix does not know.
func dockerfileFor(t testing.TB, base, variant string, sdks ...matrix.SDK) []byte {
	t.Helper()
	m := load(t)
	b, err := m.Find(base)
	if err != nil {
		t.Fatal(err)
	}
	v, err := m.Variant(variant)
	if err != nil {
		t.Fatal(err)
	}
	tools, err := m.Find(m.Default)
	if err != nil {
		t.Fatal(err)
	}
	data, err := Dockerfile(b, v, sdks, tools)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// onlyLinux skips where the programs of a base are not.
func onlyLinux(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the scripts run in Linux images")
	}
}

// The script that proves the SDK is run as it stands in the file, with the places
// of the image moved into a folder.
func TestProof(t *testing.T) {
	onlyLinux(t)
	tree := fakeSDK([]byte("#!/bin/sh\n"))
	here := map[string]string{"amd64": "amd64", "arm64": "arm64"}[runtime.GOARCH]
	cases := []struct {
		name, arch string // arch: TARGETARCH
		flat       bool   // COPY sdk/$TARGETARCH, as engines that set it do
		change     func(t *testing.T, dir string)
		want       string // in the output; "" = accepted
	}{
		{"an engine with TARGETARCH", "amd64", true, nil, ""},
		{"an engine without", "", false, nil, ""},
		{"one changed byte", "amd64", true, func(t *testing.T, d string) {
			write(t, d+"/go/bin/go", "#!/bin/si\n", 0o755)
		}, "go/bin/go: FAILED"},
		{"a changed module file", "amd64", true, func(t *testing.T, d string) {
			write(t, d+"/go/src/cmd/go.mod", "module cmD\n", 0o644)
		}, "go/src/cmd/go.mod: FAILED"},
		{"a missing file", "amd64", true, func(t *testing.T, d string) {
			if err := os.Remove(d + "/go/VERSION"); err != nil {
				t.Fatal(err)
			}
		}, "changed or are missing"},
		{"a file more", "amd64", true, func(t *testing.T, d string) {
			write(t, d+"/go/src/runtime/zz.go", "package runtime\n", 0o644)
		}, "清单以外的文件"},
		{"a hidden file more", "amd64", true, func(t *testing.T, d string) {
			write(t, d+"/go/src/.z.go", "package runtime\n", 0o644)
		}, "files that are not in its list"},
		{"a link more", "amd64", true, func(t *testing.T, d string) {
			if err := os.Symlink("/etc/passwd", d+"/go/src/z.go"); err != nil {
				t.Fatal(err)
			}
		}, "files that are not in its list"},
		{"a list that fits the changed file", "amd64", true, func(t *testing.T, d string) {
			changed := fakeSDK([]byte("#!/bin/si\n"))
			other := t.TempDir()
			stage(t, other, "amd64", changed)
			if err := os.RemoveAll(d); err != nil {
				t.Fatal(err)
			}
			if err := os.Rename(other+"/sdk/amd64", d); err != nil {
				t.Fatal(err)
			}
		}, "is not Go 1.26.8"},
		{"no list", "amd64", true, func(t *testing.T, d string) {
			if err := os.Remove(d + "/h1"); err != nil {
				t.Fatal(err)
			}
		}, "yingzao image sdk fetch --go 1.26.8 --platform linux/amd64,linux/arm64 --to ctx"},
		{"an architecture that the base has not", "loong64", true, nil, "no Go SDK for loong64, only for: amd64 arm64"},
		{"the SDK of another architecture", "arm64", true, func(t *testing.T, d string) {
			other := t.TempDir()
			stage(t, other, "amd64", tree)
			if err := os.RemoveAll(d); err != nil {
				t.Fatal(err)
			}
			if err := os.Rename(other+"/sdk/amd64", d); err != nil {
				t.Fatal(err)
			}
		}, "sdk/arm64 is not Go 1.26.8"},
	}
	for shell, command := range shells() {
		for _, c := range cases {
			t.Run(shell+"/"+c.name, func(t *testing.T) {
				if c.arch == "" && here == "" {
					t.Skip("this machine's architecture is not staged")
				}
				root := t.TempDir()
				var sdks []matrix.SDK
				for _, arch := range []string{"amd64", "arm64"} {
					sdks = append(sdks, stage(t, root, arch, tree))
				}
				staged := root + "/sdk"
				if c.flat {
					staged += "/" + map[string]string{"loong64": "amd64"}[c.arch]
					if c.arch != "loong64" {
						staged += c.arch
					}
				}
				if c.change != nil {
					c.change(t, staged)
				}
				text := script(t, dockerfileFor(t, "kylin-v10sp3", "go", sdks...), "sha256sum")
				text = strings.NewReplacer("/stage", staged, "/out/", root+"/out/").Replace(text)
				out, code := sh(t, command, text, "TARGETARCH="+c.arch)
				_, err := os.Stat(root + "/out/usr/local/go/bin/go")
				switch {
				case c.want == "" && (code != 0 || err != nil):
					t.Errorf("exit %d, %v: %s", code, err, out)
				case c.want != "" && (code != 1 || err == nil || !strings.Contains(out, c.want)):
					t.Errorf("exit %d, in place: %v, want %q in: %s", code, err == nil, c.want, out)
				}
			})
		}
	}
}

// Modes that a memory stick or an umask took away are given back.
func TestProofModes(t *testing.T) {
	onlyLinux(t)
	root := t.TempDir()
	sdk := stage(t, root, "amd64", fakeSDK([]byte("#!/bin/sh\n")))
	for _, name := range []string{"bin/go", "pkg/tool/linux_amd64/compile", "src/go.mod"} {
		if err := os.Chmod(root+"/sdk/amd64/go/"+name, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text := script(t, dockerfileFor(t, "debian", "go", sdk), "sha256sum")
	text = strings.NewReplacer("/stage", root+"/sdk/amd64", "/out/", root+"/out/").Replace(text)
	if out, code := sh(t, []string{"sh"}, text, "TARGETARCH=amd64"); code != 0 {
		t.Fatal(out)
	}
	for name, want := range map[string]os.FileMode{"bin/go": 0o755, "pkg/tool/linux_amd64/compile": 0o755, "src/go.mod": 0o644} {
		if info, err := os.Stat(root + "/out/usr/local/go/" + name); err != nil || info.Mode() != want {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
}

// An SDK that no database knows is compared with its own list, and says how to pin
// it; pinned, another one is refused.
func TestProofUnpinned(t *testing.T) {
	onlyLinux(t)
	root := t.TempDir()
	sdk := stage(t, root, "loong64", fakeSDK([]byte("#!/bin/sh\n")))
	sum := hexOf(sdk.H1)
	sdk.H1, sdk.ABI = "", matrix.ABI1
	text := script(t, dockerfileFor(t, "kylin-v10sp3", "go", sdk), "sha256sum")
	text = strings.NewReplacer("/stage", root+"/sdk/loong64", "/out/", root+"/out/").Replace(text)
	if out, code := sh(t, []string{"sh"}, text, "TARGETARCH=loong64", "SDK_SUM="+strings.Repeat("0", 64)); code != 1 || !strings.Contains(out, "is not Go 1.26.8 ABI1.0") {
		t.Errorf("exit %d: %s", code, out)
	}
	if out, code := sh(t, []string{"sh"}, text, "TARGETARCH=loong64", "SDK_SUM="); code != 0 || strings.Count(out, "SDK_SUM="+sum) != 2 {
		t.Errorf("exit %d: %s", code, out)
	}
}

func TestSmoke(t *testing.T) {
	onlyLinux(t)
	loong := matrix.SDK{Go: "1.26.8", Arch: "loong64"}
	old := matrix.SDK{Go: "1.26.4", Arch: "loong64", ABI: matrix.ABI1}
	intel := matrix.SDK{Go: "1.26.8", Arch: "amd64"}
	for _, c := range []struct {
		name, base string
		sdk        matrix.SDK
		program    string
		code       int
		has, lacks string
	}{
		{"fine", "debian", loong, "echo go version go1.26.8", 0, "go version go1.26.8", "exit code"},
		{"old-world kernel", "debian", loong, "kill -SEGV $$", 139, "上游 Go 在其上还没执行第一行就会崩溃", "new-world base"},
		{"new-world kernel", "kylin-v10sp3", old, "kill -SEGV $$", 139, "Use the Dockerfile of a new-world base", "Dockerfile.abi1.0"},
		{"no LoongArch", "kylin-v10sp3", intel, "kill -SEGV $$", 139, "exit code 139", "LoongArch"},
		{"no instruction", "debian", loong, "kill -ILL $$", 132, "SIGILL", "LoongArch"},
		{"another processor", "debian", loong, "exit 126", 126, "another processor", "SIGSEGV"},
		{"something else", "debian", loong, "exit 3", 3, "exit code 3", "processor"},
	} {
		for shell, command := range shells() {
			t.Run(shell+"/"+c.name, func(t *testing.T) {
				bin := t.TempDir()
				write(t, bin+"/go", "#!/bin/sh\n"+c.program+"\n", 0o755)
				text := script(t, dockerfileFor(t, c.base, "go", c.sdk), "go version")
				out, code := sh(t, command, text, "PATH="+bin+":"+os.Getenv("PATH"))
				if code != c.code || !strings.Contains(out, c.has) || strings.Contains(out, c.lacks) {
					t.Errorf("exit %d, want %d; want %q and not %q in: %s", code, c.code, c.has, c.lacks, out)
				}
			})
		}
	}
}

// A base without a package manager is told, with what it lacks.
func TestNoManager(t *testing.T) {
	onlyLinux(t)
	for base, want := range map[string]string{"kylin-v11": "dnf microdnf yum", "debian": "apt-get", "alpine-3.22": "apk"} {
		text := script(t, dockerfileFor(t, base, "builder", matrix.SDK{Go: "1.26.8", Arch: "amd64"}), "$PACKAGES")
		out, code := sh(t, []string{"/bin/sh"}, text, "PATH=/nonexistent", "PACKAGES=git  make")
		if code != 1 || !strings.Contains(out, "cannot install git make: the base has none of: "+want+"\n") || !strings.Contains(out, "这些包管理器："+want) {
			t.Errorf("%s: exit %d: %s", base, code, out)
		}
		if out, code := sh(t, []string{"/bin/sh"}, text, "PATH=/nonexistent", "PACKAGES="); code != 0 || out != "" {
			t.Errorf("%s, nothing to install: exit %d: %s", base, code, out)
		}
	}
}

// Every script is POSIX sh without a finding.
func TestShellcheck(t *testing.T) {
	need(t, "shellcheck")
	seen := map[string]bool{}
	dir := t.TempDir()
	var names []string
	for _, f := range files(t) {
		env := "" // what ARG and ENV give
		for _, in := range instructions(f.Data) {
			if m := regexp.MustCompile(`^ARG (\w+)`).FindStringSubmatch(in); m != nil {
				env += "export " + m[1] + "\n"
			}
		}
		for _, s := range scripts(f.Data) {
			if seen[s] {
				continue
			}
			seen[s] = true
			name := filepath.Join(dir, "s"+string(rune('a'+len(names)%26))+strings.ReplaceAll(strings.ReplaceAll(f.Path, "/", "-"), ".", "-")+".sh")
			write(t, name, "#!/bin/sh\n"+env+s, 0o644)
			names = append(names, name)
		}
	}
	if len(names) < 8 {
		t.Fatalf("only %d scripts", len(names))
	}
	out, err := exec.CommandContext(t.Context(), "shellcheck", append([]string{"--norc", "--severity=style"}, names...)...).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	t.Logf("%d scripts", len(names))
}
