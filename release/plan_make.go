package release

import (
	"context"
	"runtime"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/config"
	"github.com/yingzao-dev/yingzao/release/manifest"
	"github.com/yingzao-dev/yingzao/release/provenance"
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
		Remote: provenance.SourceURI(p.git.RemoteURL),
	}
	if pl.plan.Config, err = p.configSum(); err != nil {
		return nil, err
	}
	if id.dirty || p.git.Commit == "" {
		pl.plan.Sources = sources
	} else {
		pl.plan.Folder = sources
	}
	before := expander{f: pl.fields}
	pl.plan.Before = before.hooks("before.hooks", p.cfg.Before)
	if before.err != nil {
		return nil, before.err
	}
	for _, step := range []func() error{pl.jobs, pl.universal, pl.archives, pl.packages, func() error { return pl.source(ctx) }, pl.sboms, pl.licenses, pl.checksums, pl.names} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return pl.plan, pl.plan.seal()
}

// addMains makes a build of every program of the module.
func (p *project) addMains(ctx context.Context) error {
	mains, err := FindMains(ctx, p.dir)
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
