package gosdk

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

const goEnv = "go.env"

// officialGoEnv are the sums of the go.env files that releases came with, newest
// first. One text served go1.21.0, 1.22.12, 1.24.13, 1.25.13 and 1.26.8 (measured
// from their modules). A sum, because the text names a host that is not ours to
// write down.
var officialGoEnv = []string{"98fcab78e155e9fa0c36b18874add30724d04c2452078117c78618107ebfbc9e"}

// officialValues are the assignments in that text: a value, or the sum of one.
// All texts so far agree on them.
var officialValues = []struct{ name, value, sum string }{
	{name: "GOPROXY", sum: "6b92323c3a3f154c0a30cc602002b87ff41486d6cba571162e1bae16d7761997"},
	{name: "GOSUMDB", value: "sum.golang.org"},
	{name: "GOTOOLCHAIN", value: "auto"},
}

// GoEnvChange is one assignment of go.env that is not as released.
type GoEnvChange struct {
	Name string `json:"name"`
	// Value is what the tree says; "" when the assignment is gone, or when it is
	// of a name that the official file does not assign: such values may be
	// secrets. User names, passwords and queries in URLs are masked.
	Value string `json:"value,omitempty"`
	// Official is the released value; "" where there is none or where it is the
	// default module proxy, which is not spelled out.
	Official string `json:"official,omitempty"`
	Removed  bool   `json:"removed,omitempty"` // official, but not in the tree
	Added    bool   `json:"added,omitempty"`   // in the tree, but not official
}

// String says the change in English, as in "GOTOOLCHAIN=local instead of auto".
func (c GoEnvChange) String() string { return c.Text().EN }

// Text says the change in both languages.
func (c GoEnvChange) Text() msg.Text {
	official := msg.Text{EN: c.Official, ZH: c.Official}
	if c.Official == "" {
		official = msg.Text{EN: "Go's default", ZH: "Go 的默认值"}
	}
	switch {
	case c.Removed:
		return msg.Textf("no %s instead of %s", "缺少 %s（原为 %s）", c.Name, official)
	case c.Added:
		return msg.Textf("%s was added", "增加了 %s", printable(c.Name))
	}
	value := c.Value
	if strings.ContainsFunc(value, func(r rune) bool { return !unicode.IsPrint(r) }) {
		value = strconv.Quote(value) // a carriage return is what is wrong, then
	}
	return msg.Textf("%s=%s instead of %s", "%s=%s（原为 %s）", c.Name, value, official)
}

// withGoEnv returns files with the official go.env in place of what they have,
// one variant for each official text.
func withGoEnv(files []File) [][]File {
	var variants [][]File
	for _, text := range officialGoEnv {
		f := File{Name: goEnv}
		if n, err := hex.Decode(f.Sum[:], []byte(text)); err != nil || n != len(f.Sum) {
			continue
		}
		v := slices.DeleteFunc(slices.Clone(files), func(f File) bool { return f.Name == goEnv })
		v = append(v, f)
		slices.SortFunc(v, func(a, b File) int { return cmp.Compare(a.Name, b.Name) })
		variants = append(variants, v)
	}
	return variants
}

// goEnvChanges compares the text of a go.env with the official assignments. No
// text lacks all of them; nil means that only comments or order differ.
func goEnvChanges(text string) []GoEnvChange {
	have := assignments(text)
	var out []GoEnvChange
	for _, o := range officialValues {
		v, ok := have[o.name]
		delete(have, o.name)
		switch {
		case !ok:
			out = append(out, GoEnvChange{Name: o.name, Official: o.value, Removed: true})
		case o.sum == "" && v != o.value, o.sum != "" && sumOf(v) != o.sum:
			out = append(out, GoEnvChange{Name: o.name, Value: mask(v), Official: o.value})
		}
	}
	for name := range have {
		out = append(out, GoEnvChange{Name: name, Added: true})
	}
	slices.SortFunc(out, func(a, b GoEnvChange) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// readGoEnv gives the beginning of a go.env that was a regular file when the
// tree was read; "" when it is gone or unreadable.
func readGoEnv(fsys fs.FS) string {
	f, err := fsys.Open(goEnv)
	if err != nil {
		return ""
	}
	defer f.Close()
	b, _ := io.ReadAll(io.LimitReader(f, 1<<20))
	return string(b)
}

func sumOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// assignments reads an env file as the go command does: a line that begins with
// a capital letter and has an equals sign counts, as it is; the last one wins.
func assignments(text string) map[string]string {
	out := map[string]string{}
	for line := range strings.SplitSeq(text, "\n") {
		if name, value, ok := strings.Cut(line, "="); ok && name != "" && name[0] >= 'A' && name[0] <= 'Z' {
			out[name] = value
		}
	}
	return out
}

// mask hides what may be secret in a list of URLs, rather too much than too
// little: a password may hold any of the characters that separate things.
func mask(list string) string {
	if at := strings.LastIndexByte(list, '@'); at >= 0 {
		start := 0
		if scheme := strings.Index(list[:at], "://"); scheme >= 0 {
			start = scheme + len("://")
		}
		list = list[:start] + "***" + list[at:]
	}
	if q := strings.IndexAny(list, "?#"); q >= 0 {
		list = list[:q+1] + "***"
	}
	return list
}
