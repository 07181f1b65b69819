package goenv

import (
	"iter"
	"slices"
	"strings"
)

// Assignment is one line of an env file that the go command takes.
type Assignment struct {
	Key   string
	Value string // as it stands: not trimmed, not unquoted, \r included
	Line  int    // from 1
}

// File is an env file: its text as it is, so that a change touches nothing else.
// The zero value is an empty file. A file of any size or content costs time in
// proportion to its size, and memory little more than its text.
type File struct {
	text string
	// The last line of each key that the go command knows. Other keys are searched
	// for: a file may hold millions of them.
	last map[string]Assignment
}

// ParseFile reads an env file the way the go command does: a line counts when
// it begins with a letter from A to Z and contains "="; every other line is
// ignored without a word (cmd/go/internal/cfg, readEnvFile). It never fails.
func ParseFile(data []byte) *File {
	f := &File{text: string(data)}
	f.index()
	return f
}

func (f *File) index() {
	f.last = make(map[string]Assignment)
	for a := range f.Each() {
		if Known(a.Key) {
			f.last[a.Key] = a
		}
	}
}

// lines yields each line with its "\n", if it has one, and its number from 1.
func (f *File) lines() iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		rest := f.text
		for n := 1; rest != ""; n++ {
			line := rest
			if i := strings.IndexByte(rest, '\n'); i >= 0 {
				line = rest[:i+1]
			}
			rest = rest[len(line):]
			if !yield(n, line) {
				return
			}
		}
	}
}

// Lines returns the text of all lines without their "\n".
func (f *File) Lines() []string {
	var out []string
	for _, l := range f.lines() {
		out = append(out, strings.TrimSuffix(l, "\n"))
	}
	return out
}

// Each yields the lines that count, in their order.
func (f *File) Each() iter.Seq[Assignment] {
	return func(yield func(Assignment) bool) {
		for n, l := range f.lines() {
			if key, value, ok := split(l); ok && !yield(Assignment{Key: key, Value: value, Line: n}) {
				return
			}
		}
	}
}

// Assignments returns the lines that count, in their order. Of equal keys the
// last one is in force in the user's file, and the first one in GOROOT/go.env.
func (f *File) Assignments() []Assignment { return slices.Collect(f.Each()) }

// Get returns the assignment in force in a user's file: the last one of the key.
func (f *File) Get(key string) (found Assignment, ok bool) {
	if Known(key) {
		found, ok = f.last[key]
		return found, ok
	}
	for a := range f.Each() {
		if a.Key == key {
			found, ok = a, true
		}
	}
	return found, ok
}

// split reads one line, with or without its "\n".
func split(line string) (key, value string, ok bool) {
	if line == "" || line[0] < 'A' || line[0] > 'Z' {
		return "", "", false
	}
	return strings.Cut(strings.TrimSuffix(line, "\n"), "=")
}

// Set gives key one value: the line in force is changed, other lines of the same
// key go, and a new key is added at the end. What the go command would refuse is
// written all the same; a value with a line break would be cut.
func (f *File) Set(key, value string) {
	line := key + "=" + value + "\n"
	in, ok := f.Get(key)
	f.rewrite(key, func(b *strings.Builder, n int) {
		if n == in.Line {
			b.WriteString(line)
		}
	})
	if !ok {
		f.text = ended(f.text) + line
		f.index()
	}
}

// Unset removes every line of key.
func (f *File) Unset(key string) { f.rewrite(key, func(*strings.Builder, int) {}) }

// rewrite replaces each line of key by what put writes for its number.
func (f *File) rewrite(key string, put func(b *strings.Builder, line int)) {
	var b strings.Builder
	for n, l := range f.lines() {
		if k, _, ok := split(l); ok && k == key {
			put(&b, n)
			continue
		}
		b.WriteString(l)
	}
	f.text = b.String()
	f.index()
}

// ended ends the last line of a text with "\n".
func ended(text string) string {
	if text == "" || strings.HasSuffix(text, "\n") {
		return text
	}
	return text + "\n"
}

// Bytes returns the file, its last line ended by "\n".
func (f *File) Bytes() []byte { return []byte(ended(f.text)) }
