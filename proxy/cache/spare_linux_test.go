package cache

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
)

var full = &os.PathError{Op: "write", Path: "partial", Err: syscall.ENOSPC}

// hold keeps a file of n bytes in memory.
func hold(s *Spare, key string, n int) error {
	return s.Put(key, bytes.Repeat([]byte{'x'}, n), full)
}

// What is held never is more than the limit, whoever reads it included; what nobody
// reads makes room.
func TestSpareLimit(t *testing.T) {
	s := NewSpare(1000)
	defer s.Close()
	if err := hold(s, "a", 600); err != nil {
		t.Fatal(err)
	}
	reading := s.Get("a")
	if reading == nil || !reading.Passing || reading.Size != 600 {
		t.Fatalf("%+v", reading)
	}
	if err := hold(s, "b", 401); !errors.Is(err, syscall.ENOSPC) || !NoRoom(err) || !strings.Contains(err.Error(), "1000 bytes") {
		t.Errorf("more than the limit: %v", err)
	}
	if err := hold(s, "c", 400); err != nil {
		t.Error(err)
	}
	if n := s.Used(); n != 1000 {
		t.Errorf("%d bytes", n)
	}
	if err := hold(s, "d", 300); err != nil || s.Get("c") != nil {
		t.Errorf("what nobody reads did not give way: %v", err)
	}
	data, err := io.ReadAll(reading)
	if err != nil || len(data) != 600 {
		t.Errorf("%d bytes, %v", len(data), err)
	}
	if err := reading.Close(); err != nil {
		t.Error(err)
	}
	if err := reading.Close(); err == nil {
		t.Error("closed twice")
	}
	if err := hold(s, "e", 1000); err != nil || s.Used() != 1000 {
		t.Errorf("%v, %d bytes", err, s.Used())
	}
	s.Close()
	if n := s.Used(); n != 0 || s.Get("e") != nil {
		t.Errorf("%d bytes after the end", n)
	}
}

// Whether a file lies in memory or on the disk, it has the same ETag.
func TestSpareTags(t *testing.T) {
	s := NewSpare(1 << 20)
	defer s.Close()
	c, err := Open(t.Context(), Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for key, size := range map[string]int{"example.com/m/@v/v1.0.0.info": 50, "example.com/m/@v/v1.0.0.mod": smallFile, "example.com/n/@v/v1.0.0.mod": smallFile + 1} {
		if err := hold(s, key, size); err != nil {
			t.Fatal(err)
		}
		if err := c.Write(t.Context(), key, bytes.Repeat([]byte{'x'}, size), Record{Key: key, Size: int64(size)}); err != nil {
			t.Fatal(err)
		}
		disk, err := c.Get(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		defer disk.Close()
		memory := s.Get(key)
		defer memory.Close()
		if memory.ETag != disk.ETag || (disk.ETag == "") != (size > smallFile) {
			t.Errorf("%s: %s in memory, %s on the disk", key, memory.ETag, disk.ETag)
		}
	}
}

// Without any room the answer is what the disk said.
func TestSpareNone(t *testing.T) {
	if _, err := NewSpare(-1).Create(full); err != error(full) {
		t.Error(err)
	}
}

// A file that is begun again, or dropped, gives its bytes back.
func TestSpareDropped(t *testing.T) {
	s := NewSpare(1000)
	defer s.Close()
	h, err := s.Create(full)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Take(strings.NewReader(strings.Repeat("a", 900)), 800); err != nil || s.Used() != 800 {
		t.Fatalf("%v, %d bytes", err, s.Used())
	}
	if err := h.Truncate(0); err != nil || s.Used() != 0 {
		t.Errorf("%v, %d bytes", err, s.Used())
	}
	if _, err := h.WriteAt([]byte("abc"), 0); err != nil {
		t.Error(err)
	}
	h.Drop()
	if n := s.Used(); n != 0 {
		t.Errorf("%d bytes", n)
	}
	if _, err := h.Stat(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("still open: %v", err)
	}
}

// Each reader has a position of its own.
func TestSpareReaders(t *testing.T) {
	s := NewSpare(1 << 20)
	defer s.Close()
	if err := hold(s, "a", 100_000); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			o := s.Get("a")
			if o == nil {
				t.Error("gone")
				return
			}
			defer o.Close()
			if data, err := io.ReadAll(o); err != nil || len(data) != 100_000 {
				t.Errorf("%d bytes, %v", len(data), err)
			}
		})
	}
	all.Wait()
}
