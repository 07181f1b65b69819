package assemble

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/workdir"
)

// cache keeps compressed layers between runs; see the package comment.
type cache struct {
	dir string
	tmp *workdir.Dir
}

// openCache makes what is missing. The caller closes it.
func openCache(dir string) (*cache, error) {
	if dir == "" {
		return nil, msg.Errorf("open layer cache: no directory is named", "打开镜像层缓存：未指定目录").WithKind(msg.Usage)
	}
	for _, sub := range []string{"blobs/sha256", "layers"} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.FromSlash(sub)), 0o755); err != nil {
			return nil, msg.Errorf("open layer cache: %w", "打开镜像层缓存：%w", err)
		}
	}
	tmp, err := workdir.New(filepath.Join(dir, "tmp"))
	if err != nil {
		return nil, msg.Errorf("open layer cache: %w", "打开镜像层缓存：%w", err)
	}
	return &cache{dir, tmp}, nil
}

func (c *cache) Close() error { return c.tmp.Close() }

func (c *cache) blobPath(h v1.Hash) string {
	return filepath.Join(c.dir, "blobs", "sha256", h.Hex)
}

// record says which blob an input became.
type record struct {
	Digest v1.Hash `json:"digest"`
	DiffID v1.Hash `json:"diffID"`
	Size   int64   `json:"size"`
}

// key names a layer by everything that decides its bytes.
func key(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	return hex.EncodeToString(sum[:])
}

// layer returns the layer of a key. When it is not there, fill writes its tar.
func (c *cache) layer(ctx context.Context, key string, packing Compression, fill func(io.Writer) error) (*blob, error) {
	recordPath := filepath.Join(c.dir, "layers", key+".json")
	if r, ok := c.recall(recordPath); ok {
		b := c.blob(r)
		b.media, b.cached = packing.media(), true
		return b, nil
	}
	r, err := c.pack(ctx, packing, fill)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(r)
	if err == nil {
		_, err = archive.WriteFile(ctx, recordPath, 0o644, func(w io.Writer) error {
			_, err := w.Write(append(text, '\n'))
			return err
		})
	}
	if err != nil {
		return nil, err
	}
	b := c.blob(r)
	b.media = packing.media()
	return b, nil
}

// recall reads a record whose blob is still there. What cannot be read is made
// again.
func (c *cache) recall(path string) (r record, ok bool) {
	text, err := os.ReadFile(path)
	if err != nil || json.Unmarshal(text, &r) != nil {
		return record{}, false
	}
	return r, c.holds(r.Digest, r.Size)
}

func (c *cache) holds(h v1.Hash, size int64) bool {
	info, err := os.Stat(c.blobPath(h))
	return err == nil && info.Mode().IsRegular() && info.Size() == size
}

func (c *cache) blob(r record) *blob {
	path := c.blobPath(r.Digest)
	return &blob{digest: r.Digest, diffID: r.DiffID, size: r.Size, raw: func() (io.ReadCloser, error) { return os.Open(path) }}
}

// forget removes the blob that an error is about, if the cache has it, so that the
// next run makes it anew.
func (c *cache) forget(err error) error {
	var corrupt *corruptError
	if !errors.As(err, &corrupt) || os.Remove(c.blobPath(corrupt.want)) != nil {
		return err
	}
	return msg.Errorf("%w", "%w", err).WithHint("it was in the layer cache and has been removed; run the command again", "该内容来自镜像层缓存，现已删除；请重新运行命令")
}

// pack compresses what fill writes into the cache.
func (c *cache) pack(ctx context.Context, packing Compression, fill func(io.Writer) error) (record, error) {
	var r record
	var packed, plain = sha256.New(), sha256.New()
	err := c.store(ctx, func(w io.Writer) (v1.Hash, error) {
		z, err := packing.writer(io.MultiWriter(w, packed, counter{&r.Size}))
		if err != nil {
			return v1.Hash{}, err
		}
		// Blocks are always full, so that no compressor can come to depend on how
		// a source happens to cut its reads.
		full := bufio.NewWriterSize(io.MultiWriter(plain, z), 256<<10)
		if err := fill(full); err != nil {
			return v1.Hash{}, err // no Close: it would end the stream as if it were complete
		}
		if err := msg.Join(full.Flush(), z.Close()); err != nil {
			return v1.Hash{}, err
		}
		r.Digest, r.DiffID = hashOf(packed.Sum(nil)), hashOf(plain.Sum(nil))
		return r.Digest, nil
	})
	return r, err
}

// store puts what fill writes under the digest that fill returns, complete and on
// the disk, or not at all.
func (c *cache) store(ctx context.Context, fill func(io.Writer) (v1.Hash, error)) error {
	f, err := os.CreateTemp(c.tmp.Path(), "blob-*")
	if err != nil {
		return msg.Errorf("write layer cache: %w", "写入镜像层缓存：%w", err)
	}
	defer f.Close()
	w := bufio.NewWriterSize(stopping{ctx, f}, 256<<10)
	h, err := fill(w)
	if err != nil {
		return err
	}
	if err := msg.Join(w.Flush(), f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return msg.Errorf("write layer cache: %w", "写入镜像层缓存：%w", err)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), c.blobPath(h)); err != nil {
		return msg.Errorf("write layer cache: %w", "写入镜像层缓存：%w", err)
	}
	return nil
}

// fetch brings a blob of a registry into the cache and returns it from there.
func (c *cache) fetch(ctx context.Context, d v1.Descriptor, open func() (io.ReadCloser, error), on func(int)) (*blob, error) {
	b := c.blob(record{Digest: d.Digest, Size: d.Size})
	b.media = d.MediaType
	if c.holds(d.Digest, d.Size) {
		b.cached = true
		return b, nil
	}
	err := c.store(ctx, func(w io.Writer) (v1.Hash, error) {
		r, err := open()
		if err != nil {
			return v1.Hash{}, err
		}
		defer r.Close()
		_, err = io.Copy(w, &verified{r: r, hash: sha256.New(), want: d.Digest, size: d.Size, on: on})
		return d.Digest, err
	})
	return b, err
}

// counter counts what is written.
type counter struct{ n *int64 }

func (c counter) Write(p []byte) (int, error) {
	*c.n += int64(len(p))
	return len(p), nil
}

// stopping refuses to write once the context is done.
type stopping struct {
	ctx context.Context
	w   io.Writer
}

func (s stopping) Write(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.w.Write(p)
}
