package linuxpkg

import (
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/yingzao-dev/yingzao/internal/target"
)

// built holds the demo programs that the tests share.
var built struct {
	sync.Mutex
	dir string
	bin map[string]string
}

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "linuxpkg-test-")
	if err != nil {
		panic(err)
	}
	built.dir, built.bin = dir, map[string]string{}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		_ = os.RemoveAll(dir)
		os.Exit(code)
	}))
}

// buildDemo is a small static program for the target. The one of the old world
// is a new-world one here: packing does not look inside.
func buildDemo(t testing.TB, tg target.Target) string {
	t.Helper()
	built.Lock()
	defer built.Unlock()
	if bin := built.bin[tg.Arch]; bin != "" {
		return bin
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "go.mod"), "module example.com/demo\n\ngo 1.26\n", 0o644)
	write(t, filepath.Join(dir, "main.go"), "package main\n\nfunc main() { println(\"营造 demo\") }\n", 0o644)
	bin := filepath.Join(built.dir, "demo-"+tg.Arch)
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", bin, ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), append(tg.Env(), "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off")...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	built.bin[tg.Arch] = bin
	return bin
}
