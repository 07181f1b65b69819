package rules

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/lazyre"
)

// ciVariables are set by the machinery that runs a job: GitLab, Jenkins,
// BlueKing, and the word that nearly all others use.
var ciVariables = []string{"CI", "GITLAB_CI", "JENKINS_URL", "JENKINS_HOME", "BK_CI_BUILD_ID"}

// inCI reports whether the check itself runs in a job.
func inCI(v *envcheck.View) bool {
	return slices.ContainsFunc(ciVariables, func(key string) bool {
		value, _ := v.Env.Process(key)
		return value != "" && value != "false"
	})
}

// ciLine is a line of a CI file that somebody looks at.
type ciLine struct {
	file *envcheck.CIFile
	text string // what a shell runs, without the instruction of a Dockerfile
	no   int
}

func (l ciLine) place() envcheck.Place {
	return envcheck.Place{Origin: l.file.Kind, File: l.file.Path, Line: l.no}
}

func (l ciLine) evidence() []envcheck.Evidence {
	return []envcheck.Evidence{{Name: "line", Value: l.text, Place: l.place()}}
}

// ciCommands returns what the CI files and Dockerfiles run. A file of another
// kind is somebody's script and counts too.
func ciCommands(v *envcheck.View) []ciLine {
	var out []ciLine
	for i := range v.CIFiles {
		f := &v.CIFiles[i]
		for _, l := range f.Lines {
			text := l.Text
			if f.Kind == envcheck.FromDocker {
				word, rest := instruction(text)
				if word != "RUN" {
					continue
				}
				text = rest
			}
			out = append(out, ciLine{file: f, text: text, no: l.Line})
		}
	}
	return out
}

// instruction splits a line of a Dockerfile.
func instruction(text string) (word, rest string) {
	word, rest, _ = strings.Cut(strings.TrimSpace(text), " ")
	if strings.EqualFold(word, "ONBUILD") {
		return instruction(rest)
	}
	return strings.ToUpper(word), strings.TrimSpace(rest)
}

// stages cuts a Dockerfile where FROM begins another image. Lines before the
// first FROM are a stage of their own.
func stages(f *envcheck.CIFile) [][]envcheck.CILine {
	out := [][]envcheck.CILine{nil}
	for _, l := range f.Lines {
		if word, _ := instruction(l.Text); word == "FROM" {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], l)
	}
	return out
}

var shellSeparators = lazyre.New(`\s*(?:&&|\|\||;|\|)\s*`)

// splitCommands splits a shell line into its commands. Quotes are not looked at: what
// is in them looks like no command that a rule asks for.
func splitCommands(text string) []string {
	return shellSeparators.Re().Split(strings.TrimSpace(text), -1)
}
