package release

import (
	"context"
	"maps"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/release/config"
	"github.com/yingzao-dev/yingzao/release/gotool"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// planner expands a project into a plan.
type planner struct {
	*project
	fields config.Fields
	plan   *Plan
	files  *fileCache
}

// makePlan decides everything. sources is the digest of the project's files.
func (p *project) makePlan(ctx context.Context, sources string) (*Plan, error) {
	if len(p.cfg.Builds) == 0 {
		if err := p.addMains(ctx); err != nil {
			return nil, err
		}
	}
	pl := &planner{project: p, files: &fileCache{}, fields: config.Fields{
		ModulePath: p.mod.Module.Mod.Path, PreviousTag: p.git.PreviousTag,
		TagSubject: p.git.TagSubject, TagContents: p.git.TagContents, TagBody: p.git.TagBody,
		Branch: p.git.Branch, Commit: p.git.Commit, FullCommit: p.git.Commit, ShortCommit: p.git.ShortCommit,
		Summary: p.git.Summary, GitURL: p.git.RemoteURL, GitDirty: p.git.Dirty, Snapshot: p.o.Snapshot,
		SingleTarget: len(p.o.Targets) == 1, RuntimeGoos: runtime.GOOS, RuntimeGoarch: runtime.GOARCH, Dir: p.dir,
	}}
	if p.git.Commit == "" {
		pl.fields.Commit, pl.fields.FullCommit, pl.fields.ShortCommit, pl.fields.Branch = "none", "none", "none", "none"
	}
	if p.o.WallClock {
		pl.fields.WallClock = time.Now().UTC().Truncate(time.Second)
	}
	id, err := p.identify(&pl.fields, sources)
	if err != nil {
		return nil, err
	}
	if err := pl.environment(); err != nil {
		return nil, err
	}
	name, err := pl.name()
	if err != nil {
		return nil, err
	}
	gomod, err := hashModFiles(p.dir)
	if err != nil {
		return nil, err
	}
	pl.plan = &Plan{
		Schema: Schema, Project: name, Version: id.version, Tag: id.tag, PreviousTag: p.git.PreviousTag,
		Commit: p.git.Commit, Branch: p.git.Branch, CommitTime: id.time, Snapshot: p.o.Snapshot, Dirty: id.dirty,
		WallClock: p.o.WallClock, Module: p.mod.Module.Mod.Path, GoMod: gomod, Go: p.tools.main.Version, Compressor: archive.Compressor(),
	}
	if id.dirty || p.git.Commit == "" {
		pl.plan.Sources = sources
	}
	before := expander{f: pl.fields}
	pl.plan.Before = before.hooks("before.hooks", p.cfg.Before)
	if before.err != nil {
		return nil, before.err
	}
	for _, step := range []func() error{pl.jobs, pl.universal, pl.archives, pl.packages, func() error { return pl.source(ctx) }, pl.checksums, pl.names} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return pl.plan, pl.plan.seal()
}

// addMains makes a build of every program of the module.
func (p *project) addMains(ctx context.Context) error {
	mains, err := findMains(ctx, p.dir)
	if err != nil {
		return err
	}
	for _, m := range mains {
		b := p.cfg.EachMain
		b.Main, b.Binary = m, programName(p.mod.Module.Mod.Path, m)
		b.ID = b.Binary
		for _, other := range p.cfg.Builds {
			if other.Binary == b.Binary {
				return msg.Errorf("plan: %s and %s both make a program called %s", "规划：%s 与 %s 的程序都叫 %s", other.Main, m, b.Binary).
					WithHint("name them in .yingzao.yaml: release: builds: [{main: %s, binary: NAME}, …]", "请在 .yingzao.yaml 中命名：release: builds: [{main: %s, binary: 名称}, …]", m).WithKind(msg.Usage)
			}
		}
		p.cfg.Builds = append(p.cfg.Builds, b)
	}
	return nil
}

// environment fills .Env: what the project sets, and what its templates ask
// for by name.
func (pl *planner) environment() error {
	pl.fields.Env = map[string]string{}
	for _, name := range config.EnvNames(texts(pl.cfg)...) {
		if v, ok := pl.lookupEnv(name); ok {
			pl.fields.Env[name] = v
		}
	}
	for _, kv := range pl.cfg.Env {
		expanded, err := config.Expand(kv, pl.fields)
		if err != nil {
			return config.In("env", err)
		}
		k, v, _ := strings.Cut(expanded, "=")
		pl.fields.Env[k] = v
	}
	return nil
}

func (pl *planner) name() (string, error) {
	name, err := config.Expand(pl.cfg.Name, pl.fields)
	if err != nil {
		return "", config.In("project_name", err)
	}
	if name == "" {
		name = programName(pl.mod.Module.Mod.Path, ".")
	}
	pl.fields.ProjectName = name
	return name, manifest.CheckName("project", name)
}

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
	if t.OS == "windows" {
		bf.Ext = ".exe"
	}
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

// universal plans the fat darwin binaries.
func (pl *planner) universal() error {
	for _, u := range pl.cfg.Universal {
		if len(u.Pre)+len(u.Post) > 0 {
			return msg.Errorf("universal_binaries %s: hooks are not run", "universal_binaries %s：不支持 hooks", u.ID).
				WithHint("move the command to builds: hooks", "请把命令移到 builds: hooks").WithKind(msg.Usage)
		}
		f := pl.fields
		e := expander{f: f}
		builds := u.Builds
		if len(builds) == 0 {
			builds = []string{u.ID}
		}
		fat := PlannedFat{
			ID: u.ID, Builds: builds, Name: e.one("universal_binaries.name_template", u.Name), Replace: u.Replace,
			ModTime: e.timestamp("universal_binaries.mod_timestamp", pl.modTime(u.ModTime), f.CommitTime),
		}
		if e.err != nil {
			return e.err
		}
		if !goodBinary(fat.Name) {
			return badBinary(u.ID, fat.Name)
		}
		thin := map[string]string{} // build by architecture
		for _, j := range pl.plan.Jobs {
			if j.Target.OS != "darwin" || !slices.Contains(builds, j.Build) {
				continue
			}
			if other, taken := thin[j.Target.Arch]; taken {
				return msg.Errorf("universal_binaries %s: builds %s and %s are both for %s", "universal_binaries %s：构建 %s 与 %s 都面向 %s", u.ID, other, j.Build, j.Target).
					WithHint("a universal binary holds one program; give each program an entry of its own", "一个通用二进制只包含一个程序；请为每个程序单独设置一项").WithKind(msg.Usage)
			}
			thin[j.Target.Arch] = j.Build
		}
		if len(thin) > 0 {
			pl.plan.Universal = append(pl.plan.Universal, fat)
		}
	}
	return nil
}

// checksums plans the lists of sums.
func (pl *planner) checksums() error {
	c := pl.cfg.Checksum
	if c.Disable {
		return nil
	}
	f := pl.fields
	f.Algorithm = c.Algorithm
	if c.Split {
		f.Artifact = &config.ArtifactFields{ArtifactName: artifactMark}
	}
	name, err := config.Expand(c.Name, f)
	if err != nil {
		return config.In("checksum.name_template", err)
	}
	if _, known := newHash[c.Algorithm]; !known && c.Algorithm != "sha256" {
		return msg.Errorf("checksum.algorithm: unknown algorithm %q", "checksum.algorithm：未知的算法 %q", c.Algorithm).WithKind(msg.Usage)
	}
	e := &expander{f: pl.fields}
	extra, err := pl.extraFiles("checksum.extra_files", c.ExtraFiles, e, f.CommitTime)
	if err != nil {
		return err
	}
	pl.plan.Checksums = &PlannedSums{Name: name, Algorithm: c.Algorithm, Split: c.Split, IDs: c.Builds, Extra: extra}
	return nil
}

// names refuses artifact names that collide or cannot be stored.
func (pl *planner) names() error {
	seen := map[string]msg.Text{}
	for _, own := range []string{partsFolder, PlanFile, manifest.FileName, artifactsFile, metadataFile, ReportFile, reportPageFile} {
		seen[own] = msg.Text{EN: "a file of yingzao itself", ZH: "yingzao 自身的文件"}
	}
	check := func(name string, from msg.Text) error {
		if err := manifest.CheckName("artifact", name); err != nil {
			return err
		}
		if other, taken := seen[strings.ToLower(name)]; taken {
			return msg.Errorf("plan: %s and %s are both called %s", "规划：%s 与 %s 的文件名都是 %s", other, from, name).
				WithHint("put what tells them apart into name_template, for example {{ .Os }}_{{ .Arch }} or {{ .Binary }}", "请在 name_template 中加入可区分的内容，例如 {{ .Os }}_{{ .Arch }} 或 {{ .Binary }}").WithKind(msg.Usage)
		}
		seen[strings.ToLower(name)] = from
		return nil
	}
	for _, a := range pl.plan.Archives {
		if err := check(a.Name, msg.Textf("archive %s for %s", "归档 %s（%s）", a.ID, a.Target)); err != nil {
			return err
		}
	}
	for _, k := range pl.plan.Packages {
		if err := check(k.Name, msg.Textf("package %s for %s", "软件包 %s（%s）", k.ID, k.Package.Target)); err != nil {
			return err
		}
	}
	if s := pl.plan.Source; s != nil {
		if err := check(s.Name, msg.Text{EN: "the source archive", ZH: "源码归档"}); err != nil {
			return err
		}
	}
	if c := pl.plan.Checksums; c != nil && !c.Split {
		return check(c.Name, msg.Text{EN: "the checksums", ZH: "校验和文件"})
	}
	return nil
}
