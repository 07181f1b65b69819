package inspect

import (
	"encoding/binary"
	"io"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

const (
	magicFat   = 0xcafebabe
	fatAlign   = 14 // 16 KiB, the page size of Apple's own processors
	fatHeader  = 8
	fatArchLen = 20
)

// readUniversal reads each slice as a file of its own.
func readUniversal(r *budget, file *io.SectionReader, f *Facts) error {
	be := binary.BigEndian
	head, err := r.bytesAt(0, fatHeader)
	if err != nil {
		return err
	}
	table, err := r.bytesAt(fatHeader, uint64(be.Uint32(head[4:]))*fatArchLen)
	if err != nil {
		return err
	}
	f.Format = Universal
	for ; len(table) > 0; table = table[fatArchLen:] {
		off, size := int64(be.Uint32(table[8:])), int64(be.Uint32(table[12:]))
		if off+size > file.Size() {
			return malformed("a slice ends %d bytes into a file of %d", "有一个切片止于第 %d 字节，而文件只有 %d 字节", off+size, file.Size())
		}
		s, err := read(io.NewSectionReader(file, off, size), true)
		switch {
		case err != nil:
			return msg.Errorf("slice %d: %w", "切片 %d：%w", len(f.Slices)+1, err)
		case s.Format != MachO:
			return malformed("a slice is %s", "有一个切片是 %s", s.Format)
		}
		f.Slices = append(f.Slices, s)
	}
	first := f.Slices[0]
	f.OS, f.Arch, f.Type, f.Go = first.OS, "universal", first.Type, first.Go
	f.Needed = first.Needed
	f.Stripped = true
	for _, s := range f.Slices {
		f.Stripped = f.Stripped && s.Stripped
		f.WX = f.WX || s.WX
	}
	return nil
}
