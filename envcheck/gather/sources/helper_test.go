package sources

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// lines renders settings as "line KEY=value" or "line KEY=value <raw>".
func lines(r Result) []string {
	var out []string
	for _, s := range r.Settings {
		line := fmt.Sprintf("%d %s=%s", s.Place.Line, s.Key, s.Value)
		if s.Raw != "" {
			line += " <" + s.Raw + ">"
		}
		out = append(out, line)
	}
	return out
}

type parseCase struct {
	name string
	text string
	want []string
}

func parseAll(t *testing.T, kind Kind, cases []parseCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := lines(Parse(Source{Path: "f", Kind: kind, Data: []byte(c.text)}))
			if !slices.Equal(got, c.want) {
				t.Errorf("%s\ngot\n\t%s\nwant\n\t%s", c.text, strings.Join(got, "\n\t"), strings.Join(c.want, "\n\t"))
			}
		})
	}
}
