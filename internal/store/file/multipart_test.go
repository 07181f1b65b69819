package file_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/store"
)

func begin(t *testing.T, st store.Store, key string, parts ...string) store.Upload {
	t.Helper()
	u, err := st.Begin(t.Context(), key, store.PutOptions{IfAbsent: true})
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range parts {
		if _, err := u.Part(t.Context(), i+1, strings.NewReader(p), int64(len(p))); err != nil {
			t.Fatal(err)
		}
	}
	return u
}

// A single part is not copied: the object is the very file.
func TestSinglePartIsNotCopied(t *testing.T) {
	dir := t.TempDir()
	st := open(t, dir)
	u := begin(t, st, "v1/a", "content")
	before, err := os.Stat(filepath.Join(dir, ".yingzao-uploads", u.ID(), "1.part"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := u.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	after, err := os.Stat(filepath.Join(dir, "v1/a"))
	if err != nil || !os.SameFile(before, after) {
		t.Errorf("the object is a copy (%v)", err)
	}
	if got := strings.Join(files(t, dir), " "); got != "v1 v1/a" {
		t.Errorf("left behind: %s", got)
	}
}

func TestUploadAcrossProcesses(t *testing.T) {
	// Nothing of an upload lives in memory, so another Store stands for another
	// process.
	dir := t.TempDir()
	first := begin(t, open(t, dir), "v1/a", "one ", "lost")
	second, err := open(t, dir).Resume(t.Context(), "v1/a", first.ID(), store.PutOptions{IfAbsent: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := second.Part(t.Context(), 2, strings.NewReader("two"), 3); err != nil {
		t.Fatal(err)
	}
	parts, err := second.Parts(t.Context())
	if err != nil || len(parts) != 2 || parts[1].Size != 3 || parts[0].CRC64 == "" {
		t.Errorf("%+v, %v", parts, err)
	}
	// What a crash may leave beside the parts does not count.
	for _, name := range []string{"torn.tmp", "3.part.tmp", "x.part"} {
		if err := os.WriteFile(filepath.Join(dir, ".yingzao-uploads", first.ID(), name), []byte("junk"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := second.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "v1/a")); string(b) != "one two" {
		t.Errorf("%q, %v", b, err)
	}
	if err := first.Abort(t.Context()); err != nil {
		t.Error(err)
	}
}

// A part that was cut short by a power failure shows in Parts.
func TestPartsTellWhatIsOnTheDisk(t *testing.T) {
	dir := t.TempDir()
	st := open(t, dir)
	u := begin(t, st, "a", "0123456789")
	if err := os.Truncate(filepath.Join(dir, ".yingzao-uploads", u.ID(), "1.part"), 4); err != nil {
		t.Fatal(err)
	}
	sum := store.NewCRC64()
	_, _ = sum.Write([]byte("0123"))
	parts, err := u.Parts(t.Context())
	if err != nil || len(parts) != 1 || parts[0].Size != 4 || parts[0].CRC64 != store.FormatCRC64(sum.Sum64()) {
		t.Errorf("%+v, %v", parts, err)
	}
}

func TestCancelDuringCommit(t *testing.T) {
	dir := t.TempDir()
	st := open(t, dir)
	u := begin(t, st, "a", strings.Repeat("x", 1<<20), strings.Repeat("y", 1<<20))
	ctx := &countdown{Context: t.Context(), left: 6} // a few reads into the copy
	if _, err := u.Commit(ctx); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if got := keys(t, st); len(got) != 0 {
		t.Errorf("keys %q", got)
	}
	if got := files(t, filepath.Join(dir, ".yingzao-uploads", u.ID())); strings.Join(got, " ") != "1.part 2.part" {
		t.Errorf("half a copy is left: %q", got)
	}
	if info, err := u.Commit(t.Context()); err != nil || info.Size != 2<<20 {
		t.Errorf("%+v, %v", info, err)
	}
}

// countdown is cancelled after Err was asked that often.
type countdown struct {
	context.Context
	left int
}

func (c *countdown) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}

// Cancel at every point where the store looks at its context: the object is
// there, whole, exactly if the call succeeded.
func TestCancelAnywhere(t *testing.T) {
	for _, o := range []store.PutOptions{{}, {IfAbsent: true}} {
		for n := 0; ; n++ {
			dir := t.TempDir()
			st := open(t, dir)
			body := strings.Repeat("b", 600<<10)
			_, err := st.Put(&countdown{Context: t.Context(), left: n}, "v1/a", strings.NewReader(body), int64(len(body)), o)
			if err == nil {
				if got := strings.Join(files(t, dir), " "); got != "v1 v1/a" || n < 3 {
					t.Errorf("after %d looks: %s", n, got)
				}
				break
			}
			if got := files(t, dir); len(got) != 0 || !errors.Is(err, context.Canceled) {
				t.Errorf("cancelled at look %d: %v, left behind %q", n, err, got)
			}
		}
	}
}

func TestSweep(t *testing.T) {
	dir := t.TempDir()
	st := open(t, dir)
	if n, err := st.Sweep(t.Context(), 0); n != 0 || err != nil {
		t.Errorf("empty store: %d, %v", n, err)
	}
	put(t, st, "kept/x", "x")
	stale, live := begin(t, st, "a", "1"), begin(t, st, "b", "2")
	area := filepath.Join(dir, ".yingzao-uploads")
	if err := os.WriteFile(filepath.Join(area, "put-torn"), []byte("half"), 0o644); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-25 * time.Hour)
	for _, name := range []string{stale.ID() + "/1.part", stale.ID(), live.ID(), "put-torn"} { // of the live one only the directory is old
		if err := os.Chtimes(filepath.Join(area, name), old, old); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := st.Sweep(t.Context(), 24*time.Hour); n != 2 || err != nil {
		t.Errorf("swept %d, %v; want 2", n, err)
	}
	if _, err := stale.Parts(t.Context()); !errors.Is(err, store.ErrExpired) {
		t.Errorf("the stale upload: %v", err)
	}
	if _, err := live.Commit(t.Context()); err != nil {
		t.Errorf("the live upload: %v", err)
	}
	if got := strings.Join(files(t, dir), " "); got != "b kept kept/x" {
		t.Errorf("files %s", got)
	}
	begin(t, st, "c", "3")
	if n, err := st.Sweep(t.Context(), 0); n != 1 || err != nil {
		t.Errorf("swept %d, %v; want all", n, err)
	}
	if _, err := os.Stat(area); err == nil {
		t.Error("the empty area stays")
	}
}
