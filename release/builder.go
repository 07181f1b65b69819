package release

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/subproc"
	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/internal/workdir"
	"github.com/yingzao-dev/yingzao/release/gotool"
	"github.com/yingzao-dev/yingzao/release/inspect"
	"github.com/yingzao-dev/yingzao/release/manifest"
	"github.com/yingzao-dev/yingzao/release/provenance"
)

// builder makes parts of one plan.
type builder struct {
	plan  *Plan
	dir   string // project folder, absolute
	tools *toolchains
	slots *semaphore.Weighted // simultaneous go builds
	procs int                 // -p of each
	env   []string            // environment of hooks
	trace *trace
	prove func(context.Context, *gotool.Tool) *provenance.Toolchain // nil = nobody asks which toolchain it is
}

// newBuilder makes a builder of so many targets.
func newBuilder(plan *Plan, dir string, tools *toolchains, env []string, tr *trace, targets, limit int) *builder {
	n, procs := slots(runtime.GOMAXPROCS(0), availableMemory(), targets, limit)
	return &builder{
		plan: plan, dir: dir, tools: tools, env: env, trace: tr,
		slots: semaphore.NewWeighted(int64(n)), procs: procs,
	}
}

// slots says how many go builds run at once, and how many compilers each may
// start: together twice the cores, so that those left alone at a link or at the
// end still find work for all of them. Memory bounds the builds too, since one
// of a large program needs about 700 MB at its peak. A limit that the user gave
// wins.
func slots(cores int, memory int64, targets, limit int) (builds, procs int) {
	builds = min(cores, max(2, cores/4), int(max(1, min(memory/(700<<20), int64(cores)))))
	if limit > 0 {
		builds = limit
	}
	builds = max(1, min(builds, targets))
	return builds, max(1, 2*cores/builds)
}

// part builds one target and leaves it complete in dir, or leaves dir as it was.
func (b *builder) part(ctx context.Context, t target.Target, dir string) (_ *Part, err error) {
	start := time.Now()
	tool, err := b.tools.of(t)
	if err != nil {
		return nil, err
	}
	work, err := workdir.New(filepath.Join(filepath.Dir(dir), workFolder))
	if err != nil {
		return nil, err
	}
	defer func() { err = msg.Join(err, work.Close()) }()
	stage := filepath.Join(work.Path(), "part")
	p := &Part{Schema: Schema, Plan: b.plan.Digest, Target: t, Go: tool.Version, Builder: builderName(runtime.GOOS, runtime.GOARCH), dir: stage}
	for _, j := range b.plan.Jobs {
		if j.Target != t {
			continue
		}
		bin, err := b.job(ctx, tool, j, stage, work.Path())
		if err != nil {
			return nil, err
		}
		p.Binaries = append(p.Binaries, *bin)
		if b.plan.readsLicenses() {
			if err := b.licenses(ctx, tool, j, p, bin, work.Path()); err != nil {
				return nil, err
			}
		}
	}
	if err := b.pack(ctx, p); err != nil {
		return nil, err
	}
	if b.prove != nil {
		p.Toolchain = b.prove(ctx, tool)
	}
	p.Seconds = time.Since(start).Round(time.Millisecond).Seconds()
	if err := writeJSON(ctx, filepath.Join(stage, PartFile), p); err != nil {
		return nil, err
	}
	if err := replaceDir(stage, dir); err != nil {
		return nil, err
	}
	p.dir = dir
	return p, nil
}

// workFolder holds the leased folders of running builds, beside the parts.
const workFolder = ".work"

// job runs one go build into stage and judges what came out. What the go command
// would leave behind when it is killed goes to temp.
func (b *builder) job(ctx context.Context, tool *gotool.Tool, j Job, stage, temp string) (*manifest.Binary, error) {
	rel := "bin/" + j.Build + "/" + j.Binary
	out := filepath.Join(stage, filepath.FromSlash(rel))
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return nil, msg.Errorf("build %s: %w", "构建 %s：%w", j.Target, err)
	}
	if err := b.slots.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	err := b.compile(ctx, tool, j, out, temp)
	b.slots.Release(1)
	if err != nil {
		return nil, err
	}
	done := b.trace.begin(j.Target.String(), phaseInspect)
	defer done()
	if err := errors.Join(os.Chmod(out, 0o755), os.Chtimes(out, j.ModTime, j.ModTime)); err != nil { // whatever the umask
		return nil, msg.Errorf("build %s: %w", "构建 %s：%w", j.Target, err)
	}
	facts, err := inspect.File(out)
	if err != nil {
		return nil, msg.Errorf("inspect %s: %w", "检查 %s：%w", rel, err)
	}
	verdict := inspect.Judge(facts, inspect.Policy{Target: j.Target, AllowDynamic: j.AllowDynamic, AllowDirty: b.plan.Snapshot, GoVersion: tool.Version})
	if !verdict.OK {
		return nil, verdictError(j, verdict)
	}
	sums, err := archive.SumFile(ctx, out)
	if err != nil {
		return nil, err
	}
	return &manifest.Binary{
		Path: rel, Build: j.Build, Target: j.Target, Size: sums.Size, SHA256: sums.SHA256,
		Main: j.Main, Flags: j.Flags, Env: j.Env, Verdict: verdict,
	}, nil
}

func (b *builder) compile(ctx context.Context, tool *gotool.Tool, j Job, out, temp string) error {
	done := b.trace.begin(j.Target.String(), phaseBuild)
	defer done()
	if err := b.hooks(ctx, j.Pre, j.Env, out); err != nil {
		return err
	}
	args := slices.Concat([]string{"build", "-o", out, "-p", strconv.Itoa(b.procs)}, j.Flags, []string{j.Main})
	if _, err := tool.Run(ctx, filepath.Join(b.dir, filepath.FromSlash(j.Dir)), append(slices.Clone(j.Env), "GOTMPDIR="+temp), args...); err != nil {
		var said *gotool.Error
		if errors.As(err, &said) {
			return msg.Errorf("build %s:\n%w", "构建 %s：\n%w", j.Target, &CompileError{Target: j.Target, Build: j.Build, Output: said.Error()}).
				WithHint("to see the same: %s go build %s", "可用此命令重现：%s go build %s", strings.Join(j.Target.Env(), " ")+" CGO_ENABLED=0", j.Main)
		}
		return msg.Errorf("build %s: %w", "构建 %s：%w", j.Target, err)
	}
	return b.hooks(ctx, j.Post, j.Env, out)
}

// CompileError is a target that the Go compiler refused.
type CompileError struct {
	Target target.Target
	Build  string
	Output string // the compiler's own words, lines kept
}

// Error is the compiler's output, indented.
func (e *CompileError) Error() string {
	return "  " + strings.ReplaceAll(strings.TrimSpace(e.Output), "\n", "\n  ")
}

// hooks runs commands of the project around a build. binary replaces {{BINARY}}.
func (b *builder) hooks(ctx context.Context, cmds []Command, env []string, binary string) error {
	fill := func(ss []string) []string {
		out := slices.Clone(ss)
		for i := range out {
			out[i] = strings.ReplaceAll(out[i], binaryMark, binary)
		}
		return out
	}
	for _, c := range cmds {
		c.Args, c.Env = fill(c.Args), slices.Concat(env, fill(c.Env))
		if err := runHook(ctx, b.dir, c, b.env, b.trace); err != nil {
			return err
		}
	}
	return nil
}

// binaryMark stands in a plan for the path of the built file.
const binaryMark = "{{BINARY}}"

// runHook runs a command of the project in env and what the command adds.
func runHook(ctx context.Context, dir string, c Command, env []string, tr *trace) error {
	if len(c.Args) == 0 {
		return nil
	}
	args := reveal(c.Args, env)
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir, cmd.Env = filepath.Join(dir, filepath.FromSlash(c.Dir)), slices.Concat(env, reveal(c.Env, env))
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	err := subproc.Run(cmd)
	text := strings.TrimSpace(said.String())
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		var exit *exec.ExitError
		why := msg.Textf("%v", "%v", err)
		switch {
		case errors.As(err, &exit) && exit.Exited():
			why = msg.Textf("exit code %d", "退出码 %d", exit.ExitCode())
		case errors.Is(err, exec.ErrNotFound):
			why = msg.Textf("there is no program %q on PATH", "PATH 中没有程序 %q", c.Args[0])
		}
		if text != "" {
			text = "\n  " + strings.ReplaceAll(text, "\n", "\n  ")
		}
		return msg.Errorf("run hook %q: %s%s", "运行钩子 %q：%s%s", strings.Join(c.Args, " "), why, text).
			WithHint("the hook is named in the project's configuration; it must succeed by itself", "该钩子由项目配置指定，须能独立运行成功")
	}
	if c.Output && text != "" {
		tr.log(text)
	}
	return nil
}

// verdictError says why a built file must not be packed.
func verdictError(j Job, v inspect.Verdict) error {
	var en, zh []string
	var fix msg.Text
	for _, f := range v.Findings {
		if f.Severity != inspect.Error {
			continue
		}
		rule := f.Rule()
		t := msg.Textf("%s %s (%s)", "%s %s（%s）", f.Code, rule.Title, f.Evidence)
		en, zh = append(en, t.EN), append(zh, t.ZH)
		if fix.IsZero() {
			fix = rule.Fix
		}
	}
	return msg.Errorf("inspect %s for %s: %s", "检查 %s（%s）：%s", j.Binary, j.Target, msg.Text{EN: strings.Join(en, "; "), ZH: strings.Join(zh, "；")}).
		WithKind(msg.Findings).WithHint("%s", "%s", fix)
}

func targetList(ts []target.Target) string {
	var s []string
	for _, t := range ts {
		s = append(s, t.String())
	}
	return strings.Join(s, ", ")
}
