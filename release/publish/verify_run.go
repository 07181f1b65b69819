package publish

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// runTime is what one run may take, on an emulator on a busy machine too.
const runTime = 30 * time.Second

// run starts a binary and expects exit code 0 and the version in its output.
func (v *verifier) run(ctx context.Context, m *manifest.Manifest, b manifest.Binary, name, subject string, r *BinaryReport) {
	command, why := runner(b.Target)
	if !why.IsZero() {
		r.Note = &why
		return
	}
	tries := v.o.RunArgs
	if tries == nil {
		tries = [][]string{{"version"}, {"--version"}}
	}
	var last error
	ran := false
	for _, args := range tries {
		out, err := v.start(ctx, append(append(command, name), args...))
		var exit *exec.ExitError
		switch {
		case err == nil && strings.Contains(out, m.Version):
			r.Run = Passed
			return
		case err == nil:
			ran = true
		case !errors.As(err, &exit) && !errors.Is(err, context.DeadlineExceeded):
			// It was never started: no verdict on the program.
			note := msg.Textf("not run: %v", "未运行：%v", err)
			r.Note = &note
			return
		default:
			last = err
		}
	}
	if ran {
		r.Run = Passed
		v.p.add(CodeVersion, "note", subject, "it runs, but does not print the version %s", "可以运行，但未输出版本 %s", m.Version)
		return
	}
	r.Run = Failed
	v.p.fail(CodeRun, subject, "it does not run (%s): %v", "无法运行（%s）：%v", strings.Join(command, " "), last)
}

// start runs one command with nothing of our environment but PATH.
func (v *verifier) start(ctx context.Context, command []string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, runTime)
	defer cancel()
	home := filepath.Join(v.dir, "home")
	if err := os.MkdirAll(home, 0o700); err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Dir = home
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "TMPDIR=" + home, "LC_ALL=C"}
	out := &head{}
	cmd.Stdout, cmd.Stderr = out, out
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return string(out.kept), err
}

// head keeps the first 64 KiB of what a program prints.
type head struct{ kept []byte }

func (h *head) Write(b []byte) (int, error) {
	room := 64<<10 - len(h.kept)
	h.kept = append(h.kept, b[:min(room, len(b))]...)
	return len(b), nil
}

// emulators are qemu-user's names for architectures that releases are made for.
var emulators = map[string]string{
	"amd64": "qemu-x86_64", "arm64": "qemu-aarch64", "loong64": "qemu-loongarch64", "riscv64": "qemu-riscv64",
	"386": "qemu-i386", "arm": "qemu-arm", "mips64le": "qemu-mips64el", "ppc64le": "qemu-ppc64le", "s390x": "qemu-s390x",
}

// runner returns what to put before a binary of the target, or why it cannot
// be run here.
func runner(t target.Target) (command []string, why msg.Text) {
	if t.ABI1 {
		return nil, msg.Text{EN: "not run: no emulator speaks the old LoongArch world", ZH: "未运行：没有模拟器支持龙架构旧世界"}
	}
	if t.OS != runtime.GOOS {
		return nil, msg.Textf("not run: it is for %s", "未运行：它适用于 %s", t.OS)
	}
	if t.Arch == runtime.GOARCH && t.Level == "" {
		return nil, msg.Text{}
	}
	name, known := emulators[t.Arch]
	if t.OS != "linux" || !known {
		return nil, msg.Textf("not run: nothing here runs %s", "未运行：此处无法运行 %s", t)
	}
	for _, candidate := range []string{name + "-static", name} {
		if path, err := exec.LookPath(candidate); err == nil {
			if t.Level != "" && t.Arch != "loong64" {
				return []string{path, "-cpu", "max"}, msg.Text{}
			}
			return []string{path}, msg.Text{}
		}
	}
	return nil, msg.Textf("not run: %s is not installed", "未运行：未安装 %s", name)
}
