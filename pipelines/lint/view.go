package lint

import (
	"io/fs"
	"strings"
)

// view is a pipeline file as rules see it: what all systems have in common, and one
// of the three.
type view struct {
	name    string
	lines   []string
	options Options

	settings []setting
	commands []command
	byJob    map[*job][]command
	images   []image
	uses     []use

	gitlab *gitlabFile // nil for another system; likewise the next two
	groovy *groovyFile
	bkci   *blueFile
}

// setting is a variable that is set.
type setting struct {
	key, value string
	line       int
	job        *job // of GitLab; nil = all jobs, or another system
	script     bool // by a command of a script
}

// known reports whether the value is what it says: nothing in it is filled in later.
func (s setting) known() bool {
	return s.value != "" && !strings.ContainsAny(s.value, "$`%") && !strings.Contains(s.value, "{{")
}

// image is a container image that a job runs in, or beside it.
type image struct {
	ref  string
	line int
}

// use is a use of one of our templates, steps or plug-ins, or of a local file that
// declares its inputs.
type use struct {
	name   string // as it is called where it is used
	line   int
	inputs []given
	known  *declared // what can be given to it
}

// script is a shell script with the line that each of its lines stands on.
type script struct {
	text  string
	lines []int
	job   *job
}

func (s *script) add(text string, line int) {
	for i, l := range strings.Split(text, "\n") {
		if len(s.lines) > 0 {
			s.text += "\n"
		}
		s.text += strings.TrimSuffix(l, "\r")
		s.lines = append(s.lines, line+i)
	}
}

// collect fills in what the systems have in common.
func (v *view) collect() {
	switch {
	case v.gitlab != nil:
		v.gitlab.collect(v)
	case v.groovy != nil:
		v.groovy.collect(v)
	case v.bkci != nil:
		v.bkci.collect(v)
	}
	v.byJob = map[*job][]command{}
	for _, c := range v.commands {
		if c.job != nil {
			v.byJob[c.job] = append(v.byJob[c.job], c)
		}
	}
}

// commandsOf are the commands of a job and of what it extends, as far as they stand
// in this file.
func (v *view) commandsOf(chain []*job) []command {
	var all []command
	for _, j := range chain {
		all = append(all, v.byJob[j]...)
	}
	return all
}

// run reads a script's commands and settings.
func (v *view) run(s script) {
	commands, settings := readScript(s)
	v.commands = append(v.commands, commands...)
	v.settings = append(v.settings, settings...)
}

// of are the settings of a variable.
func (v *view) of(key string) []setting {
	var out []setting
	for _, s := range v.settings {
		if s.key == key {
			out = append(out, s)
		}
	}
	return out
}

// project reports whether a file is in the folder of the project; known is false
// when nothing is known of that.
func (v *view) project(file string) (there, known bool) {
	if v.options.Project == nil {
		return false, false
	}
	_, err := fs.Stat(v.options.Project, file)
	return err == nil, true
}
