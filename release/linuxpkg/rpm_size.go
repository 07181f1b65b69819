package linuxpkg

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"io"
	"strings"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// An rpm is a lead, a signature header, padding to eight bytes, the header and
// the compressed payload. A header is magic (8 bytes), the number of index
// entries, the size of the store, the index (tag, type, offset, count), and
// the store; all numbers are big-endian 32-bit.
const (
	rpmLead        = 96
	rpmIntro       = 16
	rpmIndexEntry  = 16
	rpmPayloadSize = 1007 // in the signature header: bytes of the payload, uncompressed
)

var rpmMagic = []byte{0x8e, 0xad, 0xe8, 0x01, 0, 0, 0, 0}

// setPayloadSize corrects, in place, the size of the uncompressed payload. The
// library writes the sum of the files instead, and rpm2cpio compares: it would
// report failure for a good package. No digest covers this number.
func setPayloadSize(ctx context.Context, rpm []byte, compression string) error {
	if len(rpm) < rpmLead {
		return errRPM("short lead", "文件头不完整")
	}
	signature, rest, err := rpmHeader(rpm[rpmLead:])
	if err != nil {
		return err
	}
	if pad := (8 - len(signature)%8) % 8; len(rest) >= pad {
		rest = rest[pad:]
	}
	_, payload, err := rpmHeader(rest)
	if err != nil {
		return err
	}
	r, done, err := decompressor(payload, compression)
	if err != nil {
		return errRPM("%w", "%w", err)
	}
	defer done()
	size, err := io.Copy(io.Discard, &reader{ctx, r})
	if err != nil {
		return err
	}
	entries := int(binary.BigEndian.Uint32(signature[8:]))
	store := signature[rpmIntro+entries*rpmIndexEntry:]
	for i := range entries {
		e := signature[rpmIntro+i*rpmIndexEntry:]
		if binary.BigEndian.Uint32(e) != rpmPayloadSize {
			continue
		}
		if at := int(binary.BigEndian.Uint32(e[8:])); at >= 0 && at+4 <= len(store) {
			binary.BigEndian.PutUint32(store[at:], uint32(size))
			return nil
		}
	}
	return errRPM("no payload size in the signature header", "签名头中没有载荷大小")
}

// rpmHeader splits a header from what follows it.
func rpmHeader(b []byte) (header, rest []byte, err error) {
	if len(b) < rpmIntro || !bytes.HasPrefix(b, rpmMagic) {
		return nil, nil, errRPM("no header", "缺少头部")
	}
	size := rpmIntro + rpmIndexEntry*int64(binary.BigEndian.Uint32(b[8:])) + int64(binary.BigEndian.Uint32(b[12:]))
	if size > int64(len(b)) {
		return nil, nil, errRPM("short header", "头部不完整")
	}
	return b[:size], b[size:], nil
}

func decompressor(b []byte, compression string) (r io.Reader, done func(), err error) {
	kind, _, _ := strings.Cut(compression, ":")
	done = func() {}
	switch kind {
	case "xz":
		r, err = xz.NewReader(bytes.NewReader(b))
	case "lzma":
		r, err = lzma.NewReader(bytes.NewReader(b))
	case "zstd":
		var z *zstd.Decoder
		if z, err = zstd.NewReader(bytes.NewReader(b), zstd.WithDecoderConcurrency(1)); err == nil {
			r, done = z, z.Close
		}
	default:
		r, err = gzip.NewReader(bytes.NewReader(b))
	}
	return r, done, err
}

func errRPM(en, zh string, args ...any) error {
	return msg.Errorf("read back rpm: %w", "回读 rpm：%w", msg.Errorf(en, zh, args...))
}
