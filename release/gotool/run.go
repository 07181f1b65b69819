package gotool

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/subproc"
)

// passed are the variables of the user's environment that a hermetic run keeps:
// they say where things are and how the network is reached, and change no byte.
var passed = []string{
	"PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "TEMP", "TMP", "XDG_CACHE_HOME", "XDG_CONFIG_HOME",
	"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy",
	"SSL_CERT_FILE", "SSL_CERT_DIR", "SSH_AUTH_SOCK", "NETRC", "GIT_SSH_COMMAND", "GIT_ASKPASS", "GIT_TERMINAL_PROMPT",
	"USERPROFILE", "APPDATA", "LOCALAPPDATA", "SystemRoot", "SYSTEMROOT", "SystemDrive", "ComSpec", "PATHEXT", "windir",
	"GOCACHEPROG",
}

// settled are the go settings taken over from the user as go env reported them.
var settled = []string{
	"GOPROXY", "GONOPROXY", "GOPRIVATE", "GOSUMDB", "GONOSUMDB", "GOINSECURE", "GOVCS", "GOAUTH", "GOMODCACHE", "GOPATH",
}

// CgoSettings are the variables a build that wants cgo takes over besides.
var CgoSettings = []string{"CC", "CXX", "AR", "PKG_CONFIG", "CGO_CFLAGS", "CGO_CPPFLAGS", "CGO_CXXFLAGS", "CGO_FFLAGS", "CGO_LDFLAGS"}

// Environ is the whole environment of a hermetic run; extra is laid over it,
// later entries winning.
func (t *Tool) Environ(extra ...string) []string {
	var env []string
	for _, k := range passed {
		if v, ok := subproc.Getenv(t.host, k); ok {
			env = append(env, k+"="+v)
		}
	}
	for _, k := range settled {
		env = append(env, k+"="+t.Env[k])
	}
	env = append(env,
		"GOROOT="+t.Goroot, "GOCACHE="+t.Cache,
		"GOENV=off", "GOWORK=off", "GOTOOLCHAIN=local", "GO111MODULE=on",
		"GOFLAGS=", "GOEXPERIMENT=", "GODEBUG=", "GOFIPS140=off", "CGO_ENABLED=0",
	)
	return dedupe(append(env, extra...))
}

// Error is a failed run of the go command.
type Error struct {
	Args   []string // what was asked, without the program
	Output string   // what it said, both streams, as a person would have seen it
	err    error
}

// Error is the go command's own words.
func (e *Error) Error() string {
	if e.Output != "" {
		return strings.TrimRight(e.Output, "\n")
	}
	return "go " + e.Args[0] + ": " + e.err.Error()
}

// Unwrap returns the process's failure.
func (e *Error) Unwrap() error { return e.err }

// Run runs the go command in dir and returns its standard output. A run that is
// cancelled takes its whole process group with it. A failure of the command
// itself is an *[Error].
func (t *Tool) Run(ctx context.Context, dir string, env []string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, filepath.Join(t.Goroot, "bin", "go"), args...)
	cmd.Dir, cmd.Env = dir, t.Environ(env...)
	var out bytes.Buffer
	var both bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &both
	err := subproc.Run(cmd)
	switch {
	case err == nil:
		return out.Bytes(), nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, os.ErrNotExist):
		return nil, msg.Errorf("run go command: %w", "运行 go 命令：%w", err)
	}
	return nil, &Error{Args: args, Output: both.String() + out.String(), err: err}
}

// dedupe keeps the last of equal keys, sorted, so that an environment is a
// function of its content.
func dedupe(env []string) []string {
	seen := map[string]bool{}
	var out []string
	for _, kv := range slices.Backward(env) {
		k, _, _ := strings.Cut(kv, "=")
		if !seen[k] {
			seen[k] = true
			out = append(out, kv)
		}
	}
	slices.Sort(out)
	return out
}
