package assemble

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// blob is a content with its digest, lying in a file or in memory; a layer, if it
// has a diffID. It is a v1.Layer. Reading it to its end compares it with its digest.
type blob struct {
	digest v1.Hash
	diffID v1.Hash
	size   int64
	media  types.MediaType
	origin Origin
	cached bool // was there before this run
	raw    func() (io.ReadCloser, error)
	on     func(n int) // told of bytes read; nil = nobody asks
}

func (b *blob) Digest() (v1.Hash, error)            { return b.digest, nil }
func (b *blob) DiffID() (v1.Hash, error)            { return b.diffID, nil }
func (b *blob) Size() (int64, error)                { return b.size, nil }
func (b *blob) MediaType() (types.MediaType, error) { return b.media, nil }
func (b *blob) Compressed() (io.ReadCloser, error)  { return b.open() }
func (b *blob) descriptor() v1.Descriptor {
	return v1.Descriptor{MediaType: b.media, Size: b.size, Digest: b.digest}
}
func (b *blob) Descriptor() (*v1.Descriptor, error) { d := b.descriptor(); return &d, nil }

// Uncompressed gives the tar inside.
func (b *blob) Uncompressed() (io.ReadCloser, error) {
	r, err := b.open()
	if err != nil {
		return nil, err
	}
	u, err := unpack(r)
	if err != nil {
		r.Close()
		return nil, err
	}
	return both{u, r}, nil
}

func (b *blob) open() (io.ReadCloser, error) {
	r, err := b.raw()
	if err != nil {
		return nil, err
	}
	return &verified{r: r, hash: sha256.New(), want: b.digest, size: b.size, on: b.on}, nil
}

// memory makes a blob of bytes.
func memory(media types.MediaType, content []byte) *blob {
	sum := sha256.Sum256(content)
	return &blob{digest: hashOf(sum[:]), size: int64(len(content)), media: media, raw: func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(content)), nil
	}}
}

func hashOf(sum []byte) v1.Hash { return v1.Hash{Algorithm: "sha256", Hex: hex.EncodeToString(sum)} }

// verified reads a content and fails at its end, or where it gets too long, when it
// is not the one that was named.
type verified struct {
	r    io.ReadCloser
	hash hash.Hash
	want v1.Hash
	n    int64
	size int64 // -1 = not known
	on   func(int)
}

func (v *verified) Read(p []byte) (int, error) {
	n, err := v.r.Read(p)
	v.n += int64(n)
	v.hash.Write(p[:n])
	if v.on != nil && n > 0 {
		v.on(n)
	}
	switch {
	case v.size >= 0 && v.n > v.size, err == io.EOF && hashOf(v.hash.Sum(nil)) != v.want:
		return n, &corruptError{v.want}
	}
	return n, err
}

func (v *verified) Close() error { return v.r.Close() }

// corruptError is a content that is not what its digest says.
type corruptError struct{ want v1.Hash }

func (e *corruptError) text() *msg.Error {
	return msg.Errorf("read %s: the content is damaged or cut short", "读取 %s：内容已损坏或不完整", e.want)
}

func (e *corruptError) Error() string { return e.text().Error() }
func (e *corruptError) Unwrap() error { return e.text() }

// both closes two readers of which one reads the other.
type both struct {
	io.ReadCloser
	under io.Closer
}

func (b both) Close() error { return msg.Join(b.ReadCloser.Close(), b.under.Close()) }

// untilDone reads until the context ends.
type untilDone struct {
	ctx context.Context
	r   io.Reader
}

func (u untilDone) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(p)
}
