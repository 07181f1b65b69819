package rules

import (
	"path"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
)

// shellsOf returns the shells that read a start file; nil = not known.
func shellsOf(file string) []string {
	base := path.Base(strings.ReplaceAll(file, `\`, "/"))
	switch {
	case strings.HasPrefix(base, ".bash") || base == "bash.bashrc" || base == "bashrc":
		return []string{"bash"}
	case slices.Contains([]string{".zshrc", ".zshenv", ".zprofile", ".zlogin", "zshrc", "zshenv", "zprofile"}, base):
		return []string{"zsh"}
	case strings.HasSuffix(base, ".fish"):
		return []string{"fish"}
	case base == ".profile":
		return []string{"sh", "bash", "dash", "ksh", "ash"}
	}
	return nil
}

// assignment finds a Go setting that a shell command sets.
var assignment = lazyre.New(`(?:^|[\s;&(])(?:export\s+|set\s+)?(GO[A-Z0-9]+)=`)

// piped returns the setting whose value a shell would cut at a pipe that stands
// in no quotes, and the value as it was meant; "" when there is none.
func piped(command string) (key, value string) {
	for _, at := range assignment.Re().FindAllStringSubmatchIndex(command, -1) {
		key = command[at[2]:at[3]]
		rest := command[at[1]:]
		var quote byte
		cut := false
	word:
		for i := 0; i < len(rest); i++ {
			switch c := rest[i]; {
			case quote != 0:
				if c == quote {
					quote = 0
				}
			case c == '\\':
				i++
			case c == '"' || c == '\'':
				quote = c
			case c == '|':
				// "a | b" is a pipe that somebody meant, "a|b" a value.
				if next := i + 1; i == 0 || next == len(rest) || strings.IndexByte("| \t&", rest[next]) >= 0 {
					break word
				}
				cut = true
			case strings.IndexByte(" \t;&)", c) >= 0:
				rest = rest[:i]
			}
		}
		if cut {
			return key, rest
		}
	}
	return "", ""
}
