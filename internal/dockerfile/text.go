package dockerfile

import (
	"sort"
	"strings"
	"unicode"
)

// Text is text put together from lines of the file, each of whose bytes knows its
// line. The zero Text is empty.
type Text struct {
	s    string
	base int     // where s begins in the text that at is about
	at   []joint // ascending
}

// joint says that what follows an offset stands on a line.
type joint struct{ offset, line int }

// String returns the text.
func (t Text) String() string { return t.s }

// Line returns the line of the byte at an offset; of the last one for an offset
// behind the end, 0 for the zero Text.
func (t Text) Line(offset int) int {
	offset = min(max(offset, 0), len(t.s)) + t.base
	i := sort.Search(len(t.at), func(i int) bool { return t.at[i].offset > offset })
	if i == 0 {
		return 0
	}
	return t.at[i-1].line
}

// Spread returns the text with a backslash and a line end wherever the file has a
// line end in it, for readers that count lines themselves.
func (t Text) Spread() string {
	var b strings.Builder
	done, line := 0, t.Line(0)
	for _, j := range t.joints() {
		if j.line <= line || j.offset >= len(t.s) {
			continue
		}
		b.WriteString(t.s[done:j.offset])
		b.WriteString(strings.Repeat("\\\n", j.line-line))
		done, line = j.offset, j.line
	}
	return b.String() + t.s[done:]
}

func (t Text) slice(from, to int) Text {
	return Text{s: t.s[from:to], base: t.base + from, at: t.at}
}

// trim takes the blanks off both ends.
func (t Text) trim() Text {
	left := len(t.s) - len(strings.TrimLeftFunc(t.s, unicode.IsSpace))
	return t.slice(left, left+len(strings.TrimSpace(t.s)))
}

// joints are those of t alone, by offsets in t.
func (t Text) joints() []joint {
	out := []joint{{0, t.Line(0)}}
	for _, j := range t.at {
		if o := j.offset - t.base; o > 0 && o <= len(t.s) {
			out = append(out, joint{o, j.line})
		}
	}
	return out
}

// joiner puts texts together.
type joiner struct {
	b  strings.Builder
	at []joint
}

// line adds text that stands on one line.
func (j *joiner) line(s string, line int) {
	j.at = append(j.at, joint{j.b.Len(), line})
	j.b.WriteString(s)
}

// lines adds text with the line ends it has.
func (j *joiner) lines(s string, line int) {
	for l := range strings.Lines(s) {
		j.line(l, line)
		line++
	}
}

func (j *joiner) text() Text { return Text{s: j.b.String(), at: j.at} }
