package gosdk

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

var other = Release{"go1.25.13", "linux", "amd64"}

func TestLookup(t *testing.T) {
	db := newDatabase(t, map[Release]string{demo: "h1:demo=", other: "h1:other="})
	log := db.log(t)
	for r, want := range map[Release]string{demo: "h1:demo=", other: "h1:other="} {
		if got, err := LoggedH1(t.Context(), log, r); err != nil || got != want {
			t.Errorf("%s: %s, %v", r, got, err)
		}
	}
	if _, err := LoggedH1(t.Context(), log, Release{"go1.99.0", "linux", "amd64"}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a version that is not logged: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := LoggedH1(ctx, db.log(t), demo); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := NewLog("sum.golang.org", nil); msg.KindOf(err) != msg.Usage {
		t.Errorf("a key that is none: %v", err)
	}
	if _, err := NewLog("", nil); err != nil {
		t.Errorf("the built-in key: %v", err)
	}
}

// A mirror may say what it likes: it is caught, or it is a mirror that fails.
func TestDishonestMirrors(t *testing.T) {
	down := errors.New("connection refused")
	lookup := func(path string) bool { return strings.HasPrefix(path, "/lookup/") }
	replace := func(old, new string) func(string, []byte) ([]byte, error) {
		return func(_ string, b []byte) ([]byte, error) { return bytes.Replace(b, []byte(old), []byte(new), 1), nil }
	}
	for _, c := range []struct {
		name     string
		change   func(path string, b []byte) ([]byte, error)
		kind     msg.Kind
		notThere bool
	}{
		{"another hash", replace("h1:demo=", "h1:evil="), msg.Findings, false},
		{"another version's record", func(p string, b []byte) ([]byte, error) {
			return bytes.ReplaceAll(b, []byte("go1.26.8"), []byte("go1.26.7")), nil
		}, msg.Findings, false},

		{"a forged head", func(p string, b []byte) ([]byte, error) {
			if i := bytes.Index(b, []byte("sum database tree\n")); i >= 0 {
				b = slices.Clone(b)
				b[i+len("sum database tree\n")] ^= 1 // a digit of the size
			}
			return b, nil
		}, msg.Findings, false},
		{"a bit of each tile", func(p string, b []byte) ([]byte, error) {
			if !lookup(p) {
				b = slices.Clone(b)
				b[7] ^= 1
			}
			return b, nil
		}, msg.Findings, false},
		{"a short tile", func(p string, b []byte) ([]byte, error) {
			if !lookup(p) {
				b = b[:len(b)-1]
			}
			return b, nil
		}, msg.Findings, false},
		{"a login page", func(string, []byte) ([]byte, error) { return []byte("<html>\x1b[2Jlog in</html>"), nil }, msg.Findings, false},
		{"nothing at all", func(string, []byte) ([]byte, error) { return nil, nil }, msg.Findings, false},
		{"down", func(string, []byte) ([]byte, error) { return nil, down }, msg.Incomplete, false},
		{"no such version", func(string, []byte) ([]byte, error) { return nil, fs.ErrNotExist }, msg.Incomplete, true},
		{"no tiles", func(p string, b []byte) ([]byte, error) {
			if !lookup(p) {
				return nil, fs.ErrNotExist
			}
			return b, nil
		}, msg.Incomplete, false},
	} {
		db := newDatabase(t, map[Release]string{demo: "h1:demo="})
		db.change = c.change
		got, err := LoggedH1(t.Context(), db.log(t), demo)
		if err == nil || got != "" || msg.KindOf(err) != c.kind || errors.Is(err, fs.ErrNotExist) != c.notThere {
			t.Errorf("%s: %q, kind %d, %v", c.name, got, msg.KindOf(err), err)
		}
		if err != nil && (strings.ContainsAny(err.Error(), "\x1b\n") || len(err.Error()) > 500) {
			t.Errorf("%s: unfit for a terminal: %q", c.name, err)
		}
		if c.name == "down" && !errors.Is(err, down) {
			t.Errorf("the cause is lost: %v", err)
		}
	}
}

// A mirror that has dropped partial tiles still serves the full ones.
func TestFullTileInsteadOfPartial(t *testing.T) {
	db := newDatabase(t, map[Release]string{demo: "h1:demo="})
	partial := map[string][]byte{}
	look := func(change func([]byte) []byte) (string, error) {
		log, err := NewLog(db.key, func(ctx context.Context, p string) ([]byte, error) {
			if known := partial[p]; known != nil { // the known hashes, and others after them
				return append(slices.Clone(known), make([]byte, 256*32-len(known))...), nil
			}
			b, err := db.remote(ctx, p)
			if whole, _, is := strings.Cut(p, ".p/"); is {
				partial[whole] = b
				return nil, fs.ErrNotExist
			}
			return change(b), err
		})
		if err != nil {
			t.Fatal(err)
		}
		return LoggedH1(t.Context(), log, demo)
	}
	if got, err := look(func(b []byte) []byte { return b }); err != nil || got != "h1:demo=" || len(partial) == 0 {
		t.Errorf("%s, %v, %d partial tiles", got, err, len(partial))
	}
	// The dropped tile must not hide that the record is forged.
	forged := func(b []byte) []byte { return bytes.Replace(b, []byte("h1:demo="), []byte("h1:evil="), 1) }
	if _, err := look(forged); msg.KindOf(err) != msg.Findings || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("forged: %v", err)
	}
}
