package inspect

import (
	"cmp"
	"encoding/binary"
	"io"
	"math"
	"slices"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// WriteUniversal joins thin Mach-O files, one per architecture, into a
// universal one. The bytes depend on the files alone, not on their order.
// Signatures inside stay valid, for they cover the slices.
func WriteUniversal(w io.Writer, thin ...*io.SectionReader) error {
	type slice struct {
		head [12]byte // magic, cputype, cpusubtype as the file has them
		cpu  uint32
		sub  uint32
		off  int64
		r    *io.SectionReader
	}
	if len(thin) == 0 || len(thin) > maxSlices {
		return msg.Errorf("join universal file: %d slices", "合成通用文件：%d 个切片", len(thin))
	}
	slicesOf := make([]slice, len(thin))
	for i, r := range thin {
		s := slice{r: r}
		if _, err := r.ReadAt(s.head[:], 0); err != nil && err != io.EOF {
			return msg.Errorf("join universal file: %w", "合成通用文件：%w", err)
		}
		o := machoOrder(s.head[:4])
		if o == nil {
			return msg.Errorf("join universal file: slice %d is not a thin Mach-O file", "合成通用文件：第 %d 个切片不是单架构的 Mach-O 文件", i+1)
		}
		s.cpu, s.sub = o.Uint32(s.head[4:]), o.Uint32(s.head[8:])
		slicesOf[i] = s
	}
	slices.SortStableFunc(slicesOf, func(a, b slice) int {
		return cmp.Or(cmp.Compare(a.cpu, b.cpu), cmp.Compare(a.sub, b.sub))
	})
	be := binary.BigEndian
	head := be.AppendUint32(nil, magicFat)
	head = be.AppendUint32(head, uint32(len(slicesOf)))
	end := int64(fatHeader + fatArchLen*len(slicesOf))
	for i := range slicesOf {
		s := &slicesOf[i]
		if i > 0 && s.cpu == slicesOf[i-1].cpu {
			return msg.Errorf("join universal file: two slices for %s", "合成通用文件：%s 有两个切片", machoArch(s.cpu))
		}
		s.off = (end + 1<<fatAlign - 1) >> fatAlign << fatAlign
		if end = s.off + s.r.Size(); end > math.MaxUint32 {
			return msg.Errorf("join universal file: larger than 4 GiB", "合成通用文件：超过 4 GiB")
		}
		for _, v := range []uint32{s.cpu, s.sub, uint32(s.off), uint32(s.r.Size()), fatAlign} {
			head = be.AppendUint32(head, v)
		}
	}
	if _, err := w.Write(head); err != nil {
		return msg.Errorf("write universal file: %w", "写入通用文件：%w", err)
	}
	at := int64(len(head))
	for _, s := range slicesOf {
		if _, err := w.Write(make([]byte, s.off-at)); err != nil {
			return msg.Errorf("write universal file: %w", "写入通用文件：%w", err)
		}
		n, err := io.Copy(w, io.NewSectionReader(s.r, 0, s.r.Size()))
		if err == nil && n != s.r.Size() {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return msg.Errorf("write universal file: %w", "写入通用文件：%w", err)
		}
		at = s.off + n
	}
	return nil
}
