package generate

import (
	"fmt"
	"strings"

	"github.com/yingzao-dev/yingzao/pipelines"
)

// jenkins writes what the shared library says about the parameters: the list that
// its code reads, and the help that Jenkins shows beside each step.
func jenkins(params []pipelines.Param) (map[string][]byte, error) {
	own := of("jenkins", params)
	var check []pipelines.Param
	for _, p := range own {
		if p.For("check") {
			check = append(check, p)
		}
	}
	return map[string][]byte{
		"jenkins/src/dev/yingzao/Known.groovy": []byte(jenkinsKnown(own)),
		"jenkins/vars/goRelease.txt": []byte(jenkinsHelp("goRelease publishTo: 'oss://bucket/folder', credentialsId: 'oss'",
			"Checks the environment, builds each target on a machine of its own, merges and publishes.",
			"检查环境，在各自的机器上构建每个目标，合并并发布。", own)),
		"jenkins/vars/goEnvCheck.txt": []byte(jenkinsHelp("goEnvCheck profile: 'cn'",
			"Checks the Go environment of a machine and keeps the report.",
			"检查机器上的 Go 环境并保存报告。", check)),
	}, nil
}

// jenkinsKnown is the class with each parameter's variable and default.
func jenkinsKnown(params []pipelines.Param) string {
	var names, defaults []string
	for _, p := range params {
		names = append(names, fmt.Sprintf("        %s: %s,\n", p.Camel(), quoteGroovy(p.Variable())))
		if d := p.DefaultIn("jenkins"); d != "" {
			defaults = append(defaults, fmt.Sprintf("        %s: %s,\n", p.Camel(), quoteGroovy(d)))
		}
	}
	return `// Generated from params.yaml; change it there.
package dev.yingzao

/** The parameters by their names in Groovy. */
class Known implements Serializable {
    private static final long serialVersionUID = 1L

    /** The variable that carries each parameter. */
    static final Map<String, String> VARIABLES = [
` + strings.Join(names, "") + `    ]

    /** Defaults, of those that have one. */
    static final Map<String, String> DEFAULTS = [
` + strings.Join(defaults, "") + `    ]
}
`
}

// jenkinsHelp is plain text, which is what Jenkins shows unless its administrator
// allows more.
func jenkinsHelp(use, en, zh string, params []pipelines.Param) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n%s\n%s\n", use, en, zh)
	for _, p := range params {
		fmt.Fprintf(&b, "\n%s: %s\n  %s\n  %s\n", p.Camel(), jenkinsForm(p), p.Text.EN, p.Text.ZH)
	}
	return b.String()
}

// jenkinsForm is how a value is written in Groovy.
func jenkinsForm(p pipelines.Param) string {
	form := "'…'"
	switch p.Type {
	case pipelines.Bool:
		form = "true | false"
	case pipelines.Enum:
		form = "'" + strings.Join(p.Values, "' | '") + "'"
	case pipelines.List:
		form = "['…', '…']"
		if strings.Contains(p.Pattern, "=") {
			form = "['…': '…']"
		}
	}
	if d := p.DefaultIn("jenkins"); d != "" {
		if p.Type != pipelines.Bool {
			d = quoteGroovy(d)
		}
		form += " = " + d
	}
	return form
}

// quoteGroovy is a text as a Groovy literal in which nothing is replaced.
func quoteGroovy(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", `\n`, "\r", `\r`).Replace(s) + "'"
}
