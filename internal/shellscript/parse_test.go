package shellscript

import (
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		name, src string
		want      bool
	}{
		{"a script", "set -eu\ngo build ./... && echo done\n", true},
		{"nothing", "", true},
		{"bash", "if [[ $a == b* ]]; then echo ${a//x/y}; fi", true},
		{"many commands", strings.Repeat("echo a\n", 3000), true},
		{"no script", "if then fi (", false},
		{"what makes the parser panic", "export A=$B(0", false},
		{"too long", strings.Repeat("#", MaxSize+1), false},
		{"too deep", strings.Repeat("(", MaxDepth+1), false},
		{"a chain without end", "a" + strings.Repeat("&&a", maxLinks+1), false},
	} {
		if got := Parse(c.src) != nil; got != c.want {
			t.Errorf("%s: parsed %v, want %v", c.name, got, c.want)
		}
	}
}

func TestWord(t *testing.T) {
	if w := Word("a${b:-c}/$d"); w == nil || len(w.Parts) < 3 {
		t.Errorf("%v", w)
	}
	if Word("${") != nil {
		t.Error("half a variable is one")
	}
}

func FuzzParse(f *testing.F) {
	f.Add("export A=$B(0")
	f.Add("a <<E\nb\nE\n")
	f.Fuzz(func(_ *testing.T, s string) {
		Parse(s)
		Word(s)
	})
}
