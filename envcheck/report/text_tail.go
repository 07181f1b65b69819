package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/envcheck/leak"
	"github.com/yingzao-dev/yingzao/internal/term"
)

// exposures prints who learns the names of modules that are not public.
func (p *printer) exposures(r *envcheck.Report) {
	list := slices.DeleteFunc(slices.Clone(r.Exposures), func(e leak.Exposure) bool { return e.Local && len(e.Asks) == 0 && !p.Verbose })
	if len(list) == 0 {
		return
	}
	p.title("Who learns the names of modules that are not public", "谁会得知非公开模块的名字")
	t := term.Table{Columns: []term.Column{{}, {}, {}}}
	t.Add("  "+p.say("module", "模块"), p.say("class", "归类"), p.say("asked, in this order", "依次询问"))
	const most = 40
	for i, e := range list {
		if i == most && !p.Verbose {
			t.Add(p.say("  … and %d more (-v shows all)", "  … 另有 %d 个（-v 显示全部）", len(list)-most))
			break
		}
		t.Add("  "+e.Path, p.class(e), p.asked(e))
	}
	p.table(t)
}

func (p *printer) class(e leak.Exposure) string {
	word := p.say("unknown", "未知")
	if e.Class == leak.Private {
		word = p.say("private", "私有")
	}
	return word + p.say(": ", "：") + e.Reason.In(p.Lang)
}

func (p *printer) asked(e leak.Exposure) string {
	if e.Local {
		return p.say("nobody: it is a folder here", "无人：就在本地目录")
	}
	var hosts []string
	for _, a := range e.Asks {
		h := a.Host
		switch {
		case h == "":
			h = p.say("a local folder", "本地目录")
		case a.Kind == "sumdb":
			h += p.say(" (checksum)", "（校验和）")
		}
		if a.Host != "" && !a.Ours {
			h = "! " + h
		}
		if !slices.Contains(hosts, h) {
			hosts = append(hosts, h)
		}
	}
	if len(hosts) == 0 {
		return p.say("nobody", "无人")
	}
	return strings.Join(hosts, ", ")
}

// network prints the mirrors, fastest first, with a bar of their latency.
func (p *printer) network(r *envcheck.Report) {
	if r.Network == nil {
		return
	}
	p.title("Mirrors", "镜像")
	t := term.Table{Columns: []term.Column{{}, {Right: true}, {}, {}, {}}}
	t.Add("  URL", p.say("latency", "延迟"), "", p.say("state", "状态"), p.say("checksum database", "校验和数据库"))
	slowest := 1.0
	for _, m := range r.Network.Mirrors {
		slowest = max(slowest, m.LatencyMS)
	}
	for _, m := range r.Network.Mirrors {
		latency, bar := "-", ""
		if m.LatencyMS > 0 {
			latency = fmt.Sprintf("%.0f ms", m.LatencyMS)
			bar = strings.Repeat("#", max(1, int(12*m.LatencyMS/slowest)))
		}
		use := "  "
		if m.InUse {
			use = "* "
		}
		t.Add(use+m.URL, latency, bar, m.Class, m.SumDB)
	}
	p.table(t)
	if rec := r.Network.Recommend; rec != "" {
		p.line(1, p.say("recommended: go env -w GOPROXY='%s'", "建议：go env -w GOPROXY='%s'", rec))
	}
	if !p.Verbose {
		return
	}
	for _, m := range r.Network.Mirrors {
		p.line(1, term.Clean(m.URL))
		for _, s := range m.Steps {
			p.line(2, term.Clean(fmt.Sprintf("%-4s %-10s %7.0f ms  %s %s", s.Code, s.Status, s.MS, s.Class, s.Detail)))
		}
	}
}

// deep prints the comparison of GOROOT with the checksum database.
func (p *printer) deep(r *envcheck.Report) {
	if r.Deep == nil {
		return
	}
	g := r.Deep.Goroot
	p.title("Is this Go genuine?", "这个 Go 是正品吗？")
	switch g.Verdict {
	case "genuine":
		p.line(1, p.Style.Green(p.say("%s in %s is the official release, file for file (%s)", "%[2]s 中的 %[1]s 与官方发布逐文件一致（%[3]s）", g.Version, g.Path, g.Via)))
	case "go.env":
		p.line(1, p.Style.Yellow(p.say("%s in %s is the official release; only go.env was edited (%s)", "%[2]s 中的 %[1]s 是官方发布；只有 go.env 被改过（%[3]s）", g.Version, g.Path, g.Via)))
		for _, l := range g.GoEnv {
			p.line(2, term.Clean(l))
		}
	case "differs":
		p.line(1, p.Style.Red(p.say("%s in %s is NOT the official release (%s)", "%[2]s 中的 %[1]s 不是官方发布（%[3]s）", g.Version, g.Path, g.Via)))
		for _, f := range g.Files {
			p.line(2, term.Clean(f))
		}
	default:
		p.line(1, p.say("not decided: %s", "无法判定：%s", g.Detail))
	}
	p.line(1, p.Style.Dim(term.Clean(g.H1)))
	if c := r.Deep.Cache; c.Dir != "" {
		p.line(1, p.say("module cache: %d modules compared, %d changed", "模块缓存：比对 %d 个模块，%d 个被改动", c.Checked, len(c.Changed)))
	}
}

func (p *printer) missing(r *envcheck.Report) {
	if len(r.Missing) == 0 {
		return
	}
	p.title("Could not be learnt", "未能得知")
	for _, m := range r.Missing {
		p.line(1, term.Clean(m.What+": "+m.Reason))
	}
}

func (p *printer) sum(r *envcheck.Report) {
	count := map[envcheck.Severity]int{}
	for _, f := range r.Findings {
		count[f.Severity]++
	}
	p.b.WriteString("\n")
	if len(r.Findings) == 0 {
		p.line(0, p.Style.Green(p.say("nothing wrong: %d rules looked", "未发现问题：共检查 %d 条规则", r.Rules.Run)))
	} else {
		p.line(0, p.Style.Bold(p.say("%d errors, %d security, %d warnings, %d notes", "错误 %d，安全 %d，警告 %d，说明 %d", count[envcheck.Error], count[envcheck.Security], count[envcheck.Warning], count[envcheck.Info]))+
			p.say("; %d rules looked", "；共检查 %d 条规则", r.Rules.Run))
	}
	if n := len(r.Silenced); n > 0 && !p.Verbose {
		p.line(0, p.say("%d more are consequences of these, or accepted; -v shows them", "另有 %d 项由上述问题引起或已被接受；-v 可查看", n))
	}
	for _, f := range r.Findings {
		if f.Fix != nil && f.Fix.Safe && len(f.Fix.Changes) > 0 {
			p.line(0, p.say("yingzao check --fix mends what is safe to mend; --fix --dry-run shows it first", "yingzao check --fix 可修复能安全修复的问题；加 --dry-run 先查看改动"))
			break
		}
	}
	for _, f := range r.Findings {
		p.line(0, p.say("yingzao explain %s tells more", "yingzao explain %s 查看详细说明", f.Code))
		break
	}
}
