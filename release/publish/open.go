package publish

import (
	"context"
	"errors"
	"io"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// Open reads the manifest of a version of a project, "" being the latest, and returns
// what opens its artifacts by name. What is read there is not checked; the manifest
// has the digests. A project or version that is not there is a usage error.
func Open(ctx context.Context, st store.Store, project, version string) (*manifest.Manifest, func(name string) (io.ReadCloser, error), error) {
	if err := manifest.CheckName("project", project); err != nil {
		return nil, nil, err
	}
	p := patient{Store: st}
	absent := func(key string) error {
		return msg.Errorf("open release: %s has no %s", "打开发布：%s 中没有 %s", st.URL(), key).WithKind(msg.Usage).
			WithHint("yingzao release list --to STORE shows what it holds", "yingzao release list --to 存储 可查看其中的内容")
	}
	if version == "" {
		latest, _, problem, err := readJSON[Latest](ctx, p, project+"/"+LatestName)
		switch {
		case err != nil:
			return nil, nil, err
		case errors.Is(problem, store.ErrNotFound):
			return nil, nil, absent(project + "/" + LatestName)
		case problem != nil:
			return nil, nil, msg.Errorf("open release: %s/%s: %w", "打开发布：%s/%s：%w", project, LatestName, problem)
		}
		version = latest.Version
	}
	if err := manifest.CheckName("version", version); err != nil {
		return nil, nil, err
	}
	folder := project + "/" + version + "/"
	raw, _, err := p.read(ctx, folder+manifest.FileName)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil, absent(folder + manifest.FileName)
	}
	if err != nil {
		return nil, nil, err
	}
	m, err := decodeManifest(raw)
	if err == nil && (m.Project != project || m.Version != version) {
		err = msg.Errorf("it is about %s %s", "它描述的是 %s %s", m.Project, m.Version)
	}
	if err != nil {
		return nil, nil, msg.Errorf("open release: %s: %w", "打开发布：%s：%w", folder+manifest.FileName, err)
	}
	return m, func(name string) (io.ReadCloser, error) {
		r, _, err := st.Get(ctx, folder+name, 0, -1)
		return r, err
	}, nil
}
