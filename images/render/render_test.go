package render

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/yingzao-dev/yingzao/images/matrix"
)

var update = flag.Bool("update", false, "write the Dockerfiles and the tables in the READMEs anew")

// committed is where the Dockerfiles are.
const committed = "../dockerfiles"

func load(t testing.TB) *matrix.Matrix {
	t.Helper()
	m, err := matrix.Load()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func files(t testing.TB) []File {
	t.Helper()
	all, err := Files(load(t))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// The committed Dockerfiles are what the templates give, all of them and no other.
func TestCommitted(t *testing.T) {
	want := map[string]string{}
	for _, f := range files(t) {
		want[filepath.FromSlash(f.Path)] = string(f.Data)
	}
	if *update {
		if err := os.RemoveAll(committed); err != nil {
			t.Fatal(err)
		}
		for name, data := range want {
			name = filepath.Join(committed, name)
			if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(name, []byte(data), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	err := filepath.WalkDir(committed, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(committed, name)
		if err != nil {
			return err
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		switch w, known := want[rel]; {
		case !known:
			t.Errorf("%s: nothing in the matrix makes it", name)
		case w != string(data):
			t.Errorf("%s is not what the templates give now; go test ./images/render -update", name)
		}
		delete(want, rel)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range want {
		t.Errorf("%s is not committed; go test ./images/render -update", name)
	}
}
