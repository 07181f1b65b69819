package release

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/manifest"
	"github.com/yingzao-dev/yingzao/release/provenance"
	"github.com/yingzao-dev/yingzao/release/publish"
)

// Sidecars are the files of a dist that are about the release ([manifest.Sidecar]):
// signatures, provenance, and the plan, without which nobody else could build it
// again. A plan or provenance of another release that lies there is left out.
func Sidecars(dist string, m *manifest.Manifest) ([]publish.Sidecar, error) {
	all, err := beside(dist)
	if err != nil {
		return nil, err
	}
	sum, err := manifestSum(m)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(c publish.Sidecar) bool {
		if c.Name != manifest.ProvenanceName {
			return false
		}
		s, err := provenance.Payload(c.Data)
		return err != nil || len(provenance.Check(s, m, sum)) > 0
	})
	path := filepath.Join(dist, PlanFile)
	if plan, err := ReadPlan(path); err != nil || plan.Digest != m.Plan {
		return all, nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, msg.Errorf("read dist %s: %w", "读取 dist %s：%w", dist, err)
	}
	return append(all, publish.Sidecar{Name: manifest.PlanName, Data: b}), nil
}

func writeBytes(ctx context.Context, path string, data []byte) error {
	_, err := archive.WriteFile(ctx, path, 0o644, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
	return err
}
