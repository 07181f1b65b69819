package gotool

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/subproc"
)

// Tool is one toolchain and the settings it runs with. It is immutable and safe
// for concurrent use.
type Tool struct {
	Goroot  string            // absolute
	Version string            // "go1.26.8"
	Env     map[string]string // what go env said for the project, before we settled anything
	Cache   string            // GOCACHE
	host    []string          // the process environment it was found with
}

// Options say where to look.
type Options struct {
	Dir     string   // the project's folder; "" = the current one
	Go      string   // go command, by name or path; "" = go from PATH
	Goroot  string   // use this GOROOT's go command; wins over Go
	Environ []string // the user's environment; nil = this process's
}

// minimum is the oldest Go whose build information and flags we rely on.
const minimum = "go1.21"

// Find selects the toolchain for the project.
func Find(ctx context.Context, o Options) (*Tool, error) {
	if o.Environ == nil {
		o.Environ = os.Environ()
	}
	bin, err := locate(o)
	if err != nil {
		return nil, err
	}
	env := o.Environ
	if o.Goroot != "" { // a toolchain that was asked for by name never hands over to another
		env = append(env[:len(env):len(env)], "GOTOOLCHAIN=local", "GOROOT="+o.Goroot)
	}
	values, err := askEnv(ctx, bin, o.Dir, env)
	if err != nil {
		return nil, explain(ctx, err, bin)
	}
	t := &Tool{Goroot: values["GOROOT"], Version: values["GOVERSION"], Env: values, Cache: values["GOCACHE"], host: o.Environ}
	if Compare(t.Version, minimum) < 0 {
		return nil, msg.Errorf("go command %s: %s is too old", "go 命令 %s：%s 版本过旧", bin, t.Version).
			WithHint("install Go %s or newer", "请安装 Go %s 或更新版本", strings.TrimPrefix(minimum, "go"))
	}
	if want := wantedGo(o.Dir); want != "" && Compare(t.Version, want) < 0 {
		return nil, msg.Errorf("go command %s: this is %s, go.mod wants %s", "go 命令 %s：当前为 %s，go.mod 要求 %s", bin, t.Version, want).
			WithHint("install %s, or let the go command fetch it (GOTOOLCHAIN=auto with a reachable GOPROXY)", "请安装 %s，或允许 go 命令自行下载（GOTOOLCHAIN=auto 且 GOPROXY 可达）", want)
	}
	return t, nil
}

// At returns the toolchain in another GOROOT with the settings of t and a
// GOCACHE of its own: two toolchains of one version number but different
// patches (LoongArch ABI 1.0) would otherwise take each other's objects for
// their own.
func (t *Tool) At(ctx context.Context, goroot, dir string) (*Tool, error) {
	other, err := Find(ctx, Options{Dir: dir, Goroot: goroot, Environ: t.host})
	if err != nil {
		return nil, err
	}
	merged := *t
	merged.Goroot, merged.Version = other.Goroot, other.Version
	merged.Cache = filepath.Join(filepath.Dir(t.Cache), filepath.Base(t.Cache)+"-"+shortHash(other.Goroot))
	return &merged, nil
}

func locate(o Options) (string, error) {
	name := o.Go
	if name == "" {
		name = "go"
	}
	if o.Goroot != "" {
		name = filepath.Join(o.Goroot, "bin", "go")
	}
	if runtime.GOOS == "windows" && filepath.Ext(name) == "" {
		name += ".exe"
	}
	if strings.ContainsRune(name, filepath.Separator) {
		if _, err := os.Stat(name); err != nil {
			return "", msg.Errorf("find go command: %w", "查找 go 命令：%w", err).
				WithHint("give the root of an unpacked Go SDK, the folder that contains bin/go", "请给出已解压的 Go SDK 根目录，即包含 bin/go 的目录")
		}
		return name, nil
	}
	if p, found := subproc.Look(name, o.Environ); found {
		return p, nil
	}
	return "", msg.Errorf("find go command: %q is not on PATH", "查找 go 命令：PATH 中没有 %q", name).
		WithHint("install Go and put its bin folder on PATH, or name it with --goroot DIR", "请安装 Go 并将其 bin 目录加入 PATH，或用 --goroot DIR 指定")
}

type envError struct {
	err    error
	stderr string
}

func (e *envError) Error() string {
	if e.stderr != "" {
		return e.stderr
	}
	return e.err.Error()
}
func (e *envError) Unwrap() error { return e.err }

func askEnv(ctx context.Context, bin, dir string, env []string) (map[string]string, error) {
	cmd := exec.CommandContext(ctx, bin, "env", "-json")
	cmd.Dir, cmd.Env = dir, env
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	if err := subproc.Run(cmd); err != nil {
		return nil, &envError{err, strings.TrimSpace(stderr.String())}
	}
	values := map[string]string{}
	if err := json.Unmarshal(out.Bytes(), &values); err != nil {
		return nil, &envError{err, ""}
	}
	if values["GOROOT"] == "" || values["GOVERSION"] == "" {
		return nil, &envError{msg.Errorf("it names no GOROOT", "它没有给出 GOROOT"), ""}
	}
	return values, nil
}

// explain says why go env failed: the program cannot run here, or something
// that the go command says best itself.
func explain(ctx context.Context, err error, bin string) error {
	if errors.Is(err, syscall.ENOEXEC) || errors.Is(err, syscall.Errno(193)) { // 193: ERROR_BAD_EXE_FORMAT
		return msg.Errorf("run %s: it is built for another architecture than this %s/%s machine",
			"运行 %s：它不是为本机 %s/%s 构建的", bin, runtime.GOOS, runtime.GOARCH).
			WithHint("install the Go SDK for %s/%s", "请安装 %s/%s 的 Go SDK", runtime.GOOS, runtime.GOARCH)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return msg.Errorf("ask %s for its settings: %w", "向 %s 询问设置：%w", bin, err).
		WithHint("`yingzao check` looks for what is wrong with a Go environment", "`yingzao check` 可诊断 Go 环境的问题")
}
