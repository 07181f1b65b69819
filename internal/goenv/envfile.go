package goenv

import (
	"bytes"
	"slices"
	"strings"
)

// Assignment is one line of an env file that the go command takes.
type Assignment struct {
	Key   string
	Value string // as it stands: not trimmed, not unquoted, \r included
	Line  int    // from 1
}

// File is an env file: the lines as they are, so that a change touches nothing
// else.
type File struct{ lines []string }

// ParseFile reads an env file the way the go command does: a line counts when
// it begins with a letter from A to Z and contains "="; every other line is
// ignored without a word. It never fails.
func ParseFile(data []byte) *File {
	if len(data) == 0 {
		return &File{}
	}
	return &File{lines: strings.SplitAfter(string(bytes.TrimSuffix(data, []byte("\n"))), "\n")}
}

// Lines returns the text of all lines without their "\n".
func (f *File) Lines() []string {
	out := make([]string, len(f.lines))
	for i, l := range f.lines {
		out[i] = strings.TrimSuffix(l, "\n")
	}
	return out
}

// Assignments returns the lines that count, in their order. Of equal keys the
// last one is in force.
func (f *File) Assignments() []Assignment {
	var out []Assignment
	for i, l := range f.Lines() {
		if key, value, ok := split(l); ok {
			out = append(out, Assignment{Key: key, Value: value, Line: i + 1})
		}
	}
	return out
}

// Get returns the assignment in force.
func (f *File) Get(key string) (Assignment, bool) {
	all := f.Assignments()
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Key == key {
			return all[i], true
		}
	}
	return Assignment{}, false
}

func split(line string) (key, value string, ok bool) {
	if line == "" || line[0] < 'A' || line[0] > 'Z' {
		return "", "", false
	}
	return strings.Cut(line, "=")
}

// Set gives key one value: the line in force is changed, other lines of the same
// key go, and a new key is added at the end. The value must hold no line break.
func (f *File) Set(key, value string) {
	kept, at := f.without(key)
	if at < 0 {
		at = len(kept)
	}
	f.lines = slices.Insert(kept, at, key+"="+value+"\n")
}

// Unset removes every line of key.
func (f *File) Unset(key string) { f.lines, _ = f.without(key) }

// without returns the lines that are not of key, and where among them the last
// of key's lines stood; -1 when there was none.
func (f *File) without(key string) (kept []string, at int) {
	at = -1
	for _, l := range f.lines {
		if k, _, ok := split(strings.TrimSuffix(l, "\n")); ok && k == key {
			at = len(kept)
			continue
		}
		kept = append(kept, l)
	}
	return kept, at
}

// Bytes returns the file, each line ended by "\n".
func (f *File) Bytes() []byte {
	var b bytes.Buffer
	for _, l := range f.lines {
		b.WriteString(strings.TrimSuffix(l, "\n"))
		b.WriteByte('\n')
	}
	return b.Bytes()
}
