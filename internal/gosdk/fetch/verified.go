package fetch

import (
	"crypto/sha256"
	"hash"
	"io"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// verified makes a File.Open that holds what is read against the entry's sum:
// between the verification and the use of an SDK its files may change.
func verified(name string, e entry) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) {
		r, err := e.open()
		if err != nil {
			return nil, msg.Errorf("read %s: %w", "读取 %s：%w", name, err)
		}
		return &verifier{r: r, name: name, sum: sha256.New(), want: e.Sum}, nil
	}
}

type verifier struct {
	r    io.ReadCloser
	name string
	sum  hash.Hash
	want [sha256.Size]byte
}

func (v *verifier) Read(b []byte) (int, error) {
	n, err := v.r.Read(b)
	v.sum.Write(b[:n])
	if err == io.EOF && [sha256.Size]byte(v.sum.Sum(nil)) != v.want {
		err = msg.Errorf("read %s: it was changed since it was verified", "读取 %s：文件在验证之后被改动", v.name).WithKind(msg.Findings)
	}
	return n, err
}

func (v *verifier) Close() error { return v.r.Close() }
