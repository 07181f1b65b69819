package fetch

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/gosdk"
)

// official is public: what sum.golang.org says of go1.26.8 linux/amd64.
var official = gosdk.Release{Version: "go1.26.8", GOOS: "linux", GOARCH: "amd64"}

const officialH1 = "h1:ZOmGe1OnfREDMIdb1Qi4G9JSuDPBLGExZMQ4nis1RXM="

// The Go that runs the tests, if it is the one whose hash we know, is an SDK as it
// is, or with its go.env put right, and what is made of it is the official release.
func TestTheGoOfThisMachine(t *testing.T) {
	cmd := exec.Command("go", "env", "GOROOT")
	cmd.Env = append(os.Environ(), "GOTOOLCHAIN=local", "GOENV=off")
	cmd.Dir = t.TempDir()
	out, err := cmd.Output()
	if err != nil {
		t.Skipf("go is missing: %v", err)
	}
	goroot := strings.TrimSpace(string(out))
	tree, err := gosdk.ReadTree(t.Context(), goroot, gosdk.Release{})
	if err != nil || tree.Release != official {
		t.Skipf("this Go is not %s: %v", official, err)
	}
	start := time.Now()
	s, err := Find(t.Context(), official, "", Options{Dir: goroot, H1: officialH1, Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d files in %v, restored %v", len(s.Files), time.Since(start), s.Proof.Restored)
	edited := tree.H1() != officialH1
	if s.H1 != officialH1 || edited != slices.Equal(s.Proof.Restored, []string{"go.env"}) || !edited && s.Proof.Restored != nil {
		t.Errorf("%s, %+v", s.H1, s.Proof)
	}
	r, err := s.file("go.env").Open()
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if r.Close(); err != nil || !strings.Contains(string(text), "\nGOTOOLCHAIN=auto\n") {
		t.Errorf("go.env: %s, %v", text, err)
	}
	if os.Getenv("YINGZAO_E2E") != "require" {
		t.Skip("writing 236 MB is for YINGZAO_E2E=require")
	}
	start = time.Now()
	dir := filepath.Join(t.TempDir(), "go")
	if err := s.Extract(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	t.Logf("extracted in %v", time.Since(start))
	version := exec.Command(filepath.Join(dir, "bin", "go"), "version")
	version.Env = []string{"GOTOOLCHAIN=local", "GOENV=off"} // without HOME it keeps no counters
	if out, err := version.CombinedOutput(); err != nil || !strings.Contains(string(out), "go1.26.8 linux/amd64") {
		t.Errorf("%s, %v", out, err)
	}
}
