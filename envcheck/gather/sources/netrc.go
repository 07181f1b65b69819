package sources

import (
	"strings"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
)

var machineName = lazyre.New(`^[A-Za-z0-9._-]+(:[0-9]+)?$`)

// Netrc returns the machines of a netrc file, in their order, and whether it has
// a default entry. It reads pairs of words on a line as the go command does
// (cmd/go/internal/auth). Nothing else of the file gets out: what does not look
// like a host, or stands behind a password that is broken in two by a blank, is
// left out.
func Netrc(text string) (machines []string, hasDefault bool) {
	macro := false
	for line := range strings.Lines(text) {
		if macro {
			macro = strings.TrimSpace(line) != ""
			continue
		}
		f := strings.Fields(line)
		for i := 0; i < len(f); {
			switch word := f[i]; word {
			case "default":
				hasDefault = true
				i++
				continue
			case "machine":
				if i+1 < len(f) && machineName.Re().MatchString(f[i+1]) {
					machines = append(machines, f[i+1])
				}
			case "macdef":
				macro = true
			case "login", "account":
			case "password":
				if i+1 < len(f) && strings.ContainsAny(f[i+1][:1], `"'`) && !strings.HasSuffix(f[i+1][1:], f[i+1][:1]) {
					i = len(f)
				}
			default: // what a password left over
				i = len(f)
			}
			i += 2
		}
	}
	return machines, hasDefault
}
