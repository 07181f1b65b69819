package release

import (
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/release/config"
	"github.com/yingzao-dev/yingzao/release/gotool"
)

// jobs expands the builds.
func (pl *planner) jobs() error {
	for i := range pl.cfg.Builds {
		b := &pl.cfg.Builds[i]
		skip, err := pl.truth("builds.skip", b.Skip, pl.fields)
		if err != nil {
			return err
		}
		if skip {
			continue
		}
		for _, t := range b.Targets {
			j, err := pl.job(override(*b, t), t)
			if err != nil {
				return err
			}
			for _, other := range pl.plan.Jobs {
				if other.Target == t && other.Build == j.Build {
					return msg.Errorf("plan: two builds have the id %q", "规划：有两个构建使用同一 id %q", j.Build).
						WithHint("give each entry of builds an id of its own", "请为 builds 的每一项设置不同的 id").WithKind(msg.Usage)
				}
			}
			pl.plan.Jobs = append(pl.plan.Jobs, *j)
		}
	}
	if len(pl.plan.Jobs) == 0 {
		return msg.Errorf("plan: nothing is left to build", "规划：没有可构建的内容").
			WithHint("every build is skipped, or no target fits", "所有构建都被跳过，或没有匹配的目标").WithKind(msg.Usage)
	}
	slices.SortStableFunc(pl.plan.Jobs, func(a, b Job) int {
		if c := target.Compare(a.Target, b.Target); c != 0 {
			return c
		}
		return strings.Compare(a.Build, b.Build)
	})
	return nil
}

func (pl *planner) job(b config.Build, t target.Target) (*Job, error) {
	tool, err := pl.tools.of(t)
	if err != nil {
		return nil, err
	}
	f := pl.fields
	bf := config.TargetFields(t)
	bf.Ext = exe(t)
	f.Build = &bf
	f.Artifact = &config.ArtifactFields{}
	f.Env = maps.Clone(f.Env)
	e := expander{f: f}
	own := e.all("builds.env", b.Env)
	for _, kv := range own {
		if k, v, ok := strings.Cut(kv, "="); ok {
			f.Env[k] = v // the map that e reads: templates of a build see its variables
		}
	}
	j := &Job{Build: b.ID, Target: t, Main: e.one("builds.main", b.Main), Dir: e.one("builds.dir", b.Dir), AllowDynamic: b.AllowDynamic}
	binary := e.one("builds.binary", b.Binary)
	j.Binary = binary + bf.Ext
	bf.Name = j.Binary
	f.Artifact.Binary = binary
	bf.Path = binaryMark
	if tool != pl.tools.main {
		j.Go = tool.Version
	}
	env := []string{"CGO_ENABLED=0"}
	if b.AllowDynamic {
		for _, k := range gotool.CgoSettings {
			if v := tool.Env[k]; v != "" {
				env = append(env, k+"="+v)
			}
		}
	}
	j.Env = recordedEnv(slices.Concat(t.Env(), env, e.all("env", pl.cfg.Env), own), b.AllowDynamic)
	j.Flags = buildFlags(pl.cfg.BuildVCS, b.Buildmode, e.all("builds.flags", b.Flags), e.all("builds.tags", b.Tags),
		e.all("builds.ldflags", b.Ldflags), e.all("builds.asmflags", b.Asmflags), e.all("builds.gcflags", b.Gcflags))
	j.ModTime = e.timestamp("builds.mod_timestamp", pl.modTime(b.ModTime), f.CommitTime)
	j.Pre, j.Post = e.hooks("builds.hooks.pre", b.Pre, b.Env...), e.hooks("builds.hooks.post", b.Post, b.Env...)
	if e.err != nil {
		return nil, e.err
	}
	if binary == "" || !goodBinary(j.Binary) {
		return nil, badBinary(b.ID, binary)
	}
	return j, pl.files.mainPackage(pl.dir, j)
}

// goodBinary tells whether a binary may be called so: a path below a folder.
func goodBinary(name string) bool {
	return filepath.IsLocal(filepath.FromSlash(name)) && !strings.ContainsAny(name, "\\\n\r\x00") && !strings.HasPrefix(path.Base(name), "-")
}

func badBinary(build, name string) error {
	return msg.Errorf("build %s: %q cannot be the name of a binary", "构建 %s：%q 不能作为二进制文件名", build, name).WithKind(msg.Usage).
		WithHint("a plain name like app, or a path within the archive like bin/app", "请使用普通名称（如 app），或归档内的路径（如 bin/app）")
}

func (pl *planner) modTime(own string) string {
	if own != "" {
		return own
	}
	return pl.cfg.ModTime
}

// buildFlags puts the arguments of go build in their canonical order. -trimpath
// is always there, and what the go command would stamp is decided here.
func buildFlags(vcs bool, mode string, flags, tags, ldflags, asmflags, gcflags []string) []string {
	out := []string{"-trimpath", "-buildvcs=" + strconv.FormatBool(vcs)}
	for _, f := range flags {
		if f != "" && f != "-trimpath" && f != "--trimpath" {
			out = append(out, f)
		}
	}
	add := func(name, sep string, values []string) {
		if joined := strings.Join(slices.DeleteFunc(values, func(s string) bool { return s == "" }), sep); joined != "" {
			out = append(out, name+"="+joined)
		}
	}
	add("-tags", ",", tags)
	add("-ldflags", " ", ldflags)
	add("-asmflags", " ", asmflags)
	add("-gcflags", " ", gcflags)
	if mode != "" {
		out = append(out, "-buildmode="+mode)
	}
	return out
}

// override lays the overrides that match t over a build.
func override(b config.Build, t target.Target) config.Build {
	match := func(want string, have ...string) bool { return want == "" || slices.Contains(have, want) }
	for _, o := range b.Overrides {
		if !match(o.OS, t.OS) || !match(o.Arch, t.ArchName()) || !match(o.Level, t.Level, t.FullLevel()) {
			continue
		}
		for _, f := range []struct{ from, to *[]string }{
			{&o.Flags, &b.Flags}, {&o.Ldflags, &b.Ldflags}, {&o.Tags, &b.Tags}, {&o.Asmflags, &b.Asmflags}, {&o.Gcflags, &b.Gcflags},
		} {
			if len(*f.from) > 0 {
				*f.to = *f.from
			}
		}
		b.Env = slices.Concat(b.Env, o.Env)
		if o.Buildmode != "" {
			b.Buildmode = o.Buildmode
		}
		b.AllowDynamic = b.AllowDynamic || o.AllowDynamic
	}
	return b
}

// truth expands a template that says yes or no.
func (pl *planner) truth(field, text string, f config.Fields) (bool, error) {
	s, err := config.Expand(text, f)
	if err != nil {
		return false, config.In(field, err)
	}
	switch strings.TrimSpace(s) {
	case "true":
		return true, nil
	case "", "false":
		return false, nil
	}
	return false, msg.Errorf("%s: %q is neither true nor false", "%s：%q 既不是 true 也不是 false", field, s).WithKind(msg.Usage)
}
