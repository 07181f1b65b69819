package goenv

import (
	"fmt"
	"strings"
)

// Flag is one word of GOFLAGS.
type Flag struct {
	Raw   string // without the quotes around it
	Name  string // "mod" of -mod=vendor and --mod=vendor
	Value string
	HasEq bool // a value was given after "="
}

// ParseFlags splits GOFLAGS as the go command does: at white space, with ' or "
// around whole words, nothing escaped. The error is in the go command's words
// (less the prefix "go: parsing $GOFLAGS: "). Whether a flag is known is not
// asked here; see [UnknownFlag].
func ParseFlags(value string) ([]Flag, error) {
	var out []Flag
	for s := strings.TrimLeft(value, " \t\r\n"); s != ""; s = strings.TrimLeft(s, " \t\r\n") {
		var word string
		if q := s[0]; q == '\'' || q == '"' {
			end := strings.IndexByte(s[1:], q)
			if end < 0 {
				return out, fmt.Errorf("unterminated %c string", q)
			}
			word, s = s[1:1+end], s[end+2:]
		} else if end := strings.IndexAny(s, " \t\r\n"); end >= 0 {
			word, s = s[:end], s[end:]
		} else {
			word, s = s, ""
		}
		name := strings.TrimPrefix(word, "-")
		if name == word || name == "" || name == "-" || strings.HasPrefix(name, "=") || strings.HasPrefix(name, "-=") {
			return out, fmt.Errorf("non-flag %q", word)
		}
		f := Flag{Raw: word}
		f.Name, f.Value, f.HasEq = strings.Cut(strings.TrimPrefix(name, "-"), "=")
		out = append(out, f)
	}
	return out, nil
}

// knownFlags are the flags that some command of Go 1.26 takes, and so may stand
// in GOFLAGS (go help build, test, get, list, mod, vet, generate, clean, env…).
const knownFlags = ` C a n p race msan asan cover covermode coverpkg v work x asmflags buildmode buildvcs compiler gccgoflags gcflags
 installsuffix json ldflags linkshared mod modcacherw modfile overlay pgo pkgdir tags trimpath toolexec
 args artifacts bench benchmem benchtime blockprofile blockprofilerate c count coverprofile cpu cpuprofile exec failfast fullpath fuzz fuzzcachedir fuzzminimizetime fuzztime
 list memprofile memprofilerate mutexprofile mutexprofilefraction o outputdir parallel run short shuffle skip timeout trace vet testlogfile vettool fix diff
 t u tool insecure d f m compiled deps e export find reuse retracted test versions
 go graph compat require droprequire dropgodebug godebug exclude dropexclude replace dropreplace retract dropretract ignore dropignore module use dropuse print fmt toolchain
 i r cache testcache modcache fuzzcache w changed all cmd u src unprefixed short http s why vendor S h `

// UnknownFlag returns the first flag that no go command knows, which makes every
// command but "go env" and "go bug" fail, or "" when all are known.
func UnknownFlag(flags []Flag) string {
	for _, f := range flags {
		if !strings.Contains(knownFlags, " "+f.Name+" ") && !strings.Contains(knownFlags, " "+f.Name+"\n") {
			return f.Name
		}
	}
	return ""
}
