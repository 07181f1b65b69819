package main

import (
	"context"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/envcheck/bootstrap"
	"github.com/yingzao-dev/yingzao/envcheck/gather"
	"github.com/yingzao-dev/yingzao/envcheck/rules"
	"github.com/yingzao-dev/yingzao/internal/term"
)

// appliedDesk is the outcome of apply for machines.
type appliedDesk struct {
	deskPlan
	Check struct {
		Before []string `json:"before"` // codes, sorted
		After  []string `json:"after"`
	} `json:"check"`
}

// beforeAfter checks the desk as it was and as a new shell will see it.
func (a *app) beforeAfter(ctx context.Context, f *bootstrapFlags, d *bootstrap.Desk, p *bootstrap.Plan) error {
	profile, err := envcheck.ProfileNamed(f.profile)
	if err != nil {
		return err
	}
	environ := a.environ
	if !f.keepPath {
		environ = d.NewEnviron(p)
	}
	s, err := gather.Snapshot(ctx, gather.Options{Environ: environ})
	if err != nil {
		return err
	}
	opts := envcheck.Options{Profile: profile}
	before, after := envcheck.Check(d.Snapshot, rules.All(), opts), envcheck.Check(s, rules.All(), opts)
	if f.format.json() {
		out := appliedDesk{deskPlan: planJSON(d, p)}
		out.Check.Before, out.Check.After = codes(before), codes(after)
		return a.printJSON(out)
	}
	t := term.Table{Columns: []term.Column{{Title: a.say("check", "检查项")}, {Title: a.say("before", "之前")}, {Title: a.say("after", "之后")}, {Title: a.say("what", "内容")}}}
	was, is := codes(before), codes(after)
	mark := func(list []string, code string) string {
		if slices.Contains(list, code) {
			return a.say("found", "存在")
		}
		return "-"
	}
	all := slices.Compact(slices.Sorted(slices.Values(slices.Concat(was, is))))
	for _, code := range all {
		t.Add(code, mark(was, code), mark(is, code), a.titleOf(code))
	}
	goBefore, goAfter := before.Go, after.Go
	if goBefore == "" {
		goBefore = a.say("none", "无")
	}
	a.printf("\ngo: %s -> %s (%s); findings: %d -> %d\n", "\ngo：%s -> %s（%s）；问题：%d -> %d\n", goBefore, goAfter, after.GoPath, len(was), len(is))
	if len(all) > 0 {
		if err := t.Write(a.out); err != nil {
			return err
		}
	}
	if !p.Files().Empty() {
		if !f.keepPath {
			a.note("open a new shell to use it\n", "请打开新的 shell 以使用\n")
		}
		a.note("yingzao bootstrap undo takes it back\n", "yingzao bootstrap undo 可撤销\n")
	}
	return nil
}

func codes(r *envcheck.Report) []string {
	out := []string{}
	for _, f := range r.Findings {
		out = append(out, f.Code)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (a *app) titleOf(code string) string {
	for _, r := range rules.All() {
		if strings.EqualFold(r.Code, code) {
			return r.Title.In(a.lang)
		}
	}
	return ""
}
