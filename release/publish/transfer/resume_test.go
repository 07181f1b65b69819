package transfer

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/storetest"
)

// interrupted sends until the n-th request for a part, where the process ends
// without a word.
func interrupted(t *testing.T, bare store.Store, o Options, n int, objects ...Object) {
	t.Helper()
	f := storetest.Faulty(bare, storetest.Fault{N: n, Dead: true})
	if err := New(f, o).Send(t.Context(), objects); err == nil {
		t.Fatal("it was not interrupted")
	}
}

func TestResume(t *testing.T) {
	content := random(1, 100_000)
	sums := map[string]func(*store.PartInfo){
		"by CRC-64": nil,
		"by MD5": func(p *store.PartInfo) {
			p.CRC64 = ""
			sum := md5.Sum(content[(p.Number-1)*1000:][:p.Size])
			p.ETag = `"` + strings.ToUpper(hex.EncodeToString(sum[:])) + `"`
		},
		"by nothing":       func(p *store.PartInfo) { p.CRC64, p.ETag = "", "opaque" },
		"by another's MD5": func(p *store.PartInfo) { p.CRC64, p.ETag = "", strings.Repeat("0", 32) },
	}
	for name, tell := range sums {
		for _, stream := range []bool{false, true} {
			bare := newStore(t)
			st := &script{Store: bare, tell: tell}
			o := quick
			o.PartSize, o.Connections = 1000, 4
			o.Journal = JournalFile(t.TempDir(), bare.URL(), "demo/1")
			x := object("demo/x", content, stream)
			interrupted(t, st, o, 50, x)
			var there int64
			for _, p := range uploaded(t, bare, o.Journal) {
				there += p.Size
			}
			if there < 40_000 {
				t.Fatalf("only %d bytes were sent", there)
			}
			o.PartSize = 0 // the journal knows
			tr := New(st, o)
			if err := tr.Send(t.Context(), []Object{x}); err != nil {
				t.Fatal(err)
			}
			commitAll(t, tr, []Object{x})
			tr.Close(t.Context(), false)
			if !bytes.Equal(read(t, bare, "demo/x"), content) {
				t.Errorf("%s: other bytes arrived", name)
			}
			want := int64(len(content)) - there
			if strings.HasPrefix(name, "by nothing") || strings.HasPrefix(name, "by another") {
				want = int64(len(content)) // what cannot be compared is sent again
			}
			if s := tr.Stats(); s.Sent != want || s.Sent+s.Resumed != int64(len(content)) {
				t.Errorf("%s: %d bytes sent again, %d were missing", name, s.Sent, want)
			}
			if _, err := os.Stat(o.Journal); err == nil {
				t.Errorf("%s: the journal is still there", name)
			}
		}
	}
}

// uploaded lists the parts of the one upload in a journal.
func uploaded(t *testing.T, st store.Store, file string) []store.PartInfo {
	t.Helper()
	var parts []store.PartInfo
	for _, e := range openJournal(file, st.URL()).entries() {
		u, err := st.Resume(t.Context(), e.Key, e.ID, store.PutOptions{})
		if err != nil {
			t.Fatal(err)
		}
		p, err := u.Parts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, p...)
	}
	return parts
}

// A file that was edited keeps neither its old parts nor a mixture, whatever its
// size and time say.
func TestResumeAfterEdit(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x")
	old := random(1, 100_000)
	edited := bytes.Clone(old)
	edited[1500] ^= 1 // in the second of a hundred parts
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	write := func(b []byte) Object {
		if err := os.WriteFile(name, b, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(name, at, at); err != nil {
			t.Fatal(err)
		}
		x := object("demo/x", b, false)
		x.Open = fileOpener(name)
		return x
	}
	bare := newStore(t)
	o := quick
	o.PartSize = 1000
	o.Journal = filepath.Join(t.TempDir(), "journal")
	interrupted(t, bare, o, 50, write(old))
	rec := storetest.Record(bare)
	x := write(edited)
	tr := New(rec, o)
	if err := tr.Send(t.Context(), []Object{x}); err != nil {
		t.Fatal(err)
	}
	commitAll(t, tr, []Object{x})
	tr.Close(t.Context(), false)
	if !bytes.Equal(read(t, bare, "demo/x"), edited) {
		t.Error("other bytes arrived")
	}
	if n := len(rec.Calls(store.OpAbort)); n != 1 {
		t.Errorf("the old upload was aborted %d times", n)
	}
	// Old digest, new bytes: refused, and nothing of it stays.
	x = write(old)
	x.Key = "demo/y"
	if err := os.WriteFile(name, edited, 0o644); err != nil {
		t.Fatal(err)
	}
	tr = New(bare, o)
	if err := tr.Send(t.Context(), []Object{x}); err == nil {
		t.Error("edited content was taken for the old one")
	}
	tr.Close(t.Context(), true)
	if got := uploaded(t, bare, o.Journal); len(got) > 0 {
		t.Errorf("%d parts of it stay", len(got))
	}
}

// What a journal says may be of no use.
func TestResumeInVain(t *testing.T) {
	content := random(1, 10_000)
	for name, spoil := range map[string]func(st store.Store, e *entry){
		"gone": func(st store.Store, e *entry) {
			u, _ := st.Resume(t.Context(), e.Key, e.ID, store.PutOptions{})
			_ = u.Abort(t.Context())
		},
		"no such upload": func(_ store.Store, e *entry) { e.ID = "../../etc" },
		"of other parts": func(_ store.Store, e *entry) { e.PartSize = 700 },
		"too many parts": func(st store.Store, e *entry) {
			u, _ := st.Resume(t.Context(), e.Key, e.ID, store.PutOptions{})
			_, _ = u.Part(t.Context(), 99, strings.NewReader("x"), 1)
		},
		"a damaged part": func(st store.Store, e *entry) {
			u, _ := st.Resume(t.Context(), e.Key, e.ID, store.PutOptions{})
			_, _ = u.Part(t.Context(), 2, bytes.NewReader(make([]byte, 1000)), 1000)
		},
		"a short part": func(st store.Store, e *entry) {
			u, _ := st.Resume(t.Context(), e.Key, e.ID, store.PutOptions{})
			_, _ = u.Part(t.Context(), 2, bytes.NewReader(content[1000:1999]), 999)
		},
	} {
		bare := newStore(t)
		o := quick
		o.PartSize, o.Journal = 1000, filepath.Join(t.TempDir(), "journal")
		x := object("demo/x", content, false)
		interrupted(t, bare, o, 9, x)
		e := openJournal(o.Journal, bare.URL()).entries()[0]
		spoil(bare, &e)
		writeJournal(t, o.Journal, bare.URL(), e)
		o.PartSize = 0
		tr := New(bare, o)
		if err := tr.Send(t.Context(), []Object{x}); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		commitAll(t, tr, []Object{x})
		tr.Close(t.Context(), false)
		if !bytes.Equal(read(t, bare, "demo/x"), content) {
			t.Errorf("%s: other bytes arrived", name)
		}
	}
}

// A failure keeps what later runs can use, and throws away the rest.
func TestCloseKeeps(t *testing.T) {
	for _, keep := range []bool{true, false} {
		bare := newStore(t)
		rec := storetest.Record(bare)
		st := &script{Store: rec, part: func(n int) error {
			if n > 20 {
				return store.ErrDenied
			}
			return nil
		}}
		o := quick
		o.PartSize, o.Journal, o.Connections = 1000, filepath.Join(t.TempDir(), "journal"), 2
		writeJournal(t, o.Journal, bare.URL(), entry{Key: "demo/later", SHA256: strings.Repeat("0", 64), PartSize: 1000, ID: "up-0"})
		tr := New(st, o)
		if err := tr.Send(t.Context(), []Object{object("demo/a", random(1, 15_000), false), object("demo/b", random(2, 10_000), false), object("demo/c", random(3, 5000), false)}); err == nil {
			t.Fatal("no error")
		}
		tr.Close(t.Context(), keep)
		left := openJournal(o.Journal, bare.URL()).entries()
		if keep != (len(left) == 3) || keep != (len(uploaded2(t, bare, left)) > 0) {
			t.Errorf("keep %v: %d uploads stay: %+v", keep, len(left), left)
		}
		if n := len(rec.Calls(store.OpAbort)); !keep && n < 2 || keep && n > 1 {
			t.Errorf("keep %v: %d aborts", keep, n)
		}
	}
	// Where the journal cannot be written nothing is kept.
	bare := newStore(t)
	o := quick
	o.PartSize, o.Journal = 1000, filepath.Join(t.TempDir(), "no", "such", "folder")
	tr := New(&script{Store: bare, part: func(n int) error {
		if n > 5 {
			return store.ErrDenied
		}
		return nil
	}}, o)
	_ = tr.Send(t.Context(), []Object{object("demo/a", random(1, 15_000), false)})
	tr.Close(t.Context(), true)
	if files, _ := os.ReadDir(bare.Dir()); len(files) > 0 {
		t.Errorf("left %v", files)
	}
}

func uploaded2(t *testing.T, st store.Store, list []entry) (parts []store.PartInfo) {
	t.Helper()
	for _, e := range list {
		if u, err := st.Resume(t.Context(), e.Key, e.ID, store.PutOptions{}); err == nil {
			p, _ := u.Parts(t.Context())
			parts = append(parts, p...)
		}
	}
	return parts
}

func writeJournal(t *testing.T, file, url string, list ...entry) {
	t.Helper()
	b, err := json.Marshal(journalFile{Schema: 1, Store: url, Uploads: list})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b, 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestJournalFile(t *testing.T) {
	a := JournalFile("dist", "oss://b/p", "demo/1.0.0")
	if filepath.Dir(a) != "dist" || !strings.HasPrefix(filepath.Base(a), ".publish-") {
		t.Error(a)
	}
	for _, other := range []string{JournalFile("dist", "oss://b/q", "demo/1.0.0"), JournalFile("dist", "oss://b/p", "demo/1.0.1")} {
		if other == a {
			t.Error("two publications share a journal")
		}
	}
	if JournalFile("", "x", "y") != "" {
		t.Error("no folder, no journal")
	}
	file := filepath.Join(t.TempDir(), "j")
	writeJournal(t, file, "oss://other", entry{Key: "a", SHA256: strings.Repeat("0", 64), PartSize: 1, ID: "x"})
	if got := openJournal(file, "oss://b").entries(); len(got) > 0 {
		t.Errorf("another store's uploads: %v", got)
	}
}

// FuzzJournal reads whatever there is: no panic, and nothing that could not be
// an upload.
func FuzzJournal(f *testing.F) {
	good, _ := json.Marshal(journalFile{Schema: 1, Store: "s", Uploads: []entry{{Key: "a", SHA256: strings.Repeat("0", 64), PartSize: 1, ID: "x"}}})
	for _, s := range []string{string(good), "", "{}", "[]", "null", `{"schema":2}`, `{"schema":1,"uploads":[{}]}`, string(good[:len(good)-1])} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		seen := map[string]bool{}
		for _, e := range parseJournal(b).Uploads {
			if e.Key == "" || e.ID == "" || e.PartSize <= 0 || seen[e.Key] {
				t.Errorf("%+v", e)
			}
			seen[e.Key] = true
		}
	})
}
