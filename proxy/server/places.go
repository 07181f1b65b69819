package server

import (
	"cmp"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// withoutPlaces is what a client is told of an error: where the server keeps its
// files is not for everybody. The log has it all.
func (s *Server) withoutPlaces(text msg.Text, err error) msg.Text {
	all := places(err)
	if s.o.Cache != nil {
		all = append(all, s.o.Cache.Dir()) // an error may have been turned into words on its way
	}
	all = slices.DeleteFunc(all, func(p string) bool { return !filepath.IsAbs(p) || len(filepath.Clean(p)) < 2 })
	// The longer first: one may lie in another.
	slices.SortFunc(all, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	for _, p := range all {
		for _, half := range []*string{&text.EN, &text.ZH} {
			*half = without(*half, filepath.Clean(p))
		}
	}
	return text
}

// without leaves a path out of a text, and what it names below itself with "…"
// instead of it. The end of a longer word is not the path: that may be a module's.
func without(text, path string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, path)
		if !found {
			return b.String() + before
		}
		last, _ := utf8.DecodeLastRuneInString(before)
		next, _ := utf8.DecodeRuneInString(after)
		switch {
		case before != "" && inPath(last) || after != "" && inPath(next) && next != filepath.Separator:
			b.WriteString(before + path)
		case last == ' ' && next == ':':
			b.WriteString(strings.TrimSuffix(before, " "))
		default:
			b.WriteString(before + "…")
		}
		text = after
	}
}

// inPath reports whether a character goes on with a path or a module's name.
func inPath(r rune) bool {
	return r < utf8.RuneSelf && (r == filepath.Separator || strings.ContainsRune("/.-_~@", r) || unicode.IsLetter(r) || unicode.IsDigit(r))
}

// places are the paths that errors of the file system name.
func places(err error) []string {
	var out []string
	switch e := err.(type) {
	case *fs.PathError:
		out = append(out, e.Path)
	case *os.LinkError:
		out = append(out, e.Old, e.New)
	}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		out = append(out, places(e.Unwrap())...)
	case interface{ Unwrap() []error }:
		for _, in := range e.Unwrap() {
			out = append(out, places(in)...)
		}
	}
	return out
}
