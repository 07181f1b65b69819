package bootstrap

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"debug/buildinfo"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/subproc"
)

// ToolState is a tool and whether it is there.
type ToolState struct {
	Tool
	Path  string `json:"path"`
	Ready bool   `json:"ready"` // that very version is there
}

// planTools looks which tools are there, by what stands in them.
func (p *Plan) planTools() {
	tools := slices.Clone(p.wanted.Org.Tools)
	if b := p.wanted.Bundle; b != nil {
		for _, t := range b.Tools {
			if !slices.ContainsFunc(tools, func(o Tool) bool { return o.pkg() == t.pkg() }) {
				tools = append(tools, t)
			}
		}
	}
	for _, t := range tools {
		s := ToolState{Tool: t, Path: p.desk.join("bin", t.name())}
		s.Package = t.pkg()
		if isWindows() {
			s.Path += ".exe"
		}
		s.Ready = s.is(s.Path)
		p.Tools = append(p.Tools, s)
	}
	if p.org {
		p.strangers()
	}
}

// strangers names the tools that nobody asks for any more: they are on PATH still.
func (p *Plan) strangers() {
	entries, _ := os.ReadDir(p.desk.join("bin"))
	for _, e := range entries {
		path := p.desk.join("bin", e.Name())
		if strings.HasPrefix(e.Name(), ".") || strings.TrimSuffix(e.Name(), ".exe") == "yingzao" || slices.ContainsFunc(p.Tools, func(t ToolState) bool { return t.Path == path }) {
			continue
		}
		p.note("tool", "%s is not in the organisation's file; it stays, and is yours to remove", "%s 不在组织配置文件中；它会保留，可自行删除", path)
	}
}

// is reports whether a program is the tool in its version.
func (s *ToolState) is(path string) bool {
	info, err := buildinfo.ReadFile(path)
	return err == nil && info.Path == s.Package && (s.Module == "" || info.Main.Path == s.Module) && info.Main.Version == s.Version &&
		(s.H1 == "" || info.Main.Sum == s.H1)
}

// build installs a tool: the module is downloaded and proven, then built in a
// folder of its own and moved to its place.
func (p *Plan) build(ctx context.Context, s *ToolState) error {
	if s.Ready {
		return nil
	}
	fail := func(err error) error {
		return msg.Errorf("install %s@%s: %w", "安装 %s@%s：%w", s.Package, s.Version, err)
	}
	bin := p.desk.join("bin")
	if _, err := makeDirs(bin); err != nil {
		return fail(err)
	}
	stage, err := os.MkdirTemp(bin, ".tools-*")
	if err != nil {
		return fail(err)
	}
	defer func() { _ = os.RemoveAll(stage) }()
	env, err := p.toolEnv(stage)
	if err != nil {
		return fail(err)
	}
	if s.H1 != "" {
		out, err := p.golang(ctx, env, "mod", "download", "-json", s.Module+"@"+s.Version)
		var got struct{ Sum string }
		if err != nil || json.Unmarshal(out, &got) != nil {
			return fail(cmp.Or(err, error(msg.Errorf("the go command gave no answer", "go 命令没有给出结果"))))
		}
		if got.Sum != s.H1 {
			return fail(msg.Errorf("the module is %s, and the organisation's file pins %s", "模块为 %s，而组织配置文件固定的是 %s", got.Sum, s.H1).WithKind(msg.Findings))
		}
	}
	if _, err := p.golang(ctx, env, "install", s.Package+"@"+s.Version); err != nil {
		return fail(err)
	}
	made := filepath.Join(stage, filepath.Base(s.Path))
	if !s.is(made) {
		return fail(msg.Errorf("what was built is not that", "构建产物与所要求的不符").WithKind(msg.Findings))
	}
	if err := putProgram(made, s.Path); err != nil {
		return fail(err)
	}
	s.Ready = true
	return nil
}

// putProgram moves a program to its place. Windows does not let one go that runs, as
// gopls does below an editor, but lets it have another name; a later sweep removes it.
func putProgram(made, path string) error {
	err := os.Rename(made, path)
	if err == nil || !isWindows() {
		return err
	}
	old := filepath.Join(filepath.Dir(path), ".old-"+rand.Text()+".exe")
	if os.Rename(path, old) != nil {
		return err
	}
	if err := os.Rename(made, path); err != nil {
		_ = os.Rename(old, path)
		return err
	}
	_ = os.Remove(old)
	return nil
}

// toolEnv is the environment of the go command that builds tools: the settings of
// the plan and nothing of the user's that could change a build. With a bundle the
// modules, and the checksum database's signed answers, come from it.
func (p *Plan) toolEnv(stage string) (env []string, err error) {
	keep := []string{"HOME", "USERPROFILE", "LOCALAPPDATA", "APPDATA", "SystemRoot", "TEMP", "TMP", "TMPDIR", "PATH", "PATHEXT", "SSH_AUTH_SOCK", "SSL_CERT_FILE", "SSL_CERT_DIR", "GOPATH", "GOCACHE", "GOMODCACHE", "NETRC", "GIT_CONFIG_GLOBAL",
		"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"}
	for _, key := range keep {
		if v := p.desk.getenv(key); v != "" {
			env = append(env, key+"="+v)
		}
	}
	settings := map[string]string{"GOENV": "off", "GOFLAGS": "", "GOBIN": stage, "GOTOOLCHAIN": "local", "GOWORK": "off", "CGO_ENABLED": "0", "GO111MODULE": "on"}
	for key, v := range p.env {
		settings[key] = v
	}
	switch b := p.wanted.Bundle; {
	case b != nil && b.Proxy == "":
		return nil, msg.Errorf("the bundle has no modules", "离线包中没有模块").WithKind(msg.Incomplete).
			WithHint("make it with --tools", "制作时请使用 --tools")
	case b != nil:
		settings["GOPROXY"] = b.Proxy
		// The database is read from the bundle too, so it has no address of its own.
		settings["GOSUMDB"], _, _ = strings.Cut(settings["GOSUMDB"], " ")
		if settings["GOSUMDB"] == goenv.PublicSumDBAlias {
			settings["GOSUMDB"] = goenv.PublicSumDB
		}
		// What this user has seen of the database may be newer than the bundle.
		settings["GOMODCACHE"], settings["GOPATH"] = p.desk.env.Paths().ModCache, filepath.Join(stage, "gopath")
	case p.wanted.Offline:
		settings["GOPROXY"] = "off"
	}
	for key, v := range settings {
		if v != "" {
			env = append(env, key+"="+v)
		}
	}
	if len(p.wanted.CA) > 0 {
		env = append(env, "SSL_CERT_DIR="+cmp.Or(p.desk.getenv("SSL_CERT_DIR"), systemCerts)+":"+filepath.Dir(p.caFile()))
	}
	return env, nil
}

// golang runs the SDK's go.
func (p *Plan) golang(ctx context.Context, env []string, args ...string) ([]byte, error) {
	name := filepath.Join(p.SDK.Dir, "bin", "go")
	if isWindows() {
		name += ".exe"
	}
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env, cmd.Dir = env, p.desk.Root
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := subproc.Run(cmd)
	switch {
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		return nil, msg.Errorf("go %s: %s", "go %s：%s", args[0], firstError(httpx.Redact(errs.String())))
	}
	return out.Bytes(), nil
}

// firstError is what the go command said first beside its progress; the rest
// mostly repeats it for every file.
func firstError(text string) string {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "go: downloading ") {
			return line
		}
	}
	return "exit"
}
