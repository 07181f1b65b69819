package file

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// upload is a directory in the hidden area, named by its ID, with one file per
// part. Nothing about it is kept in memory, so any process can take it up.
type upload struct {
	s       *Store
	key, id string
	o       store.PutOptions
}

// Begin makes the staging directory.
func (s *Store) Begin(ctx context.Context, key string, o store.PutOptions) (store.Upload, error) {
	u, err := s.begin(ctx, key, o)
	if err != nil {
		return nil, s.fail(store.OpBegin, key, err)
	}
	return u, nil
}

func (s *Store) begin(ctx context.Context, key string, o store.PutOptions) (*upload, error) {
	if err := errors.Join(ctx.Err(), validKey(key)); err != nil {
		return nil, err
	}
	root, err := s.edit()
	if err != nil {
		return nil, err
	}
	defer root.Close()
	if o.IfAbsent {
		if err := s.mustBeAbsent(root, key); err != nil {
			return nil, err
		}
	}
	u := &upload{s: s, key: key, o: o}
	err = inArea(root, "up-"+keyMark(key)+"-", func(name string) error {
		u.id = strings.TrimPrefix(name, area+"/")
		return root.Mkdir(name, 0o755)
	})
	if err != nil {
		tidy(root)
	}
	return u, err
}

// Resume finds the staging directory again.
func (s *Store) Resume(ctx context.Context, key, id string, o store.PutOptions) (store.Upload, error) {
	u := &upload{s: s, key: key, id: id, o: o}
	root, err := u.open(ctx)
	if err != nil {
		return nil, s.fail(store.OpResume, key, err)
	}
	root.Close()
	return u, nil
}

// keyMark ties an ID to its key, so that parts never end under another name.
func keyMark(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:8])
}

var validID = lazyre.New(`^up-[0-9a-f]{16}-[0-9a-z]{20,40}$`)

// open checks that the upload still exists. The caller closes the root, which
// is the store's.
func (u *upload) open(ctx context.Context) (*os.Root, error) {
	if err := errors.Join(ctx.Err(), validKey(u.key)); err != nil {
		return nil, err
	}
	if !validID.Re().MatchString(u.id) || !strings.HasPrefix(u.id, "up-"+keyMark(u.key)+"-") {
		return nil, store.ErrExpired
	}
	root, err := u.s.view()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, store.ErrExpired
	}
	if err != nil {
		return nil, err
	}
	if !isDir(root, u.dir()) {
		root.Close()
		return nil, store.ErrExpired
	}
	return root, nil
}

func (u *upload) dir() string { return area + "/" + u.id }

func (u *upload) ID() string { return u.id }

const partSuffix = ".part"

func (u *upload) partName(n int) string { return u.dir() + "/" + strconv.Itoa(n) + partSuffix }

func (u *upload) Part(ctx context.Context, n int, body io.ReadSeeker, size int64) (store.PartInfo, error) {
	info, err := u.part(ctx, n, body, size)
	return info, u.s.fail(store.OpPart, u.key, expired(err))
}

func (u *upload) part(ctx context.Context, n int, body io.ReadSeeker, size int64) (store.PartInfo, error) {
	if n < 1 {
		return store.PartInfo{}, msg.Errorf("part number %d: parts are counted from 1", "分块编号 %d：编号从 1 开始", n)
	}
	root, err := u.open(ctx)
	if err != nil {
		return store.PartInfo{}, err
	}
	defer root.Close()
	temp := u.dir() + "/" + strings.ToLower(rand.Text()) + ".tmp"
	f, err := root.OpenFile(temp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return store.PartInfo{}, err
	}
	defer root.Remove(temp)
	defer f.Close()
	sum, err := fill(ctx, f, body, size)
	if err != nil {
		return store.PartInfo{}, err
	}
	if err := f.Close(); err != nil {
		return store.PartInfo{}, err
	}
	// Not flushed: a power cut before Commit costs the upload, not an object.
	if err := root.Rename(temp, u.partName(n)); err != nil {
		return store.PartInfo{}, err
	}
	return store.PartInfo{Number: n, Size: size, CRC64: store.FormatCRC64(sum)}, nil
}

// Parts reads every part, so that CRC64 tells what is really on the disk.
func (u *upload) Parts(ctx context.Context) ([]store.PartInfo, error) {
	parts, err := u.parts(ctx)
	return parts, u.s.fail(store.OpParts, u.key, expired(err))
}

func (u *upload) parts(ctx context.Context) ([]store.PartInfo, error) {
	root, err := u.open(ctx)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	numbers, err := u.numbers(root)
	if err != nil {
		return nil, err
	}
	var parts []store.PartInfo
	for _, n := range numbers {
		sum := store.NewCRC64()
		size, err := u.copyPart(ctx, root, n, sum)
		if err != nil {
			return nil, err
		}
		parts = append(parts, store.PartInfo{Number: n, Size: size, CRC64: store.FormatCRC64(sum.Sum64())})
	}
	return parts, nil
}

// numbers lists the parts on the disk in order.
func (u *upload) numbers(root *os.Root) ([]int, error) {
	f, err := root.Open(u.dir())
	if err != nil {
		return nil, err
	}
	defer f.Close()
	names, err := f.Readdirnames(-1)
	if err != nil {
		return nil, err
	}
	var numbers []int
	for _, name := range names {
		digits, found := strings.CutSuffix(name, partSuffix)
		if n, err := strconv.Atoi(digits); found && err == nil {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return numbers, nil
}

func (u *upload) copyPart(ctx context.Context, root *os.Root, n int, w io.Writer) (int64, error) {
	f, err := root.Open(u.partName(n))
	if err != nil {
		return 0, err
	}
	defer f.Close()
	return io.CopyBuffer(w, &objectReader{ctx: ctx, r: f}, make([]byte, 256<<10))
}

func (u *upload) Commit(ctx context.Context) (store.Info, error) {
	info, err := u.commit(ctx)
	return info, u.s.fail(store.OpCommit, u.key, err)
}

func (u *upload) commit(ctx context.Context) (store.Info, error) {
	root, err := u.open(ctx)
	if err != nil {
		return store.Info{}, err
	}
	defer root.Close()
	if u.o.IfAbsent {
		if err := u.s.mustBeAbsent(root, u.key); err != nil {
			return store.Info{}, err
		}
	}
	numbers, err := u.numbers(root)
	if err != nil {
		return store.Info{}, expired(err)
	}
	if len(numbers) == 0 {
		return store.Info{}, msg.Errorf("%w: no part was sent", "%w：未发送任何分块", store.ErrIntegrity)
	}
	// A single part becomes the object itself; its bytes are not copied.
	name, sum := u.partName(numbers[0]), store.NewCRC64()
	out := io.Writer(sum)
	var f *os.File
	if len(numbers) == 1 {
		f, err = root.OpenFile(name, os.O_RDWR, 0) // Windows flushes writable files only
	} else {
		name = u.dir() + "/" + strings.ToLower(rand.Text()) + ".tmp"
		f, err = root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
		defer root.Remove(name)
		out = io.MultiWriter(f, sum)
	}
	if err != nil {
		return store.Info{}, expired(err)
	}
	defer f.Close()
	for _, n := range numbers {
		if _, err := u.copyPart(ctx, root, n, out); err != nil {
			return store.Info{}, expired(err)
		}
	}
	info, err := u.s.publish(ctx, root, f, name, u.key, sum.Sum64(), u.o)
	if err != nil {
		return store.Info{}, err
	}
	_ = root.RemoveAll(u.dir()) // the object stands; Sweep takes what stays
	tidy(root)
	return info, nil
}

func (u *upload) Abort(ctx context.Context) error {
	root, err := u.open(ctx)
	if err != nil {
		if errors.Is(err, store.ErrExpired) {
			return nil
		}
		return u.s.fail(store.OpAbort, u.key, err)
	}
	defer root.Close()
	err = root.RemoveAll(u.dir())
	tidy(root)
	return u.s.fail(store.OpAbort, u.key, err)
}

// expired says what it means when a file of the staging directory is missing.
func expired(err error) error {
	var broken *brokenBody
	if errors.Is(err, fs.ErrNotExist) && !errors.As(err, &broken) {
		return msg.Errorf("%w: %w", "%w：%w", store.ErrExpired, err)
	}
	return err
}
