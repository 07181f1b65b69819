package lint

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

const ignoreMark = "yingzao:ignore"

// IgnoreRule is the rule about comments that ignore a rule and are void; every list of
// rules has one.
func IgnoreRule[V View](code, since, before, after string) Rule[V] {
	return Rule[V]{
		Code: code, Severity: Warning, Since: since, Before: before, After: after,
		Title: msg.Text{EN: "A comment that ignores a rule is void", ZH: "忽略规则的注释无效"},
		Why:   msg.Text{EN: "Without a reason nobody can tell later whether it still holds; with a wrong code, or in the wrong place, it silences nothing.", ZH: "没有理由，以后无人能判断它是否仍然成立；代码写错或位置不对，则什么也没有忽略。"},
		Fix:   msg.Text{EN: "Write # yingzao:ignore CODE and the reason on the line before the finding, or delete the comment.", ZH: "在问题所在行的前一行写 # yingzao:ignore 代码 理由，或删除该注释。"},
	}
}

// ignore takes out what comments silence, and adds what is wrong with those comments.
func (rs Rules[V]) ignore(in []Finding, v V) []Finding {
	silent := make([]bool, len(in))
	var out []Finding
	void := func(found Finding) {
		for _, r := range rs {
			if r.Find == nil {
				found.Code, found.Severity = r.Code, r.Severity
				out = append(out, found)
			}
		}
	}
	comments := v.Comments()
	lines := map[int]bool{}
	for _, c := range comments {
		lines[c.Line] = true
	}
	for _, c := range comments {
		code, reason, ok := ignores(c.Text)
		if !ok {
			continue
		}
		switch {
		case !slices.ContainsFunc(rs, func(r Rule[V]) bool { return r.Code == code }):
			void(Finding{Line: c.Line, Subject: code, Message: msg.Textf("there is no rule %q", "没有规则 %q", code)})
			continue
		case reason == "":
			void(Finding{Line: c.Line, Subject: code, Message: msg.Textf("%s is ignored without a reason", "忽略 %s 却没有写明理由", code)})
			continue
		}
		target, hit := v.Behind(c.Line, lines), false
		for i, f := range in {
			if f.Code == code && (f.Line == target || v.Begins(f.Line) == target) {
				silent[i], hit = true, true
			}
		}
		if !hit {
			void(Finding{Line: c.Line, Subject: code, Message: msg.Textf("there is no %s to ignore on the line behind it", "其后的一行并没有可忽略的 %s", code)})
		}
	}
	for i, f := range in {
		if !silent[i] {
			out = append(out, f)
		}
	}
	return out
}

// ignores reads a comment; ok is false for those that are about something else. What
// can be no code is "".
func ignores(text string) (code, reason string, ok bool) {
	rest, ok := strings.CutPrefix(text, ignoreMark)
	if !ok || rest != "" && rest[0] != ' ' && rest[0] != '\t' {
		return "", "", false
	}
	code, reason, _ = strings.Cut(strings.TrimSpace(rest), " ")
	if len(code) > 20 || strings.ContainsFunc(code, func(r rune) bool { return r > '~' }) {
		code = ""
	}
	return code, strings.TrimSpace(reason), true
}
