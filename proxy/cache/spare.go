package cache

import (
	"errors"
	"io"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// NoRoom reports whether an error says that the disk or the quota is full.
func NoRoom(err error) bool { return noSpace(err) }

// heldFor is how long a file in memory is offered to whoever asks next; then it is
// seen whether the disk has room.
const heldFor = 10 * time.Second

// Spare holds a few files in memory while the disk has no room for them, together no
// more than its limit, whoever is still reading them included. Where the system has
// no such files (all but Linux) Create says so.
type Spare struct {
	limit int64

	mu   sync.Mutex
	used int64
	kept []*Held // the oldest first
}

// NewSpare makes room for so many bytes; less than 1 = none.
func NewSpare(limit int64) *Spare { return &Spare{limit: limit} }

// Used is how many bytes are held.
func (s *Spare) Used() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.used
}

// Close lets go of what is kept. What is being read stays until it is closed.
func (s *Spare) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.kept) > 0 {
		s.drop(s.kept[0])
	}
}

// Held is a file in memory. One goroutine writes it, and ends with Keep or Drop.
type Held struct {
	*os.File
	s    *Spare
	full error // why it is not on the disk
	size int64

	// Guarded by s.mu.
	refs  int // of the writer or the shelf, and of each reader
	key   string
	etag  string
	since time.Time
	timer *time.Timer
}

// Create makes an empty file. full is what the disk said: it is the error, too, when
// there is no room here either.
func (s *Spare) Create(full error) (*Held, error) {
	if s.limit < 1 {
		return nil, full
	}
	f, err := memoryFile()
	if err != nil {
		return nil, errors.Join(full, err)
	}
	return &Held{File: f, s: s, full: full, refs: 1}, nil
}

// WriteAt writes as far as there is room.
func (h *Held) WriteAt(p []byte, off int64) (int, error) {
	if err := h.reserve(off + int64(len(p))); err != nil {
		return 0, err
	}
	return h.File.WriteAt(p, off)
}

// reserve makes room for a file of this size; what nobody reads gives way.
func (h *Held) reserve(size int64) error {
	s := h.s
	s.mu.Lock()
	defer s.mu.Unlock()
	more := size - h.size
	if more <= 0 {
		return nil
	}
	for _, old := range slices.Clone(s.kept) {
		if s.used+more > s.limit && old.refs == 1 {
			s.drop(old)
		}
	}
	if s.used+more > s.limit {
		return msg.Errorf("%w; and all that may be in memory meanwhile are %d bytes", "%w；此时内存中最多只能暂存 %d 字节", h.full, s.limit)
	}
	s.used += more
	h.size = size
	return nil
}

// Truncate throws away what is there; size is 0.
func (h *Held) Truncate(size int64) error {
	err := h.File.Truncate(size)
	if err == nil {
		h.s.mu.Lock()
		defer h.s.mu.Unlock()
		h.s.used -= h.size - size
		h.size = size
	}
	return err
}

// Take fills it with the first n bytes of another file.
func (h *Held) Take(from io.ReaderAt, n int64) error {
	_, err := io.Copy(io.NewOffsetWriter(h, 0), io.NewSectionReader(from, 0, n))
	return err
}

// Keep offers the file under a key for 10 s, or until others need its room. h1 is
// a zip's, "" for others.
func (h *Held) Keep(key, h1 string) {
	h.s.mu.Lock()
	defer h.s.mu.Unlock()
	h.key = key
	switch {
	case h1 != "":
		h.etag = ZipTag(h1, h.size)
	case h.size <= smallFile:
		h.etag, _ = smallTag(h.File, h.size) // none, at worst
	}
	h.since = time.Now()
	h.s.kept = append(h.s.kept, h)
	h.timer = time.AfterFunc(heldFor, func() {
		h.s.mu.Lock()
		defer h.s.mu.Unlock()
		h.s.drop(h)
	})
}

// Drop lets go of a file that was not kept.
func (h *Held) Drop() {
	h.s.mu.Lock()
	defer h.s.mu.Unlock()
	if h.key == "" {
		h.letGo()
	}
}

// Put keeps a small file.
func (s *Spare) Put(key string, data []byte, full error) error {
	h, err := s.Create(full)
	if err != nil {
		return err
	}
	defer h.Drop()
	if _, err := h.WriteAt(data, 0); err != nil {
		return err
	}
	h.Keep(key, "")
	return nil
}

// Get opens what is kept under a key; nil = nothing is.
func (s *Spare) Get(key string) *Object {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.kept, func(h *Held) bool { return h.key == key })
	if i < 0 {
		return nil
	}
	h := s.kept[i]
	f, err := os.Open(h.Name()) // for a reader's own position
	if err != nil {
		return nil
	}
	h.refs++
	return &Object{File: f, Key: key, Size: h.size, Modified: h.since, ETag: h.etag, Passing: true, release: func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		h.letGo()
	}}
}

// drop takes a file off the shelf; s.mu is held.
func (s *Spare) drop(h *Held) {
	if i := slices.Index(s.kept, h); i >= 0 {
		s.kept = slices.Delete(s.kept, i, i+1)
		h.timer.Stop()
		h.letGo()
	}
}

// letGo gives up one use of the file; s.mu is held.
func (h *Held) letGo() {
	if h.refs--; h.refs == 0 {
		h.s.used -= h.size
		_ = h.File.Close()
	}
}
