package proxy

import (
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestTail(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	d := NewDownload(f, 0)
	p := make([]byte, 4)
	if n := d.Tail(p); n != 0 {
		t.Errorf("of nothing: %d", n)
	}
	for _, tc := range []struct{ write, tail string }{{"ab", "ab"}, {"cd", "abcd"}, {"efg", "defg"}} {
		if _, err := d.Write([]byte(tc.write)); err != nil {
			t.Fatal(err)
		}
		if n := d.Tail(p); string(p[:n]) != tc.tail {
			t.Errorf("after %s: %q", tc.write, p[:n])
		}
	}
	if n := NewDownload(f, 100).Tail(p); n != 0 {
		t.Errorf("less is there than was said: %d", n)
	}
	if n := NewDownload(struct{ io.WriterAt }{f}, 7).Tail(p); n != 0 {
		t.Errorf("not readable: %d", n)
	}
}
