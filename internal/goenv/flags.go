package goenv

import (
	"fmt"
	"strings"
)

// Flag is one word of GOFLAGS.
type Flag struct {
	Raw    string // without the quotes around it
	Name   string // "mod" of -mod=vendor and --mod=vendor
	Value  string
	HasEq  bool // a value was given after "="
	Quoted bool // the whole word stood in quotes
}

// FlagError says why the go command refuses GOFLAGS. Its text is the go
// command's, less the prefix "go: parsing $GOFLAGS: ".
type FlagError struct {
	Word    string // the word that is no flag, or the name that is unknown; "" where a quote is open
	Unknown bool   // the word is a flag, but of no command
	text    string
}

func (e *FlagError) Error() string { return e.text }

// ParseFlags splits GOFLAGS as the go command does: at white space, with ' or "
// around whole words, nothing escaped. The error is a [*FlagError], the first
// that the go command would see if it knew every flag; the flags are returned
// all the same. Whether a flag is known is for [CheckFlags].
func ParseFlags(value string) ([]Flag, error) {
	list, err := words(value)
	var out []Flag
	var first error
	if err != nil {
		first = &FlagError{text: err.Error()} // quotes are looked at before anything else
	}
	for _, w := range list {
		if f, ok := parseFlag(w); ok {
			out = append(out, f)
		} else if first == nil {
			first = &FlagError{Word: w.text, text: fmt.Sprintf("non-flag %q", w.text)}
		}
	}
	return out, first
}

func parseFlag(w word) (Flag, bool) {
	name, ok := strings.CutPrefix(w.text, "-")
	name = strings.TrimPrefix(name, "-")
	if !ok || name == "" || name[0] == '-' || name[0] == '=' {
		return Flag{}, false
	}
	f := Flag{Raw: w.text, Quoted: w.quoted}
	f.Name, f.Value, f.HasEq = strings.Cut(name, "=")
	return f, true
}

// CheckFlags returns why every go command but "go env" and "go bug" refuses
// GOFLAGS, a [*FlagError]; nil = it is accepted. A flag that is known, but not to
// the command that runs, is ignored by that command.
func CheckFlags(value string) error {
	list, err := words(value)
	if err != nil {
		return &FlagError{text: err.Error()}
	}
	for _, w := range list {
		f, ok := parseFlag(w)
		if !ok {
			return &FlagError{Word: w.text, text: fmt.Sprintf("non-flag %q", w.text)}
		}
		if !knownFlag[f.Name] {
			return &FlagError{Word: f.Name, Unknown: true, text: "unknown flag -" + f.Name}
		}
	}
	return nil
}

// FlagTrapKind says what is probably not meant in a GOFLAGS that is accepted.
type FlagTrapKind string

const (
	// FlagDetached is a word behind an unquoted -ldflags=… (or gcflags, asmflags,
	// gccgoflags) that "go build" and "go test" do not know: it belonged to the
	// list, and is dropped without a word where some other command knows it.
	FlagDetached FlagTrapKind = "detached"
	// FlagNeedsValue is -mod and the like without "=": every command that knows
	// the flag prints its usage and fails.
	FlagNeedsValue FlagTrapKind = "needs-value"
)

// FlagTrap is one such word.
type FlagTrap struct {
	Kind FlagTrapKind
	Flag Flag
	Of   Flag // of FlagDetached: the flag that it belonged to
}

// FlagTraps returns the traps in their order.
func FlagTraps(flags []Flag) []FlagTrap {
	var out []FlagTrap
	var list *Flag // the unquoted list that is being scattered
	for i, f := range flags {
		switch {
		case list != nil && !buildFlag[f.Name] && !buildValueFlag[f.Name] && !testFlag[f.Name]:
			out = append(out, FlagTrap{Kind: FlagDetached, Flag: f, Of: *list})
			continue
		case buildValueFlag[f.Name] && !f.HasEq:
			out = append(out, FlagTrap{Kind: FlagNeedsValue, Flag: f})
		}
		list = nil
		if toolFlags[f.Name] && !f.Quoted && f.Value != "" {
			list = &flags[i]
		}
	}
	return out
}
