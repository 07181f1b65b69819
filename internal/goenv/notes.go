package goenv

import (
	"strings"
	"unicode/utf8"
)

// NoteKind is something about an env file that is probably not meant.
type NoteKind string

// The kinds. "Ignored" means that the go command takes nothing from the line, as
// Note.Ignored says too; the other lines count with the value as it stands.
const (
	NoteOversize  NoteKind = "oversize"   // more than [OversizeBytes]
	NoteUTF16LE   NoteKind = "utf-16le"   // PowerShell's ">": the whole file is ignored
	NoteUTF16BE   NoteKind = "utf-16be"   // the same
	NoteBinary    NoteKind = "binary"     // a NUL byte; nothing behind it is noted
	NoteBOM       NoteKind = "bom"        // the first line is ignored
	NoteCRLF      NoteKind = "crlf"       // values end in \r, which GOPRIVATE and GOSUMDB keep
	NoteUTF8      NoteKind = "utf-8"      // a value that is no UTF-8
	NoteShell     NoteKind = "shell"      // export KEY=, set KEY=, $env:KEY=: ignored
	NoteIndent    NoteKind = "indent"     // white space before the key: ignored
	NoteKeySpace  NoteKind = "key-space"  // KEY = value: sets a key with a space in its name
	NoteSpace     NoteKind = "space"      // a value that begins or ends with white space
	NoteQuotes    NoteKind = "quotes"     // KEY="value": the quotes are part of the value
	NoteVariable  NoteKind = "variable"   // $HOME, ${HOME}, %USERPROFILE%, ~/: not expanded
	NoteComment   NoteKind = "comment"    // value # comment: part of the value
	NoteDuplicate NoteKind = "duplicate"  // a line of a known key, shadowed by a later one
	NoteLower     NoteKind = "lower-case" // goproxy=: ignored
	NoteNoLine    NoteKind = "no-line"    // anything else that is no setting and no comment: ignored
	NoteMore      NoteKind = "more"       // there are more notes than [MaxNotes]; the last of the list
)

const (
	// OversizeBytes is the size above which a file cannot be meant; real ones hold
	// a few hundred bytes.
	OversizeBytes = 1 << 20
	// MaxNotes is how many notes a file gets.
	MaxNotes = 100
)

// Note is one finding about an env file.
type Note struct {
	Kind    NoteKind
	Line    int    // from 1: the first line that is meant; 0 = the file
	Key     string // the setting that was meant, as far as it is known; "" = none
	Count   int    // how many lines are meant, of CRLF; else 1
	Ignored bool   // the go command takes nothing from the line (or file)
}

// Notes reads the file for what is probably not meant, in the order of lines.
// They are about form alone; values are for the readers of each setting.
func (f *File) Notes() []Note {
	var n notes
	if len(f.text) > OversizeBytes {
		n.add(Note{Kind: NoteOversize})
	}
	if kind := utf16Kind(f.text); kind != "" {
		n.add(Note{Kind: kind, Ignored: true})
		return n.list
	}
	crlf := -1
	for no, line := range f.lines() {
		if n.full() {
			break
		}
		if strings.IndexByte(line, 0) >= 0 {
			n.add(Note{Kind: NoteBinary, Line: no})
			break
		}
		line = strings.TrimSuffix(line, "\n")
		if strings.HasSuffix(line, "\r") {
			line = line[:len(line)-1]
			if crlf < 0 {
				crlf = len(n.list)
				n.add(Note{Kind: NoteCRLF, Line: no})
			} else {
				n.list[crlf].Count++
			}
		}
		if no == 1 && strings.HasPrefix(line, bom) {
			line = line[len(bom):]
			key, _, _ := strings.Cut(line, "=")
			n.add(Note{Kind: NoteBOM, Line: no, Key: knownIn(key), Ignored: true})
			continue
		}
		if key, value, ok := split(line); ok {
			n.assignment(f, no, key, value)
		} else {
			n.noLine(no, line)
		}
	}
	return n.list
}

type notes struct{ list []Note }

func (n *notes) full() bool { return len(n.list) > MaxNotes }

func (n *notes) add(note Note) {
	if note.Count = 1; len(n.list) == MaxNotes {
		note = Note{Kind: NoteMore, Line: note.Line, Count: 1}
	}
	if !n.full() {
		n.list = append(n.list, note)
	}
}

func (n *notes) assignment(f *File, no int, key, value string) {
	name := strings.TrimRight(key, " \t")
	add := func(kind NoteKind, when bool) {
		if when {
			n.add(Note{Kind: kind, Line: no, Key: name})
		}
	}
	trimmed := strings.TrimSpace(value)
	add(NoteKeySpace, name != key)
	add(NoteSpace, trimmed != value && name == key)
	add(NoteUTF8, !utf8.ValidString(value))
	add(NoteQuotes, quotedWhole(trimmed))
	add(NoteVariable, hasVariable(trimmed))
	add(NoteComment, strings.Contains(value, " #") || strings.Contains(value, "\t#"))
	last, known := f.last[key]
	add(NoteDuplicate, known && last.Line != no)
}

func (n *notes) noLine(no int, line string) {
	trimmed := strings.TrimLeft(line, " \t\v\f")
	if trimmed == "" || trimmed[0] == '#' {
		return
	}
	note := Note{Kind: NoteNoLine, Line: no, Ignored: true}
	if key, _, ok := strings.Cut(trimmed, "="); ok && key != "" {
		note.Key = knownIn(key)
		switch word, rest, _ := strings.Cut(key, " "); {
		case strings.HasPrefix(strings.ToLower(key), "$env:"):
			note.Kind, note.Key = NoteShell, knownIn(key[len("$env:"):])
		case rest != "" && shellWords[strings.ToLower(word)]:
			note.Kind, note.Key = NoteShell, knownIn(strings.TrimLeft(rest, ` "'`))
		case key[0] >= 'A' && key[0] <= 'Z':
			note.Kind = NoteIndent
		case note.Key != "":
			note.Kind = NoteLower
		}
	}
	n.add(note)
}

var shellWords = set("export set setx setenv declare local")

// knownIn returns the setting that a text names in any case; "" = none.
func knownIn(text string) string {
	if key := strings.ToUpper(strings.TrimSpace(text)); KnownProcess(key) {
		return key
	}
	return ""
}

func quotedWhole(v string) bool {
	return len(v) >= 2 && (v[0] == '"' || v[0] == '\'') && v[len(v)-1] == v[0] && strings.IndexByte(v[1:], v[0]) == len(v)-2
}

func hasVariable(v string) bool {
	if strings.HasPrefix(v, "~/") || v == "~" {
		return true
	}
	for rest := v; ; {
		i := strings.IndexAny(rest, "$%")
		if i < 0 || i+1 >= len(rest) {
			return false
		}
		c := rest[i+1]
		letter := c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z'
		switch {
		case rest[i] == '$' && (letter || c == '{' || c == '('):
			return true
		case rest[i] == '%' && letter: // %NAME%, but not the %41 of a URL
			if end := strings.IndexByte(rest[i+1:], '%'); end > 2 && strings.Trim(strings.Trim(rest[i+1:i+1+end], "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_()"), "0123456789") == "" {
				return true
			}
		}
		rest = rest[i+1:]
	}
}
