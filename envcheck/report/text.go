package report

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/term"
)

// Options say how a report is printed for people.
type Options struct {
	Lang    msg.Lang
	Style   term.Style
	Rules   []envcheck.Rule // for their remedies
	Verbose bool            // also what was silenced, all reasons, and every step of probes
}

// Text prints the report for people: the settings with their origin, the
// findings by area, who learns private names, the mirrors, and the sum.
func Text(w io.Writer, r *envcheck.Report, o Options) error {
	p := &printer{Options: o, rules: map[string]envcheck.Rule{}}
	for _, rule := range o.Rules {
		p.rules[rule.Code] = rule
	}
	p.head(r)
	p.settings(r)
	p.findings(r)
	p.exposures(r)
	p.trace(r)
	p.network(r)
	p.deep(r)
	p.missing(r)
	p.sum(r)
	_, err := w.Write(p.b.Bytes())
	return err
}

type printer struct {
	Options
	b     bytes.Buffer
	rules map[string]envcheck.Rule
}

func (p *printer) say(en, zh string, args ...any) string {
	return term.Clean(msg.Textf(en, zh, args...).In(p.Lang))
}

// line prints one line, indented by steps of two.
func (p *printer) line(indent int, s string) {
	if s != "" {
		p.b.WriteString(strings.Repeat("  ", indent) + s + "\n")
	}
}

func (p *printer) title(en, zh string) { p.b.WriteString("\n" + p.Style.Bold(p.say(en, zh)) + "\n") }

func (p *printer) head(r *envcheck.Report) {
	what := r.Go
	if what == "" {
		what = p.say("no go command that works", "没有可用的 go 命令")
	}
	p.line(0, term.Clean(what+"  "+r.GoPath))
	p.line(0, p.say("project %s, profile %s", "项目 %s，场景 %s", r.Dir, r.Profile))
	if r.Policy != "" {
		p.line(0, p.say("policy %s", "策略 %s", r.Policy))
	}
}

func (p *printer) settings(r *envcheck.Report) {
	p.title("Settings in force", "生效的设置")
	t := term.Table{Columns: []term.Column{{}, {}, {}}}
	for _, s := range r.Settings {
		value := s.Value
		if value == "" {
			value = "-"
		}
		t.Add("  "+s.Key, value, p.origin(s))
	}
	p.table(t)
}

// table prints a table whole, also where the terminal is narrower: half a URL is
// of no use.
func (p *printer) table(t term.Table) { _ = t.Write(&p.b) }

func (p *printer) origin(v goenv.Value) string {
	switch v.Origin {
	case goenv.FromProcess:
		return p.say("environment", "环境变量")
	case goenv.FromFile:
		return p.say("env file, line %d", "env 文件第 %d 行", v.Line)
	case goenv.FromGoroot:
		return p.say("Go's own go.env", "Go 自带的 go.env")
	}
	return p.say("built in", "内置")
}

func (p *printer) severity(s envcheck.Severity) string {
	word := term.Pad(s.Text().In(p.Lang), 8)
	switch s {
	case envcheck.Security, envcheck.Error:
		return p.Style.Red(word)
	case envcheck.Warning:
		return p.Style.Yellow(word)
	}
	return p.Style.Dim(word)
}

func (p *printer) findings(r *envcheck.Report) {
	area := ""
	for _, f := range r.Findings {
		rule := p.rules[f.Code]
		if a := (envcheck.Rule{Code: f.Code}).Area(); a != area {
			area = a
			for _, known := range envcheck.Areas() {
				if known.Letters == a {
					p.title(known.Title.EN, known.Title.ZH)
				}
			}
		}
		p.line(1, p.severity(f.Severity)+" "+p.Style.Bold(f.Code)+" "+term.Clean(f.Message.In(p.Lang)))
		p.line(3, p.place(r, f.Where))
		for _, e := range f.Evidence {
			where := ""
			if at := p.place(r, e.Place); at != "" && e.Place != f.Where {
				where = "  (" + at + ")"
			}
			p.line(3, p.Style.Dim(term.Clean(e.Name+" = "+e.Value+where)))
		}
		if p.Verbose {
			p.line(3, term.Clean(rule.Why.In(p.Lang)))
		}
		p.fix(f, rule)
	}
	if len(r.Silenced) == 0 || !p.Verbose {
		return
	}
	p.title("Not shown", "未显示")
	for _, s := range r.Silenced {
		why := p.say("a consequence of %s", "由 %s 引起", s.By)
		switch s.By {
		case "baseline":
			why = p.say("accepted: %s", "已接受：%s", s.Reason)
		case "policy":
			why = p.say("switched off by the policy", "已被策略关闭")
		}
		p.line(1, s.Code+" "+term.Clean(s.Message.In(p.Lang))+"  "+p.Style.Dim(why))
	}
}

// fix prints the remedy: a command where there is one, else the rule's words, and
// how to have it done when that has to be asked for.
func (p *printer) fix(f envcheck.Finding, rule envcheck.Rule) {
	label := p.Style.Cyan(p.say("fix: ", "修复："))
	switch {
	case f.Fix != nil && f.Fix.Command != "":
		p.line(3, label+term.Clean(f.Fix.Command))
		p.line(3, term.Clean(f.Fix.Note.In(p.Lang)))
	case f.Fix != nil && !f.Fix.Note.IsZero():
		p.line(3, label+term.Clean(f.Fix.Note.In(p.Lang)))
	default:
		p.line(3, label+term.Clean(rule.Fix.In(p.Lang)))
	}
	if f.Fix != nil && len(f.Fix.Changes) > 0 && !f.Fix.Safe {
		p.line(3, p.Style.Dim(p.say("done by yingzao check --fix=%s, not by --fix alone", "可由 yingzao check --fix=%s 执行，单用 --fix 不会改动", f.Code)))
	}
}

// place says where something stands, files below the project shortened.
func (p *printer) place(r *envcheck.Report, at envcheck.Place) string {
	switch {
	case at.File == "" && at.Origin == string(goenv.FromProcess):
		return p.say("environment", "环境变量")
	case at.File == "":
		return ""
	}
	file := at.File
	if rel, err := filepath.Rel(r.Dir, file); err == nil && !strings.HasPrefix(rel, "..") {
		file = rel
	}
	if at.Line > 0 {
		file = fmt.Sprintf("%s:%d", file, at.Line)
	}
	return term.Clean(file)
}
