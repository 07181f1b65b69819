package rebuild

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/internal/workdir"
	"github.com/yingzao-dev/yingzao/release"
	"github.com/yingzao-dev/yingzao/release/gotool"
	"github.com/yingzao-dev/yingzao/release/manifest"
	"github.com/yingzao-dev/yingzao/release/provenance"
)

// job is one call of Run.
type job struct {
	o    Options
	rel  *Release
	r    *Report
	work string
}

// Run builds a release again and compares. The report is complete whenever it is not
// nil and the error is nil or its Err; other errors say why nothing could be built.
func Run(ctx context.Context, rel *Release, o Options) (_ *Report, err error) {
	started := time.Now()
	work, err := workdir.New(o.Work)
	if err != nil {
		return nil, msg.Errorf("rebuild: %w", "重建：%w", err)
	}
	defer func() { err = msg.Join(err, work.Close()) }()
	if err := os.Mkdir(filepath.Join(work.Path(), "tmp"), 0o700); err != nil {
		return nil, msg.Errorf("rebuild: %w", "重建：%w", err)
	}
	if o.Environ == nil {
		o.Environ = os.Environ()
	}
	j := &job{o: o, rel: rel, work: work.Path(), r: &Report{
		Schema: 1, Project: rel.Manifest.Project, Version: rel.Manifest.Version, Manifest: rel.Sum(), Plan: rel.Manifest.Plan,
		Signed: []string{}, Cache: "fresh", Toolchains: []provenance.Toolchain{},
	}}
	if o.Shared {
		j.r.Cache = "shared"
	}
	if o.Signed != nil {
		if j.r.Signed, err = o.Signed(ctx, rel); err != nil {
			return nil, err
		}
	}
	plan, err := rel.plan(ctx, j.work)
	if err != nil {
		return nil, err
	}
	if err := j.choose(plan); err != nil {
		return nil, err
	}
	made, why, err := j.build(ctx, plan)
	if err != nil {
		return nil, err
	}
	if err := j.compare(ctx, made, why); err != nil {
		return nil, err
	}
	if err := j.keep(made); err != nil {
		return nil, err
	}
	j.r.Seconds = time.Since(started).Round(time.Millisecond).Seconds()
	return j.r, j.r.Err()
}

// choose settles the targets and refuses what must not or cannot be repeated.
func (j *job) choose(p *release.Plan) error {
	all := p.Targets()
	j.r.Targets = all
	if j.o.Targets != nil {
		j.r.Targets = j.o.Targets
	}
	for _, t := range j.r.Targets {
		if !slices.Contains(all, t) {
			return msg.Errorf("rebuild: the release has no target %s", "重建：该发布没有目标 %s", t).WithKind(msg.Usage)
		}
	}
	if err := named(p); err != nil {
		return err
	}
	commands := commandsOf(p)
	if j.o.Hooks || len(commands) == 0 {
		return nil
	}
	return msg.Errorf("rebuild: the release may run commands of its own while it is built, the first is %q", "重建：该发布在构建时可能运行自己的命令，第一个是 %q", commands[0]).WithKind(msg.Usage).
		WithHint("where you trust it, allow them: --hooks", "若信任该发布，可用 --hooks 允许运行")
}

// environ is the user's, with a cache of our own, and a place for what a go command
// or compiler leaves behind when it is interrupted.
func (j *job) environ() []string {
	env := slices.Clone(j.o.Environ)
	for _, k := range []string{"TMPDIR", "TMP", "TEMP"} {
		env = append(env, k+"="+filepath.Join(j.work, "tmp"))
	}
	if !j.o.Shared {
		env = append(env, "GOCACHE="+filepath.Join(j.work, "gocache"), "GOCACHEPROG=")
	}
	return env
}

// build makes the parts and, when it is all of them, the release. It returns where
// each artifact lies, and why others could not be made.
func (j *job) build(ctx context.Context, p *release.Plan) (made map[string]string, why error, err error) {
	root, dir, proven, err := j.source(ctx, p)
	if err == nil {
		err = confined(p, root, dir)
	}
	if err != nil {
		return nil, nil, err
	}
	o := release.Options{Dir: dir, Dist: filepath.Join(j.work, "dist"), Goroots: j.o.Goroots, Jobs: j.o.Jobs, Offline: j.o.Offline,
		Environ: j.environ(), NoConfig: len(hooksOf(p)) == 0, Ignore: j.o.Ignore, Proven: proven, Lang: j.o.Lang, Progress: j.o.Progress}
	if j.o.Goroots[""] == "" && !j.o.Offline && strings.HasPrefix(p.Go, "go1.") && !strings.ContainsAny(p.Go, " -") {
		// The go command takes the one on PATH if it is that, else fetches and verifies it.
		o.Environ = append(o.Environ, "GOTOOLCHAIN="+p.Go)
	}
	if err := j.toolchains(ctx, o); err != nil {
		return nil, nil, err
	}
	made = map[string]string{}
	var parts []string
	for _, t := range j.r.Targets {
		at := filepath.Join(o.Dist, "parts", t.Slug())
		part, err := release.BuildPart(ctx, o, p, t, at)
		if err != nil {
			if ctx.Err() != nil {
				return nil, nil, ctx.Err()
			}
			return nil, nil, msg.Errorf("rebuild: %w", "重建：%w", err)
		}
		for _, a := range part.Artifacts {
			made[a.Name] = filepath.Join(at, a.Name)
		}
		parts = append(parts, at)
	}
	if len(parts) < len(p.Targets()) {
		return made, nil, nil
	}
	m, err := release.Merge(ctx, p, dir, parts, o.Dist)
	if err != nil {
		return made, err, ctx.Err()
	}
	for _, a := range m.Artifacts {
		made[a.Name] = filepath.Join(o.Dist, a.Name)
	}
	return made, nil, nil
}

// toolchains finds out what builds.
func (j *job) toolchains(ctx context.Context, o release.Options) error {
	for _, root := range slices.Sorted(rootsOf(j.o.Goroots)) {
		tool, err := gotool.Find(ctx, gotool.Options{Dir: o.Dir, Goroot: root, Environ: o.Environ})
		if err != nil {
			return msg.Errorf("rebuild: %w", "重建：%w", err).WithKind(msg.Incomplete)
		}
		j.r.Toolchains = append(j.r.Toolchains, *release.ProveToolchain(ctx, tool, j.o.Offline))
	}
	return nil
}

// rootsOf are the toolchains that are given, and "" for the one that is found.
func rootsOf(goroots map[string]string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		if goroots[""] == "" && !yield("") {
			return
		}
		for _, root := range goroots {
			if !yield(root) {
				return
			}
		}
	}
}

// keep copies what was built to where the caller wants it.
func (j *job) keep(made map[string]string) error {
	if j.o.Keep == "" {
		return nil
	}
	if err := os.MkdirAll(j.o.Keep, 0o755); err != nil {
		return msg.Errorf("rebuild: %w", "重建：%w", err)
	}
	for name, path := range made {
		b, err := os.ReadFile(path)
		if err == nil {
			err = os.WriteFile(filepath.Join(j.o.Keep, name), b, 0o644)
		}
		if err != nil {
			return msg.Errorf("rebuild: %w", "重建：%w", err)
		}
	}
	return nil
}

// expected reports whether an artifact is one that the chosen targets make.
func (j *job) expected(a manifest.Artifact, whole bool) bool {
	return whole || a.Target != nil && slices.ContainsFunc(j.r.Targets, func(t target.Target) bool { return t == *a.Target })
}

// Attest makes the statement of a second party, signed, and the name it is published
// under. Only what came out identical is in it.
func Attest(ctx context.Context, rel *Release, r *Report, started, finished time.Time, lookup func(string) (string, bool), platform [2]string, keyID string, by provenance.Signer) (name string, data []byte, err error) {
	system, address := provenance.JobURL(lookup)
	said := provenance.Rebuild{
		Project: r.Project, Version: r.Version, Manifest: r.Manifest, Plan: r.Plan, Toolchains: r.Toolchains, Cache: r.Cache,
		Source:   provenance.Resource{URI: r.Source.uri()},
		Builder:  provenance.Builder{ID: provenance.BuilderID(system, platform[0], platform[1])},
		Metadata: provenance.Metadata{InvocationID: address, StartedOn: started, FinishedOn: finished},
	}
	if c := cmp.Or(rel.Manifest.Commit, r.Source.Commit); c != "" {
		said.Source.Digest = map[string]string{"gitCommit": c}
	}
	for _, t := range r.Targets {
		said.Targets = append(said.Targets, t.String())
	}
	s, err := provenance.NewRebuild(rel.Manifest, r.Same(), said)
	if err != nil {
		return "", nil, err
	}
	data, err = provenance.Seal(s, provenance.By(ctx, keyID, by))
	return provenance.RebuildName(keyID), data, err
}

// uri is the source in SLSA's form; "" for a folder of this machine.
func (s Source) uri() string {
	if s.Kind == GoProxy {
		return "pkg:golang/" + s.From
	}
	return provenance.SourceURI(s.From)
}
