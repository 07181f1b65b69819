package file_test

import (
	"errors"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/file"
	"github.com/yingzao-dev/yingzao/internal/store/storetest"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv("YINGZAO_STORE_CHILD"); dir != "" {
		writeForEver(dir) // see TestKilled
	}
	if dir := os.Getenv("YINGZAO_STORE_ONCE"); dir != "" {
		writeOnce(dir) // see TestSystemCallsFail
	}
	goleak.VerifyTestMain(m)
}

func TestConformance(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store { return open(t, t.TempDir()+"/site") })
}

func open(t testing.TB, dir string) *file.Store {
	t.Helper()
	st, err := file.New(dir)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func put(t testing.TB, st store.Store, key, body string) {
	t.Helper()
	if err := tryPut(t, st, key, body, store.PutOptions{}); err != nil {
		t.Fatal(err)
	}
}

func tryPut(t testing.TB, st store.Store, key, body string, o store.PutOptions) error {
	_, err := st.Put(t.Context(), key, strings.NewReader(body), int64(len(body)), o)
	return err
}

func keys(t testing.TB, st store.Store) []string {
	t.Helper()
	all := []string{}
	if err := st.List(t.Context(), "", func(i store.Info) error { all = append(all, i.Key); return nil }); err != nil {
		t.Fatal(err)
	}
	return all
}

// files lists everything below dir, the hidden area included.
func files(t testing.TB, dir string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err == nil && p != dir {
			rel, _ := filepath.Rel(dir, p)
			all = append(all, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return all
}

// wantError checks class and hint, in both languages.
func wantError(t testing.TB, err, class error, hint string) {
	t.Helper()
	if !errors.Is(err, class) || store.ClassOf(err) != class {
		t.Errorf("error %v, want the class %v", err, class)
		return
	}
	if h := msg.Hint(err); !strings.Contains(h.EN, hint) || h.ZH == "" || h.ZH == h.EN {
		t.Errorf("%v: hint %+v, want %q in it", err, h, hint)
	}
	if strings.Contains(err.Error(), "%!") || strings.Contains(msg.In(err, msg.Chinese), "%!") {
		t.Errorf("broken format: %v", err)
	}
}

func TestOpenTouchesNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	st := open(t, dir)
	if got := keys(t, st); len(got) != 0 {
		t.Errorf("keys %q", got)
	}
	if _, err := st.Head(t.Context(), "x"); !errors.Is(err, store.ErrNotFound) {
		t.Error(err)
	}
	if _, err := os.Lstat(filepath.Dir(dir)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("reading made the directory: %v", err)
	}
	put(t, st, "v1/x", "x")
	if got := files(t, dir); strings.Join(got, " ") != "v1 v1/x" {
		t.Errorf("files %q: the hidden area must be gone when nothing is in it", got)
	}
	if err := os.RemoveAll(dir); err != nil { // a store outlives its directory
		t.Fatal(err)
	}
	put(t, st, "y", "y")
	if got := keys(t, st); strings.Join(got, " ") != "y" {
		t.Errorf("keys %q", got)
	}
}

func TestURL(t *testing.T) {
	schemes := store.Schemes{"file": file.Open}
	base := filepath.ToSlash(t.TempDir())
	for _, name := range []string{"site", "发布 目录", "100%", "a#b?c", "%41", "with:colon"} {
		dir := base + "/" + name
		st, err := schemes.Open(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		if got := st.(*file.Store).Dir(); got != filepath.FromSlash(dir) {
			t.Errorf("%q opened as %q", dir, got)
		}
		again, err := schemes.Open(t.Context(), st.URL())
		if err != nil || again.(*file.Store).Dir() != filepath.FromSlash(dir) {
			t.Errorf("%s does not lead back: %v, %v", st.URL(), again, err)
		}
	}
	wd, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for _, raw := range []string{"dist/site", "./dist/site", "file:dist/site", "dist//x/../site/"} {
		st, err := schemes.Open(t.Context(), raw)
		if err != nil || st.(*file.Store).Dir() != filepath.Join(wd, "dist", "site") {
			t.Errorf("%q: %v, %v", raw, st, err)
		}
	}
	if st, err := schemes.Open(t.Context(), "file://localhost"+base); err != nil || st.(*file.Store).Dir() != filepath.FromSlash(base) {
		t.Errorf("localhost: %v, %v", st, err)
	}
	for raw, hint := range map[string]string{"file://dist/site": "three slashes", "file:///x?region=y": "from the ? on", "file://": "", "file:%zz": ""} {
		_, err := schemes.Open(t.Context(), raw)
		if h := msg.Hint(err); err == nil || !strings.Contains(h.EN, hint) || msg.KindOf(err) != msg.Usage {
			t.Errorf("%q: %v, hint %q", raw, err, h)
		}
	}
	if _, err := file.Open(t.Context(), &url.URL{Scheme: "file"}); err == nil {
		t.Error("an empty URL was opened")
	}
}

func TestKeysOfItsOwn(t *testing.T) {
	dir := t.TempDir()
	st := open(t, dir)
	for key, hint := range map[string]string{
		".yingzao-uploads": "belongs to the store", ".yingzao-uploads/x": "belongs to the store", ".Yingzao-Uploads/x": "belongs to the store",
		"a:b": `":"`, "a/b?": `"?"`, "x*": `"*"`, `q"q`: "Windows", "<a>": `"<"`, "a|b": `"|"`,
		"a.": "dot or a space", "a./b": "dot or a space", "a ": "dot or a space", "dir /b": "dot or a space", "...": "dot or a space",
		"con": "device", "a/NUL": "device", "aux.txt": "device", "com1": "device", "LPT9.tar.gz": "device", "COM¹": "device", "prn .x": "device",
		strings.Repeat("n", 256): "255 bytes", "a\\b": "separated by /", "": "separated by /",
	} {
		wantError(t, tryPut(t, st, key, "x", store.PutOptions{}), store.ErrInvalidKey, hint)
		_, err := st.Head(t.Context(), key)
		wantError(t, err, store.ErrInvalidKey, hint)
	}
	if got := files(t, dir); len(got) != 0 {
		t.Errorf("left behind: %q", got)
	}
	for _, key := range []string{".nojekyll", ".well-known/x", "console", "com10", "nul1", "x.con", "a.yingzao-uploads", "com"} {
		put(t, st, key, key)
	}
}

func TestObjectBelowObject(t *testing.T) {
	dir := t.TempDir()
	st := open(t, dir)
	put(t, st, "a", "file")
	put(t, st, "d/x/y", "deep")
	before := strings.Join(files(t, dir), " ")
	for _, o := range []store.PutOptions{{}, {IfAbsent: true}} {
		wantError(t, tryPut(t, st, "a/b", "x", o), store.ErrInvalidKey, `object "a"`)
		wantError(t, tryPut(t, st, "a/b/c/d", "x", o), store.ErrInvalidKey, `object "a"`)
		wantError(t, tryPut(t, st, "d", "x", o), store.ErrInvalidKey, `object "d"`)
		wantError(t, tryPut(t, st, "d/x", "x", o), store.ErrInvalidKey, `object "d/x"`)
	}
	if after := strings.Join(files(t, dir), " "); after != before {
		t.Errorf("left behind: %s", after)
	}
	if _, err := st.Head(t.Context(), "a/b"); !errors.Is(err, store.ErrNotFound) {
		t.Error(err)
	}
	if err := st.Delete(t.Context(), "a/b", "d", "d/x"); err != nil {
		t.Error(err)
	}
	if got := strings.Join(keys(t, st), " "); got != "a d/x/y" {
		t.Errorf("keys %q", got)
	}
	if err := os.Mkdir(filepath.Join(dir, "empty"), 0o755); err != nil { // by somebody else
		t.Fatal(err)
	}
	if err := st.Delete(t.Context(), "empty"); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "empty")); err != nil {
		t.Error("Delete took a directory for an object")
	}
}

func TestStoreIsAFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "site")
	if err := os.WriteFile(name, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{name, name + "/deeper"} {
		err := tryPut(t, open(t, dir), "a", "x", store.PutOptions{})
		if err == nil || !strings.Contains(msg.Hint(err).EN, "is a file where a directory is needed") {
			t.Errorf("%v, hint %+v", err, msg.Hint(err))
		}
	}
}

func TestReadsThroughAReader(t *testing.T) {
	// A reader keeps the object it opened, whatever happens to the key.
	st := open(t, t.TempDir())
	put(t, st, "a", "the first one")
	r, info, err := st.Get(t.Context(), "a", 4, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	put(t, st, "a", "2")
	if err := st.Delete(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); string(got) != "first one" || err != nil || info.Size != 13 {
		t.Errorf("%q, %v, %+v", got, err, info)
	}
}

// FuzzKeys puts whatever key there is: either it is refused, or exactly this
// object is in the store afterwards, and nothing outside of it.
func FuzzKeys(f *testing.F) {
	for _, key := range []string{"a", "a/b", "../x", "/etc/x", `a\..\b`, "中/文 件", "C:x", "a/./b", ".yingzao-uploads/x", "nul", "a\x00", strings.Repeat("d/", 200) + "x"} {
		f.Add(key)
	}
	f.Fuzz(func(t *testing.T, key string) {
		outer := t.TempDir()
		st := open(t, filepath.Join(outer, "site"))
		err := tryPut(t, st, key, "x", store.PutOptions{IfAbsent: true})
		got := keys(t, st)
		if err != nil {
			if !errors.Is(err, store.ErrInvalidKey) || len(got) != 0 {
				t.Errorf("%q: %v, keys %q", key, err, got)
			}
		} else if len(got) != 1 || got[0] != key {
			t.Errorf("%q is stored as %q", key, got)
		}
		for _, name := range files(t, outer) {
			if name != "site" && !strings.HasPrefix(name, "site/") {
				t.Errorf("%q made %s", key, name)
			}
		}
	})
}
