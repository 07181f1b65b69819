package rules

import (
	"path"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// sumTrick looks for a way round checksums in one line of a script. kind is
// "file" (go.sum is deleted or emptied), "setting" (verification is switched
// off), or "" for neither.
func sumTrick(line string) (kind string, what msg.Text) {
	emptied := msg.Text{EN: "go.sum is thrown away, so nothing is compared any more", ZH: "go.sum 被丢弃，从此无从比对"}
	for _, words := range shellCommands(line) {
		if empties(words) {
			return "file", emptied
		}
		assigned, command := splitAssignments(words)
		for _, a := range assigned {
			key, value, _ := strings.Cut(a, "=")
			switch {
			case key == "GOSUMDB" && value == "off", key == "GONOSUMDB" && value == "*", key == "GOFLAGS" && strings.Contains(value, "-insecure"):
				return "setting", msg.Textf("%[1]s switches verification off", "%[1]s 关闭了校验", a)
			case slices.Contains(fictions, key):
				return "setting", msg.Textf("%[1]s is meant to switch verification off; Go does not know it", "%[1]s 意在关闭校验，而 Go 并不认识它", key)
			}
		}
		if len(command) == 0 {
			continue
		}
		args := command[1:]
		switch name := strings.ToLower(path.Base(command[0])); {
		case slices.Contains([]string{"rm", "del", "erase", "unlink", "remove-item", "ri", "truncate"}, name) && slices.ContainsFunc(args, isGoSum),
			name == "git" && len(args) > 0 && args[0] == "rm" && slices.ContainsFunc(args, isGoSum),
			name == "find" && slices.Contains(args, "-delete") && slices.ContainsFunc(args, isGoSum):
			return "file", emptied
		}
	}
	return "", msg.Text{}
}

// empties reports whether a command overwrites go.sum with nothing: > go.sum,
// : > go.sum, echo > go.sum, cat /dev/null > go.sum. One that writes sums into it
// is fine.
func empties(words []string) bool {
	for i, w := range words {
		file, ok := strings.CutPrefix(w, ">")
		if !ok || strings.HasPrefix(file, ">") {
			continue
		}
		if file == "" && i+1 < len(words) {
			file = words[i+1]
		}
		before := strings.TrimPrefix(strings.Join(words[:i], " "), "RUN ")
		return isGoSum(file) && slices.Contains([]string{"", ":", "true", "echo", "echo -n", "cat /dev/null"}, strings.TrimSpace(before))
	}
	return false
}

func isGoSum(word string) bool {
	return path.Base(strings.ReplaceAll(word, `\`, "/")) == "go.sum"
}

// splitAssignments takes what is set off the front of a command, together with
// the words that introduce it: NAME=value go …, export NAME=value, env
// NAME=value go …, go env -w NAME=value, ENV NAME=value.
func splitAssignments(words []string) (assigned, command []string) {
	for len(words) > 0 {
		switch w := strings.TrimLeft(words[0], "@-"); {
		case w == "", slices.Contains([]string{"RUN", "ENV", "ARG", "env", "export", "set", "sudo", "time", "exec", "then", "do", "call", "sh", "bat"}, w):
		case strings.Contains(w, "=") && !strings.HasPrefix(w, "="):
			assigned = append(assigned, strings.TrimPrefix(w, "$env:"))
		case w == "go" && len(words) > 2 && words[1] == "env" && words[2] == "-w":
			return append(assigned, words[3:]...), nil
		default:
			return assigned, append([]string{w}, words[1:]...)
		}
		words = words[1:]
	}
	return assigned, nil
}

// shellCommands cuts a line into its commands and these into words, well enough
// for one that is looked through and not run: at && || ; | and white space, with
// quotes taken away. A comment ends the line.
func shellCommands(line string) [][]string {
	var out [][]string
	var words []string
	end := func() {
		if len(words) > 0 {
			out = append(out, words)
		}
		words = nil
	}
	var word strings.Builder
	begun := false
	flush := func() {
		if begun {
			words = append(words, word.String())
		}
		word.Reset()
		begun = false
	}
	quote := rune(0)
	for _, r := range line {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			} else {
				word.WriteRune(r)
			}
		case r == '"' || r == '\'':
			quote, begun = r, true
		case r == '#' && !begun:
			flush()
			end()
			return out
		case strings.ContainsRune(" \t\r\n", r):
			flush()
		case strings.ContainsRune(";|&(){}", r):
			flush()
			end()
		default:
			word.WriteRune(r)
			begun = true
		}
	}
	flush()
	end()
	return out
}
