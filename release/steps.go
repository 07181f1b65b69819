package release

import (
	"cmp"
	"context"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
)

// BuildPart builds one target of a plan into the folder dir, on any machine that
// has the sources and the toolchain the plan names. It refuses other ones.
func BuildPart(ctx context.Context, o Options, plan *Plan, t target.Target, dir string) (*Part, error) {
	if !slices.Contains(plan.Targets(), t) {
		return nil, msg.Errorf("build %s: the plan has no such target", "构建 %s：计划中没有该目标", t).WithKind(msg.Usage).
			WithHint("targets of this plan: %s", "该计划的目标：%s", targetList(plan.Targets()))
	}
	tr := newTrace(o.Progress, o.Lang)
	p, err := open(ctx, o, tr)
	if err != nil {
		return nil, err
	}
	if err := p.matches(plan, t); err != nil {
		return nil, err
	}
	p.o.Version, p.o.Snapshot = plan.Version, plan.Snapshot // as hooks see them
	if err := p.runBefore(ctx, plan.Before); err != nil {
		return nil, err
	}
	env, err := p.hookEnviron()
	if err != nil {
		return nil, err
	}
	if err := p.sameSources(ctx, plan, t); err != nil {
		return nil, err
	}
	only := *plan
	only.Jobs = slices.DeleteFunc(slices.Clone(plan.Jobs), func(j Job) bool { return j.Target != t })
	if _, err := p.cgo(ctx, &only); err != nil {
		return nil, err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, msg.Errorf("build %s: %w", "构建 %s：%w", t, err)
	}
	if err := makeDir(filepath.Dir(dir)); err != nil {
		return nil, err
	}
	tr.started(t.String())
	b := newBuilder(plan, p.dir, p.tools, env, tr, 1, o.Jobs)
	b.prove = p.prover()
	part, err := b.part(ctx, t, dir)
	tr.finished(t.String(), part, err)
	return part, err
}

func differ(t target.Target, what msg.Text, here, planned string) error {
	return msg.Errorf("build %s: %s differs from the plan's: here %s, planned %s", "构建 %s：%s与计划不符：此处为 %s，计划为 %s", t, what, here, planned).
		WithHint("check out the planned commit and use the planned toolchain, or make a new plan", "请检出计划中的提交并使用计划中的工具链，或重新生成计划")
}

// sameSources digests the files, and compares them with the plan's where commits
// cannot be compared: the plan has none, or there is no repository here, as on a
// machine that a CI system gave the files alone.
func (p *project) sameSources(ctx context.Context, plan *Plan, t target.Target) (err error) {
	if p.o.Proven {
		return nil
	}
	p.sources, err = p.hashSources(ctx)
	want := plan.Sources
	if !p.git.Found && runtime.GOOS != "windows" { // which keeps no executable bits, and those count
		want = cmp.Or(want, plan.Folder)
	}
	if err == nil && want != "" && p.sources != want {
		err = differ(t, msg.Text{EN: "the source tree", ZH: "源码"}, Short(p.sources), Short(want))
	}
	return err
}

// matches tells whether the checkout and the toolchain here are the plan's.
func (p *project) matches(plan *Plan, t target.Target) error {
	if !p.o.Proven && p.git.Commit != plan.Commit && (p.git.Found || cmp.Or(plan.Sources, plan.Folder) == "") {
		return differ(t, msg.Text{EN: "the commit", ZH: "提交"}, p.git.Commit, plan.Commit)
	}
	if !p.o.Proven && p.git.Dirty && !plan.Dirty {
		return msg.Errorf("build %s: the checkout has uncommitted changes and the plan has none", "构建 %s：检出目录有未提交的更改，而计划中没有", t).
			WithHint("git status shows them", "git status 可查看更改")
	}
	gomod, err := hashModFiles(p.dir)
	if err != nil {
		return err
	}
	if gomod != plan.GoMod {
		return differ(t, msg.Text{EN: "go.mod or go.sum", ZH: "go.mod 或 go.sum "}, Short(gomod), Short(plan.GoMod))
	}
	tool, err := p.tools.of(t)
	if err != nil {
		return err
	}
	want := plan.Go
	for _, j := range plan.Jobs {
		if j.Target == t && j.Go != "" {
			want = j.Go
		}
	}
	if tool.Version != want {
		return differ(t, msg.Text{EN: "the Go toolchain", ZH: "Go 工具链"}, tool.Version, want)
	}
	return nil
}

// WritePlan writes plan.json.
func WritePlan(ctx context.Context, plan *Plan, path string) error {
	if err := makeDir(filepath.Dir(path)); err != nil {
		return err
	}
	return writeJSON(ctx, path, plan)
}
