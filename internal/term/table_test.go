package term

import (
	"bytes"
	"strings"
	"testing"
)

func sample() Table {
	t := Table{Columns: []Column{{Title: "目标"}, {Title: "大小", Right: true}, {Title: "说明"}}}
	t.Add("linux/amd64", "1.23 MB", "静态")
	t.Add("linux/loong64-abi1.0", "12.3 MB", "旧世界 \x1b[31m红\x1b[0m")
	t.Add("linux/arm64")
	return t
}

func TestTableGolden(t *testing.T) {
	var b bytes.Buffer
	if err := sample().Write(&b); err != nil {
		t.Fatal(err)
	}
	want := strings.Join([]string{
		"目标                     大小  说明",
		"linux/amd64           1.23 MB  静态",
		"linux/loong64-abi1.0  12.3 MB  旧世界 红",
		"linux/arm64",
		"",
	}, "\n")
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}

func TestTableFitsATerminal(t *testing.T) {
	for _, limit := range []int{80, 40, 36, 28} {
		out := string(sample().render(limit))
		for line := range strings.Lines(out) {
			if got := Width(strings.TrimSuffix(line, "\n")); got > limit {
				t.Errorf("limit %d: %d columns: %q", limit, got, line)
			}
		}
		if cut := strings.Contains(out, ".."); cut != (limit < 40) {
			t.Errorf("limit %d: cut %v:\n%s", limit, cut, out)
		}
	}
	if out := string(sample().render(5)); !strings.Contains(out, "linux/..") {
		t.Errorf("a column was cut below its least width:\n%s", out)
	}
}

func TestTableEdges(t *testing.T) {
	for _, tc := range []struct {
		name string
		t    Table
		want string
	}{
		{"zero", Table{}, ""},
		{"header only", Table{Columns: []Column{{Title: "a"}}}, "a\n"},
		{"no header", Table{Columns: make([]Column, 2), Rows: [][]string{{"a", "b"}}}, "a  b\n"},
		{"too many cells", Table{Columns: make([]Column, 1), Rows: [][]string{{"a", "b"}}}, "a\n"},
		{"no columns", Table{Rows: [][]string{{"a"}}}, "\n"},
	} {
		if got := string(tc.t.render(20)); got != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, got, tc.want)
		}
	}
}
