package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
)

// plan is the digest of the plan that a release was made from.
func plan(t *testing.T, dist string) string {
	t.Helper()
	var m struct{ Plan string }
	if err := json.Unmarshal([]byte(read(t, filepath.Join(dist, "manifest.json"))), &m); err != nil {
		t.Fatal(err)
	}
	return m.Plan
}

// jenkins releases the repository's commit with the shared library, on a controller
// with two kinds of agents, and returns the archived dist folder.
func (w *world) jenkins(t *testing.T, root string) string {
	t.Helper()
	home := t.TempDir()
	t.Cleanup(func() { exec.Command("chmod", "-R", "u+w", home).Run() })
	library, err := filepath.Abs("../jenkins")
	if err != nil {
		t.Fatal(err)
	}
	head, err := exec.Command("git", "-C", root, "-c", "safe.directory=*", "rev-parse", "HEAD").Output()
	if err != nil {
		t.Fatal(err)
	}
	// The agents share the build cache of this machine: it is not what is tested.
	if err := os.MkdirAll(filepath.Join(home, "cache"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(w.goCache, filepath.Join(home, "cache", "build")); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"GIT_CONFIG_NOSYSTEM": "1"}
	for _, e := range w.environ(t, mirrortest.Home(t)) {
		name, value, _ := strings.Cut(e, "=")
		env[name] = value
	}
	env["PATH"] = bin + ":" + env["PATH"]
	scenario, err := json.Marshal(map[string]any{
		"name": "demo", "library": library, "tag": "v1.2.0", "env": env,
		"jenkinsfile": "@Library('yingzao') _\ngoRelease goproxy: '" + w.modules + "', targets: ['linux/amd64', 'linux/arm64', 'linux/loong64'], runners: ['linux/loong64': 'loongson']",
		// Agents are two folders deep below the home, workspaces two more.
		"parameters": map[string]string{"YINGZAO_CACHE_DIR": "../../../../cache"},
		"scm":        map[string]string{"url": root, "commit": strings.TrimSpace(string(head))},
		"agents":     []map[string]any{{"name": "a", "labels": []string{"linux"}}, {"name": "l", "labels": []string{"loongson"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "build.json")
	write(t, file, string(scenario))
	cmd := exec.Command("groovy", "-cp", "test:/usr/share/java/ant.jar", "test/main.groovy", "run", home, file)
	cmd.Dir = library
	cmd.Env = append(os.Environ(), "JAVA_TOOL_OPTIONS=-Dfile.encoding=UTF-8")
	if jvms, _ := filepath.Glob("/usr/lib/jvm/java-*-openjdk-*"); os.Getenv("JAVA_HOME") == "" && len(jvms) > 0 {
		cmd.Env = append(cmd.Env, "JAVA_HOME="+jvms[0])
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var outcome struct {
		Result, Build string
		Nodes         []struct{ Agent, Branch string }
	}
	if err := json.Unmarshal([]byte(read(t, file+".result")), &outcome); err != nil {
		t.Fatal(err)
	}
	if outcome.Result != "SUCCESS" {
		t.Fatalf("%s\n%s", outcome.Result, read(t, file+".log"))
	}
	for _, n := range outcome.Nodes {
		if n.Branch == "linux/loong64" && n.Agent != "l" {
			t.Errorf("loong64 was built on %s", n.Agent)
		}
	}
	return filepath.Join(outcome.Build, "archive", "dist")
}
