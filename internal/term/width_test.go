package term

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestWidth(t *testing.T) {
	for s, want := range map[string]int{
		"":              0,
		"linux/amd64":   11,
		"构建":            4,
		"构建 ok":         7,
		"…·°":           3, // ambiguous characters are narrow
		"e\u0301":       1, // a combining accent
		"ｱｲ":            2, // half-width forms
		"Ａ":             2, // full-width forms
		"麒麟（Kylin V10）": 17,
	} {
		if got := Width(s); got != want {
			t.Errorf("Width(%q) = %d, want %d", s, got, want)
		}
	}
}

// The locale must not change what we print: two hosts, one output.
func TestWidthIgnoresTheLocale(t *testing.T) {
	t.Setenv("LC_ALL", "zh_CN.GBK")
	t.Setenv("RUNEWIDTH_EASTASIAN", "1")
	if got := Width("…"); got != 1 {
		t.Errorf("Width = %d under a Chinese locale", got)
	}
}

func TestPadAndTruncate(t *testing.T) {
	for _, tc := range []struct {
		s                   string
		width               int
		pad, left, truncate string
	}{
		{"", 3, "   ", "   ", ""},
		{"abc", 5, "abc  ", "  abc", "abc"},
		{"abcdef", 5, "abcdef", "abcdef", "abc.."},
		{"构建", 6, "构建  ", "  构建", "构建"},
		{"构建目标", 6, "构建目标", "构建目标", "构建.."},
		{"构建目标", 5, "构建目标", "构建目标", "构.."}, // 构 takes 2 of the 3 free columns
		{"构建目标", 2, "构建目标", "构建目标", ".."},
		{"构建目标", 1, "构建目标", "构建目标", "."},
		{"构建目标", 0, "构建目标", "构建目标", ""},
		{"构建目标", -4, "构建目标", "构建目标", ""},
	} {
		if got := Pad(tc.s, tc.width); got != tc.pad {
			t.Errorf("Pad(%q, %d) = %q, want %q", tc.s, tc.width, got, tc.pad)
		}
		if got := PadLeft(tc.s, tc.width); got != tc.left {
			t.Errorf("PadLeft(%q, %d) = %q, want %q", tc.s, tc.width, got, tc.left)
		}
		if got := Truncate(tc.s, tc.width); got != tc.truncate {
			t.Errorf("Truncate(%q, %d) = %q, want %q", tc.s, tc.width, got, tc.truncate)
		}
	}
}

func TestClean(t *testing.T) {
	for s, want := range map[string]string{
		"构建 ok":                                 "构建 ok",
		"\x1b[31mred\x1b[0m":                    "red",
		"\x1b[2J\x1b[1;1Hgone":                  "gone",
		"\x1b]0;title\x07text":                  "text",
		"\x1b]8;;http://x\x1b\\l\x1b]8;;\x1b\\": "l",
		"\x1bcreset":                            "reset",
		"a\tb":                                  "a    b",
		"a\r\nb":                                "a  b",
		"\u009b31mC1":                           " 31mC1",
		"abc\u202Efdp.exe":                      "abc fdp.exe",
		"bad \xff utf8":                         "bad \ufffd utf8",
		"cut \x1b":                              "cut ",
		"cut \x1b[":                             "cut [",
	} {
		if got := Clean(s); got != want {
			t.Errorf("Clean(%q) = %q, want %q", s, got, want)
		}
	}
}

func FuzzCleanAndTruncate(f *testing.F) {
	f.Add("构建\x1b[31m目标\n", 5)
	f.Add("\x1b]0;x", 3)
	f.Add("e\u0301👩‍👩‍👧", 4)
	f.Fuzz(func(t *testing.T, s string, width int) {
		c := Clean(s)
		if !utf8.ValidString(c) || strings.ContainsFunc(c, unprintable) {
			t.Errorf("Clean(%q) = %q", s, c)
		}
		if again := Clean(c); again != c {
			t.Errorf("Clean is not stable on %q: %q", s, again)
		}
		if got := Width(Truncate(c, width)); got > max(0, width) {
			t.Errorf("Truncate(%q, %d) takes %d", c, width, got)
		}
	})
}
