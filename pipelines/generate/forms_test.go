package generate

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"mvdan.cc/sh/v3/syntax"
)

// strictYAML decodes without mercy for keys that the form does not know.
func strictYAML(t *testing.T, name string, text []byte, into any) {
	t.Helper()
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

func posix(t *testing.T, name, script string) {
	t.Helper()
	if _, err := syntax.NewParser(syntax.Variant(syntax.LangPOSIX)).Parse(strings.NewReader(script), name); err != nil {
		t.Errorf("%s is no POSIX shell: %v", name, err)
	}
}

// The keys are those that BlueKing's published schema of v3.0 has in a pipeline of
// this shape.
func TestBlueKingTemplate(t *testing.T) {
	var p struct {
		Version, Name string
		On            struct {
			Push struct{ Branches []string }
			Tag  struct{ Tags []string }
		}
		Variables map[string]struct{ Value string }
		Stages    []struct {
			Name string
			Jobs map[string]struct {
				Name   string
				RunsOn struct {
					Pool string `yaml:"pool-name"`
				} `yaml:"runs-on"`
				Steps []struct{ Checkout, Name, Run string }
			}
		}
	}
	strictYAML(t, "go-release.yml", generated(t)["bkci/templates/go-release.yml"], &p)
	if p.Version != "v3.0" || p.Variables["YINGZAO_PROFILE"].Value != "ci" || len(p.Stages) != 1 {
		t.Errorf("%+v", p)
	}
	posix(t, "go-release.yml", p.Stages[0].Jobs["release"].Steps[1].Run)
}

func TestBlueKingTask(t *testing.T) {
	var task struct {
		AtomCode  string
		Execution struct {
			Language, PackagePath, Target string
			Demands                       []string
		}
		Input map[string]struct {
			Label, Type, Desc, Text string
			Default                 any
			Required, IsSensitive   bool
			Options                 []struct{ ID, Name string }
		}
		Output map[string]struct {
			Description, Type string
			IsSensitive       bool
		}
	}
	dec := json.NewDecoder(bytes.NewReader(generated(t)["bkci/task.json"]))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&task); err != nil {
		t.Fatal(err)
	}
	for name, in := range task.Input {
		if in.Desc == "" || in.Type == "selector" && len(in.Options) == 0 || strings.Contains(strings.ToLower(name), "accesskey") != in.IsSensitive {
			t.Errorf("%s: %+v", name, in)
		}
	}
	if task.Input["offline"].Default != false || task.Input["publishTo"].Type != "vuex-textarea" || task.Input["publish_to"].Desc != "" {
		t.Errorf("%+v", task.Input)
	}
}

func TestGiteeSnippet(t *testing.T) {
	var p struct {
		Version, Name, DisplayName string         `yaml:",omitempty"`
		Rest                       map[string]any `yaml:",inline"`
	}
	if err := yaml.Unmarshal(generated(t)["gitee/go-release.yml"], &p); err != nil {
		t.Fatal(err)
	}
	stage := p.Rest["stages"].([]any)[0].(map[string]any)
	step := stage["steps"].([]any)[0].(map[string]any)
	posix(t, "gitee", step["commands"].([]any)[0].(string))
}

// Flow's step really started: node, sh, and a program in yingzao's place.
func TestYunxiaoStep(t *testing.T) {
	var form struct {
		ID, Name string
		Items    []struct {
			ID, Label, Type, Desc, Value string
			Required                     bool
			Options                      []struct{ Label, Value string }
		}
		Execution struct{ Executor, Main string }
	}
	files := generated(t)
	strictYAML(t, "step.yaml", files["yunxiao/step.yaml"], &form)
	if len(form.Items) < 15 || form.Execution.Main != "dist/index.js" {
		t.Errorf("%+v", form)
	}
	node, err := exec.LookPath("node")
	if err != nil {
		skip(t, "there is no node")
	}
	dir := t.TempDir()
	for name, text := range map[string][]byte{"dist/index.js": files["yunxiao/dist/index.js"], "dist/install.sh": files["yunxiao/dist/install.sh"],
		"bin/yingzao": []byte("#!/bin/sh\necho \"args $* to ${YINGZAO_PUBLISH_TO} goproxy ${YINGZAO_GOPROXY-unset}\"\nexit 3\n")} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, text, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(node, filepath.Join(dir, "dist", "index.js"))
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + filepath.Join(dir, "bin") + ":" + os.Getenv("PATH"), "YINGZAO_PUBLISH_TO=oss://b/$(touch x)", "YINGZAO_GOPROXY=", "YINGZAO_STAGE=build"}
	out, _ := cmd.CombinedOutput()
	if code := cmd.ProcessState.ExitCode(); code != 3 || string(out) != "args pipeline run build to oss://b/$(touch x) goproxy unset\n" {
		t.Errorf("exit %d: %s", code, out)
	}
}

func skip(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("YINGZAO_E2E") == "require" {
		t.Fatal(why)
	}
	t.Skip(why)
}
