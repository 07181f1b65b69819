package rebuild

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/subproc"
)

// watched runs make.bash beside a watcher that waits for the end of a pipe whose
// other end is ours alone: when this process dies, by whatever, the watcher ends
// the process group. The kernel's death signal would reach bash, not the compilers
// below it.
const watched = `(read -r _ <&3; kill -9 0) >/dev/null 2>&1 & exec bash ./make.bash -distpack 3<&-`

// makeBash builds in work/go.
func makeBash(ctx context.Context, work string, o Options) error {
	for _, dir := range []string{"home", "tmp"} {
		if err := os.Mkdir(filepath.Join(work, dir), 0o700); err != nil {
			return msg.Errorf("build Go SDK: %w", "构建 Go SDK：%w", err)
		}
	}
	bash, _ := subproc.Look("bash", o.Environ)
	alive, ours, err := os.Pipe()
	if err != nil {
		return msg.Errorf("build Go SDK: %w", "构建 Go SDK：%w", err)
	}
	defer ours.Close()
	defer alive.Close()
	out := &lines{log: o.Log}
	cmd := exec.CommandContext(ctx, bash, "-c", watched)
	cmd.Dir = filepath.Join(work, "go", "src")
	cmd.Env = environ(work, o)
	cmd.ExtraFiles = []*os.File{alive}
	cmd.Stdout, cmd.Stderr = out, out
	err = subproc.Run(cmd)
	out.end()
	switch {
	case ctx.Err() != nil:
		return msg.Errorf("build Go SDK: %w", "构建 Go SDK：%w", ctx.Err())
	case err != nil:
		return msg.Errorf("build Go SDK: make.bash: %w\n%s", "构建 Go SDK：make.bash：%w\n%s", err, strings.Join(out.last, "\n")).
			WithHint("an SDK builds itself without network and C compiler; most often the disk or the memory is full", "SDK 的自构建不需要网络和 C 编译器；最常见的原因是磁盘或内存不足")
	}
	return nil
}

// environ is the whole environment of the build. The two caches and all settings
// lie in the work directory or nowhere.
func environ(work string, o Options) []string {
	in := func(name string) string { return filepath.Join(work, name) }
	path, _ := subproc.Getenv(o.Environ, "PATH")
	return []string{
		"PATH=" + path, "HOME=" + in("home"), "TMPDIR=" + in("tmp"), "LC_ALL=C", "TZ=UTC",
		"GOROOT_BOOTSTRAP=" + absolute(o.GOROOT), "GOOS=" + o.GOOS, "GOARCH=" + o.GOARCH,
		"GOENV=off", "GOTOOLCHAIN=local", "GOFLAGS=", "GOWORK=off", "GOPROXY=off", "GOTELEMETRY=off",
		"GOCACHE=" + in("cache"), "GOPATH=" + in("gopath"),
	}
}

func absolute(dir string) string {
	if abs, err := filepath.Abs(dir); err == nil {
		return abs
	}
	return dir
}

// kept is how many lines a failure shows.
const kept = 20

// lines hands on what is written to it line by line and keeps the last ones.
type lines struct {
	log  func(string)
	rest []byte
	last []string
}

// Write is part of io.Writer. A line without an end is cut at 64 KB.
func (l *lines) Write(p []byte) (int, error) {
	l.rest = append(l.rest, p...)
	for {
		line, rest, ended := bytes.Cut(l.rest, []byte("\n"))
		if !ended && len(line) < 64<<10 {
			return len(p), nil
		}
		l.line(line)
		l.rest = rest
	}
}

func (l *lines) end() {
	if len(l.rest) > 0 {
		l.line(l.rest)
		l.rest = nil
	}
}

func (l *lines) line(b []byte) {
	text := strings.TrimRight(string(b), "\r")
	if l.last = append(l.last, text); len(l.last) > kept {
		l.last = l.last[1:]
	}
	if l.log != nil {
		l.log(text)
	}
}
