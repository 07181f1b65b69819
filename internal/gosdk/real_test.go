package gosdk

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/dirhash"
)

// loggedReal is public: what sum.golang.org says of go1.26.8 linux/amd64.
const loggedReal = "h1:ZOmGe1OnfREDMIdb1Qi4G9JSuDPBLGExZMQ4nis1RXM="

// realGoroot is the GOROOT of the go command in PATH.
func realGoroot(t testing.TB) string {
	t.Helper()
	cmd := exec.Command("go", "env", "GOROOT")
	cmd.Env = append(os.Environ(), "GOTOOLCHAIN=local", "GOENV=off")
	cmd.Dir = t.TempDir()
	out, err := cmd.Output()
	if err != nil {
		t.Skipf("go is missing: %v", err)
	}
	return strings.TrimSpace(string(out))
}

// The Go that runs the tests, if it is the one whose hash we know, is as
// released but perhaps for its go.env.
func TestTheGoOfThisMachine(t *testing.T) {
	goroot := realGoroot(t)
	r, err := identify(os.DirFS(goroot), Release{})
	if err != nil {
		t.Fatal(err)
	}
	if r != demo {
		t.Skipf("the hash of %s is not known here", r)
	}
	db := newDatabase(t, map[Release]string{demo: loggedReal})
	start := time.Now()
	res, err := Verify(t.Context(), goroot, Options{Log: db.log(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s: %s, %d files, %d bytes, %v; %v", r, res.Verdict, len(res.Tree.Files), res.Tree.Bytes, time.Since(start), res.GoEnv)
	switch {
	case res.Verdict == Genuine && len(res.GoEnv) == 0:
	case res.Verdict == GenuineButGoEnv:
		// The sums in our tables belong together: the text with its three
		// assignments put back is the official one.
		b, err := os.ReadFile(goroot + "/go.env")
		if err != nil || len(res.GoEnv) != 1 || res.GoEnv[0].Name != "GOTOOLCHAIN" {
			break
		}
		back := strings.Replace(string(b), "GOTOOLCHAIN="+res.GoEnv[0].Value, "GOTOOLCHAIN=auto", 1)
		if sumOf(back) != officialGoEnv[0] {
			t.Error("more than GOTOOLCHAIN was changed, or a table is wrong")
		}
	default:
		t.Errorf("%s: %+v, %v", res.Verdict, res.Diff, res.Why)
	}
}

// The reference is the same files one after the other.
func BenchmarkRealGoroot(b *testing.B) {
	goroot := realGoroot(b)
	tree, err := ReadTree(b.Context(), goroot, Release{})
	if err != nil {
		b.Fatal(err)
	}
	var names []string
	for _, f := range tree.Files {
		names = append(names, tree.OnDisk(f.Name))
	}
	b.Run("ReadTree", func(b *testing.B) {
		for b.Loop() {
			if _, err := ReadTree(b.Context(), goroot, Release{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("dirhash", func(b *testing.B) {
		for b.Loop() {
			_, err := dirhash.Hash1(names, func(name string) (io.ReadCloser, error) { return os.Open(filepath.Join(goroot, name)) })
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}
