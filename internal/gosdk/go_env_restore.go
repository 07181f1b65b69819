package gosdk

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
)

// goEnvURL is the address that the official text's comment mentions: the value of
// its GOPROXY begins with it.
var goEnvURL = lazyre.New(`https://[a-z0-9.]+`)

// RestoreGoEnv turns an edited go.env back into the official text: the official
// assignments get their values again, others are taken out, comments stay, and of a
// name that is assigned twice the first place counts. ok is
// false when that does not give an official text, because more was changed. What
// it returns is known by its sum and owes nothing to who edited the file.
func RestoreGoEnv(edited []byte) (official []byte, ok bool) {
	var out strings.Builder
	done := map[string]bool{}
	for line := range strings.Lines(string(edited)) {
		name, _, assigns := strings.Cut(strings.TrimRight(line, "\r\n"), "=")
		if !assigns || name == "" || name[0] < 'A' || name[0] > 'Z' {
			out.WriteString(line)
			continue
		}
		if value, known := officialValue(name, goEnvURL.Re(), string(edited)); known && !done[name] {
			done[name] = true
			out.WriteString(name + "=" + value + "\n")
		}
	}
	sum := sha256.Sum256([]byte(out.String()))
	return []byte(out.String()), slices.Contains(officialGoEnv, hex.EncodeToString(sum[:]))
}

// officialValue is what a name is assigned officially. The one value that is known
// by its sum alone is found with the address in the text's own comment.
func officialValue(name string, address *regexp.Regexp, text string) (value string, known bool) {
	for _, o := range officialValues {
		switch {
		case o.name != name:
			continue
		case o.sum == "":
			return o.value, true
		}
		for _, url := range address.FindAllString(text, -1) {
			if v := strings.TrimSuffix(url, ".") + ",direct"; sumOf(v) == o.sum {
				return v, true
			}
		}
	}
	return "", false
}
