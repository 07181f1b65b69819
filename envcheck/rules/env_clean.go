package rules

import (
	"bytes"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/lazyre"
)

// encodingNotes are about bytes, the others about how a line is written.
var encodingNotes = []goenv.NoteKind{goenv.NoteUTF16LE, goenv.NoteUTF16BE, goenv.NoteBOM, goenv.NoteCRLF, goenv.NoteBinary, goenv.NoteUTF8, goenv.NoteOversize}

// formNotes are the notes about how lines are written. Duplicates have a rule of
// their own, and so has white space around a value that a grammar looks at.
func formNotes(f *goenv.File) []goenv.Note {
	return slices.DeleteFunc(f.Notes(), func(n goenv.Note) bool {
		return slices.Contains(encodingNotes, n.Kind) || n.Kind == goenv.NoteDuplicate || n.Kind == goenv.NoteMore ||
			n.Kind == goenv.NoteSpace && spaceJudged[n.Key] || n.Kind == goenv.NoteQuotes && takesQuotes(n.Key)
	})
}

// spaceJudged are the settings whose own rules name white space around a value,
// and those where it does nothing.
var spaceJudged = map[string]bool{"GOPRIVATE": true, "GONOPROXY": true, "GONOSUMDB": true, "GOINSECURE": true, "GOSUMDB": true,
	"GOPROXY": true, "GOFLAGS": true, "GOVCS": true}

// takesQuotes reports whether quotes mean something in a setting: it is a list of
// words for a command.
func takesQuotes(key string) bool {
	return key == "GOFLAGS" || key == "CC" || key == "CXX" || strings.HasPrefix(key, "CGO_")
}

// cleaning is the env file as it was meant.
type cleaning struct {
	data []byte       // nil = the file is not one of settings: a person has to look
	left map[int]bool // lines that still need a person
	safe bool         // it only mends values that are taken today, and makes none laxer
}

// cleanEnvFile decodes the file and normalises the lines whose intention is
// clear. Both rules about the form of the file write the same content, so that
// neither undoes the other.
func cleanEnvFile(v *envcheck.View) cleaning {
	data, _ := goenv.Decode(v.EnvFile.Data)
	data = carriageReturns.Re().ReplaceAll(data, nil)
	c := cleaning{left: map[int]bool{}, safe: true}
	notes := goenv.ParseFile(data).Notes()
	if int64(len(v.EnvFile.Data)) < v.EnvFile.Size || bytes.IndexByte(data, 0) >= 0 || !utf8.Valid(data) || len(notes) >= goenv.MaxNotes {
		return c // we have not seen all of it, or it is something else
	}
	for _, n := range v.EnvText.Notes() {
		if n.Ignored || n.Kind == goenv.NoteKeySpace || laxer[n.Key] {
			c.safe = false
		}
	}
	for _, a := range v.EnvText.Assignments() {
		if laxer[a.Key] && strings.HasSuffix(a.Value, "\r") {
			c.safe = false
		}
	}
	text := goenv.ParseFile(data)
	lines := text.Lines()
	for _, n := range formNotes(text) {
		if n.Line < 1 || n.Line > len(lines) {
			continue
		}
		if l, ok := cleanLine(lines[n.Line-1], v); ok {
			lines[n.Line-1] = l
		} else {
			c.left[n.Line] = true
		}
	}
	if c.data = []byte(strings.Join(lines, "\n") + "\n"); len(lines) == 0 {
		c.data = []byte{}
	}
	return c
}

// carriageReturns are those that Decode leaves: doubled ones, and one at the end
// of a file without a line feed.
var carriageReturns = lazyre.New(`(?m)\r+$`)

// laxer are settings that can make a build less secure once they take effect.
var laxer = map[string]bool{"GOSUMDB": true, "GONOSUMDB": true, "GOINSECURE": true, "GOFLAGS": true, "GOVCS": true, "GOAUTH": true}

// cleanLine writes a line as go env -w would; ok is false when only a person can
// tell what was meant.
func cleanLine(line string, v *envcheck.View) (clean string, ok bool) {
	name, value, isSetting := strings.Cut(strings.TrimSpace(line), "=")
	if !isSetting {
		return line, false
	}
	words := strings.Fields(name)
	if len(words) == 0 {
		return line, false
	}
	key := strings.Trim(words[len(words)-1], `"'`)
	if len(key) > 5 && strings.EqualFold(key[:5], "$env:") {
		key = key[5:]
	}
	if key = strings.ToUpper(key); !goenv.Known(key) || len(words) > 2 {
		return line, false
	}
	value = strings.TrimSpace(value)
	if q := value; q != "" && (q[0] == '"' || q[0] == '\'') {
		end := strings.IndexByte(q[1:], q[0])
		rest := ""
		if end >= 0 {
			rest = strings.TrimSpace(q[end+2:])
		}
		switch {
		case takesQuotes(key) || end < 0 || rest != "" && rest[0] != '#':
			return line, false
		}
		value = q[1 : end+1]
	} else if i := strings.Index(strings.ReplaceAll(value, "\t#", " #"), " #"); i >= 0 {
		value = strings.TrimSpace(value[:i])
	}
	for _, home := range []string{"$HOME", "${HOME}", "~"} {
		if rest, found := strings.CutPrefix(value, home); found && v.Home != "" && (rest == "" || rest[0] == '/') {
			value = path.Join(v.Home, rest)
		}
	}
	if notes := formNotes(goenv.ParseFile([]byte(key + "=" + value + "\n"))); len(notes) > 0 {
		return line, false
	}
	return key + "=" + value, true
}

// fix is the remedy for one line; 0 stands for the file.
func (c cleaning) fix(line int) *envcheck.Fix {
	if c.data == nil || c.left[line] {
		return nil
	}
	return &envcheck.Fix{Changes: []envcheck.Change{{Kind: envcheck.Rewrite, Data: c.data}}, Safe: c.safe}
}

func envFilePlace(v *envcheck.View, line int) envcheck.Place {
	return envcheck.Place{Origin: string(goenv.FromFile), File: v.EnvFile.Path, Line: line}
}
