package fetch

import (
	"archive/zip"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// A release has 11,518 files and 210 MB (go1.26.8); these are bounds for what is
// not verified yet.
const (
	maxFiles = 50_000
	maxBytes = 1 << 30 // unpacked
	maxFile  = 512 << 20
	maxZip   = 512 << 20 // packed: zip or tar.gz
)

// workers is how many files are worked on at once.
func workers() int { return min(max(runtime.GOMAXPROCS(0), 2), 8) }

// fromZip takes the SDK from a module zip.
func (f *finder) fromZip(ctx context.Context, name string) (*SDK, error) {
	if f.abi != "" {
		return nil, errNone // the module is the Go of everybody else
	}
	if _, _, err := f.vouch.files(ctx); err != nil {
		return nil, err
	}
	s, _, err := f.openZip(ctx, name, nil)
	return s, err
}

// openZip takes the SDK from a module zip and returns its entries too, in the
// zip's order. known are those of the same zip under another name, whose sums are
// taken over; nil = they are computed.
func (f *finder) openZip(ctx context.Context, name string, known []entry) (s *SDK, entries []entry, err error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, nil, msg.Errorf("open module zip: %w", "打开模块 zip：%w", err)
	}
	defer func() {
		if err != nil {
			_ = file.Close()
		}
	}()
	entries, err = listZip(file, f.want)
	switch {
	case err != nil:
	case known == nil:
		err = hashAll(ctx, entries)
	case len(known) != len(entries):
		err = io.ErrUnexpectedEOF
	default:
		for i := range known {
			entries[i].Sum = known[i].Sum
		}
	}
	if err != nil {
		if ctx.Err() == nil {
			err = damaged(err)
		}
		return nil, nil, msg.Errorf("read module zip %s: %w", "读取模块 zip %s：%w", name, err)
	}
	s, err = newSDK(f.want, f.abi, name, slices.Clone(entries))
	if err != nil {
		return nil, nil, err
	}
	s.Close = file.Close
	return s, entries, f.vouch.judge(ctx, s, "")
}

// damaged tells a content that is broken from a file that cannot be read.
func damaged(err error) error {
	var disk *fs.PathError
	if errors.As(err, &disk) || msg.KindOf(err) == msg.Findings {
		return err
	}
	return msg.Errorf("it is damaged: %w", "文件已损坏：%w", err).WithKind(msg.Findings)
}

// listZip gives the files of a module zip, by the central directory's order,
// without their sums.
func listZip(file *os.File, r gosdk.Release) ([]entry, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	z, err := zip.NewReader(file, info.Size())
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // newSDK looks at names
		return nil, err
	}
	prefix := r.Module().String() + "/"
	var entries []entry
	var total uint64
	for _, zf := range z.File {
		name, ok := strings.CutPrefix(zf.Name, prefix)
		if total += min(zf.UncompressedSize64, maxBytes); !ok || !zf.Mode().IsRegular() || len(entries) == maxFiles || zf.UncompressedSize64 > maxFile || total > maxBytes {
			return nil, msg.Errorf("%q does not belong to %s", "%q 不属于 %s", zf.Name, r.Module()).WithKind(msg.Findings)
		}
		entries = append(entries, entry{File: gosdk.File{Name: name}, size: int64(zf.UncompressedSize64), open: zf.Open})
	}
	return entries, nil
}

// hashAll sums every entry, the largest first, so that no worker is left with it
// alone in the end.
func hashAll(ctx context.Context, entries []entry) error {
	order := make([]int, len(entries))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(entries[b].size, entries[a].size) })
	return parallel(ctx, len(order), func(i int, buf []byte) error {
		e := &entries[order[i]]
		r, err := e.open()
		if err != nil {
			return err
		}
		defer r.Close()
		sum := sha256.New()
		// One byte more than claimed: a small zip must not keep us busy for ever.
		n, err := io.CopyBuffer(onlyWriter{sum}, onlyReader{io.LimitReader(r, e.size+1)}, buf)
		if err == nil && n != e.size {
			err = msg.Errorf("%s has another size than it claims", "%s 的大小与声明不符", e.Name).WithKind(msg.Findings)
		}
		sum.Sum(e.Sum[:0])
		return err
	})
}

// onlyWriter and onlyReader keep io.CopyBuffer from doing without the buffer.
type (
	onlyWriter struct{ io.Writer }
	onlyReader struct{ io.Reader }
)

// parallel calls do for 0 to n-1, a few at a time, each worker with a buffer of
// its own, until one fails or ctx ends.
func parallel(ctx context.Context, n int, do func(i int, buf []byte) error) error {
	group, ctx := errgroup.WithContext(ctx)
	var next atomic.Int64
	for range workers() {
		group.Go(func() error {
			buf := make([]byte, 128<<10)
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return nil
				}
				if err := do(i, buf); err != nil {
					return err
				}
			}
			return ctx.Err()
		})
	}
	return group.Wait()
}
