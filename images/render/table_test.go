package render

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/images/matrix"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// The tables in the READMEs are the matrix's.
func TestReadmes(t *testing.T) {
	for name, lang := range map[string]msg.Lang{"../README.md": msg.English, "../README.zh-CN.md": msg.Chinese} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		text := string(data)
		for mark, want := range Tables(load(t), lang) {
			begin, end := "<!-- generated:"+mark+" -->\n", "<!-- /generated:"+mark+" -->"
			before, rest, ok1 := strings.Cut(text, begin)
			have, after, ok2 := strings.Cut(rest, end)
			if !ok1 || !ok2 {
				t.Fatalf("%s has no place for %s", name, mark)
			}
			if want = "\n" + want + "\n"; have != want && !*update {
				t.Errorf("%s: the table of %s is not the matrix's; go test ./images/render -update", name, mark)
			}
			text = before + begin + want + end + after
		}
		if *update {
			if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// The two READMEs have the same headings, by their marks, and the same commands.
func TestReadmesAgree(t *testing.T) {
	read := func(name string) (marks, commands []string) {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		code := false
		for line := range strings.Lines(string(data)) {
			switch {
			case strings.HasPrefix(line, "```"):
				code = !code
			case code:
				command, _, _ := strings.Cut(line, "#")
				commands = append(commands, strings.TrimSpace(command))
			case line[0] == '#':
				level, _, _ := strings.Cut(line, " ")
				_, mark, ok := strings.Cut(line, "<!-- ")
				if !ok {
					t.Errorf("%s: no mark: %s", name, line)
				}
				marks = append(marks, level+mark)
			}
		}
		return marks, commands
	}
	en, enCommands := read("../README.md")
	zh, zhCommands := read("../README.zh-CN.md")
	if !slices.Equal(en, zh) || len(en) < 8 {
		t.Errorf("headings:\n%q\n%q", en, zh)
	}
	if !slices.Equal(enCommands, zhCommands) {
		t.Errorf("commands:\n%q\n%q", enCommands, zhCommands)
	}
}

func TestTables(t *testing.T) {
	m := load(t)
	if err := m.Pin(matrix.Lock{Bases: map[string]map[string]string{"debian": {"arm64": "sha256:" + strings.Repeat("1", 64)}}}); err != nil {
		t.Fatal(err)
	}
	m.Bases[0].Verified, m.Bases[0].Evidence = "2026-11-21", "a | b"
	en, zh := Tables(m, msg.English), Tables(m, msg.Chinese)
	for _, c := range []struct{ text, want string }{
		{en["bases"], "| arm64 (pinned)"[2:]},
		{en["bases"], "| 2026-11-21 | a \\| b<br>"},
		{en["bases"], "loong64: `lcr.loongnix.cn/library/debian:trixie-slim`"},
		{en["bases"], "loong64-abi1.0"},
		{zh["bases"], "| 从未 |"},
		{en["holes"], "| `scratch` | builder | it has no package manager |"},
		{en["holes"], "| `anolis-8` | amd64, arm64 | "},
		{zh["holes"], "| `scratch` | builder | 没有包管理器 |"},
		{en["sdks"], "| 1.26.8 | linux/loong64 | `h1:MdGAtkF08epKfqqqfCt9zjJ/zOVrltUiWvYMimd890E=`<br>sha256 `64fb507c"},
	} {
		if !strings.Contains(c.text, c.want) {
			t.Errorf("no %q in\n%s", c.want, c.text)
		}
	}
}
