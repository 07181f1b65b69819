package gather

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestQuiet runs a look under strace: no socket, and no file opened for writing,
// neither by us nor by what we run.
func TestQuiet(t *testing.T) {
	if os.Getenv("GATHER_QUIET_DIR") != "" {
		w := world{t: t, dir: os.Getenv("GATHER_QUIET_DIR"), environ: os.Environ()}
		if s := w.look(); s.GoEnv == nil || s.Execs < 1 {
			t.Fatalf("%q, %d commands", s.GoError, s.Execs)
		}
		return
	}
	strace := tool(t, "strace")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	w.write("go.mod", "module example.com/m\n\ngo 1.99.0\n")
	w.write(".gitlab-ci.yml", "variables: {GOPROXY: off}\n")
	log := filepath.Join(t.TempDir(), "log")
	cmd := exec.Command(strace, "-f", "-qq", "-s", "200", "-e", "trace=socket,connect,sendto,open,openat,creat,mkdir,mkdirat,unlink,unlinkat,rename,renameat,renameat2,truncate,symlink,symlinkat,chmod,fchmodat", "-o", log, self, "-test.run=^TestQuiet$", "-test.count=1")
	cmd.Dir = w.dir
	cmd.Env = append(w.environ, "GATHER_QUIET_DIR="+w.dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		if strings.Contains(string(out), "ptrace") {
			t.Skipf("strace may not trace here: %s", out)
		}
		t.Fatalf("%v\n%s", err, out)
	}
	b, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	reads, bad := 0, regexp.MustCompile(`socket\(|connect\(|sendto\(|O_WRONLY|O_RDWR|O_CREAT|creat\(|mkdir|unlink|rename|truncate|symlink|chmod`)
	for line := range strings.Lines(string(b)) {
		if strings.Contains(line, ".gitlab-ci.yml") {
			reads++
		}
		if bad.MatchString(line) && !strings.Contains(line, `"/dev/null"`) && !strings.Contains(line, " ENOTDIR ") {
			t.Errorf("%s", line)
		}
	}
	if reads == 0 {
		t.Error("nothing was traced: the test proves nothing")
	}
}
