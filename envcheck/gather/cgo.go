package gather

import (
	"context"
	"runtime"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
)

// cgo finds the C compiler. Only where cgo is asked for and the target is not
// this machine it is asked whom it compiles for.
func (l *look) cgo(ctx context.Context) envcheck.Cgo {
	words := quoted(l.env.Lookup("CC").Value)
	goos, goarch := l.env.Lookup("GOOS").Value, l.env.Lookup("GOARCH").Value
	if len(words) == 0 {
		words = []string{"gcc"}
		switch runtime.GOOS {
		case "darwin", "ios", "freebsd", "openbsd":
			words[0] = "clang"
		}
	}
	c := envcheck.Cgo{CC: words[0], Path: l.which(words[0])}
	cross := goos != "" && goos != runtime.GOOS || goarch != "" && goarch != hardware()
	if c.Path == "" || !cross || l.env.Lookup("CGO_ENABLED").Value != "1" {
		return c
	}
	out, err := l.exec(ctx, "", l.Environ, append(append([]string{c.Path}, words[1:]...), "-dumpmachine")...)
	if err != nil {
		l.missing(c.CC+" -dumpmachine", err.Error())
		return c
	}
	c.Machine, _, _ = strings.Cut(strings.TrimSpace(string(out)), "\n")
	return c
}

// quoted splits CC as the go command does: at blanks, with quotes around whole
// words.
func quoted(s string) []string {
	var out []string
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		if q := s[0]; q == '\'' || q == '"' {
			if end := strings.IndexByte(s[1:], q); end >= 0 {
				out, s = append(out, s[1:1+end]), s[2+end:]
				continue
			}
		}
		word, rest, _ := strings.Cut(s, " ")
		out, s = append(out, word), rest
	}
	return out
}
