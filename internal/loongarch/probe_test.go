package loongarch

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// The pairs cannot make a new-world kernel old, but they make it give each of the
// three answers.
var pairs = []struct {
	first, second int
	exit          int // on a new-world kernel
	sha256        string
}{
	{8, 16, 0, "962290aaa4c73cf398a66c5e103caa67ff22b8dc91a2d699931ff2be80490df8"},
	{16, 8, 10, "d18413b0259e98a9c22ff553f47983872fc5550d9e6c172514ba9a472677525e"},
	{16, 24, 20, "96fceba7ba096560325b324ab309a83f7071bf20ad2c759244b3c0a26692b7fe"},
}

func TestProbeBytes(t *testing.T) {
	for _, p := range pairs {
		b := Probe(p.first, p.second)
		if sum := sha256.Sum256(b); len(b) != 212 || hex.EncodeToString(sum[:]) != p.sha256 {
			t.Errorf("Probe(%d, %d): %d bytes, sha256 %x", p.first, p.second, len(b), sum)
		}
	}
}

// needs skips a test whose tool is absent, with the reason, unless everything is
// required.
func needs(t *testing.T, tool string) string {
	t.Helper()
	path, err := exec.LookPath(tool)
	if err != nil && os.Getenv("YINGZAO_E2E") == "require" {
		t.Fatalf("%s is required", tool)
	} else if err != nil {
		t.Skipf("needs %s", tool)
	}
	return path
}

func TestProbeExits(t *testing.T) {
	qemu := needs(t, "qemu-loongarch64-static")
	for _, p := range pairs {
		file := filepath.Join(t.TempDir(), "probe")
		if err := os.WriteFile(file, Probe(p.first, p.second), 0o755); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		err := exec.Command(qemu, file).Run()
		code := 0
		if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
			code = exit.ExitCode()
		} else if err != nil {
			t.Fatal(err)
		}
		t.Logf("sizes %2d, %2d: exit %2d in %v", p.first, p.second, code, time.Since(start).Round(time.Millisecond))
		if code != p.exit {
			t.Errorf("Probe(%d, %d) exits with %d, want %d", p.first, p.second, code, p.exit)
		}
	}
}
