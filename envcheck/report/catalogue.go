package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/term"
)

// Catalogue writes the tables of all rules in Markdown, an area a section.
func Catalogue(w io.Writer, rules []envcheck.Rule, lang msg.Lang) error {
	var b strings.Builder
	say := func(en, zh string) string { return msg.Text{EN: en, ZH: zh}.In(lang) }
	for _, area := range envcheck.Areas() {
		fmt.Fprintf(&b, "### %s %s\n\n| %s | %s | %s | %s | %s |\n|---|---|---|---|---|\n", area.Letters, area.Title.In(lang),
			say("Code", "编号"), say("Severity", "级别"), say("What is wrong", "问题"), say("What to do", "处理"), say("Known by", "依据"))
		for _, r := range rules {
			if r.Area() != area.Letters {
				continue
			}
			basis := map[envcheck.Basis]string{
				envcheck.Measured: say("real go", "实测 go"), envcheck.Lexical: say("the value", "取值"), envcheck.Recorded: say("recorded data", "记录数据"),
			}[r.Basis]
			switch {
			case r.Online:
				basis += " · --online"
			case r.Deep:
				basis += " · --deep"
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", r.Code, r.Severity.Text().In(lang), cell(r.Title.In(lang)), cell(r.Fix.In(lang)), basis)
		}
		b.WriteString("\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// cell makes a text fit for a table: a bar would end it, angle brackets would be
// HTML.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "<", "&lt;", ">", "&gt;", "*", `\*`).Replace(s)
}

// Explain writes one rule for people.
func Explain(w io.Writer, r envcheck.Rule, lang msg.Lang, style term.Style) error {
	var b strings.Builder
	say := func(en, zh string) string { return msg.Text{EN: en, ZH: zh}.In(lang) }
	fmt.Fprintf(&b, "%s  %s  %s\n\n", style.Bold(r.Code), r.Severity.Text().In(lang), style.Bold(r.Title.In(lang)))
	fmt.Fprintf(&b, "%s\n\n%s %s\n", r.Why.In(lang), style.Cyan(say("fix:", "修复：")), r.Fix.In(lang))
	if r.Before != "" {
		fmt.Fprintf(&b, "\n%s\n%s\n%s\n%s\n", say("before", "修复前"), indent(r.Before), say("after", "修复后"), indent(r.After))
	}
	if len(r.Causes) > 0 {
		fmt.Fprintf(&b, "\n%s %s\n", say("not shown when one of these is found:", "若发现以下问题之一则不再显示："), strings.Join(r.Causes, " "))
	}
	fmt.Fprintf(&b, "\n%s %s\n", say("since yingzao", "始于 yingzao"), r.Since)
	_, err := io.WriteString(w, b.String())
	return err
}

func indent(s string) string {
	return "    " + strings.ReplaceAll(strings.TrimRight(s, "\n"), "\n", "\n    ")
}
