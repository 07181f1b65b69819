package trace

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/subproc"
)

// execute runs a command; says is the last line of what it wrote to stderr.
func execute(ctx context.Context, name, dir string, env []string, args ...string) (out []byte, says string, err error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env, cmd.WaitDelay = dir, env, time.Second
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = subproc.Run(cmd)
	lines := strings.Split(strings.TrimSpace(stderr.String()), "\n")
	return stdout.Bytes(), lines[len(lines)-1], err
}

// replaced are the variables of the user that must not reach the go command:
// they would lead past the recorders, ask the user something, or leave traces.
var replaced = []string{
	"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "REQUEST_METHOD",
	"HOME", "USERPROFILE", "XDG_CONFIG_HOME", "APPDATA", "LOCALAPPDATA", "TMPDIR", "TMP", "TEMP",
	"GOENV", "GOPROXY", "GOSUMDB", "GOMODCACHE", "GOPATH", "GOCACHE", "GOTMPDIR", "GOTOOLCHAIN", "GOFLAGS", "GO111MODULE", "GOAUTH", "GOVCS", "GOWORK", "GOCACHEPROG", "NETRC",
}

// environ is the environment of one run.
func (t *tracer) environ(dir, gowork string, r *recorder) ([]string, error) {
	var env []string
	for _, kv := range t.o.Environ {
		key, _, _ := strings.Cut(kv, "=")
		key = strings.ToUpper(key)
		if slices.Contains(replaced, key) || strings.HasPrefix(key, "GIT_") || strings.HasPrefix(key, "SSH_") {
			continue
		}
		env = append(env, kv)
	}
	in := func(name string) string { return filepath.Join(dir, name) }
	if err := os.Mkdir(in("tmp"), 0o700); err != nil {
		return nil, msg.Errorf("make run folder: %w", "创建运行目录：%w", err)
	}
	goenv := t.env["GOENV"]
	if goenv == "" {
		goenv = "off"
	}
	flags := "-modcacherw -mod=mod"
	if gowork != "off" { // where -mod=mod is forbidden
		flags = "-modcacherw"
	}
	if t.project.vendored(t.env["GOFLAGS"]) {
		flags = "-modcacherw"
		if strings.Contains(t.env["GOFLAGS"], "-mod=vendor") {
			flags += " -mod=vendor"
		}
	}
	proxy := r.forwardURL()
	// There is no HOME: go would start its telemetry there, a process that still
	// writes while the folder is removed.
	env = append(env, "TMPDIR="+in("tmp"), "TMP="+in("tmp"), "TEMP="+in("tmp"),
		"HTTP_PROXY="+proxy, "HTTPS_PROXY="+proxy, "http_proxy="+proxy, "https_proxy="+proxy,
		"GOENV="+goenv, "GOPROXY="+r.goproxy(t), "GOMODCACHE="+in("modcache"), "GOPATH="+in("gopath"), "GOCACHE="+filepath.Join(t.base, "gocache"),
		"GOTOOLCHAIN=local", "GOFLAGS="+flags, "GO111MODULE=on", "GOAUTH=off", "GOVCS=*:git", "GOWORK="+gowork,
		"GIT_TERMINAL_PROMPT=0", "GCM_INTERACTIVE=never", "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_ALLOW_PROTOCOL=http:https")
	switch {
	case t.db == nil:
		env = append(env, "GOSUMDB="+t.env["GOSUMDB"])
	case t.sumdb.URL != nil:
		env = append(env, "GOSUMDB="+t.db.key+" "+r.databaseURL())
	default:
		env = append(env, "GOSUMDB="+t.db.key)
	}
	return env, nil
}
