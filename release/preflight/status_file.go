package preflight

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // git's object format, not a security measure
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
)

// compare looks at one tracked path that exists in the working tree. done is
// false when something else than the entry lies there and still has to be
// looked at as untracked.
func (s *status) compare(e *entry, de os.DirEntry) (done bool, err error) {
	if e.Mode == filemode.Submodule {
		if !de.IsDir() {
			s.add(e.Name)
			e.seen = true
			return true, nil
		}
		e.seen = true
		if e.assumeValid {
			return true, nil
		}
		return true, s.compareSubmodule(e)
	}
	if de.IsDir() { // e stays unseen: deleted
		return false, nil
	}
	e.seen = true
	if e.assumeValid || e.SkipWorktree && !s.repo.config.isTrue("core.sparsecheckout", false) {
		return true, nil
	}
	fi, err := de.Info()
	if errors.Is(err, fs.ErrNotExist) {
		e.seen = false
		return true, nil
	}
	if err != nil {
		return true, err
	}
	same, err := s.same(e, fi)
	if !same {
		s.add(e.Name)
	}
	return true, err
}

// same reports whether the file is what the entry says. As in git, equal stat
// data is proof enough unless the file may have been written again within the
// moment in which the index was.
func (s *status) same(e *entry, fi os.FileInfo) (bool, error) {
	link := fi.Mode()&fs.ModeSymlink != 0
	isLink := e.Mode == filemode.Symlink
	symlinks := s.repo.config.isTrue("core.symlinks", true)
	switch {
	case link != isLink && !(isLink && !symlinks):
		return false, nil
	case !link && !fi.Mode().IsRegular():
		return false, nil
	case !isLink && s.repo.config.isTrue("core.filemode", true) && (fi.Mode()&0o100 != 0) != (e.Mode == filemode.Executable):
		return false, nil
	}
	size := uint32(fi.Size()) //nolint:gosec // the index keeps the low 32 bits
	if size == e.Size && fi.ModTime().Equal(e.ModifiedAt) && s.sameChangeTime(e, fi) && !s.racy(e) {
		return true, nil
	}
	if e.Size != 0 && size != e.Size { // 0 also means "not known"
		return false, nil
	}
	return s.sameContent(e, fi)
}

func (s *status) sameChangeTime(e *entry, fi os.FileInfo) bool {
	t, ok := changeTime(fi)
	return !ok || e.CreatedAt.IsZero() || t.Equal(e.CreatedAt) || !s.repo.config.isTrue("core.trustctime", true)
}

// racy reports whether the file was written so shortly before the index that a
// later write could carry the same time.
func (s *status) racy(e *entry) bool {
	tick := 20 * time.Millisecond // coarser than the clock that stamps files
	if e.ModifiedAt.Nanosecond() == 0 {
		tick = 2 * time.Second
	}
	return !e.ModifiedAt.Add(tick).Before(s.indexTime)
}

// sameContent compares what git would store with what it has stored.
func (s *status) sameContent(e *entry, fi os.FileInfo) (bool, error) {
	if err := s.ctx.Err(); err != nil {
		return false, err
	}
	file := filepath.Join(s.repo.root, filepath.FromSlash(e.Name))
	if fi.Mode()&fs.ModeSymlink != 0 {
		to, err := os.Readlink(file)
		return err == nil && blob([]byte(filepath.ToSlash(to))) == e.Hash, err
	}
	conv := conversion{}
	if e.Mode != filemode.Symlink {
		var err error
		if conv, err = s.attrs.conversion(e.Name); err != nil {
			return false, err
		}
	}
	if !conv.none() {
		return s.sameConverted(e, file, conv)
	}
	f, err := os.Open(file)
	if err != nil {
		return false, err
	}
	defer f.Close()
	h, err := blobOf(f, fi.Size())
	return h == e.Hash, err
}

// blob is the hash git gives a file with this content.
func blob(content []byte) plumbing.Hash {
	h, _ := blobOf(bytes.NewReader(content), int64(len(content)))
	return h
}

func blobOf(r io.Reader, size int64) (plumbing.Hash, error) {
	h := sha1.New() //nolint:gosec
	fmt.Fprintf(h, "blob %d\x00", size)
	_, err := io.Copy(h, r)
	return plumbing.Hash(h.Sum(nil)), err
}
