package jenkins_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// scenario is one build, as test/main.groovy reads it.
type scenario struct {
	Name        string            `json:"name"`
	Library     string            `json:"library"`
	Jenkinsfile string            `json:"jenkinsfile"`
	SCM         map[string]string `json:"scm,omitempty"`
	Tag         string            `json:"tag,omitempty"`
	Agents      []agent           `json:"agents"`
	Credentials []map[string]any  `json:"credentials,omitempty"`
	Env         map[string]string `json:"env"`
	Parameters  map[string]string `json:"parameters,omitempty"`
	Faults      []fault           `json:"faults,omitempty"`
}

type agent struct {
	Name      string   `json:"name"`
	Labels    []string `json:"labels"`
	Executors int      `json:"executors,omitempty"`
	Windows   string   `json:"windows,omitempty"` // the program that runs batch scripts; "" on Unix
}

type fault struct {
	Agent string `json:"agent"`
	At    string `json:"at"`
	How   string `json:"how"`
}

// outcome is what the small Jenkins says about a build.
type outcome struct {
	Result       string            `json:"result"`
	Error        string            `json:"error"`
	Leaks        int               `json:"leaks"`
	Tests        int               `json:"tests"`
	Failures     int               `json:"failures"`
	Artifacts    []string          `json:"artifacts"`
	Fingerprints map[string]string `json:"fingerprints"`
	Build        string            `json:"build"`
	Seconds      float64           `json:"seconds"`
	Nodes        []struct {
		Label, Agent, Branch, Workspace string
		Commands                        []string
	} `json:"nodes"`
	log string
}

// said fails unless the console has all the texts.
func (o outcome) said(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(o.log, text) {
			t.Errorf("the console has no %q:\n%s", text, o.log)
		}
	}
}

// ran are the agents that ran a command in a branch.
func (o outcome) ran(branch, command string) (agents []string) {
	for _, n := range o.Nodes {
		for _, c := range n.Commands {
			if n.Branch == branch && c == command {
				agents = append(agents, n.Agent)
			}
		}
	}
	return agents
}

// archived reads an artifact.
func (o outcome) archived(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(o.Build, "archive", filepath.FromSlash(name)))
	if err != nil {
		t.Error(err)
	}
	return data
}

// inputs makes go test notice changes of what it does not compile itself: scripts that
// groovy reads, and the program that builds use.
func inputs(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && strings.HasPrefix(d.Name(), ".git") {
			return fs.SkipDir
		}
		if err == nil {
			_, err = os.Stat(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// groovy makes the command `groovy ARGS` with what test/ needs, or ends the test.
func groovy(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	inputs(t)
	missing := func(what string) {
		if os.Getenv("YINGZAO_E2E") == "require" {
			t.Fatalf("this needs %s, and YINGZAO_E2E=require asks for it", what)
		}
		t.Skipf("this needs %s", what)
	}
	for _, tool := range []string{"groovy", "git", "setsid"} {
		if _, err := exec.LookPath(tool); err != nil {
			missing(tool + " on PATH")
		}
	}
	ant := "/usr/share/java/ant.jar"
	if _, err := os.Stat(ant); err != nil {
		missing("Ant's DirectoryScanner in " + ant)
	}
	cmd := exec.Command("groovy", append([]string{"-cp", "test:" + ant, "test/main.groovy"}, args...)...)
	cmd.Env = append(os.Environ(), "JAVA_TOOL_OPTIONS=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Dfile.encoding=UTF-8")
	// Debian's default-java need not be there.
	if jvms, _ := filepath.Glob("/usr/lib/jvm/java-*-openjdk-*"); os.Getenv("JAVA_HOME") == "" && len(jvms) > 0 {
		cmd.Env = append(cmd.Env, "JAVA_HOME="+jvms[0])
	}
	return cmd
}

// play runs builds one after the other on the same agents.
func play(t *testing.T, home string, all []scenario) []outcome {
	t.Helper()
	library, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	args := []string{"run", home}
	for i, s := range all {
		s.Library = library
		data, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), string(rune('a'+i))+".json")
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		args = append(args, path)
	}
	out, err := groovy(t, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	outcomes := make([]outcome, len(all))
	for i, path := range args[2:] {
		data, err := os.ReadFile(path + ".result")
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, &outcomes[i]); err != nil {
			t.Fatal(err)
		}
		log, err := os.ReadFile(path + ".log")
		if err != nil {
			t.Fatal(err)
		}
		outcomes[i].log = string(log)
		t.Logf("%s: %s in %.1f s", filepath.Base(path), outcomes[i].Result, outcomes[i].Seconds)
	}
	return outcomes
}

// run runs a program and gives what it printed.
func run(t *testing.T, dir string, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, env
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(args, " "), err, out, &stderr)
	}
	return strings.TrimSpace(string(out))
}
