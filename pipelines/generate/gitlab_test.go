package generate

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"mvdan.cc/sh/v3/syntax"
)

const release = "gitlab/templates/go-release.yml"
const legacy = "gitlab/legacy/go-release.gitlab-ci.yml"

// gitlabFiles are the generated files for GitLab.
func gitlabFiles(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for name, text := range generated(t) {
		if strings.HasPrefix(name, "gitlab/") {
			all[name] = string(text)
		}
	}
	if len(all) != 4 {
		t.Fatalf("%d files for GitLab", len(all))
	}
	return all
}

func documents(t *testing.T, text string) []map[string]any {
	t.Helper()
	var all []map[string]any
	for dec := yaml.NewDecoder(strings.NewReader(text)); ; {
		var doc map[string]any
		if err := dec.Decode(&doc); err == io.EOF {
			return all
		} else if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		all = append(all, doc)
	}
}

// interpolate does what GitLab does before it reads the YAML: texts go in as they
// are, everything else as JSON.
func interpolate(t *testing.T, text string, set map[string]any) map[string]any {
	t.Helper()
	head, body, ok := strings.Cut(text, "\n---\n")
	if !ok {
		t.Fatal("no header")
	}
	inputs := documents(t, head)[0]["spec"].(map[string]any)["inputs"].(map[string]any)
	for name := range set {
		if _, ok := inputs[name]; !ok {
			t.Fatalf("no input %s", name)
		}
	}
	used := map[string]bool{}
	body = regexp.MustCompile(`\$\[\[ inputs\.([a-z0-9_]+) \]\]`).ReplaceAllStringFunc(body, func(m string) string {
		name := strings.Fields(m)[1][len("inputs."):]
		in, ok := inputs[name].(map[string]any)
		if !ok {
			t.Errorf("input %s is used and not declared", name)
			return ""
		}
		used[name] = true
		value, given := set[name]
		if !given {
			value = in["default"]
		}
		if s, ok := value.(string); ok {
			return s
		}
		b, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	})
	for name := range inputs {
		if !used[name] {
			t.Errorf("input %s is declared and not used", name)
		}
	}
	if strings.Contains(body, "$[[") {
		t.Error("something is left that GitLab would want to fill in")
	}
	return documents(t, body)[0]
}

func variables(t *testing.T, jobs map[string]any, job string) map[string]any {
	t.Helper()
	return jobs[job].(map[string]any)["variables"].(map[string]any)
}

// Whatever a value is, it arrives in its variable as it was written.
func TestGitLabValuesArrive(t *testing.T) {
	text := gitlabFiles(t)[release]
	nasty := `it's "a" #b: {c} [d] & *e, %f \n 中文`
	v := variables(t, interpolate(t, text, map[string]any{
		"config": nasty, "base_url": "", "targets": []string{"linux/amd64", "linux/arm/7"}, "offline": true,
		"matrix": []map[string]any{{"TARGET": []string{"linux/loong64"}, "RUNNER": "loongson"}}, "publish_to": []string{"oss://b/it's", `file:///a "b"`},
	}), ".yingzao-job")
	for name, want := range map[string]string{
		"YINGZAO_CONFIG":     nasty,
		"YINGZAO_BASE_URL":   "",
		"YINGZAO_TARGETS":    `["linux/amd64","linux/arm/7"]` + "\n" + `[{"RUNNER":"loongson","TARGET":["linux/loong64"]}]` + "\n",
		"YINGZAO_OFFLINE":    "true\n",
		"YINGZAO_PUBLISH_TO": `["oss://b/it's","file:///a \"b\""]` + "\n",
		"YINGZAO_GOROOT":     "[]\n",
		"YINGZAO_CACHE_DIR":  ".cache/yingzao",
	} {
		if v[name] != want {
			t.Errorf("%s = %q, want %q", name, v[name], want)
		}
	}
	for name, value := range v {
		if _, ok := value.(string); !ok {
			t.Errorf("%s is a %T: variables are texts", name, value)
		}
	}
}

// walk visits every value of a mapping, with the keys that lead to it.
func walk(v any, path []string, visit func(path []string, v any)) {
	visit(path, v)
	switch x := v.(type) {
	case map[string]any:
		for k, e := range x {
			walk(e, append(slices.Clone(path), k), visit)
		}
	case []any:
		for _, e := range x {
			walk(e, path, visit)
		}
	}
}

// jobs of each file as GitLab sees them with all defaults.
func jobs(t *testing.T) map[string]map[string]any {
	all := map[string]map[string]any{}
	for name, text := range gitlabFiles(t) {
		if name == legacy {
			all[name] = documents(t, text)[0]
			continue
		}
		all[name] = interpolate(t, text, nil)
	}
	return all
}

// Scripts are POSIX sh, because images without bash exist, and need no input put
// into them.
func TestGitLabScripts(t *testing.T) {
	shellcheck, err := exec.LookPath("shellcheck")
	if err != nil && os.Getenv("YINGZAO_E2E") == "require" {
		t.Error("shellcheck is required")
	}
	n := 0
	seen := map[string]bool{}
	for name, text := range gitlabFiles(t) {
		for _, doc := range documents(t, text) {
			walk(doc, nil, func(path []string, v any) {
				script, ok := v.(string)
				if !ok || !slices.Contains([]string{"script", "before_script"}, path[len(path)-1]) {
					return
				}
				n++
				if strings.Contains(script, "$[[") {
					t.Errorf("%s: an input in a script: %s", name, script)
				}
				if _, err := syntax.NewParser(syntax.Variant(syntax.LangPOSIX)).Parse(strings.NewReader(script), strings.Join(path, ".")); err != nil {
					t.Errorf("%s: %v", name, err)
				}
				if shellcheck == "" || seen[script] {
					return
				}
				seen[script] = true
				cmd := exec.Command(shellcheck, "-s", "sh", "-")
				cmd.Stdin = strings.NewReader(script)
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Errorf("%s %v: shellcheck: %v\n%s", name, path, err, out)
				}
			})
		}
	}
	if n < 15 {
		t.Errorf("only %d scripts were looked at", n)
	}
	if shellcheck == "" {
		t.Log("shellcheck is not here: scripts were parsed and not checked")
	}
}

// What GitLab or its runners take badly, in any of the files.
func TestGitLabTraps(t *testing.T) {
	for name, text := range gitlabFiles(t) {
		if m := regexp.MustCompile(`\$\[\[ *component\.|\{[^}'\n]*\$\[\[|unprotect|mod=readonly|GOSUMDB: *off`).FindString(text); m != "" {
			t.Errorf("%s has %q", name, m)
		}
		lines := strings.Split(text, "\n")
		for i, line := range lines {
			if len(line) > 0 && strings.TrimRight(line, " ") != line {
				t.Errorf("%s:%d ends in blanks", name, i+1)
			}
		}
	}
	for name, jobs := range jobs(t) {
		for job, v := range jobs {
			body, ok := v.(map[string]any)
			if !ok || job == "variables" {
				continue
			}
			if !strings.HasPrefix(strings.TrimPrefix(job, "."), "yingzao-") {
				t.Errorf("%s: job %s could collide with a user's", name, job)
			}
			if caches, ok := body["cache"].([]any); ok {
				if len(caches) > 4 {
					t.Errorf("%s: %s has %d caches", name, job, len(caches))
				}
				for _, c := range caches {
					for _, p := range c.(map[string]any)["paths"].([]any) {
						if p := p.(string); strings.HasPrefix(p, "/") || strings.HasPrefix(p, "$HOME") || !strings.HasPrefix(p, "./.cache/") && !strings.HasPrefix(p, "$YINGZAO_DIR/$YINGZAO_CACHE_DIR/") {
							t.Errorf("%s: %s caches %s", name, job, p)
						}
					}
				}
			}
			if a, ok := body["artifacts"].(map[string]any); ok && a["reports"] != nil && a["when"] != "always" {
				// A bill of materials is made at the end of a merge, or not at all.
				if r := a["reports"].(map[string]any); len(r) != 1 || r["cyclonedx"] == nil {
					t.Errorf("%s: %s loses its reports when it fails", name, job)
				}
			}
		}
	}
	merge := jobs(t)[release]["yingzao-merge"].(map[string]any)["artifacts"].(map[string]any)
	if r, ok := merge["reports"].(map[string]any); !ok || !strings.HasSuffix(fmt.Sprint(r["cyclonedx"]), "/dist/*.cdx.json") {
		t.Errorf("merge reports %v", merge["reports"])
	}
	publish := jobs(t)[release]["yingzao-publish"].(map[string]any)
	if publish["interruptible"] != false || publish["resource_group"] == nil || publish["id_tokens"] == nil {
		t.Errorf("publish: %v", publish)
	}
}

// Jobs need only jobs that are there, and in the old form only of earlier stages.
func TestGitLabNeeds(t *testing.T) {
	stages := []string{".pre", "build", "test", "deploy", ".post"}
	for name, jobs := range jobs(t) {
		stage := func(job string) int {
			for {
				body := jobs[job].(map[string]any)
				if s, ok := body["stage"].(string); ok {
					return slices.Index(stages, s)
				}
				job = body["extends"].(string)
			}
		}
		var order []string
		for _, job := range slices.Sorted(maps.Keys(jobs)) {
			body, ok := jobs[job].(map[string]any)
			if !ok || strings.HasPrefix(job, ".") || job == "variables" {
				continue
			}
			order = append(order, job)
			if base, ok := jobs[fmt.Sprint(body["extends"])].(map[string]any); ok && body["needs"] == nil {
				body["needs"] = base["needs"]
			}
			needs, ok := body["needs"].([]any)
			if !ok {
				t.Errorf("%s: %s has no needs: its place would depend on stages", name, job)
			}
			for _, n := range needs {
				if m, ok := n.(map[string]any); ok {
					n = m["job"]
				}
				needed := n.(string)
				if jobs[needed] == nil {
					t.Errorf("%s: %s needs %s, which is not there", name, job, needed)
				} else if d := stage(job) - stage(needed); d < 0 || d == 0 && name == legacy {
					t.Errorf("%s: %s needs %s of the stage %s", name, job, needed, stages[stage(needed)])
				}
			}
		}
		want := map[string]int{release: 7, legacy: 7, "gitlab/templates/go-build.yml": 6, "gitlab/templates/go-env-check.yml": 1}
		if len(order) != want[name] {
			t.Errorf("%s has the jobs %v", name, order)
		}
	}
}

// The file for old GitLab has nothing that came later.
func TestGitLabLegacy(t *testing.T) {
	text := gitlabFiles(t)[legacy]
	_, body, _ := strings.Cut(text, "\nvariables:\n")
	for _, new := range []string{"$[[", "spec:", "id_tokens", "CI_JOB_NAME_SLUG", "!reference", "tags:", "inputs"} {
		if strings.Contains(body, new) {
			t.Errorf("%s is newer than GitLab 13.12", new)
		}
	}
	for _, job := range []string{"yingzao-build", "yingzao-build-native"} {
		rows := jobs(t)[legacy][job].(map[string]any)["parallel"].(map[string]any)["matrix"].([]any)
		for _, r := range rows {
			if row := r.(map[string]any); len(row) < 2 || strings.Contains(row["SLUG"].(string), "/") {
				t.Errorf("%s: row %v", job, row)
			}
		}
	}
	// Both forms run the same commands.
	for job, v := range jobs(t)[legacy] {
		a, _ := v.(map[string]any)
		b, _ := jobs(t)[release][job].(map[string]any)
		if job != "variables" && (fmt.Sprint(a["script"]) != fmt.Sprint(b["script"]) || fmt.Sprint(a["before_script"]) != fmt.Sprint(b["before_script"])) {
			t.Errorf("%s runs something else in the old form", job)
		}
	}
}

// A pattern of ours means the same in GitLab, which has RE2 as Go does, and an
// empty value is always allowed.
func TestGitLabPatterns(t *testing.T) {
	for name, text := range gitlabFiles(t) {
		if name == legacy {
			continue
		}
		for input, v := range documents(t, text)[0]["spec"].(map[string]any)["inputs"].(map[string]any) {
			in := v.(map[string]any)
			if in["description"] == "" || in["default"] == nil {
				t.Errorf("%s: %s: %v", name, input, in)
			}
			if re, ok := in["regex"].(string); ok {
				r, err := regexp.Compile(re)
				if err != nil || !r.MatchString("") || !r.MatchString(in["default"].(string)) {
					t.Errorf("%s: %s: %s: %v", name, input, re, err)
				}
			}
		}
	}
}
