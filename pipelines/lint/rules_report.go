package lint

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/lint"
)

// findLostReports looks for reports that are kept only when nothing failed.
func findLostReports(v *view) []lint.Finding {
	switch {
	case v.gitlab != nil:
		return v.gitlab.lostReports(v)
	case v.groovy != nil:
		return v.groovy.lostReports(v)
	}
	return nil
}

func (g *gitlabFile) lostReports(v *view) []lint.Finding {
	var out []lint.Finding
	seen := map[int]bool{}
	for _, j := range g.jobs {
		if j.hidden() {
			continue
		}
		for _, kind := range []string{"junit", "codequality"} {
			report, _ := g.lookup(j, "artifacts", "reports", kind)
			when, known := g.lookup(j, "artifacts", "when")
			if report == nil || when == nil && !known || when != nil && when.Value != "on_success" || g.excused(v, j) {
				continue
			}
			line := g.line(j, "artifacts", "reports", kind)
			if !seen[line] {
				seen[line] = true
				out = append(out, lint.Found(line, j.name, "the %[2]s report of %[1]s is kept only when the job succeeds", "%[1]s 的 %[2]s 报告只在作业成功时保留", j.name, kind))
			}
		}
	}
	return out
}

// line is where keywords of a job stand in this file, or else the job.
func (g *gitlabFile) line(j *job, keys ...string) int {
	chain, _ := g.chain(j)
	for _, c := range chain {
		k, v := c.key, c.node
		for _, key := range keys {
			k, v = own(v, key)
		}
		if k != nil && slices.Contains(g.jobs, c) {
			return k.Line
		}
	}
	return j.key.Line
}

var (
	judges  = []string{"go", "gotestsum", "golangci-lint", "staticcheck", "govulncheck", "gosec", "revive", "make", "mage", "task", "just", "yingzao", "npm", "pytest", "mvn", "gradle"}
	lenient = lazyre.New(`^--?(issues-)?exit-code=0$|^-no-fail$|^--fail-on=never$|^--exit-zero$`)
)

// excused reports whether the commands that can fail are kept from failing the job.
func (g *gitlabFile) excused(v *view, j *job) bool {
	chain, _ := g.chain(j)
	excused, strict := false, false
	for _, c := range v.commandsOf(chain) {
		if !slices.Contains(judges, c.name) {
			continue
		}
		lax := c.excuse || slices.ContainsFunc(c.args, lenient.Re().MatchString)
		for i, a := range c.args {
			lax = lax || i+1 < len(c.args) && (strings.HasSuffix(a, "exit-code") && c.args[i+1] == "0" || a == "--fail-on" && c.args[i+1] == "never")
		}
		if lax {
			excused = true
		} else if len(c.args) > 0 && !slices.Contains([]string{"version", "env", "install", "mod", "get", "download", "run", "build", "generate"}, c.args[0]) || c.name == "golangci-lint" {
			strict = true
		}
	}
	return excused && !strict
}

var writesJUnit = lazyre.New(`--junitfile|go-junit-report|junit=\S|--format[= ]junit|--junit-xml|--out-format[= ]\S*junit`)

func (g *groovyFile) lostReports(v *view) []lint.Finding {
	var out []lint.Finding
	reports, failing := false, g.failing()
	for i, t := range g.tokens {
		reports = reports || t.kind == word && slices.Contains([]string{"xunit", "recordIssues", "step", "realtimeJUnit"}, t.text) || t.is("archiveArtifacts") && g.archivesReports(i)
		if t.kind != word || t.text != "junit" || !g.step(i) {
			continue
		}
		reports = true
		if g.inside(i, "post", "finally", "catch", "always", "catchError", "warnError") {
			continue
		}
		before := failing[g.around[i]]
		if n, _ := slices.BinarySearchFunc(before, i, func(c scriptCall, at int) int { return c.at - at }); n > 0 {
			c := before[n-1]
			out = append(out, lint.Found(t.line, "junit", "junit does not run when the %s of line %d fails", "第 %[2]d 行的 %[1]s 失败时，junit 不会执行", g.tokens[c.at].text, c.line))
		}
	}
	if reports || !slices.ContainsFunc(g.tokens, func(t token) bool { return t.is("pipeline") || t.is("node") }) {
		return out // a step of a library leaves the report to its caller
	}
	for _, c := range g.calls {
		for _, s := range c.scripts {
			if writesJUnit.Re().MatchString(s.text) {
				return []lint.Finding{lint.Found(c.line, "junit", "the script writes a JUnit report, and nothing keeps it", "脚本写出了 JUnit 报告，却没有步骤保存它")}
			}
		}
	}
	return nil
}

// archivesReports reports whether an archiveArtifacts can be the one that keeps them.
func (g *groovyFile) archivesReports(i int) bool {
	from, to := g.call(i)
	for j := from; j < to; j++ {
		if t := g.at(j); t.kind == text && (strings.Contains(t.text, "xml") || strings.Contains(t.text, "report") || strings.HasPrefix(t.text, "*")) {
			return true
		}
	}
	return false
}

// failing are the scripts that end a job when a test in them fails, by the brace that
// they stand in and in their order.
func (g *groovyFile) failing() map[int][]scriptCall {
	all := map[int][]scriptCall{}
	for _, c := range g.calls {
		text := ""
		for _, s := range c.scripts {
			text += s.text + "\n"
		}
		if !c.returned && runsTests.Re().MatchString(text) && !forgiven.Re().MatchString(text) {
			all[g.around[c.at]] = append(all[g.around[c.at]], c)
		}
	}
	return all
}

var forgiven = lazyre.New(`\|\| *(true|:|echo)|set \+e|exit 0`)

var runsTests = lazyre.New(`\b(go test|gotestsum|go-junit-report|ginkgo|make|mage|mvn|gradlew?|npm (run )?test|pytest|yingzao check|yingzao pipeline run|goEnvCheck)\b`)
