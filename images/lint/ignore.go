package lint

import (
	"slices"
	"sort"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

const ignoreMark = "yingzao:ignore"

func ignoreRules() []Rule {
	return []Rule{{
		Code: "DKR090", Severity: Warning, Since: "0.5.0",
		Title:  msg.Text{EN: "A comment that ignores a rule is void", ZH: "忽略规则的注释无效"},
		Why:    msg.Text{EN: "Without a reason nobody can tell later whether it still holds; with a wrong code, or in the wrong place, it silences nothing.", ZH: "没有理由，以后无人能判断它是否仍然成立；代码写错或位置不对，则什么也没有忽略。"},
		Fix:    msg.Text{EN: "Write # yingzao:ignore CODE and the reason on the line before the finding, or delete the comment.", ZH: "在问题所在行的前一行写 # yingzao:ignore 代码 理由，或删除该注释。"},
		Before: "FROM debian:12\n# yingzao:ignore DKR050\nUSER root",
		After:  "FROM debian:12\n# yingzao:ignore DKR050 the runner mounts its cache as root\nUSER root",
	}}
}

// ignore takes out what comments silence, and adds what is wrong with those
// comments.
func (v *view) ignore(in []Finding, rules []Rule) []Finding {
	silent := make([]bool, len(in))
	var out []Finding
	void := func(line int, code, en, zh string, args ...any) {
		f := found(line, code, en, zh, args...)
		f.Code, f.Severity = "DKR090", Warning
		out = append(out, f)
	}
	comments := map[int]bool{}
	for _, c := range v.file.Comments {
		comments[c.Line] = true
	}
	for _, c := range v.file.Comments {
		rest, ok := strings.CutPrefix(c.Text, ignoreMark)
		if !ok || rest != "" && rest[0] != ' ' && rest[0] != '\t' {
			continue
		}
		code, reason, _ := strings.Cut(strings.TrimSpace(rest), " ")
		if len(code) > 20 || strings.ContainsFunc(code, func(r rune) bool { return r > '~' }) {
			code = ""
		}
		switch {
		case !slices.ContainsFunc(rules, func(r Rule) bool { return r.Code == code }):
			void(c.Line, code, "there is no rule %q", "没有规则 %q", code)
			continue
		case strings.TrimSpace(reason) == "":
			void(c.Line, code, "%s is ignored without a reason", "忽略 %s 却没有写明理由", code)
			continue
		}
		target, hit := v.behind(c.Line, comments), false
		for i, f := range in {
			if f.Code == code && (f.Line == target || v.begins(f.Line) == target) {
				silent[i], hit = true, true
			}
		}
		if !hit {
			void(c.Line, code, "there is no %s to ignore on the line behind it", "其后的一行并没有可忽略的 %s", code)
		}
	}
	for i, f := range in {
		if !silent[i] {
			out = append(out, f)
		}
	}
	return out
}

// behind is the first line behind a comment that is neither empty nor a comment.
func (v *view) behind(line int, comments map[int]bool) int {
	next := line + 1
	for comments[next] {
		next++
	}
	all := v.file.Instructions
	i := sort.Search(len(all), func(i int) bool { return all[i].End >= next })
	if i < len(all) {
		return max(next, all[i].Line)
	}
	return next
}

// begins is the first line of the instruction that a line belongs to.
func (v *view) begins(line int) int {
	all := v.file.Instructions
	i := sort.Search(len(all), func(i int) bool { return all[i].End >= line })
	if i < len(all) && all[i].Line <= line {
		return all[i].Line
	}
	return line
}
