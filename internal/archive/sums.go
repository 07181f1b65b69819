package archive

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"hash/crc64"
	"io"
	"os"
	"strconv"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Sums identify a file's content.
type Sums struct {
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"` // lower-case hexadecimal
	CRC64  string `json:"crc64"`  // ECMA polynomial, decimal, as OSS and COS print it
}

// SumReader reads r to its end and sums it in one pass.
func SumReader(ctx context.Context, r io.Reader) (Sums, error) {
	s := newSummer(ctx)
	if _, err := io.CopyBuffer(s, struct{ io.Reader }{r}, make([]byte, blockSize)); err != nil {
		return Sums{}, err
	}
	return s.sums(), nil
}

// SumFile sums a file in one pass.
func SumFile(ctx context.Context, path string) (Sums, error) {
	f, err := os.Open(path)
	if err != nil {
		return Sums{}, msg.Errorf("sum file: %w", "计算校验和：%w", err)
	}
	defer f.Close()
	s, err := SumReader(ctx, f)
	if err != nil {
		return Sums{}, msg.Errorf("sum file %s: %w", "计算 %s 的校验和：%w", path, err)
	}
	return s, nil
}

// summer sums what is written to it, until the context is cancelled.
type summer struct {
	ctx  context.Context
	size int64
	sha  hash.Hash
	crc  hash.Hash64
}

func newSummer(ctx context.Context) *summer {
	return &summer{ctx: ctx, sha: sha256.New(), crc: crc64.New(crc64.MakeTable(crc64.ECMA))}
}

func (s *summer) Write(b []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	s.size += int64(len(b))
	s.sha.Write(b)
	s.crc.Write(b)
	return len(b), nil
}

func (s *summer) sums() Sums {
	return Sums{Size: s.size, SHA256: hex.EncodeToString(s.sha.Sum(nil)), CRC64: strconv.FormatUint(s.crc.Sum64(), 10)}
}
