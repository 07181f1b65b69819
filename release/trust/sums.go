package trust

import (
	"context"
	"encoding/hex"
	"hash"
	"io"
	"runtime"
	"strings"

	"github.com/emmansun/gmsm/sm3"
	"golang.org/x/sync/errgroup"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// NewSM3 is the hash of SM3SUMS, in the way of crypto's constructors.
func NewSM3() hash.Hash { return sm3.New() }

// SM3Sums writes SM3SUMS for all artifacts of a manifest, in its order. Each is
// read once, several at the same time, and its size compared.
func SM3Sums(ctx context.Context, m *manifest.Manifest, open func(name string) (io.ReadSeekCloser, error)) ([]byte, error) {
	lines := make([]string, len(m.Artifacts))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, a := range m.Artifacts {
		g.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			f, err := open(a.Name)
			if err != nil {
				return err
			}
			defer f.Close()
			h := sm3.New()
			n, err := io.CopyBuffer(struct{ io.Writer }{h}, struct{ io.Reader }{f}, make([]byte, 1<<20))
			if err == nil && n != a.Size {
				err = msg.Errorf("it has %d bytes, the manifest says %d", "大小为 %d 字节，清单记载 %d", n, a.Size)
			}
			if err != nil {
				return msg.Errorf("sum %s: %w", "计算 %s 的校验和：%w", a.Name, err)
			}
			lines[i] = hex.EncodeToString(h.Sum(nil)) + "  " + a.Name + "\n"
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return []byte(strings.Join(lines, "")), nil
}
