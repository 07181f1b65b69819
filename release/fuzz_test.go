package release

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzReadDist reads artifacts.json of strangers: nothing outside of dist is
// ever an artifact, and no name is one that cannot be published.
func FuzzReadDist(f *testing.F) {
	for _, s := range []string{
		`[{"name":"a","path":"dist/a","type":"Archive","extra":{"Binaries":["x"],"Format":"tar.gz"}}]`,
		`[{"name":"a","path":"dist/../../outside","type":"File"}]`,
		`[{"name":"a","path":"/etc/hostname","type":"File"},{"name":"b","path":"..","type":"Checksum"}]`,
		`[{"name":"a","path":"dist/a","type":"Binary","goos":"linux","goarch":"amd64","extra":{"Format":"binary"}}]`,
		`[{"extra":{"Binaries":[1,null]}},{}]`, `null`, `{}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		parent := t.TempDir()
		dist := filepath.Join(parent, "dist")
		files{"dist/a": "inside", "dist/artifacts.json": string(data), "dist/metadata.json": `{"project_name":"p","version":"1.0.0"}`, "outside": "not an artifact"}.write(t, parent)
		m, err := ReadDist(context.Background(), dist)
		if err != nil {
			return
		}
		for _, a := range m.Artifacts {
			if a.SHA256 == shaOf(t, filepath.Join(parent, "outside")) {
				t.Errorf("%+v is outside of dist", a)
			}
		}
	})
}

// FuzzReadPlan changes a plan: what reads has the digest it claims.
func FuzzReadPlan(f *testing.F) {
	r, err := built()
	if err != nil {
		f.Fatal(err)
	}
	good, err := os.ReadFile(filepath.Join(r.Dist, PlanFile))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(strings.Replace(string(good), "1.2.3", "1.2.4", 1)))
	f.Add([]byte(`{"schema":1,"digest":""}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), PlanFile)
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		p, err := ReadPlan(path)
		if err != nil {
			return
		}
		if d, err := p.digest(); err != nil || d != p.Digest || p.Schema != Schema {
			t.Errorf("%v: %s reads as %s", err, d, p.Digest)
		}
	})
}
