package release

import (
	"context"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/release/config"
	"github.com/yingzao-dev/yingzao/release/manifest"
	"github.com/yingzao-dev/yingzao/release/preflight"
	"github.com/yingzao-dev/yingzao/release/publish"
)

// Result is what a run made.
type Result struct {
	Plan       *Plan
	Manifest   *manifest.Manifest
	Dist       string
	Notices    []config.Notice
	Findings   []preflight.Finding // warnings and notes; errors end the run
	Cgo        []preflight.CgoFinding
	Reused     []target.Target // parts taken over from an earlier run
	Signatures []string        // files that were written about the release, beside manifest.json
	Published  []Published
	Report     *Report
}

// Published is one store that has the release.
type Published struct {
	*publish.Result
	Verified *publish.Report // what reading it back found; nil for stores that are not read back
}

// Run does all steps in one go.
func Run(ctx context.Context, o Options) (*Result, error) {
	tr := newTrace(o.Progress, o.Lang)
	p, plan, r, err := prepare(ctx, o, tr)
	if err != nil {
		return r, err
	}
	sites, err := p.sites(ctx)
	if err != nil {
		return r, err
	}
	signing, err := p.signing()
	if err != nil {
		return r, err
	}
	parts, err := p.buildAll(ctx, plan, r)
	if err != nil {
		return r, err
	}
	end := tr.begin("", phaseMerge)
	r.Manifest, err = merge(ctx, plan, p.dir, parts, p.dist, origin{lookup: p.lookupEnv, started: tr.start})
	end()
	if err != nil {
		return r, err
	}
	end = tr.begin("", phaseSign)
	r.Signatures, err = signing.sign(ctx, r.Manifest, p.dist)
	end()
	if err != nil {
		return r, err
	}
	for _, site := range sites {
		done, err := p.publish(ctx, site, r.Manifest)
		if err != nil {
			return r, err
		}
		r.Published = append(r.Published, *done)
	}
	r.Report = tr.report(plan, r)
	return r, r.Report.write(ctx, p.dist)
}

// MakePlan stops after planning. Nothing is written but what hooks write.
func MakePlan(ctx context.Context, o Options) (*Result, error) {
	_, _, r, err := prepare(ctx, o, newTrace(o.Progress, o.Lang))
	return r, err
}

// prepare opens the project, runs the rules and the hooks, and plans.
func prepare(ctx context.Context, o Options, tr *trace) (*project, *Plan, *Result, error) {
	r := &Result{}
	p, err := open(ctx, o, tr)
	if err != nil {
		return nil, nil, r, err
	}
	r.Dist, r.Notices = p.dist, p.cfg.Notices
	r.Findings = p.findings()
	if err := preflight.Err(r.Findings); err != nil {
		return nil, nil, r, err
	}
	if err := p.before(ctx); err != nil {
		return nil, nil, r, err
	}
	end := tr.begin("", phasePrepare)
	defer end()
	sources, err := p.hashSources(ctx)
	if err != nil {
		return nil, nil, r, err
	}
	r.Plan, err = p.makePlan(ctx, sources)
	if err != nil {
		return nil, nil, r, err
	}
	p.sources = sources
	if !o.WallClock && slices.ContainsFunc(texts(p.cfg), config.UsesClock) {
		r.Notices = append(r.Notices, config.Notice{Code: "clock", Section: "templates", Text: msg.Text{
			EN: "{{ .Date }}, {{ .Timestamp }}, {{ .Now }} and time mean the commit's time, so that the same commit gives the same bytes; --wall-clock restores the present time",
			ZH: "{{ .Date }}、{{ .Timestamp }}、{{ .Now }} 与 time 表示提交时间，使同一提交产生相同字节；--wall-clock 可恢复为当前时间",
		}})
	}
	return p, r.Plan, r, nil
}

// before runs the hooks that prepare the sources.
func (p *project) before(ctx context.Context) error {
	if len(p.cfg.Before) == 0 {
		return nil
	}
	defer p.trace.begin("", phaseHooks)()
	f, err := p.hookFields()
	if err != nil {
		return err
	}
	e := expander{f: f}
	cmds := e.hooks("before.hooks", p.cfg.Before)
	if e.err != nil {
		return e.err
	}
	return p.runBefore(ctx, cmds)
}

func (p *project) runBefore(ctx context.Context, cmds []Command) error {
	env, err := p.hookEnviron()
	if err != nil {
		return err
	}
	for _, c := range cmds {
		if err := runHook(ctx, p.dir, c, env, p.trace); err != nil {
			return err
		}
	}
	return nil
}

// hashSources digests the project's files, without what we and the go command
// write ourselves.
func (p *project) hashSources(ctx context.Context) (string, error) {
	own, err := p.own()
	if err != nil {
		return "", err
	}
	skip := append(own, p.tools.main.Cache, p.tools.main.Env["GOMODCACHE"])
	return hashTree(ctx, p.dir, skip...)
}

// buildAll builds the parts that changed. One target that fails does not stop
// the others, so that a single run tells everything that is wrong; a failure of
// the checks does.
func (p *project) buildAll(ctx context.Context, plan *Plan, r *Result) ([]*Part, error) {
	if err := makeDir(filepath.Join(p.dist, partsFolder)); err != nil {
		return nil, err
	}
	env, err := p.hookEnviron()
	if err != nil {
		return nil, err
	}
	targets := plan.Targets()
	parts, errs := make([]*Part, len(targets)), make([]error, len(targets))
	keys := make([]string, len(targets))
	for i, t := range targets {
		keys[i] = p.partKey(plan, t)
		if !p.o.Fresh {
			parts[i] = p.reuse(ctx, plan, t, keys[i])
		}
		if parts[i] != nil {
			r.Reused = append(r.Reused, t)
		}
	}
	b := newBuilder(plan, p.dir, p.tools, env, p.trace, len(targets)-len(r.Reused), p.o.Jobs)
	b.prove = p.prover()
	// The checks run also when all parts are taken over: those may come from a run
	// that the checks ended. What they find good they remember.
	bctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var checks sync.WaitGroup
	checks.Go(func() {
		found, err := p.cgo(bctx, plan)
		r.Cgo = found
		if err != nil {
			cancel(err)
		}
	})
	var g errgroup.Group
	g.SetLimit(2 * runtime.GOMAXPROCS(0))
	for i, t := range targets {
		if parts[i] != nil {
			continue
		}
		g.Go(func() error {
			id := t.String()
			p.trace.started(id)
			parts[i], errs[i] = b.part(bctx, t, p.partDir(t))
			if errs[i] == nil {
				errs[i] = p.keep(ctx, t, keys[i])
			}
			p.trace.finished(id, parts[i], errs[i])
			return nil
		})
	}
	_ = g.Wait()
	checks.Wait()
	if err := context.Cause(bctx); err != nil && ctx.Err() == nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return parts, msg.Join(errs...)
}
