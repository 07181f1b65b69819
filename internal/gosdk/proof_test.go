package gosdk

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// proofOf writes a proof for the releases in the database.
func proofOf(t testing.TB, db *database, lists []List, releases ...Release) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteProof(context.Background(), &b, ProofOptions{Key: db.key, Remote: db.remote, Releases: releases, Lists: lists}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func open(t testing.TB, b []byte) *Proof {
	t.Helper()
	p, err := OpenProof(context.Background(), bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *Proof) log(t testing.TB, key string) Log {
	t.Helper()
	log, err := NewLog(key, p.ReadRemote)
	if err != nil {
		t.Fatal(err)
	}
	return log
}

// unzip and rezip let a test forge the inside of a proof.
func unzip(t testing.TB, b []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out[f.Name] = string(content)
	}
	return out
}

func rezip(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, files[name])
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestProofReplacesTheNetwork(t *testing.T) {
	files := released()
	db := newDatabase(t, map[Release]string{demo: h1(t, demo, files), other: "h1:other="})
	lists := []List{CacheList(t.TempDir()), ZipList(moduleZip(t, demo, files))}
	small := proofOf(t, db, nil, demo, other)
	large := proofOf(t, db, lists, demo)
	if again := proofOf(t, db, nil, demo, other); !bytes.Equal(small, again) {
		t.Error("two proofs of the same answers differ")
	}

	p := open(t, small)
	for r, want := range map[Release]string{demo: h1(t, demo, files), other: "h1:other="} {
		if got, err := LoggedH1(t.Context(), p.log(t, db.key), r); err != nil || got != want {
			t.Errorf("%s: %s, %v", r, got, err)
		}
	}
	tampered := goroot(t, with(files, func(m map[string]string) { m[compiler] = "evil" }))
	for name, c := range map[string]struct {
		proof []byte
		dir   string
		want  Verdict
		diff  *Diff
	}{
		"genuine":            {small, goroot(t, files), Genuine, nil},
		"tampered":           {small, tampered, Differs, nil},
		"tampered, and list": {large, tampered, Differs, &Diff{Changed: []string{compiler}}},
	} {
		p := open(t, c.proof)
		res, err := Verify(t.Context(), c.dir, Options{Log: p.log(t, db.key), Lists: []List{p.List}})
		if err != nil || res.Verdict != c.want || !reflect.DeepEqual(res.Diff, c.diff) {
			t.Errorf("%s: %+v, %v", name, res, err)
		}
	}

	// A release that the proof does not cover is not a release that is not logged.
	res, err := Verify(t.Context(), goroot(t, with(files, func(m map[string]string) { m["VERSION"] = "go1.26.7" })), Options{Log: p.log(t, db.key)})
	if err != nil || res.Verdict != Incomplete || msg.KindOf(res.Why) != msg.Incomplete || errors.Is(res.Why, fs.ErrNotExist) || msg.Hint(res.Why).IsZero() {
		t.Errorf("not covered: %+v, %v", res, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.ReadRemote(ctx, "/latest"); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := p.List(t.Context(), demo); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a list that is not there: %v", err)
	}
}

func TestForgedProofs(t *testing.T) {
	files := released()
	evil := with(files, func(m map[string]string) { m[compiler] = "evil" })
	logged, wanted := h1(t, demo, files), h1(t, demo, evil)
	db := newDatabase(t, map[Release]string{demo: logged, other: wanted})
	honest := proofOf(t, db, []List{ZipList(moduleZip(t, demo, files))}, demo)
	stranger := newDatabase(t, map[Release]string{demo: wanted})
	tree := goroot(t, evil)

	for _, c := range []struct {
		name  string
		forge func(name, content string) (string, string)
		kind  msg.Kind
	}{
		{"the hash", func(n, s string) (string, string) { return n, strings.ReplaceAll(s, logged, wanted) }, msg.Findings},
		{"each tile", func(n, s string) (string, string) {
			if strings.Contains(n, "/tile/") {
				s = s[:40] + "x" + s[41:]
			}
			return n, s
		}, msg.Findings},
		{"a tile is gone", func(n, s string) (string, string) {
			return strings.ReplaceAll(n, "/tile/8/0", "/tile/8/9"), s
		}, msg.Incomplete},
		{"another database's name", func(n, s string) (string, string) {
			return n, strings.ReplaceAll(s, "sum.corp.test", "sum.evil.test")
		}, msg.Findings},
	} {
		forged := map[string]string{}
		for n, s := range unzip(t, honest) {
			n, s = c.forge(n, s)
			forged[n] = s
		}
		p := open(t, rezip(t, forged))
		res, err := Verify(t.Context(), tree, Options{Log: p.log(t, db.key), Lists: []List{p.List}})
		if err != nil || res.Verdict != Incomplete || msg.KindOf(res.Why) != c.kind {
			t.Errorf("%s: %+v, %v", c.name, res, err)
		}
	}

	// The answer for another release, under this one's name; a whole proof by
	// somebody with a key of his own.
	swapped := unzip(t, proofOf(t, db, nil, other))
	for n, s := range swapped {
		if strings.Contains(n, "/lookup/") {
			delete(swapped, n)
			swapped["sumdb/sum.corp.test/lookup/golang.org/toolchain@"+demo.Module().Version] = s
		}
	}
	for name, b := range map[string][]byte{"another release": rezip(t, swapped), "another signer": proofOf(t, stranger, nil, demo)} {
		res, err := Verify(t.Context(), tree, Options{Log: open(t, b).log(t, db.key)})
		if err != nil || res.Verdict == Genuine || res.Verdict == Differs || res.Why == nil {
			t.Errorf("%s: %+v, %v", name, res, err)
		}
	}

	// A list that hides what was changed.
	lying := unzip(t, honest)
	wrong := unzip(t, proofOf(t, stranger, []List{ZipList(moduleZip(t, demo, evil))}, demo))
	dir := "files/" + demo.Module().Version
	lying[dir+"/sums"], lying[dir+"/names"] = wrong[dir+"/sums"], wrong[dir+"/names"]
	p := open(t, rezip(t, lying))
	res, err := Verify(t.Context(), tree, Options{Log: p.log(t, db.key), Lists: []List{p.List}})
	if err != nil || res.Verdict != Differs || res.Diff != nil || msg.KindOf(res.Why) != msg.Findings {
		t.Errorf("a lying list: %+v, %v", res, err)
	}
}

func TestOpenProofRefuses(t *testing.T) {
	db := newDatabase(t, map[Release]string{demo: "h1:demo="})
	good := proofOf(t, db, nil, demo)
	change := func(f func(map[string]string)) []byte { m := unzip(t, good); f(m); return rezip(t, m) }
	for name, b := range map[string][]byte{
		"empty":             nil,
		"a login page":      []byte("<html>"),
		"cut off":           good[:len(good)-30],
		"cut in the middle": good[:len(good)/2],
		"no format":         change(func(m map[string]string) { delete(m, "format") }),
		"a later format":    change(func(m map[string]string) { m["format"] = "yingzao go proof 2\n" }),
		"a stray file":      change(func(m map[string]string) { m["evil.sh"] = "x" }),
		"a stray list":      change(func(m map[string]string) { m["files/x/modes"] = "x" }),
		"two databases":     change(func(m map[string]string) { m["sumdb/sum.evil.test/lookup/x@v1.0.0"] = "x" }),
		"outside":           change(func(m map[string]string) { m["sumdb/../../lookup/x"] = "x" }),
		"a bomb":            change(func(m map[string]string) { m["files/x/names"] = strings.Repeat("\x00", 20<<20) }),
	} {
		if _, err := OpenProof(t.Context(), bytes.NewReader(b), int64(len(b))); err == nil {
			t.Errorf("%s: opened", name)
		}
	}
}

func TestWriteProofRefuses(t *testing.T) {
	db := newDatabase(t, map[Release]string{demo: "h1:demo="})
	ok := ProofOptions{Key: db.key, Remote: db.remote, Releases: []Release{demo}}
	lying := func(context.Context, Release) ([]File, error) { return []File{{Name: "x"}}, nil }
	for name, c := range map[string]struct {
		change func(*ProofOptions)
		kind   msg.Kind
	}{
		"no release":       {func(o *ProofOptions) { o.Releases = nil }, msg.Usage},
		"a devel version":  {func(o *ProofOptions) { o.Releases = []Release{{"devel", "linux", "amd64"}} }, msg.Usage},
		"a bad key":        {func(o *ProofOptions) { o.Key = "x" }, msg.Usage},
		"Google's key":     {func(o *ProofOptions) { o.Key = "" }, msg.Findings},
		"not logged":       {func(o *ProofOptions) { o.Releases = []Release{{"go1.99.0", "linux", "amd64"}} }, msg.Incomplete},
		"no list for it":   {func(o *ProofOptions) { o.Lists = []List{CacheList(t.TempDir())} }, msg.Incomplete},
		"a list that lies": {func(o *ProofOptions) { o.Lists = []List{lying} }, msg.Findings},
	} {
		o := ok
		c.change(&o)
		var b bytes.Buffer
		if err := WriteProof(t.Context(), &b, o); err == nil || msg.KindOf(err) != c.kind || b.Len() > 0 {
			t.Errorf("%s: kind %d, %v, %d bytes written", name, msg.KindOf(err), err, b.Len())
		}
	}
}

func TestDecodeList(t *testing.T) {
	sums := strings.Repeat("s", 32)
	for _, c := range []struct {
		name, names, sums string
		want              int // -1: refused
	}{
		{"empty", "", "", 0},
		{"two", "a\nb\n", sums + sums, 2},
		{"no last newline", "a\nb", sums + sums, -1},
		{"too few sums", "a\nb\n", sums, -1},
		{"too many sums", "a\n", sums + sums, -1},
		{"half a sum", "a\n", sums[:31], -1},
		{"twice", "a\na\n", sums + sums, -1},
		{"unsorted", "b\na\n", sums + sums, -1},
	} {
		files, err := decodeList([]byte(c.names), []byte(c.sums))
		if got := len(files); err != nil && c.want != -1 || err == nil && got != c.want {
			t.Errorf("%s: %d files, %v", c.name, got, err)
		}
	}
}

func FuzzOpenProof(f *testing.F) {
	db := newDatabase(f, map[Release]string{demo: "h1:demo="})
	good := proofOf(f, db, nil, demo)
	f.Add(good)
	f.Add(good[:len(good)-1])
	f.Add(rezip(f, unzip(f, good)))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := OpenProof(t.Context(), bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		if got, err := LoggedH1(t.Context(), p.log(t, db.key), demo); err == nil && got != "h1:demo=" {
			t.Errorf("proves %s", got)
		}
	})
}

// Whatever is in a proof, the only hash and the only list it can prove are the
// logged ones.
func FuzzProofContent(f *testing.F) {
	files := map[string]string{"VERSION": "go1.26.8", "src/go.mod": "module std\n"}
	logged := h1(f, demo, files)
	db := newDatabase(f, map[Release]string{demo: logged})
	good := unzip(f, proofOf(f, db, []List{ZipList(moduleZip(f, demo, files))}, demo))
	var names []string
	for _, name := range slices.Sorted(maps.Keys(good)) {
		if name != formatName {
			names = append(names, name)
		}
	}
	for i, name := range names {
		f.Add(uint(i), []byte(good[name]))
		f.Add(uint(i), bytes.Replace([]byte(good[name]), []byte("h1:"), []byte("h1:x"), 1))
	}
	f.Fuzz(func(t *testing.T, which uint, content []byte) {
		p := &Proof{database: "sum.corp.test", files: map[string][]byte{}}
		for name, s := range good {
			p.files[name] = []byte(s)
		}
		p.files[names[which%uint(len(names))]] = content
		if got, err := LoggedH1(t.Context(), p.log(t, db.key), demo); err == nil && got != logged {
			t.Errorf("proves %s", got)
		}
		list, err := official(t.Context(), demo, logged, []List{p.List})
		if err == nil && list != nil && (len(list) != 2 || hash1(demo, list) != logged) {
			t.Errorf("proves the list %v", list)
		}
		if list, err = p.List(t.Context(), demo); err == nil {
			if n, s := encodeList(list); !bytes.Equal(n, p.files[listDir(demo)+"names"]) || !bytes.Equal(s, p.files[listDir(demo)+"sums"]) {
				t.Errorf("%d files do not survive", len(list))
			}
		}
	})
}
