package publish

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/file"
	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

func TestMain(m *testing.M) {
	if os.Getenv(victimEnv) != "" {
		os.Exit(victim())
	}
	if os.Getenv(resumeEnv) != "" {
		os.Exit(resumable())
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		removeFixture()
		os.Exit(code)
	}))
}

// release is a release in memory.
type release struct {
	*manifest.Manifest
	files    map[string][]byte
	sidecars []Sidecar
}

// newRelease makes a release of plain files named as "name=content"; a name
// that holds an architecture becomes an archive for it.
func newRelease(project, version string, files ...string) *release {
	r := &release{files: map[string][]byte{}, Manifest: &manifest.Manifest{
		Schema: manifest.Schema, Project: project, Version: version, Plan: "sha256:" + strings.Repeat("0", 64), Go: "go1.26.8",
	}}
	for _, f := range files {
		name, content, _ := strings.Cut(f, "=")
		r.add(manifest.Artifact{Name: name, Kind: manifest.KindFile}, []byte(content))
	}
	return r
}

func (r *release) add(a manifest.Artifact, content []byte) {
	sum, digest := newMeter(), sha256.Sum256(content)
	_, _ = sum.Write(content)
	a.Size, a.SHA256, a.CRC64 = int64(len(content)), hex.EncodeToString(digest[:]), sum.crc64()
	r.Artifacts = append(r.Artifacts, a)
	r.files[a.Name] = content
}

func (r *release) open(name string) (io.ReadSeekCloser, error) {
	b, ok := r.files[name]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return struct {
		io.ReadSeeker
		io.Closer
	}{bytes.NewReader(b), io.NopCloser(nil)}, nil
}

// quick are the options of tests: no waiting before repetitions.
var quick = Options{Pause: time.Microsecond, By: "a test"}

var manage = ManageOptions{Pause: time.Microsecond, By: "a test"}

func (r *release) publish(ctx context.Context, st store.Store) (*Result, error) {
	o := quick
	o.Sidecars = r.sidecars
	return Publish(ctx, st, r.Manifest, r.open, o)
}

func mustPublish(t *testing.T, st store.Store, r *release) *Result {
	t.Helper()
	res, err := r.publish(t.Context(), st)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func newStore(t testing.TB) *file.Store {
	t.Helper()
	st, err := file.New(storeDir(t) + "/site")
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func mustTarget(s string) *target.Target {
	t, err := target.Parse(s)
	if err != nil {
		panic(err)
	}
	return &t
}

func keys(t testing.TB, st store.Store, prefix string) []string {
	t.Helper()
	var out []string
	err := st.List(context.Background(), prefix, func(i store.Info) error {
		out = append(out, i.Key)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func get(t testing.TB, st store.Store, key string) string {
	t.Helper()
	b, _, err := patient{Store: st}.read(context.Background(), key)
	if err != nil {
		t.Fatalf("read %s: %v", key, err)
	}
	return string(b)
}

func put(t testing.TB, st store.Store, key, content string) {
	t.Helper()
	if _, err := st.Put(context.Background(), key, strings.NewReader(content), int64(len(content)), store.PutOptions{}); err != nil {
		t.Fatal(err)
	}
}

func latestIn(t testing.TB, st store.Store, project string) string {
	t.Helper()
	l, _, problem, err := readJSON[Latest](context.Background(), patient{Store: st}, project+"/"+LatestName)
	if err != nil {
		t.Fatal(err)
	}
	if problem != nil {
		return ""
	}
	return l.Version
}

func indexIn(t testing.TB, st store.Store, project string) *Index {
	t.Helper()
	ix, _, problem, err := readJSON[Index](context.Background(), patient{Store: st}, project+"/"+IndexName)
	if err != nil || problem != nil {
		t.Fatal(err, problem)
	}
	return ix
}

func mustYank(t testing.TB, st store.Store, project, version, reason string) *Change {
	t.Helper()
	c, err := Yank(context.Background(), st, project, version, reason, manage)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func mustPromote(t testing.TB, st store.Store, project, version string) *Change {
	t.Helper()
	c, err := Promote(context.Background(), st, project, version, manage)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// mustVerify asserts that a store verifies.
func mustVerify(t testing.TB, st store.Store, o VerifyOptions) *Report {
	t.Helper()
	r, err := Verify(context.Background(), st, o)
	if err != nil {
		t.Fatalf("verify: %v\n%s", err, encode(r))
	}
	return r
}

// needs skips a test that lacks a tool, unless tools are required.
func needs(t *testing.T, what string, have bool) {
	t.Helper()
	if have {
		return
	}
	if os.Getenv("YINGZAO_E2E") == "require" {
		t.Fatalf("%s is missing and YINGZAO_E2E=require", what)
	}
	t.Skipf("%s is missing", what)
}

func codes(r *Report) string {
	var out []string
	for _, p := range r.Projects {
		for _, f := range p.Findings {
			if f.Severity == "error" {
				out = append(out, f.Code)
			}
		}
	}
	return fmt.Sprint(out)
}
