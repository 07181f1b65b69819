package proxy

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

func temp(t *testing.T) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "partial"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func content(t *testing.T, f *os.File) string {
	t.Helper()
	data, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func write(t *testing.T, d *Download, s string) {
	t.Helper()
	if n, err := d.Write([]byte(s)); n != len(s) || err != nil {
		t.Fatalf("Write(%q) = %d, %v", s, n, err)
	}
}

func TestDownloadResumes(t *testing.T) {
	f := temp(t)
	if _, err := f.WriteString("ab"); err != nil {
		t.Fatal(err)
	}
	d := NewDownload(f, 2)
	if d.Offset() != 2 || d.Size() != -1 || d.Pieces() != nil {
		t.Fatalf("a new download: %d, %d, %v", d.Offset(), d.Size(), d.Pieces())
	}
	d.Begin("a.test")
	write(t, d, "cd")
	d.SetSize(6)
	d.Begin("dead.test")
	d.Begin("b.test")
	write(t, d, "e")
	write(t, d, "f")
	if got, want := d.Pieces(), []Piece{{"a.test", 2}, {"b.test", 2}}; !reflect.DeepEqual(got, want) {
		t.Errorf("Pieces() = %v, want %v", got, want)
	}
	if content(t, f) != "abcdef" || d.Offset() != 6 || d.Size() != 6 {
		t.Errorf("%q, %d of %d", content(t, f), d.Offset(), d.Size())
	}
}

func TestDownloadDistrust(t *testing.T) {
	f := temp(t)
	d := NewDownload(f, 0)
	d.Begin("a.test")
	write(t, d, "long and wrong")
	d.Begin("silent.test")
	d.Distrust()
	if !d.Avoids("a.test") || d.Avoids("silent.test") || d.Avoids("b.test") {
		t.Error("who sent a wrong piece is to be avoided, and nobody else")
	}
	if content(t, f) != "" || d.Offset() != 0 || d.Size() != -1 || len(d.Pieces()) != 0 {
		t.Errorf("after Distrust: %q, %d, %v", content(t, f), d.Offset(), d.Pieces())
	}
	other := temp(t)
	d.Into(other)
	d.Begin("b.test")
	write(t, d, "right")
	if content(t, other) != "right" || content(t, f) != "" || !d.Avoids("a.test") {
		t.Errorf("Into: %q, %q", content(t, other), content(t, f))
	}
}

// full is a file system with room for a few bytes.
type full struct{ room int64 }

var errFull = errors.New("no room")

func (f *full) WriteAt(p []byte, off int64) (int, error) {
	if n := f.room - off; int64(len(p)) > n {
		return int(n), errFull
	}
	return len(p), nil
}

func TestP15DownloadFailed(t *testing.T) {
	d := NewDownload(&full{room: 3}, 0)
	d.Begin("a.test")
	if n, err := d.Write([]byte("abcdef")); n != 3 || err != errFull {
		t.Fatalf("Write = %d, %v", n, err)
	}
	if d.Failed() != errFull || d.Offset() != 3 {
		t.Fatalf("Failed() = %v at %d", d.Failed(), d.Offset())
	}
	if n, err := d.Write(nil); n != 0 || err != errFull {
		t.Fatalf("a write after the failed one = %d, %v", n, err)
	}
	d.Into(&full{room: 9})
	write(t, d, "abc")
	if d.Failed() != nil {
		t.Fatal(d.Failed())
	}
}
