package publish

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// digestsIn finds what looks like a SHA-256.
func digestsIn(text string) []string {
	words := strings.FieldsFunc(text, func(r rune) bool { return !strings.ContainsRune("0123456789abcdef", r) })
	return slices.DeleteFunc(words, func(w string) bool { return len(w) != 64 })
}

// follow reads a project as programs and people do: from latest.json to the
// manifest to every artifact, every version of the index, and every digest that
// the page or the install script promises. It returns the version that latest
// names, and an error when something that is promised is not there or has other
// bytes. It shares no code with Verify.
func follow(objects map[string]string, project string) (version string, err error) {
	at := func(name string) (string, error) {
		b, ok := objects[path.Join(project, name)]
		if !ok {
			return "", fmt.Errorf("%s is missing", name)
		}
		return b, nil
	}
	whole := func(version, digest string) error {
		b, err := at(version + "/manifest.json")
		if err != nil {
			return err
		}
		var m manifest.Manifest
		if err := json.Unmarshal([]byte(b), &m); err != nil {
			return err
		}
		if sha256Of([]byte(b)) != digest || m.Version != version {
			return fmt.Errorf("the manifest of %s is another", version)
		}
		sums, err := at(version + "/SHA256SUMS")
		if err != nil {
			return err
		}
		for _, a := range m.Artifacts {
			content, err := at(version + "/" + a.Name)
			switch {
			case err != nil:
				return err
			case sha256Of([]byte(content)) != a.SHA256 || int64(len(content)) != a.Size:
				return fmt.Errorf("%s of %s has other bytes", a.Name, version)
			case !strings.Contains(sums, a.SHA256+"  "+a.Name+"\n"):
				return fmt.Errorf("SHA256SUMS of %s lacks %s", version, a.Name)
			}
		}
		return nil
	}
	var latest, index = Latest{}, Index{}
	for name, v := range map[string]any{LatestName: &latest, IndexName: &index} {
		b, err := at(name)
		if err == nil {
			err = json.Unmarshal([]byte(b), v)
		}
		if err != nil {
			return "", fmt.Errorf("%s: %w", name, err)
		}
	}
	if err := whole(latest.Version, latest.Manifest); err != nil {
		return "", fmt.Errorf("latest: %w", err)
	}
	if index.find(latest.Version) == nil {
		return "", fmt.Errorf("the index lacks %s, which is latest", latest.Version)
	}
	for _, e := range index.Versions {
		if err := whole(e.Version, e.Manifest); err != nil {
			return "", fmt.Errorf("index: %w", err)
		}
	}
	there := map[string]bool{}
	for _, content := range objects {
		there[sha256Of([]byte(content))] = true
	}
	for _, name := range []string{PageName, InstallName} {
		b, err := at(name)
		if err != nil {
			return "", err
		}
		digests := digestsIn(b)
		if len(digests) == 0 && name == PageName { // the script has none without programs
			return "", fmt.Errorf("%s promises nothing", name)
		}
		for _, d := range digests {
			if !there[d] {
				return "", fmt.Errorf("%s promises %s, which nothing has", name, d)
			}
		}
	}
	return latest.Version, nil
}

// watched is a store that is read after each of its calls that may change what
// readers see: no reader may ever be left with half a release.
type watched struct {
	store.Store
	look func()
	// hurried counts what took longer than a transfer that ends waits for: the
	// beginning of an upload, of which nobody learns then, or its abortion.
	hurried *atomic.Int64
}

// watch looks at a site after each change; versions are those a reader may get.
func watch(t testing.TB, s *site, st store.Store, versions ...string) watched {
	return watched{st, func() {
		v, err := follow(s.objects(t), "demo")
		if err != nil {
			t.Errorf("in between, a reader fails: %v", err)
			return
		}
		for _, want := range versions {
			if v == want {
				return
			}
		}
		t.Errorf("in between, a reader gets %q", v)
	}, new(atomic.Int64)}
}

func (w watched) Put(ctx context.Context, key string, body io.ReadSeeker, size int64, o store.PutOptions) (store.Info, error) {
	defer w.look()
	return w.Store.Put(ctx, key, body, size, o)
}

func (w watched) Delete(ctx context.Context, keys ...string) error {
	defer w.look()
	return w.Store.Delete(ctx, keys...)
}

func (w watched) Begin(ctx context.Context, key string, o store.PutOptions) (store.Upload, error) {
	u, err := w.Store.Begin(ctx, key, o)
	if err != nil && ctx.Err() != nil {
		w.hurried.Add(1)
	}
	return watchedUpload{u, w}, err
}

func (w watched) Resume(ctx context.Context, key, id string, o store.PutOptions) (store.Upload, error) {
	u, err := w.Store.Resume(ctx, key, id, o)
	return watchedUpload{u, w}, err
}

type watchedUpload struct {
	store.Upload
	w watched
}

func (u watchedUpload) Commit(ctx context.Context) (store.Info, error) {
	defer u.w.look()
	return u.Upload.Commit(ctx)
}

func (u watchedUpload) Abort(ctx context.Context) error {
	err := u.Upload.Abort(ctx)
	if err != nil && ctx.Err() != nil {
		u.w.hurried.Add(1)
	}
	return err
}

// The reader that other tests rely on must notice what can be wrong.
func TestFollowNotices(t *testing.T) {
	t.Parallel()
	s := newSite(t, "file", siteOptions{})
	st := s.open(t, siteOptions{})
	for i, version := range []string{"1.0.0", "1.1.0"} {
		if _, err := s.publish(t.Context(), st, partsRelease(version, uint64(i), 10, 20), Options{}); err != nil {
			t.Fatal(err)
		}
	}
	good := s.objects(t)
	if v, err := follow(good, "demo"); v != "1.1.0" || err != nil {
		t.Fatalf("%q, %v", v, err)
	}
	for key := range good {
		for how, change := range map[string]func(map[string]string){
			"gone":    func(m map[string]string) { delete(m, key) },
			"changed": func(m map[string]string) { m[key] = strings.Map(flip, m[key]) },
		} {
			bad := map[string]string{}
			for k, v := range good {
				bad[k] = v
			}
			if key == "demo/install.sh" && how == "changed" {
				continue // without programs it promises nothing
			}
			change(bad)
			if v, err := follow(bad, "demo"); err == nil {
				t.Errorf("%s %s: a reader still gets %q", key, how, v)
			}
		}
	}
}

// flip changes every digit, so that digests are others and JSON stays JSON.
func flip(r rune) rune {
	switch {
	case r >= '1' && r <= '8':
		return r + 1
	case r == '9':
		return '1'
	case r > 0x7f:
		return 'x'
	}
	return r
}
