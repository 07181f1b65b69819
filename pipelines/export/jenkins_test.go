package export

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// The exported library on the small Jenkins: the address from the agent, the sums
// from the library itself, and with another binary under the address a failure.
func TestExportedLibraryBringsTheBinary(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"groovy", "git", "setsid"} {
		_, err := exec.LookPath(tool)
		need(t, tool, err == nil)
	}
	const ant = "/usr/share/java/ant.jar"
	_, err := os.Stat(ant)
	need(t, ant, err == nil)
	need(t, "Linux on amd64 or arm64", runtime.GOOS == "linux" && (runtime.GOARCH == "amd64" || runtime.GOARCH == "arm64"))
	o := some(t, five...)
	write(t, o)
	other := t.TempDir()
	name := "yingzao_linux_" + runtime.GOARCH
	if err := os.WriteFile(filepath.Join(other, name), []byte("#!/bin/sh\necho never\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	var scenarios []string
	for job, bin := range map[string]string{"good": filepath.Join(o.To, "bin"), "other": other} {
		text, err := json.Marshal(map[string]any{
			"name": job, "library": filepath.Join(o.To, "jenkins"),
			"jenkinsfile": "@Library('yingzao') _\ngoEnvCheck { writeFile file: 'go.mod', text: 'module x' }\n",
			"agents":      []any{map[string]any{"name": "a", "labels": []string{"linux"}}},
			"env":         map[string]string{"PATH": "/usr/bin:/bin", "YINGZAO_TOOL_URL": bin},
		})
		if err != nil {
			t.Fatal(err)
		}
		scenarios = append(scenarios, filepath.Join(home, job+".json"))
		if err := os.WriteFile(filepath.Join(home, job+".json"), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("groovy", append([]string{"-cp", "test:" + ant, "test/main.groovy", "run", filepath.Join(home, "jenkins")}, scenarios...)...)
	cmd.Dir = filepath.Join("..", "jenkins")
	cmd.Env = append(os.Environ(), "JAVA_TOOL_OPTIONS=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Dfile.encoding=UTF-8")
	if jvms, _ := filepath.Glob("/usr/lib/jvm/java-*-openjdk-*"); os.Getenv("JAVA_HOME") == "" && len(jvms) > 0 {
		cmd.Env = append(cmd.Env, "JAVA_HOME="+jvms[0])
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	log := func(job string) string { return read(t, home, job+".json.log") }
	if text := log("good"); !strings.Contains(text, "yingzao of linux/"+runtime.GOARCH+", pipeline run check") || !strings.Contains(text, "Finished: SUCCESS") {
		t.Error(text)
	}
	if text := log("other"); !strings.Contains(text, "not run") || strings.Contains(text, "never\n") || !strings.Contains(text, "Finished: FAILURE") {
		t.Error(text)
	}
}
