package lint

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// letterFile is a file of lines with a letter each. A line that begins with a blank
// belongs to the one before.
type letterFile []string

func (f letterFile) Comments() []Comment {
	var out []Comment
	for i, l := range f {
		if rest, ok := strings.CutPrefix(l, "#"); ok {
			out = append(out, Comment{strings.TrimSpace(rest), i + 1})
		}
	}
	return out
}

func (f letterFile) Behind(line int, comments map[int]bool) int {
	for line++; comments[line] || line <= len(f) && f[line-1] == ""; line++ {
	}
	return line
}

func (f letterFile) Begins(line int) int {
	for line > 1 && strings.HasPrefix(f[line-1], " ") {
		line--
	}
	return line
}

func letters() Rules[letterFile] {
	rule := func(code string, s Severity, letter string) Rule[letterFile] {
		return Rule[letterFile]{Code: code, Severity: s, Title: msg.Text{EN: letter, ZH: "有 " + letter}, Fix: msg.Text{EN: "Take it out.", ZH: "删除它。"}, Find: func(f letterFile) []Finding {
			var out []Finding
			for i := range f {
				l := len(f) - i // Check brings them in order
				if strings.TrimSpace(f[l-1]) == letter {
					out = append(out, Found(l, letter, "there is an %s", "有 %s", letter), Found(l, letter, "again", "重复"))
				}
			}
			return out
		}}
	}
	return Rules[letterFile]{rule("ABC001", Error, "a"), rule("ABC002", Warning, "w"), rule("ABC003", Note, "n"), IgnoreRule[letterFile]("ABC090", "0.1.0", "", "")}
}

func check(t *testing.T, src string) []Finding {
	t.Helper()
	out, err := letters().Check(t.Context(), "x.txt", strings.Split(src, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestCheck(t *testing.T) {
	for src, want := range map[string][]string{
		"a\nw\na":                           {"1 ABC001 error", "2 ABC002 warning", "3 ABC001 error"},
		"x":                                 nil,
		"# yingzao:ignore ABC001 why\na\na": {"3 ABC001 error"},
		"# yingzao:ignore ABC001\twhy\na":   {"1 ABC090 warning", "2 ABC001 error"}, // the code ends at a blank
		"# yingzao:ignore ABC001 why\n# more\n\na":                        {},
		"# yingzao:ignore ABC001 why\n# yingzao:ignore ABC003 why\na\n n": {},
		"# yingzao:ignore ABC001\na":                                      {"1 ABC090 warning", "2 ABC001 error"},
		"# yingzao:ignore\na":                                             {"1 ABC090 warning", "2 ABC001 error"},
		"# yingzao:ignore ABC002 why\na":                                  {"1 ABC090 warning", "2 ABC001 error"},
		"# yingzao:ignore ABC999 why\na":                                  {"1 ABC090 warning", "2 ABC001 error"},
		"# yingzao:ignore 有理由 why\na":                                     {"1 ABC090 warning", "2 ABC001 error"},
		"# yingzao:ignored ABC001 why\na":                                 {"2 ABC001 error"},
		"# yingzao:ignore ABC090 why\n# yingzao:ignore ABC001\na":         {"1 ABC090 warning", "2 ABC090 warning", "3 ABC001 error"}, // nobody ignores that
	} {
		var got []string
		for _, f := range check(t, src) {
			if f.File != "x.txt" || f.Message.EN == "" || f.Message.ZH == "" || f.Message.EN == "again" {
				t.Errorf("%+v", f)
			}
			got = append(got, fmt.Sprintf("%d %s %s", f.Line, f.Code, f.Severity))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: got %v, want %v", src, got, want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if out, err := letters().Check(ctx, "x.txt", letterFile{"a"}); !errors.Is(err, context.Canceled) || out != nil || !strings.HasPrefix(msg.In(err, msg.Chinese), "检查 x.txt：") {
		t.Errorf("%v %v", out, err)
	}
}

func TestSeverity(t *testing.T) {
	for _, c := range []struct {
		s, other Severity
		want     bool
	}{{Error, Warning, true}, {Warning, Warning, true}, {Note, Warning, false}, {Error, "", false}} {
		if c.s.AtLeast(c.other) != c.want {
			t.Errorf("%s at least %s", c.s, c.other)
		}
	}
}

func TestTable(t *testing.T) {
	if got := letters()[:1].Table(msg.English); got != "| Code | Severity | What is wrong | What to do |\n|---|---|---|---|\n| ABC001 | error | a | Take it out. |\n" {
		t.Error(got)
	}
	if got := letters()[:1].Table(msg.Chinese); !strings.HasSuffix(got, "| ABC001 | 错误 | 有 a | 删除它。 |\n") {
		t.Error(got)
	}
}
