package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/subproc"
	"github.com/yingzao-dev/yingzao/pipelines"
	"github.com/yingzao-dev/yingzao/pipelines/stages"
	"github.com/yingzao-dev/yingzao/release"
)

// runStage runs a stage's commands: ours in this process, others as a child. The
// first failure is the outcome.
func (a *app) runStage(ctx context.Context, stage string, v pipelines.Values) error {
	j := stages.Job{
		CI:      stages.Detect(a.getenv),
		Exists:  func(name string) bool { _, err := os.Stat(name); return err == nil },
		Targets: func() ([]string, error) { return planTargets(v["dir"]) },
		Abs: func(name string) string {
			if abs, err := filepath.Abs(name); err == nil {
				return abs
			}
			return name
		},
	}
	if !j.Exists(v["dir"]) {
		return msg.Errorf("run stage: there is no folder %s", "运行阶段：没有目录 %s", v["dir"]).WithKind(msg.Usage).
			WithHint("name the project's folder with --dir", "请用 --dir 指定项目目录")
	}
	if c := v["cache_dir"]; c != "" {
		if err := release.MarkCache(filepath.Join(v["dir"], c)); err != nil {
			return err
		}
	}
	todo := []string{stage}
	if stage == "release" {
		todo = pipelines.Stages()
	}
	for _, name := range todo {
		all, err := stages.Steps(name, v, j)
		if err != nil {
			return err
		}
		env := stages.Environment(name, v, j, a.getenv)
		for _, s := range all {
			if err := a.step(ctx, s, env); err != nil {
				return err
			}
		}
	}
	return nil
}

// step runs one command of a stage.
func (a *app) step(ctx context.Context, s stages.Step, env map[string]string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	fmt.Fprintln(a.err, a.style.Cyan("$ "+s.Line()))
	environ := slices.Clone(a.environ)
	for _, more := range []map[string]string{env, s.Env} {
		for k, v := range more {
			environ = append(environ, k+"="+v)
		}
	}
	if s.Args[0] == "yingzao" {
		if code := run(append(s.Args[1:len(s.Args):len(s.Args)], "--lang="+string(a.lang)), a.in, a.out, a.err, environ); code != exitOK {
			return silent{code}
		}
		return nil
	}
	path, found := subproc.Look(s.Args[0], a.environ)
	if !found {
		return msg.Errorf("run %s: it is not on PATH", "运行 %s：PATH 中没有该命令", s.Args[0]).
			WithHint("install Go on this machine, or name an SDK with --goroot", "请在本机安装 Go，或用 --goroot 指定 SDK")
	}
	cmd := exec.CommandContext(ctx, path, s.Args[1:]...)
	cmd.Env, cmd.Stdout, cmd.Stderr = environ, a.out, a.err
	if err := subproc.Run(cmd); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return msg.Errorf("run %s: %w", "运行 %s：%w", s.Line(), err)
	}
	return nil
}

func planTargets(dir string) ([]string, error) {
	plan, err := release.ReadPlan(filepath.Join(dir, "dist", release.PlanFile))
	if err != nil {
		return nil, err
	}
	var all []string
	for _, t := range plan.Targets() {
		all = append(all, t.String())
	}
	return all, nil
}
