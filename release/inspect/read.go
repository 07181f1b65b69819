package inspect

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

var (
	// ErrNotExecutable is wrapped by errors about files of no known format.
	ErrNotExecutable error = msg.Errorf("not an executable of a known format", "不是已知格式的可执行文件")
	// ErrMalformed is wrapped by errors about files that begin as an executable
	// and break the rules of its format: truncated, overlapping, out of bounds.
	ErrMalformed error = msg.Errorf("malformed executable", "可执行文件格式损坏")
)

// File reads the facts of the file at path.
func File(path string) (*Facts, error) {
	st, err := os.Stat(path) // first: opening a pipe would wait for its writer
	if err != nil {
		return nil, msg.Errorf("inspect: %w", "检查：%w", err)
	}
	if !st.Mode().IsRegular() {
		return nil, msg.Errorf("inspect %s: %w", "检查 %s：%w", path, ErrNotExecutable)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, msg.Errorf("inspect: %w", "检查：%w", err)
	}
	defer f.Close()
	facts, err := Read(f, st.Size())
	if err != nil {
		return nil, msg.Errorf("inspect %s: %w", "检查 %s：%w", path, err)
	}
	return facts, nil
}

// Read reads the facts of the executable of size bytes behind r. Only headers
// and the few sections that matter are read. The error wraps [ErrNotExecutable],
// [ErrMalformed], or what r returned.
func Read(r io.ReaderAt, size int64) (*Facts, error) {
	return read(io.NewSectionReader(r, 0, size), false)
}

func read(file *io.SectionReader, slice bool) (facts *Facts, err error) {
	// The standard library's parsers are hardened but not proved; a panic in
	// one of them says that the file is broken.
	defer func() {
		if p := recover(); p != nil {
			facts, err = nil, malformed("parser failed: %v", "解析器出错：%v", p)
		}
	}()
	var magic [8]byte
	switch n, err := file.ReadAt(magic[:], 0); {
	case err != nil && err != io.EOF:
		return nil, msg.Errorf("read header: %w", "读取文件头：%w", err)
	case n < len(magic):
		return nil, ErrNotExecutable
	}
	f := &Facts{Size: file.Size()}
	r := &budget{r: file, left: maxHeaderBytes}
	switch {
	case bytes.HasPrefix(magic[:], []byte("\x7fELF")):
		err = readELF(r, file, f)
	case bytes.HasPrefix(magic[:], []byte("MZ")):
		err = readPE(r, file, f)
	case machoOrder(magic[:4]) != nil:
		err = readMachO(r, file, f)
	case !slice && isUniversal(magic[:]):
		err = readUniversal(r, file, f)
	default:
		return nil, ErrNotExecutable
	}
	if err != nil {
		return nil, tooShort(err)
	}
	return f, nil
}

// isUniversal tells a universal file from a Java class, which has the same
// magic: its next word is a version of at least 45, not a count of slices.
func isUniversal(magic []byte) bool {
	n := binary.BigEndian.Uint32(magic[4:])
	return binary.BigEndian.Uint32(magic) == magicFat && n > 0 && n <= maxSlices
}

func malformed(en, zh string, args ...any) error {
	return msg.Errorf("%w: %v", "%w：%v", ErrMalformed, msg.Textf(en, zh, args...))
}

// tooShort turns an end of file in the middle of a structure into a malformed
// file; errors of the disk stay what they are.
func tooShort(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return malformed("the file ends inside its headers", "文件在头部中间结束")
	}
	return err
}
