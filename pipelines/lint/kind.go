package lint

import (
	"path"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
)

// kind is the system that a file is for.
type kind string

const (
	gitlab  kind = "gitlab"
	jenkins kind = "jenkins"
	bkci    kind = "bkci"
)

var (
	blueVersion  = lazyre.New(`^version:\s*["']?v[23]\.\d+`)
	groovyOpens  = lazyre.New(`^\s*(pipeline\s*\{|node\b.*\{|@Library\b|@NonCPS\b|library\b[ (]|import [\w.]+;?$|(def|void)\s+\w+\s*\(|goRelease\b|goEnvCheck\b|properties\s*\()`)
	gitlabKey    = lazyre.New(`^(stages|include|default|workflow|image|services|before_script|after_script|cache|variables|spec):`)
	gitlabInJob  = lazyre.New(`(?:^\s+|[{,]\s*)(script|extends|trigger|before_script):`)
	anotherRules = lazyre.New(`^(jobs|on|"on"|steps|pipelines|triggers|apiVersion|services|language):|^version:\s*["']?[0-9]`)
)

// kindOf tells the kind of a file, "" where it cannot.
func kindOf(name string, lines []string) kind {
	slash := strings.ToLower(strings.ReplaceAll(name, `\`, "/"))
	base := path.Base(slash)
	has := func(re lazyre.Regexp) bool { return slices.ContainsFunc(lines, re.Re().MatchString) }
	switch ext := path.Ext(base); {
	case strings.HasPrefix(base, "jenkinsfile"), ext == ".groovy", ext == ".jenkinsfile":
		return jenkins
	case strings.HasSuffix(base, ".gitlab-ci.yml"), strings.HasSuffix(base, ".gitlab-ci.yaml"):
		return gitlab
	case ext != ".yml" && ext != ".yaml" && has(groovyOpens) && !has(gitlabInJob):
		return jenkins
	case has(blueVersion):
		return bkci
	case strings.HasSuffix(path.Dir(slash), ".ci") && !has(gitlabInJob):
		return bkci
	case has(anotherRules) && !has(gitlabInJob):
		return "" // GitHub, Gitee Go, Compose, Kubernetes
	case has(gitlabKey), has(gitlabInJob):
		return gitlab
	}
	return ""
}

// splitLines cuts a text into lines without their ends.
func splitLines(s string) []string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimSuffix(lines[i], "\r")
	}
	return lines
}
