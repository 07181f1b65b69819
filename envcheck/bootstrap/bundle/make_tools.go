package bundle

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/subproc"
)

// tools fills modules: the go command fetches what it needs to install the tools on
// each platform, and then must be content with what was kept.
func (m *maker) tools(ctx context.Context) error {
	if len(m.Tools) == 0 {
		return nil
	}
	for _, tool := range m.Tools {
		name, version, _ := strings.Cut(tool, "@")
		if err := module.CheckImportPath(name); err != nil || module.CanonicalVersion(version) != version || version == "" {
			return msg.Errorf("take tool %q: it needs a path and a whole version", "取用工具 %q：需要路径和完整的版本号", tool).WithKind(msg.Usage).
				WithHint("like golang.org/x/tools/gopls@v0.20.0; @latest is not to be relied on", "例如 golang.org/x/tools/gopls@v0.20.0；@latest 不可靠")
		}
	}
	m.m.Tools = slices.Sorted(slices.Values(m.Tools))
	settings, err := m.settings(ctx)
	if err != nil {
		return err
	}
	m.Progress(msg.Textf("modules of the tools (%d)", "工具的模块（%d 个）", len(m.Tools)))
	cache := filepath.Join(m.work, "fetch")
	if err := m.install(ctx, cache, settings); err != nil {
		return err
	}
	if err := m.keep(ctx, filepath.Join(cache, "mod", "cache", "download")); err != nil {
		return err
	}
	if err := m.oneHead(ctx); err != nil {
		return err
	}
	m.m.Modules = modulesDir
	m.Progress(msg.Text{EN: "proving the modules without the network", ZH: "在不使用网络的情况下证明这些模块"})
	settings["GOPROXY"], settings["GONOPROXY"] = fileURL(m.path(modulesDir)), "none"
	settings["GOSUMDB"], _, _ = strings.Cut(settings["GOSUMDB"], " ") // no address of its own
	if settings["GOSUMDB"] == goenv.PublicSumDBAlias {
		settings["GOSUMDB"] = goenv.PublicSumDB
	}
	if err := m.install(ctx, filepath.Join(m.work, "prove"), settings); err != nil {
		return msg.Errorf("prove the tools from the bundle: %w", "用离线包证明这些工具：%w", err)
	}
	return m.prune(filepath.Join(m.work, "prove", "mod", "cache", "download"))
}

// settings are those of the user that decide where modules come from and whether
// they are genuine. The checksum database is never off: a desk would have to
// believe the bundle.
func (m *maker) settings(ctx context.Context) (map[string]string, error) {
	out, err := m.goCommand(ctx, m.Environ, "env", "-json", "GOPROXY", "GONOPROXY", "GOSUMDB", "GONOSUMDB", "GOINSECURE", "GOAUTH", "GOVCS")
	if err != nil {
		return nil, err
	}
	s := map[string]string{}
	if err := json.Unmarshal(out, &s); err != nil {
		return nil, msg.Errorf("ask the go command for its settings: %w", "向 go 命令询问设置：%w", err)
	}
	if s["GOSUMDB"] == "off" || s["GOSUMDB"] == "" {
		s["GOSUMDB"] = goenv.PublicSumDB
	}
	return s, nil
}

// install lets the go command load the tools for each platform into an empty cache,
// as for installing them; -n builds nothing.
func (m *maker) install(ctx context.Context, dir string, settings map[string]string) error {
	env := slices.DeleteFunc(slices.Clone(m.Environ), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return strings.HasPrefix(strings.ToUpper(name), "GO") && !strings.EqualFold(name, "GODEBUG")
	})
	for name, value := range settings {
		env = append(env, name+"="+value)
	}
	env = append(env, "GOENV=off", "GOFLAGS=-modcacherw", "GOTOOLCHAIN=local", "GOWORK=off", "CGO_ENABLED=0",
		"GOPATH="+filepath.Join(dir, "path"), "GOMODCACHE="+filepath.Join(dir, "mod"), "GOCACHE="+filepath.Join(dir, "build"))
	platforms := m.Platforms
	if len(platforms) == 0 {
		platforms = []string{runtime.GOOS + "/" + runtime.GOARCH}
	}
	for _, p := range platforms {
		goos, goarch, _ := strings.Cut(p, "/")
		for _, tool := range m.m.Tools { // packages of several modules cannot be in one command
			if _, err := m.goCommand(ctx, append(env[:len(env):len(env)], "GOOS="+goos, "GOARCH="+goarch), "install", "-n", tool); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *maker) goCommand(ctx context.Context, env []string, args ...string) ([]byte, error) {
	name, found := subproc.Look("go", env)
	if !found {
		return nil, msg.Errorf("find go command: it is not on PATH, and tools are fetched by it", "查找 go 命令：PATH 中没有，而工具要靠它获取").
			WithHint("yingzao bootstrap apply installs one", "yingzao bootstrap apply 可安装")
	}
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env = m.work, env
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	if err := subproc.Run(cmd); err != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		text := strings.TrimSpace(stderr.String())
		if len(text) > 2000 {
			text = "…" + strings.ToValidUTF8(text[len(text)-2000:], "")
		}
		return nil, msg.Errorf("run go %s: %s: %w", "运行 go %s：%s：%w", strings.Join(args, " "), redacted(text), err).WithKind(msg.Incomplete).
			WithHint("yingzao explain --error - tells about messages of the go command", "yingzao explain --error - 可解释 go 命令的消息")
	}
	return out.Bytes(), nil
}

// keep copies what a module mirror serves out of a module cache.
func (m *maker) keep(ctx context.Context, download string) error {
	versions := map[string][]string{} // with a zip, by the module's folder
	err := filepath.WalkDir(download, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(download, p)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		database := strings.HasPrefix(name, "sumdb/")
		switch {
		case d.IsDir() && strings.Count(name, "/") == 1 && database:
			// The go command asks first whether the mirror serves this database.
			return m.write(ctx, modulesDir+"/"+name+"/supported", 0o644, nil)
		case d.IsDir(), !d.Type().IsRegular():
			return nil
		case database, strings.HasSuffix(name, ".info"), strings.HasSuffix(name, ".mod"):
			return m.copy(ctx, p, modulesDir+"/"+name, 0o644)
		case strings.HasSuffix(name, ".zip"):
			// Whether a version was retracted is looked up in the newest one that is listed.
			dir, base := path.Split(name)
			versions[dir] = append(versions[dir], strings.TrimSuffix(base, ".zip")+"\n")
			return m.copy(ctx, p, modulesDir+"/"+name, 0o644)
		}
		return nil
	})
	for dir, list := range versions {
		if err == nil {
			err = m.write(ctx, modulesDir+"/"+dir+listName, 0o644, []byte(strings.Join(list, "")))
		}
	}
	if err != nil {
		return msg.Errorf("keep modules: %w", "保留模块：%w", err)
	}
	return nil
}

const listName = "list"

// prune removes what the proof did not use: what a mirror said of newer versions
// changes from day to day.
func (m *maker) prune(used string) error {
	top := m.path(modulesDir)
	var dirs []string
	err := filepath.WalkDir(top, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() == listName || d.Name() == "supported" {
			return err
		}
		if d.IsDir() {
			dirs = append(dirs, p)
			return nil
		}
		name, err := filepath.Rel(top, p)
		if err != nil {
			return err
		}
		if exists(filepath.Join(used, name)) {
			return nil
		}
		return os.Remove(p)
	})
	for _, dir := range slices.Backward(dirs) {
		_ = os.Remove(dir) // unless something is in it
	}
	if err != nil {
		return msg.Errorf("keep modules: %w", "保留模块：%w", err)
	}
	return nil
}
