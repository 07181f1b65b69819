package sources

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
)

var goName = lazyre.New(`^go(1\.[0-9a-z.]+)?(\.exe)?$`)

// isGo reports whether a command name is the go command's, or a version of it.
func isGo(name string) bool { return goName.Re().MatchString(name) }

// goEnvW returns the words of "go env -w" that are settings.
func goEnvW(words []word) []word {
	args := texts(words)
	if i := slices.Index(args, "env"); i < 0 || !slices.Contains(args[i:], "-w") && !slices.Contains(args[i:], "--w") {
		return nil
	}
	return words[slices.Index(args, "env")+1:]
}

// pair splits K=V, whichever part is quoted.
func pair(w word) (key, value, raw string, ok bool) {
	key, value, ok = strings.Cut(w.text, "=")
	_, raw, _ = strings.Cut(w.raw, "=")
	if !ok || key == "" || strings.ContainsAny(key, " -/$") {
		return "", "", "", false
	}
	if strings.HasPrefix(w.raw, `"`) || strings.HasPrefix(w.raw, "'") {
		raw = w.raw
	}
	return key, value, raw, true
}

// fishSet reads fish's set -x K V…: several values are joined by spaces, as they
// reach a command.
func (p *parser) fishSet(words []word, give func(key, value, raw string, line int)) {
	i, export := 1, false
	for ; i < len(words) && strings.HasPrefix(words[i].text, "-"); i++ {
		w := words[i].text
		if w == "-e" || w == "--erase" {
			return
		}
		export = export || w == "--export" || !strings.HasPrefix(w, "--") && strings.Contains(w, "x")
	}
	if !export || i+1 >= len(words) {
		return
	}
	var value, raw []string
	for _, w := range words[i+1:] {
		value, raw = append(value, w.text), append(raw, w.raw)
	}
	give(words[i].text, strings.Join(value, " "), strings.Join(raw, " "), words[i].line)
}

// containers reads --build-arg K=V and -e K=V.
func (p *parser) containers(words []word, give func(key, value, raw string, line int)) {
	for i, w := range words {
		flag, rest, joined := strings.Cut(w.text, "=")
		switch flag {
		case "--build-arg", "-e", "--env":
		default:
			continue
		}
		if !joined && i+1 < len(words) {
			if key, value, raw, ok := pair(words[i+1]); ok {
				give(key, value, raw, w.line)
			}
		} else if key, value, ok := strings.Cut(rest, "="); ok {
			_, raw, _ := strings.Cut(w.raw, "=")
			_, raw, _ = strings.Cut(raw, "=")
			give(key, value, raw, w.line)
		}
	}
}
