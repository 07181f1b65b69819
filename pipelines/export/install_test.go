package export

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// pinned are the sums that a GitLab job of the export gets without asking.
func pinned(t *testing.T, dir string) string {
	t.Helper()
	var doc struct {
		Spec struct {
			Inputs map[string]struct{ Default any }
		}
	}
	if err := yaml.NewDecoder(strings.NewReader(read(t, dir, "gitlab/templates/go-release.yml"))).Decode(&doc); err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, m := range doc.Spec.Inputs["tool_sha256"].Default.([]any) {
		all = append(all, m.(string))
	}
	return strings.Join(all, ",")
}

// What an export pins is what a job brings from its folder, and runs; another file
// under the same name is not run.
func TestJobBringsTheBinary(t *testing.T) {
	if runtime.GOOS != "linux" || !slices.Contains([]string{"amd64", "arm64"}, runtime.GOARCH) {
		t.Skip("the binary's name is known for Linux on two processors")
	}
	o := some(t, five...)
	write(t, o)
	pins := pinned(t, o.To)
	file := filepath.Join(o.To, "bin", "yingzao_linux_"+runtime.GOARCH)
	for _, script := range []string{"jenkins/resources/yingzao/install.sh", "yunxiao/dist/install.sh"} {
		run := func() (string, error) {
			cmd := exec.Command("sh", "-c", "set -e\n"+read(t, o.To, script)+"\nyingzao version\n")
			cmd.Dir = t.TempDir()
			cmd.Env = []string{"PATH=/usr/bin:/bin", "HOME=" + cmd.Dir, "YINGZAO_TOOL_URL=file://" + filepath.Join(o.To, "bin"), "YINGZAO_TOOL_SHA256=" + pins}
			out, err := cmd.CombinedOutput()
			return string(out), err
		}
		if out, err := run(); err != nil || out != "yingzao of linux/"+runtime.GOARCH+", version\n" {
			t.Errorf("%s: %v: %s", script, err, out)
		}
		good := read(t, file)
		if err := os.WriteFile(file, []byte(good+"echo other\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		if out, err := run(); err == nil || !strings.Contains(out, "not run") || strings.Contains(out, "yingzao of") {
			t.Errorf("%s: another file: %v: %s", script, err, out)
		}
		if err := os.WriteFile(file, []byte(good), 0o755); err != nil {
			t.Fatal(err)
		}
	}
}
