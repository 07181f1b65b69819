package vcs

import (
	"bufio"
	"compress/zlib"
	"crypto/sha1" //nolint:gosec // git's checksum of a pack
	"encoding/binary"
	"errors"
	"io"
	"os"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
	"github.com/go-git/go-git/v5/plumbing/storer"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

// thicken appends to a pack the objects that its deltas refer to and that are not in
// it, because the server knows that we have them. Only then it can be read on its own.
// A server that is asked for offset deltas refers by hash to nothing else.
func thicken(f *os.File, from storer.EncodedObjectStorer, bases []plumbing.Hash, count uint32) error {
	if _, err := f.Seek(-sha1.Size, io.SeekEnd); err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	for _, h := range bases {
		obj, err := from.EncodedObject(plumbing.AnyObject, h)
		if errors.Is(err, plumbing.ErrObjectNotFound) {
			continue // it is in the pack after all, or the pack is no good, which the index shows
		}
		if err != nil {
			return err
		}
		if err := appendObject(w, obj); err != nil {
			return err
		}
		count++
	}
	if err := w.Flush(); err != nil {
		return err
	}
	var n [4]byte
	binary.BigEndian.PutUint32(n[:], count)
	if _, err := f.WriteAt(n[:], 8); err != nil {
		return err
	}
	end, err := f.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	h := sha1.New() //nolint:gosec // as above
	if _, err := io.Copy(h, io.NewSectionReader(f, 0, end)); err != nil {
		return err
	}
	_, err = f.Write(h.Sum(nil))
	return err
}

// maxObject limits one object, also one that a delta makes: go-git's index maker reads each into memory, and a few
// hundred kilobytes of pack can stand for gigabytes.
const maxObject = 256 << 20

// survey reads a pack through without keeping anything: which objects its deltas name
// by hash, and how many objects there are.
func survey(f *os.File) (bases []plumbing.Hash, count uint32, err error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, 0, err
	}
	s := packfile.NewScanner(f)
	if _, count, err = s.Header(); err != nil {
		return nil, 0, err
	}
	seen := map[plumbing.Hash]bool{}
	for range count {
		h, err := s.NextObjectHeader()
		if err != nil {
			return nil, 0, err
		}
		size := uint64(h.Length)
		if h.Type.IsDelta() && size <= maxObject {
			var to beginning
			if _, _, err := s.NextObject(&to); err != nil {
				return nil, 0, err
			}
			size = max(size, to.result())
		}
		if size > maxObject {
			return nil, 0, &classed{proxy.ErrBlocked, msg.Errorf("the repository holds a file of %d bytes, and %d are allowed", "仓库中有 %d 字节的文件，上限为 %d 字节", size, int64(maxObject)).WithHint(
				"keep large files in Git LFS or outside the repository", "请把大文件放到 Git LFS 或仓库之外")}
		}
		if h.Type == plumbing.REFDeltaObject && !seen[h.Reference] {
			seen[h.Reference] = true
			bases = append(bases, h.Reference)
		}
	}
	return bases, count, nil
}

// beginning keeps the first bytes of a delta: the size of what it is made from, then
// of what it makes.
type beginning struct {
	b [2 * binary.MaxVarintLen64]byte
	n int
}

func (b *beginning) Write(p []byte) (int, error) {
	b.n += copy(b.b[b.n:], p)
	return len(p), nil
}

// result is how large the object becomes; 0 for what is no delta, which the index
// shows.
func (b *beginning) result() uint64 {
	_, n := binary.Uvarint(b.b[:b.n])
	size, _ := binary.Uvarint(b.b[max(n, 0):b.n])
	return size
}

// appendObject writes an object the way a pack holds it: type and size, then the
// compressed content.
func appendObject(w io.Writer, obj plumbing.EncodedObject) error {
	size := obj.Size()
	head := []byte{byte(obj.Type())<<4 | byte(size&15)}
	for size >>= 4; size > 0; size >>= 7 {
		head[len(head)-1] |= 0x80
		head = append(head, byte(size&0x7f))
	}
	if _, err := w.Write(head); err != nil {
		return err
	}
	r, err := obj.Reader()
	if err != nil {
		return err
	}
	defer r.Close()
	z := zlib.NewWriter(w)
	if _, err := io.Copy(z, r); err != nil {
		return err
	}
	return z.Close()
}
