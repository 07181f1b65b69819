package e2e

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
)

// A token service that refuses the pipeline's identity: publish says so, nothing is
// visible in the store, and with a good token the same job succeeds.
func TestRefusedIdentity(t *testing.T) {
	t.Parallel()
	needTools(t, "git")
	w := newWorld(t)
	root := w.project(t, map[string]string{}, ".")
	publish := func(token string) (string, error) {
		cmd := exec.Command(filepath.Join(bin, "yingzao"), "pipeline", "run", "publish",
			"--publish-to", ossStore, "--publish-when", "always", "--oidc-role", "acs:ram::1000000000000001:role/releases", "--oidc-provider", "acs:ram::1000000000000001:oidc-provider/gitlab")
		cmd.Dir = root
		cmd.Env = w.environ(t, mirrortest.Home(t), "YINGZAO_OIDC_TOKEN="+token, "GOCACHE="+w.goCache)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	cmd := exec.Command(filepath.Join(bin, "yingzao"), "release", "--dir", root, "--version", "1.0.0", "--no-publish", "--target", "linux/amd64")
	cmd.Env = w.environ(t, mirrortest.Home(t), "GOPROXY="+w.modules, "GOCACHE="+w.goCache, "GOMODCACHE="+filepath.Join(root, ".cache", "mod"), "GOFLAGS=-modcacherw")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := publish("eyJ" + canary + "of-somebody-else")
	if err == nil || !strings.Contains(out, "exchange OIDC token") || !strings.Contains(out, "hint: ") {
		t.Errorf("%v\n%s", err, out)
	}
	if strings.Contains(out, canary) {
		t.Error("the token is in the output")
	}
	if n := len(w.oss.Objects()); n != 0 {
		t.Errorf("%d objects are in the store", n)
	}
	if out, err = publish(w.token); err != nil || !strings.Contains(out, "passed, 0 failed") {
		t.Errorf("%v\n%s", err, out)
	}
}
