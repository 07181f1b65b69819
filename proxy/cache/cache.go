package cache

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/proxy"
)

var errNotYet = errors.New("not yet")

// Options describe a cache. Only Dir is needed.
type Options struct {
	// Dir is the directory; it is made when it does not exist.
	Dir string
	// Shared is the bucket behind it. nil = none, the directory is the truth.
	Shared store.Store
	// Budget limits what the directory holds, in bytes; Collect keeps to it.
	// 0 = no limit.
	Budget int64
	// MinAge is how long a file stays at least. 0 = 1 h.
	MinAge time.Duration
	// Keep reports whether a key must never be removed: pinned or private. nil =
	// nothing is.
	Keep func(key string) bool
	// ReadOnly never writes: partial files, records and last uses neither.
	ReadOnly bool
	// Now is the clock; nil = time.Now.
	Now func() time.Time
}

// Cache is an open cache. Its methods may be called by several goroutines, and
// several processes may have the same directory open.
type Cache struct{ o Options }

// Open opens or makes a cache and takes up what a killed process left.
func Open(ctx context.Context, o Options) (*Cache, error) { return &Cache{o: o}, nil }

// Close writes what is still to be written. Objects stay open.
func (c *Cache) Close() error { return nil }

// Record is what is known about how a file came here.
type Record struct {
	Key    string        `json:"key"`
	Route  string        `json:"route,omitempty"`  // name of the route
	Pieces []proxy.Piece `json:"pieces,omitempty"` // who sent it
	H1     string        `json:"h1,omitempty"`     // of a .zip or .mod, as in go.sum
	// Proof is what vouched for H1: "sumdb:<name>#<record number>", "go.sum",
	// "vcs:<commit>", "none".
	Proof string    `json:"proof,omitempty"`
	Size  int64     `json:"size"`
	Time  time.Time `json:"time"`
}

// Object is a file that is there, open for reading. The caller closes it.
type Object struct {
	*os.File
	Key      string
	Size     int64
	Modified time.Time
	// ETag is strong, with its quotes: made of the h1 of a zip (.ziphash), of the
	// content's SHA-256 for what is small. "" where neither is cheap.
	ETag string
}

// Get opens a file. An absent one is [proxy.ErrNotFound] of this cache alone: it
// says nothing about the world.
func (c *Cache) Get(ctx context.Context, key string) (*Object, error) { return nil, errNotYet }

// Has reports whether a file is in the directory, without asking the bucket.
func (c *Cache) Has(key string) bool { return false }

// Read returns a small file as a whole, immutable or mutable, with its age.
// limit is in bytes; a larger file is an error.
func (c *Cache) Read(ctx context.Context, key string, limit int64) (data []byte, age time.Duration, err error) {
	return nil, 0, errNotYet
}

// Write writes a small immutable file with its record, as Create and Commit do.
func (c *Cache) Write(ctx context.Context, key string, data []byte, r Record) error { return errNotYet }

// WriteMutable replaces a small file and makes its age zero. In the bucket the
// last writer wins.
func (c *Cache) WriteMutable(ctx context.Context, key string, data []byte) error { return errNotYet }

// Touch makes the age of a mutable file zero without changing it: it was looked
// at again and is still right.
func (c *Cache) Touch(ctx context.Context, key string) error { return errNotYet }

// Create opens the partial file of an immutable key, with what an earlier try
// left in it. When another process has it, Create waits. When the file is there
// by then the error is [store.ErrExists].
func (c *Cache) Create(ctx context.Context, key string) (*Pending, error) { return nil, errNotYet }

// Pending is a file that is being filled.
type Pending struct{ *os.File }

// Have is how many bytes an earlier try left.
func (p *Pending) Have() int64 { return 0 }

// Commit puts the file in its place, together with the .ziphash where h1 of a zip
// is in the record. When somebody was faster with the same content it is fine;
// with other content it is [proxy.ErrContent].
func (p *Pending) Commit(ctx context.Context, r Record) error { return errNotYet }

// Park keeps what came for a later try and lets go of it. After Commit it does
// nothing, so it may be deferred.
func (p *Pending) Park() error { return nil }

// Discard throws away what came. With why it goes into quarantine, under its key.
func (p *Pending) Discard(why error) error { return nil }

// Record returns how a file came here; ErrNotFound when nothing is known.
func (c *Cache) Record(ctx context.Context, key string) (Record, error) { return Record{}, errNotYet }

// Used notes that a file was asked for now. It is cheap and written in batches.
func (c *Cache) Used(key string) {}

// Entry is a file of the tree.
type Entry struct {
	Key      string
	Size     int64
	Modified time.Time
	LastUsed time.Time // zero when it was never asked for
}

// Walk calls fn for each file below a prefix in the order of keys, .yingzao
// left out, until fn fails.
func (c *Cache) Walk(ctx context.Context, prefix string, fn func(Entry) error) error {
	return errNotYet
}

// Quarantine moves a file out of the tree, and out of the bucket.
func (c *Cache) Quarantine(ctx context.Context, key string, why error) error { return errNotYet }

// Collected is what Collect did.
type Collected struct {
	Before, After int64 // bytes in the directory
	Removed       int   // files
	Partial       int   // partial files thrown away: older than 7 days
}

// Collect removes what the package comment says. With a bucket the directory
// alone is collected.
func (c *Cache) Collect(ctx context.Context) (Collected, error) { return Collected{}, errNotYet }

// Checked is what Check found about one file.
type Checked struct {
	Key  string
	Size int64
	Err  error // nil = sound
}

// Check reads each file below prefix again and compares: zips with their .ziphash
// and the rules for zips, go.mod files with their records' h1, .info files with
// their names, lookups and tiles with their form. fn is called for each, unsound
// ones too. It changes nothing.
func (c *Cache) Check(ctx context.Context, prefix string, fn func(Checked) error) error {
	return errNotYet
}

// Usage is how many bytes the directory holds, as of the last Collect and what
// was written since.
func (c *Cache) Usage() int64 { return 0 }

// Free is how many bytes the file system still has, and whether the last write
// failed for lack of room.
func (c *Cache) Free() (bytes int64, full bool) { return 0, false }

var _ io.ReaderAt = (*Object)(nil)
