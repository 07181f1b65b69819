package msg

import (
	"fmt"
	"strings"
)

// Lang is a language that yingzao speaks.
type Lang string

// The languages. The zero value behaves as English.
const (
	English Lang = "en"
	Chinese Lang = "zh"
)

// Text is one statement in both languages. The zero Text says nothing.
type Text struct {
	EN string `json:"en"`
	ZH string `json:"zh"`
}

// Textf formats one statement in both languages with the same arguments.
// Arguments that are Texts or errors appear in the language of the half they
// stand in.
func Textf(en, zh string, args ...any) Text {
	return Text{
		EN: fmt.Sprintf(en, inLang(args, English)...),
		ZH: fmt.Sprintf(zh, inLang(args, Chinese)...),
	}
}

// In returns the half of t for the language. A missing Chinese half falls back
// to English.
func (t Text) In(l Lang) string {
	if l == Chinese && t.ZH != "" {
		return t.ZH
	}
	return t.EN
}

// String returns the English half.
func (t Text) String() string { return t.EN }

// IsZero reports whether t says nothing.
func (t Text) IsZero() bool { return t == Text{} }

func inLang(args []any, l Lang) []any {
	out := make([]any, len(args))
	for i, a := range args {
		switch v := a.(type) {
		case Text:
			out[i] = v.In(l)
		case *Text:
			out[i] = v.In(l)
		case error:
			out[i] = In(v, l)
		default:
			out[i] = a
		}
	}
	return out
}

// Choose picks the language: flag (what --lang said), then YINGZAO_LANG, then
// LC_ALL, LC_MESSAGES and LANG as POSIX orders them. An unknown word in the
// flag or in YINGZAO_LANG is an error; an unknown locale means English.
func Choose(flag string, getenv func(string) string) (Lang, error) {
	for _, c := range []struct{ from, word string }{
		{"--lang", flag},
		{"YINGZAO_LANG", getenv("YINGZAO_LANG")},
	} {
		if c.word == "" {
			continue
		}
		switch l, ok := parseLocale(c.word); {
		case ok:
			return l, nil
		default:
			return English, Errorf("%s: unknown language %q", "%s：未知的语言 %q", c.from, c.word).
				WithHint("use en or zh", "请使用 en 或 zh").WithKind(Usage)
		}
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := getenv(name); v != "" {
			l, _ := parseLocale(v)
			return l, nil
		}
	}
	return English, nil
}

// parseLocale reads "zh", "zh_CN.UTF-8", "en-US", "C"; ok is false for a
// language we do not speak.
func parseLocale(s string) (l Lang, ok bool) {
	s = strings.ToLower(s)
	if i := strings.IndexAny(s, "_-.@"); i >= 0 {
		s = s[:i]
	}
	switch s {
	case "zh":
		return Chinese, true
	case "en", "c", "posix":
		return English, true
	}
	return English, false
}
