package vcs

import (
	"compress/flate"
	"compress/zlib"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/format/idxfile"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
	"github.com/go-git/go-git/v5/storage/filesystem"
	"github.com/go-git/go-git/v5/storage/filesystem/dotgit"

	"github.com/yingzao-dev/yingzao/internal/filelock"
)

const (
	objectCache = 32 << 20 // bytes of decoded objects kept while one request is worked on
	streamFrom  = 4 << 20  // objects larger than this are not read into memory whole
)

// repository is what this process knows of one repository.
type repository struct {
	git    *Git
	route  *route
	url    string
	dir    string
	remote remote
	turn   chan struct{}

	seen atomic.Pointer[seenRefs]
}

func (r *repository) idle() bool { return len(r.turn) == 0 }

// alone gives f the repository to itself, in this process and, from the first use
// of the folder on, among all.
func (r *repository) alone(ctx context.Context, f func(*session) error) error {
	select {
	case r.turn <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer func() { <-r.turn }()
	s := &session{repository: r}
	defer s.close()
	return f(s)
}

// session is one request's work on a repository.
type session struct {
	*repository
	lock  *filelock.Lock
	store *filesystem.Storage
	state state
}

// open takes the folder. It is called before anything in it is touched.
func (s *session) open(ctx context.Context) (err error) {
	if s.store != nil {
		return nil
	}
	if s.lock == nil {
		if err := os.MkdirAll(s.git.o.Dir, 0o700); err != nil {
			return err
		}
		if s.lock, err = filelock.Wait(ctx, s.dir+".lock"); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(s.packs(), 0o700); err != nil {
		return err
	}
	if s.state, err = readState(s.dir); err != nil {
		return err
	}
	s.store = filesystem.NewStorageWithOptions(osfs.New(s.dir, osfs.WithBoundOS()), cache.NewObjectLRU(objectCache),
		filesystem.Options{KeepDescriptors: true, LargeObjectThreshold: streamFrom})
	return nil
}

func (s *session) packs() string { return filepath.Join(s.dir, "objects", "pack") }

func (s *session) close() {
	s.closeStore()
	if s.lock != nil {
		s.lock.Close()
	}
}

func (s *session) closeStore() {
	if s.store != nil {
		s.store.Close()
		s.store = nil
	}
}

// wipe forgets everything that was fetched.
func (s *session) wipe() error {
	s.closeStore()
	s.state = state{}
	return os.RemoveAll(s.dir)
}

// damaged reports whether an error comes from objects that ought to be on the disk
// and are not, or not whole.
func damaged(err error) bool {
	var remote *remoteError
	var deflate flate.CorruptInputError
	if errors.As(err, &remote) {
		return false
	}
	return errors.As(err, &deflate) || slices.ContainsFunc([]error{
		plumbing.ErrObjectNotFound, dotgit.ErrPackfileNotFound, dotgit.ErrIdxNotFound, fs.ErrNotExist, io.EOF, io.ErrUnexpectedEOF,
		idxfile.ErrMalformedIdxFile, idxfile.ErrUnsupportedVersion, zlib.ErrChecksum, zlib.ErrHeader,
		packfile.ErrInvalidObject, packfile.ErrBadSignature, packfile.ErrZLib, packfile.ErrReferenceDeltaNotFound, packfile.ErrInvalidDelta,
	}, func(bad error) bool { return errors.Is(err, bad) })
}

// size is how many bytes the folder holds.
func (s *session) size() (n int64) {
	list, _ := os.ReadDir(s.packs())
	for _, e := range list {
		if fi, err := e.Info(); err == nil {
			n += fi.Size()
		}
	}
	return n
}
