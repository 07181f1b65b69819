package publish

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/storetest"
)

// local writes files as "name=content" and returns them as Put takes them.
func local(t *testing.T, files ...string) map[string]string {
	t.Helper()
	dir, out := t.TempDir(), map[string]string{}
	for _, f := range files {
		name, content, _ := strings.Cut(f, "=")
		out[name] = filepath.Join(dir, name)
		if err := os.WriteFile(out[name], []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// What is put one by one is no version; publishing the whole makes it one, without
// sending the files again.
func TestPutThenPublish(t *testing.T) {
	t.Parallel()
	st := newStore(t)
	var wg sync.WaitGroup
	for _, f := range []string{"a=aaaa", "b=bb", "c="} { // as GoReleaser does: at the same time
		files := local(t, f)
		wg.Go(func() {
			r, err := Put(t.Context(), st, "demo", "1.0.0", files, quick)
			if err != nil || len(r.Files) != 1 || r.Files[0].Already || !strings.HasSuffix(r.Files[0].URL, "/demo/1.0.0/"+r.Files[0].Name) {
				t.Errorf("%+v, %v", r, err)
			}
		})
	}
	wg.Wait()
	if got := keys(t, st, ""); !slices.Equal(got, []string{"demo/1.0.0/a", "demo/1.0.0/b", "demo/1.0.0/c"}) {
		t.Errorf("objects %q", got)
	}
	if _, err := Verify(t.Context(), st, VerifyOptions{}); err == nil || !strings.Contains(err.Error(), "there is no release") {
		t.Errorf("verify says %v", err)
	}
	rec := storetest.Record(st)
	r := newRelease("demo", "1.0.0", "a=aaaa", "b=bb", "c=", "d=d")
	res := mustPublish(t, rec, r)
	if res.Uploaded != 1 || res.Skipped != 3 || len(rec.Calls(store.OpBegin)) != 1 {
		t.Errorf("%+v", res)
	}
	settled(t, st, "demo")

	// The version is there now: the same is fine, a lost file comes back, anything
	// else is refused.
	if err := st.Delete(t.Context(), "demo/1.0.0/b"); err != nil {
		t.Fatal(err)
	}
	got, err := Put(t.Context(), st, "demo", "1.0.0", local(t, "a=aaaa", "b=bb"), quick)
	if err != nil || !got.Files[0].Already || got.Files[1].Already {
		t.Errorf("%+v, %v", got, err)
	}
	settled(t, st, "demo")
	for _, f := range []string{"a=aaab", "new=1"} {
		if _, err := Put(t.Context(), st, "demo", "1.0.0", local(t, f), quick); !errors.Is(err, store.ErrExists) || !strings.Contains(err.Error(), "already published") {
			t.Errorf("%s: %v", f, err)
		}
	}
	settled(t, st, "demo")
}

func TestPutRefuses(t *testing.T) {
	t.Parallel()
	st := newStore(t)
	put(t, st, "demo/1.0.0/a", "aaaa")
	put(t, st, "demo/2.0.0/.removing.json", "{}")
	before := keys(t, st, "")
	for _, tc := range []struct{ project, version, file, want string }{
		{"demo", "1.0.0", "a=aaab", "a is there with other bytes"},
		{"demo", "2.0.0", "a=aaaa", "gc is removing this version"},
		{"demo", "1.0.0", "manifest.json={}", "the name is taken"},
		{"demo", "1.0.0", "sha256sums=x", "differs from SHA256SUMS only in case"},
		{"demo", "1.0.0", ".hidden=x", "begins with a dash or a dot"},
		{"demo", "latest.json", "a=x", "object of the store"},
		{"../demo", "1.0.0", "a=x", "path separator"},
		{"demo", "", "a=x", "it is empty"},
	} {
		_, err := Put(t.Context(), st, tc.project, tc.version, local(t, tc.file), quick)
		if err == nil || !strings.Contains(err.Error(), tc.want) || msg.In(err, msg.Chinese) == err.Error() || msg.Hint(err).IsZero() {
			t.Errorf("%+v: %v (%v)", tc, err, msg.Hint(err))
		}
	}
	if _, err := Put(t.Context(), st, "demo", "1.0.0", map[string]string{"a": t.TempDir()}, quick); err == nil || msg.Hint(err).IsZero() {
		t.Errorf("a folder: %v", err)
	}
	if _, err := Put(t.Context(), st, "demo", "1.0.0", nil, quick); msg.KindOf(err) != msg.Usage {
		t.Errorf("no file: %v", err)
	}
	if got := keys(t, st, ""); !slices.Equal(got, before) {
		t.Errorf("a refusal changed the store: %q", got)
	}
}

// Whatever call fails, the file is there whole or not at all, and the same again
// completes it.
func TestEveryCallOfPutFails(t *testing.T) {
	t.Parallel()
	files := local(t, "a="+strings.Repeat("a", 5000))
	storetest.FailSome(t, sample(3), func(t *testing.T, inject storetest.Inject) {
		st := newStore(t)
		ctx, faulty, _ := inject(st)
		o := Options{Pause: time.Microsecond, PartSize: 2000}
		_, err := Put(ctx, faulty, "demo", "1.0.0", files, o)
		if got := keys(t, st, ""); err == nil && len(got) != 1 {
			t.Errorf("success, but there is %q", got)
		}
		if _, err := Put(context.Background(), st, "demo", "1.0.0", files, o); err != nil {
			t.Fatal(err)
		}
		if get(t, st, "demo/1.0.0/a") != strings.Repeat("a", 5000) {
			t.Error("other bytes")
		}
	})
}

// Strays that Put left go a day later, when asked; nobody loses what is published.
func TestPutLeavesStrays(t *testing.T) {
	t.Parallel()
	st := three(t)
	if _, err := Put(t.Context(), st, "demo", "9.0.0", local(t, "a=x"), quick); err != nil {
		t.Fatal(err)
	}
	if gone, kept := summary(mustGC(t, st, GCOptions{Strays: true})); gone != "" || kept != "9.0.0 busy" {
		t.Errorf("%s; %s", gone, kept)
	}
	age(t, st, 25*time.Hour, "demo/9.0.0/")
	if gone, kept := summary(mustGC(t, st, GCOptions{})); gone != "" || kept != "9.0.0 stray" {
		t.Errorf("%s; %s", gone, kept)
	}
	if gone, _ := summary(mustGC(t, st, GCOptions{Strays: true})); gone != "9.0.0 stray" {
		t.Errorf("%s", gone)
	}
	settled(t, st, "demo")
}
