package proxy

import (
	"io"
	"slices"
	"sync"
	"sync/atomic"
)

// Download is one file on its way, filled in order from the start by one source
// after the other. It goes on where the last one broke off: which server sent
// which bytes does not matter, since the whole is proven at the end.
//
// What it writes to is best an io.ReaderAt too, see Tail. One goroutine writes;
// Offset may be asked by others.
type Download struct {
	to   io.WriterAt
	off  atomic.Int64
	size atomic.Int64

	mu     sync.Mutex
	from   []Piece
	avoid  []string
	failed error // why a write failed
}

// Piece says who sent what of a download.
type Piece struct {
	From  string `json:"from"` // a mirror's URL or a repository's, without secrets
	Bytes int64  `json:"bytes"`
}

// NewDownload goes on behind the first have bytes of to, 0 for a new file.
func NewDownload(to io.WriterAt, have int64) *Download {
	d := &Download{to: to}
	d.off.Store(have)
	d.size.Store(-1)
	return d
}

// Offset is how many bytes are there.
func (d *Download) Offset() int64 { return d.off.Load() }

// Size is the whole file's length in bytes as a server announced it; -1 when
// none did.
func (d *Download) Size() int64 { return d.size.Load() }

// SetSize keeps what a server announced.
func (d *Download) SetSize(n int64) { d.size.Store(n) }

// Begin says whose bytes come next.
func (d *Download) Begin(from string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.from = append(d.from, Piece{From: from})
}

// Write appends. After one failed write every other fails at once: the file is
// what is wrong then, and no other server can help.
func (d *Download) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.failed != nil {
		return 0, d.failed
	}
	n, err := d.to.WriteAt(p, d.off.Load())
	d.failed = err
	d.off.Add(int64(n))
	if len(d.from) > 0 {
		d.from[len(d.from)-1].Bytes += int64(n)
	}
	return n, err
}

// Failed is why the file cannot be written: no room, too large. nil = it can.
// A source that sees it has no reason to ask another server.
func (d *Download) Failed() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.failed
}

// Restart throws away what came: the next write is the file's first byte. Who
// sent it is forgotten too. A file that can be cut short is, so that whoever
// finds it after a crash does not take an old end for its own.
func (d *Download) Restart() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.restart()
}

func (d *Download) restart() {
	d.off.Store(0)
	d.size.Store(-1)
	d.from, d.failed = nil, nil
	if t, ok := d.to.(interface{ Truncate(size int64) error }); ok {
		d.failed = t.Truncate(0)
	}
}

// Into restarts in another, empty file.
func (d *Download) Into(to io.WriterAt) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.to = to
	d.restart()
}

// Move goes on in another file that has what is there.
func (d *Download) Move(to io.WriterAt) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.to, d.failed = to, nil
}

// Tail reads the last len(p) bytes that are there, or fewer when there are not so
// many, into the start of p and says how many: a source that resumes compares
// them with its own, because two servers may pack the same files into different
// bytes. 0 when what was written cannot be read back.
func (d *Download) Tail(p []byte) int {
	r, ok := d.to.(io.ReaderAt)
	off := d.off.Load()
	p = p[:min(int64(len(p)), off)]
	if !ok || len(p) == 0 {
		return 0
	}
	if n, _ := r.ReadAt(p, off-int64(len(p))); n < len(p) {
		return 0
	}
	return len(p)
}

// Pieces says who sent what, in order. Who sent nothing is left out.
func (d *Download) Pieces() []Piece {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(d.from), func(p Piece) bool { return p.Bytes == 0 })
}

// Distrust makes the sources pass over everybody who sent a piece of what is
// there, which failed its proof, and restarts.
func (d *Download) Distrust() {
	for _, p := range d.Pieces() {
		d.mu.Lock()
		d.avoid = append(d.avoid, p.From)
		d.mu.Unlock()
	}
	d.Restart()
}

// Avoids reports whether a server is not to be asked for this download.
func (d *Download) Avoids(from string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Contains(d.avoid, from)
}
