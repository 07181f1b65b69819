package archive

import (
	"bytes"
	"io"
	"strconv"
	"strings"
)

// Detect tells a format from its first bytes, never from its name. A
// compressed stream is opened far enough to see whether a tar is inside. What
// is no archive is Binary, and so is a compressed stream of something else than
// tar, except that gzip is Gz. The error is r's own.
func Detect(r io.ReaderAt) (Format, error) {
	head := make([]byte, 1024)
	n, err := r.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return "", err
	}
	head = head[:n]
	for _, c := range []struct {
		magic  string
		packed Format
		plain  Format
	}{
		{"PK\x03\x04", Zip, Zip},
		{"PK\x05\x06", Zip, Zip},
		{"\x1f\x8b\x08", TarGz, Gz},
		{"\x28\xb5\x2f\xfd", TarZst, Binary},
		{"\xfd7zXZ\x00", TarXz, Binary},
	} {
		if !bytes.HasPrefix(head, []byte(c.magic)) {
			continue
		}
		if c.packed == Zip {
			return Zip, nil
		}
		stream, done, err := decompress(c.packed, io.NewSectionReader(r, 0, 1<<62))
		if err != nil {
			return c.plain, nil
		}
		defer done()
		inside := make([]byte, 1024)
		k, err := io.ReadFull(stream, inside)
		if err != nil && k == 0 || !isTar(inside[:k]) {
			return c.plain, nil
		}
		return c.packed, nil
	}
	if isTar(head) {
		return Tar, nil
	}
	return Binary, nil
}

// isTar reports whether the block starts a tar: the header checksum holds
// (which the oldest tars have too), or it is the end marker of an empty one.
func isTar(head []byte) bool {
	if len(head) < 512 {
		return false
	}
	if len(bytes.Trim(head, "\x00")) == 0 {
		return len(head) == 1024
	}
	const at, size = 148, 8
	want, err := strconv.ParseInt(strings.Trim(string(head[at:at+size]), " \x00"), 8, 64)
	if err != nil {
		return false
	}
	sum := int64(size * ' ')
	for i, b := range head[:512] {
		if i < at || i >= at+size {
			sum += int64(b)
		}
	}
	return sum == want
}
