package lint

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

const ignoreMark = "yingzao:ignore"

func ignoreRules() []Rule {
	return []Rule{{
		Code: "PPL090", Severity: Warning, Since: "0.6.0",
		Title:  msg.Text{EN: "A comment that ignores a rule is void", ZH: "忽略规则的注释无效"},
		Why:    msg.Text{EN: "Without a reason nobody can tell later whether it still holds; with a wrong code, or in the wrong place, it silences nothing.", ZH: "没有理由，以后无人能判断它是否仍然成立；代码写错或位置不对，则什么也没有忽略。"},
		Fix:    msg.Text{EN: "Write # yingzao:ignore CODE and the reason on the line before the finding, or delete the comment.", ZH: "在问题所在行的前一行写 # yingzao:ignore 代码 理由，或删除该注释。"},
		Before: "build:\n  # yingzao:ignore PPL050\n  image: golang:latest\n  script: [make]",
		After:  "build:\n  # yingzao:ignore PPL050 this job tries what is newest\n  image: golang:latest\n  script: [make]",
	}}
}

// ignore takes out what comments silence, and adds what is wrong with those
// comments.
func (v *view) ignore(in []Finding, rules []Rule) []Finding {
	silent := make([]bool, len(in))
	var out []Finding
	void := func(line int, code, en, zh string, args ...any) {
		f := found(line, code, en, zh, args...)
		f.Code, f.Severity = "PPL090", Warning
		out = append(out, f)
	}
	all := v.comments()
	for i, c := range all {
		rest, ok := strings.CutPrefix(c.text, ignoreMark)
		if !ok || rest != "" && rest[0] != ' ' && rest[0] != '\t' {
			continue
		}
		code, reason, _ := strings.Cut(strings.TrimSpace(rest), " ")
		if len(code) > 20 || strings.ContainsFunc(code, func(r rune) bool { return r > '~' }) {
			code = ""
		}
		switch {
		case !slices.ContainsFunc(rules, func(r Rule) bool { return r.Code == code }):
			void(c.line, code, "there is no rule %q", "没有规则 %q", code)
			continue
		case strings.TrimSpace(reason) == "":
			void(c.line, code, "%s is ignored without a reason", "忽略 %s 却没有写明理由", code)
			continue
		}
		target, hit := v.behind(c.line, all[i+1:]), false
		for j, f := range in {
			if f.Code == code && f.Line == target {
				silent[j], hit = true, true
			}
		}
		if !hit {
			void(c.line, code, "there is no %s to ignore on the line behind it", "其后的一行并没有可忽略的 %s", code)
		}
	}
	for i, f := range in {
		if !silent[i] {
			out = append(out, f)
		}
	}
	return out
}

// comments are those that have a line for themselves. In YAML a comment of a script
// in a block looks the same, and is as good.
func (v *view) comments() []comment {
	if v.groovy != nil {
		return v.groovy.comments
	}
	var all []comment
	for i, l := range v.lines {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(l), "#"); ok {
			all = append(all, comment{i + 1, strings.TrimSpace(rest)})
		}
	}
	return all
}

// behind is the first line behind a comment that is neither empty nor a comment.
func (v *view) behind(line int, later []comment) int {
	next := line + 1
	for next <= len(v.lines) {
		switch {
		case len(later) > 0 && later[0].line == next:
			later = later[1:]
		case strings.TrimSpace(v.lines[next-1]) != "":
			return next
		}
		next++
	}
	return next
}
