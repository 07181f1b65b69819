package main

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"github.com/yingzao-dev/yingzao/internal/winetest"
)

// windowsDesk is a desk under wine, and a bundle for it with a real yingzao.exe and
// an SDK that is small but for its go.exe, which is a real one too.
type windowsDesk struct {
	*winetest.Windows
	t             *testing.T
	sdk, h1, disk string
}

const userEnv, sysEnv = `HKCU\Environment`, `HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment`

func newWindowsDesk(t *testing.T) *windowsDesk {
	t.Helper()
	w := &windowsDesk{t: t, Windows: winetest.New(t), sdk: t.TempDir(), disk: filepath.Join(t.TempDir(), "U disk")}
	copyFile := func(from, to string) {
		data, err := os.ReadFile(from)
		if err == nil {
			err = os.MkdirAll(filepath.Dir(to), 0o755)
		}
		if err == nil {
			err = os.WriteFile(to, data, 0o755)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	// wine's certutil does nothing and it has no curl; see package scripts.
	w.Native = []string{"certutil.exe", "curl.exe"}
	standin := winetest.Build(t, "../../scripts/testdata/standin")
	for _, name := range w.Native {
		_ = os.Remove(w.Unix(`C:\windows\system32\` + name))
		copyFile(standin, w.Unix(`C:\windows\system32\`+name))
	}
	copyFile(winetest.Build(t, "cmd/go"), filepath.Join(w.sdk, "bin", "go.exe"))
	for name, text := range map[string]string{
		"VERSION": runtime.Version() + "\n", "go.env": "GOSUMDB=sum.golang.org\nGOTOOLCHAIN=auto\n",
		"src/go.mod": "module std\n", "pkg/tool/windows_amd64/compile.exe": "compiler\n",
	} {
		name = filepath.Join(w.sdk, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tree, err := gosdk.ReadTree(context.Background(), w.sdk, gosdk.Release{})
	if err != nil {
		t.Fatal(err)
	}
	w.h1 = tree.H1()
	var out, errs bytes.Buffer
	home := mirrortest.Home(t)
	if code := run([]string{"bootstrap", "bundle", "--to", w.disk, "--platform", "windows/amd64", "--binary", "windows/amd64=" + winetest.Build(t, "."),
		"--sdk", w.sdk, "--sdk-h1", w.h1, "--go", strings.TrimPrefix(runtime.Version(), "go"), "--offline"},
		strings.NewReader(""), &out, &errs, []string{"HOME=" + home, "PATH=" + os.Getenv("PATH")}); code != 0 {
		t.Fatalf("exit %d\n%s%s", code, &out, &errs)
	}
	return w
}

// says runs a program on the desk and compares exit code and words of its output.
func (w *windowsDesk) says(code int, words []string, dir, program string, args ...string) string {
	w.t.Helper()
	got, out := w.Run(dir, program, args...)
	if got != code {
		w.t.Errorf("%s %q: exit %d, want %d\n%s", program, args, got, code, out)
	}
	for _, word := range words {
		if !strings.Contains(out, word) {
			w.t.Errorf("%s %q does not say %q:\n%s", program, args, word, out)
		}
	}
	return out
}

// cmd runs bootstrap.cmd of the bundle.
func (w *windowsDesk) cmd(code int, words []string, args ...string) string {
	w.t.Helper()
	return w.says(code, words, w.disk, "cmd", append([]string{"/c", "bootstrap.cmd"}, args...)...)
}

func (w *windowsDesk) reg(args ...string) {
	w.t.Helper()
	if code, out := w.Run("", "reg", args...); code != 0 {
		w.t.Fatalf("reg %q: exit %d\n%s", args, code, out)
	}
}

// environment is what the registry holds of the user's environment, as reg writes it.
func (w *windowsDesk) environment() string {
	w.t.Helper()
	w.reg("export", userEnv, `C:\environment.reg`, "/y")
	data, err := os.ReadFile(w.Unix(`C:\environment.reg`))
	if err != nil {
		w.t.Fatal(err)
	}
	return strings.ReplaceAll(string(data), "\x00", "") // ASCII in UTF-16
}

func TestBootstrapUnderWine(t *testing.T) {
	t.Parallel()
	w := newWindowsDesk(t)
	w.colleague()
	w.powerCut()
}

// colleague is a new one's first day: bootstrap.cmd from a disk, the program it
// brings, the registry, new consoles, the way back, and all of it from a mirror.
func (w *windowsDesk) colleague() {
	t := w.t
	const path = `%USERPROFILE%\bin;;C:\tools`
	for _, v := range [][]string{{userEnv, "Path", "REG_EXPAND_SZ", path}, {userEnv, "GOPRIVATE", "REG_SZ", "own.example"}, {sysEnv, "GOPRIVATE", "REG_SZ", "all.example"}} {
		w.reg("add", v[0], "/v", v[1], "/t", v[2], "/d", v[3], "/f")
	}
	version := runtime.Version()
	want := []string{"--profile", "cn", "--sdk-h1", w.h1}
	bare := w.environment()
	root := w.Unix(strings.TrimSpace(w.says(0, nil, "", "cmd", "/c", "echo %LOCALAPPDATA%"))) + "/yingzao"

	w.cmd(0, []string{version + "  windows/amd64", "will be installed", "REG_EXPAND_SZ", path, "conflict", "own.example in " + userEnv, "all.example in " + sysEnv}, append([]string{"plan"}, want...)...)
	w.cmd(2, []string{"nobody can be asked here"}, append([]string{"apply"}, want...)...)
	if got := w.environment(); got != bare {
		t.Errorf("plan changed the registry: %q", got)
	}
	w.cmd(0, []string{"go: none -> " + version, "is in C:"}, append([]string{"apply", "--yes"}, want...)...)
	once := w.environment()
	w.says(0, []string{"Path    REG_EXPAND_SZ    C:", version + `\bin;`, `\yingzao\bin;` + path + "\n"}, "", "reg", "query", userEnv, "/v", "Path")
	for args, words := range map[string]string{
		"go version":            "go version " + version + " windows/amd64",
		"go env GOPROXY":        "https://goproxy.cn|https://mirrors.aliyun.com/goproxy/,direct",
		"go env GOROOT":         `\yingzao\go\` + version,
		"yingzao version":       "windows/amd64",
		"echo %PATH%":           `\bin;;C:\tools`,
		"if defined GOROOT ver": "",
	} {
		if out := w.says(0, []string{words}, "", "cmd", "/c", args); strings.Contains(out, "%USERPROFILE%") || words == "" && out != "" {
			t.Errorf("a new console, %s: %s", args, out)
		}
	}
	w.cmd(0, []string{"already", "无事可做"}, append([]string{"apply", "--yes", "--lang", "zh"}, want...)...)
	if got := w.environment(); got != once {
		t.Errorf("a second apply changed the registry: %q", got)
	}
	w.cmd(3, []string{"which is newer", "--allow-downgrade"}, append([]string{"apply", "--yes", "--go", "1.21.0"}, want...)...)
	w.cmd(2, []string{"--no-such-flag"}, "apply", "--no-such-flag")
	if got := w.environment(); got != once {
		t.Errorf("a refused apply changed the registry: %q", got)
	}
	w.cmd(0, []string{`restored HKCU\Environment\Path`}, "undo")
	if got := w.environment(); got != bare {
		t.Errorf("after undo the registry holds %q, before %q", got, bare)
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(filepath.Dir(root)), "Roaming", "go", "env")); err == nil {
		t.Error("undo left the env file")
	}

	// The script alone, with the program from a mirror, and from one that lies.
	if err := os.RemoveAll(root); err != nil {
		t.Fatal(err)
	}
	alone := t.TempDir()
	script, err := os.ReadFile(filepath.Join(w.disk, "bootstrap.cmd"))
	if err == nil {
		err = os.WriteFile(filepath.Join(alone, "bootstrap.cmd"), script, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	files := http.FileServer(http.Dir(filepath.Join(w.disk, "bin")))
	mirror := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/lies/") {
			_, _ = rw.Write([]byte("MZ something else"))
			return
		}
		files.ServeHTTP(rw, r)
	}))
	defer mirror.Close()
	args := append([]string{"/c", "bootstrap.cmd", "apply", "--yes", "--offline", "--sdk", winetest.Z(w.sdk)}, want...)
	w.Env = []string{"YINGZAO_TOOL_URL=" + mirror.URL + "/lies"}
	w.says(3, []string{"damaged or not genuine"}, alone, "cmd", args...)
	if entries, _ := os.ReadDir(filepath.Join(root, "bin")); len(entries) > 0 || w.environment() != bare {
		t.Errorf("a mirror that lies left %v", entries)
	}
	w.Env = []string{"YINGZAO_TOOL_URL=" + mirror.URL}
	w.says(0, []string{"go: none -> " + version}, alone, "cmd", args...)
	w.Env = nil
	if got := w.environment(); got != once {
		t.Errorf("from a mirror the registry becomes %q", got)
	}
	w.says(0, nil, "", "cmd", "/c", "yingzao bootstrap undo --all")
	if got := w.environment(); got != bare {
		t.Errorf("after undo the registry holds %q", got)
	}
}

// powerCut stops all programs in the middle of apply, and the registry is as it was
// saved last, at the start. The next run completes, and undo leads back.
func (w *windowsDesk) powerCut() {
	t := w.t
	w.reg("add", userEnv, "/v", "Path", "/t", "REG_EXPAND_SZ", "/d", `%USERPROFILE%\bin`, "/f")
	bare := w.environment()
	exe := winetest.Z(filepath.Join(w.disk, "bin", "yingzao_windows_amd64.exe"))
	args := []string{"bootstrap", "apply", "--yes", "--profile", "cn", "--from", winetest.Z(w.disk), "--sdk-h1", w.h1}
	root := w.Unix(strings.TrimSpace(w.says(0, nil, "", "cmd", "/c", "echo %LOCALAPPDATA%"))) + "/yingzao"
	w.Save()
	start := time.Now()
	w.says(0, []string{"none -> "}, "", exe, args...)
	took, once := time.Since(start), w.environment()
	w.says(0, nil, "", exe, "bootstrap", "undo")

	const cuts = 4
	cut := 0
	for i := range cuts + 1 {
		if err := os.RemoveAll(root); err != nil {
			t.Fatal(err)
		}
		w.Save()
		w.says(0, nil, "", "cmd", "/c", "exit 0") // the next start is a short one again
		after := took * time.Duration(i+1) / cuts // at the last, right after it
		ctx, cancel := context.WithTimeout(context.Background(), after)
		if i == 0 { // in its midst, however much faster than the first one it is
			after = 0
			ctx, cancel = context.WithCancel(context.Background())
			go func() {
				for ctx.Err() == nil {
					if _, err := os.Stat(root); err == nil {
						cancel()
					}
					time.Sleep(time.Millisecond)
				}
			}()
		}
		code, _ := w.RunUntil(ctx, "", exe, args...)
		cancel()
		w.Kill()
		if code != 0 {
			cut++
		}
		w.says(0, []string{runtime.Version()}, "", exe, args...)
		if got := w.environment(); got != once {
			t.Errorf("cut after %v of %v: the next apply makes the registry %q", after, took, got)
		}
		w.says(0, []string{"go version " + runtime.Version()}, "", "cmd", "/c", "go version")
		w.says(0, nil, "", exe, "bootstrap", "undo", "--all")
		if got := w.environment(); got != bare {
			t.Errorf("cut after %v of %v: undo makes the registry %q", after, took, got)
		}
	}
	if cut == 0 {
		t.Errorf("none of %d runs was cut", cuts)
	}
	t.Logf("%d of %d runs of %v were cut, and each lost its registry", cut, cuts+1, took)
}
