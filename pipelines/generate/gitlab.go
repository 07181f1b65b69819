package generate

import (
	"bytes"
	_ "embed"
	"slices"
	"strings"
	"text/template"

	"github.com/yingzao-dev/yingzao/pipelines"
)

// gitlabTemplate is what every GitLab file is made from. Its own delimiters are
// <% and %>, because GitLab, Go and YAML use all other brackets.
//
//go:embed files/gitlab.yml.tmpl
var gitlabTemplate string

// gitlabFile is one file for GitLab.
type gitlabFile struct {
	Title  string
	Legacy bool // variables instead of inputs, and nothing newer than GitLab 13.12
	stages []string
	Params []pipelines.Param
}

// gitlab writes the components and the template for GitLab before inputs.
func gitlab(params []pipelines.Param) (map[string][]byte, error) {
	t, err := template.New("gitlab").Delims("<%", "%>").Funcs(template.FuncMap{"indent": indent, "quote": quoteYAML}).Parse(gitlabTemplate)
	if err != nil {
		return nil, err
	}
	all := pipelines.Stages()
	files := map[string][]byte{}
	for name, f := range map[string]gitlabFile{
		"gitlab/templates/go-env-check.yml":      {Title: "the environment check", stages: all[:1]},
		"gitlab/templates/go-build.yml":          {Title: "environment check, builds and one folder of artifacts", stages: all[:5]},
		"gitlab/templates/go-release.yml":        {Title: "from the environment check to the published release", stages: all},
		"gitlab/legacy/go-release.gitlab-ci.yml": {Title: "from the environment check to the published release", stages: all, Legacy: true},
	} {
		for _, p := range of("gitlab", params) {
			if slices.ContainsFunc(f.stages, p.For) && (!f.Legacy || f.Variable(p)) {
				f.Params = append(f.Params, p)
			}
		}
		var b bytes.Buffer
		if err := t.Execute(&b, f); err != nil {
			return nil, err
		}
		files[name] = b.Bytes()
	}
	return files, nil
}

// Has reports whether the file has the jobs of a stage.
func (f gitlabFile) Has(stage string) bool { return slices.Contains(f.stages, stage) }

// Install is the script that each job begins with.
func (f gitlabFile) Install() string { return strings.TrimSuffix(Install, "\n") }

// Value is a parameter's value where YAML needs it.
func (f gitlabFile) Value(name string) string {
	if f.Legacy {
		return "$" + pipelines.Param{Name: name}.Variable()
	}
	return "$[[ inputs." + name + " ]]"
}

// Job is the name of a job.
func (f gitlabFile) Job(name string) string {
	if f.Legacy {
		return "yingzao-" + name
	}
	return f.Value("job_prefix") + "-" + name
}

// Variable reports whether a parameter is a variable of the jobs: a command reads
// it, or a rule, or tags do. The others shape the jobs themselves. GitLab expands
// tags only from 14.1 on.
func (f gitlabFile) Variable(p pipelines.Param) bool {
	return !slices.Contains([]string{"matrix", "job_prefix", "oidc_audience"}, p.Name) && !strings.HasPrefix(p.Name, "stage_") && !(f.Legacy && p.Name == "runner")
}

// Block is how a value gets from an input into a variable: as a YAML block, which
// needs no quoting whatever the value is. Lists arrive as JSON. The line end that
// all but texts keep makes gitlab-ci-local write them as text too; the command
// drops it.
func (f gitlabFile) Block(p pipelines.Param) string {
	switch p.Type {
	case pipelines.List:
		if p.Name == "targets" {
			return "|\n      " + f.Value("targets") + "\n      " + f.Value("matrix")
		}
		return "|\n      " + f.Value(p.Name)
	case pipelines.Bool:
		return "|\n      " + f.Value(p.Name)
	}
	return "|-\n      " + f.Value(p.Name)
}

// Input is the declaration of an input, without its name and description.
func (f gitlabFile) Input(p pipelines.Param) string {
	def := p.DefaultIn("gitlab")
	var lines []string
	switch p.Type {
	case pipelines.Bool:
		lines = append(lines, "type: boolean", "default: "+def)
	case pipelines.List:
		var members []string
		for _, m := range pipelines.Split(def) {
			members = append(members, quoteYAML(m))
		}
		if p.Name == "matrix" { // GitLab wants a row; a job without a target is dropped by its rule
			members = []string{"{TARGET: '', RUNNER: ''}"}
		}
		lines = append(lines, "type: array", "default: ["+strings.Join(members, ", ")+"]")
	default:
		lines = append(lines, "default: "+quoteYAML(def))
		if p.Type == pipelines.Enum {
			var values []string
			for _, v := range p.Values {
				values = append(values, quoteYAML(v))
			}
			lines = append(lines, "options: ["+strings.Join(values, ", ")+"]")
		} else if p.Pattern != "" {
			lines = append(lines, "regex: "+quoteYAML("^(?:"+p.Pattern+")?$"))
		}
	}
	return strings.Join(lines, "\n      ")
}

// Targets are the default rows of the matrix without inputs. GitLab 13 wants two
// variables, and a cache's key has no slashes.
func (f gitlabFile) Targets() []map[string]string {
	var rows []map[string]string
	for _, p := range f.Params {
		if p.Name == "targets" {
			for _, t := range pipelines.Split(p.DefaultIn("gitlab")) {
				rows = append(rows, map[string]string{"TARGET": t, "SLUG": strings.ReplaceAll(t, "/", "-")})
			}
		}
	}
	return rows
}
