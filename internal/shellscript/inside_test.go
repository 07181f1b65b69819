package shellscript

import (
	"slices"
	"strings"
	"testing"

	"mvdan.cc/sh/v3/syntax"
)

func TestSubstitutions(t *testing.T) {
	for src, want := range map[string][]string{
		"echo a '$(b)'":                    nil,
		"echo $(a; b $(c)) `d` \"x $(e)\"": {"a", "b", "d", "e"}, // c is for who visits b
		"diff <(a) ${X:-$(b)} > >(c)":      {"a", "b", "c"},
	} {
		f := Parse(src)
		if f == nil {
			t.Fatal(src)
		}
		var got []string
		Substitutions(f, func(list []*syntax.Stmt) {
			for _, s := range list {
				got = append(got, s.Cmd.(*syntax.CallExpr).Args[0].Lit())
			}
		})
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", src, got, want)
		}
	}
}

func TestArgument(t *testing.T) {
	for args, want := range map[string]string{"": "", "-c": "", "-c a": "a", "-euxc a -c b": "a", "a.sh": "", "--norc a": "", "-e a.sh": "", "root -c a": "a"} {
		if got := Argument(strings.Fields(args)); got != want {
			t.Errorf("%s: %q, want %q", args, got, want)
		}
	}
}
