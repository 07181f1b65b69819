package lint

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
)

// findLostReports looks for reports that are kept only when nothing failed.
func findLostReports(v *view) []Finding {
	switch {
	case v.gitlab != nil:
		return v.gitlab.lostReports(v)
	case v.groovy != nil:
		return v.groovy.lostReports(v)
	}
	return nil
}

func (g *gitlabFile) lostReports(v *view) []Finding {
	var out []Finding
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
				out = append(out, found(line, j.name, "the %[2]s report of %[1]s is kept only when the job succeeds", "%[1]s 的 %[2]s 报告只在作业成功时保留", j.name, kind))
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
	for _, c := range v.commands {
		if !slices.Contains(chain, c.job) || !slices.Contains(judges, c.name) {
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

func (g *groovyFile) lostReports(v *view) []Finding {
	var out []Finding
	reports := false
	for i, t := range g.tokens {
		reports = reports || t.kind == word && slices.Contains([]string{"xunit", "recordIssues", "archiveArtifacts", "step", "realtimeJUnit", "JUnitResultArchiver"}, t.text)
		if t.kind != word || t.text != "junit" || !g.step(i) {
			continue
		}
		reports = true
		if g.inside(i, "post", "finally", "catch", "always", "catchError", "warnError") {
			continue
		}
		if c, ok := g.failingBefore(i); ok {
			out = append(out, found(t.line, "junit", "junit does not run when the %s of line %d fails", "第 %[2]d 行的 %[1]s 失败时，junit 不会执行", g.tokens[c.at].text, c.line))
		}
	}
	if reports {
		return out
	}
	for _, c := range g.calls {
		for _, s := range c.scripts {
			if writesJUnit.Re().MatchString(s.text) {
				return []Finding{found(c.line, "junit", "the script writes a JUnit report, and nothing keeps it", "脚本写出了 JUnit 报告，却没有步骤保存它")}
			}
		}
	}
	return nil
}

// failingBefore finds a script in the same block, before a step, that ends the block
// when it fails and is what makes the report.
func (g *groovyFile) failingBefore(i int) (scriptCall, bool) {
	var last scriptCall
	for _, c := range g.calls {
		if c.at > i || g.around[c.at] != g.around[i] || c.returned {
			continue
		}
		script := ""
		for _, s := range c.scripts {
			script += s.text
		}
		if !strings.Contains(script, "|| true") && !strings.Contains(script, "set +e") && !strings.Contains(script, "|| :") && !strings.Contains(script, "|| echo") && !strings.Contains(script, "exit 0") && runsTests.Re().MatchString(script) {
			last = c
		}
	}
	return last, last.line > 0
}

var runsTests = lazyre.New(`\b(go test|gotestsum|go-junit-report|ginkgo|make|mage|mvn|gradlew?|npm (run )?test|pytest|yingzao check|yingzao pipeline run|goEnvCheck)\b`)
