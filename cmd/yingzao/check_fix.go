package main

import (
	"context"
	"runtime"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/envcheck/mend"
	"github.com/yingzao-dev/yingzao/envcheck/rules"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/term"
)

func (a *app) journal() mend.Journal {
	return mend.Journal{Dir: mend.JournalDir(runtime.GOOS, a.getenv)}
}

// checkFix plans, shows, and unless it is a rehearsal makes the changes, then
// reports what is left.
func (a *app) checkFix(ctx context.Context, o *checkOptions, s *envcheck.Snapshot, opts envcheck.Options) error {
	var named []string
	for _, code := range strings.Split(o.fix, ",") {
		if code == "safe" {
			continue
		}
		if err := knownCode(code, false); err != nil {
			return err
		}
		named = append(named, strings.ToUpper(code))
	}
	plan, after, err := mend.Settle(s, named, func(s *envcheck.Snapshot) *envcheck.Report { return envcheck.Check(s, rules.All(), opts) })
	if err != nil {
		return err
	}
	for _, line := range strings.SplitAfter(httpx.Redact(plan.Diff()), "\n") {
		if _, err := a.err.Write([]byte(a.diffLine(line))); err != nil {
			return err
		}
	}
	switch {
	case plan.Empty():
		a.note("nothing to mend by itself\n", "没有可自动修复的问题\n")
	case o.dryRun:
		a.note("would mend %s; nothing was changed\n", "将修复 %s；未作任何改动\n", strings.Join(plan.Codes(), " "))
	default:
		if err := a.journal().Apply(ctx, plan, time.Now()); err != nil {
			return err
		}
		a.note("mended %s; yingzao check --undo takes it back\n", "已修复 %s；yingzao check --undo 可撤销\n", strings.Join(plan.Codes(), " "))
		again, err := a.snapshot(ctx, o, opts)
		if err != nil {
			return err
		}
		again.Network, again.Deep = s.Network, s.Deep
		after = envcheck.Check(again, rules.All(), opts)
	}
	if err := a.printReport(a.out, o.format, o, after); err != nil {
		return err
	}
	return o.verdict(after)
}

func (a *app) diffLine(line string) string {
	body, eol := strings.CutSuffix(line, "\n")
	body = term.Clean(body)
	switch {
	case strings.HasPrefix(body, "+"):
		body = a.style.Green(body)
	case strings.HasPrefix(body, "-"):
		body = a.style.Red(body)
	}
	if eol {
		body += "\n"
	}
	return body
}

func (a *app) checkUndo() error {
	restored, err := a.journal().Undo()
	for _, f := range restored {
		a.note("restored %s\n", "已恢复 %s\n", f)
	}
	if err == nil && len(restored) == 0 {
		a.note("nothing to take back\n", "没有可撤销的改动\n")
	}
	return err
}

// writeBaseline accepts what was found.
func (a *app) writeBaseline(o *checkOptions, r *envcheck.Report) error {
	until := time.Now().AddDate(0, 0, 90)
	if o.until != "" {
		var err error
		if until, err = time.Parse("2006-01-02", o.until); err != nil {
			return msg.Errorf("check: --until %q: a day is written 2006-01-02", "check：--until %q：日期写作 2006-01-02", o.until).WithKind(msg.Usage)
		}
	}
	data, err := envcheck.NewBaseline(r, o.reason, until).Encode()
	if err != nil {
		return err
	}
	if err := goenv.WriteFile(o.writeBaseline, data, 0o644); err != nil {
		return msg.Errorf("write the baseline: %w", "写入基线：%w", err)
	}
	a.note("accepted %d findings until %s in %s\n", "已接受 %d 项问题，至 %s，写入 %s\n", len(r.Findings), until.Format("2006-01-02"), o.writeBaseline)
	return nil
}
