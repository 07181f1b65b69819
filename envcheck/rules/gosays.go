package rules

import (
	"regexp"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Saying is something that the go command, or a program that Go built, says when
// it fails, and what it means.
type Saying struct {
	Pattern *regexp.Regexp // found within one line
	Codes   []string       // the rules that tell more, likeliest first
	Means   msg.Text       // in one or two sentences, with the remedy where no code has it
}

// Explained is one line of a log that we know.
type Explained struct {
	Line   int // from 1
	Text   string
	Saying Saying
}

// ExplainLog finds in a log what [Sayings] knows. Each line is explained once,
// by the first saying that fits; a saying that comes again with the same words
// is not repeated.
func ExplainLog(log string) []Explained {
	var out []Explained
	seen := map[string]bool{}
	n := 0
	for line := range strings.Lines(log) {
		n++
		line = strings.TrimSpace(line)
		if len(line) > 4096 || seen[line] {
			continue
		}
		for _, s := range Sayings() {
			if s.Pattern.MatchString(line) {
				seen[line] = true
				out = append(out, Explained{Line: n, Text: line, Saying: s})
				break
			}
		}
	}
	return out
}
