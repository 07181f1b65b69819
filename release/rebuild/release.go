package rebuild

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/release"
	"github.com/yingzao-dev/yingzao/release/manifest"
	"github.com/yingzao-dev/yingzao/release/publish"
)

// Release is a published version.
type Release struct {
	From     string // where it lies, for people
	Manifest *manifest.Manifest
	Raw      []byte   // of manifest.json
	Sidecars []string // names of the files beside it that are about it
	Open     func(ctx context.Context, name string) (io.ReadCloser, error)
}

// Sum is the SHA-256 of manifest.json in hex.
func (r *Release) Sum() string {
	sum := sha256.Sum256(r.Raw)
	return hex.EncodeToString(sum[:])
}

// maxSmall is the most bytes of a file that is read as a whole.
const maxSmall = 64 << 20

// Read reads a small file of the release. An error that is fs.ErrNotExist says that
// there is none.
func (r *Release) Read(ctx context.Context, name string) ([]byte, error) {
	f, err := r.Open(ctx, name)
	if err != nil {
		if errors.Is(err, store.ErrNotFound) {
			err = errors.Join(fs.ErrNotExist, err)
		}
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxSmall+1))
	if err == nil && len(b) > maxSmall {
		err = msg.Errorf("read %s: more than %d bytes", "读取 %s：超过 %d 字节", name, maxSmall)
	}
	return b, err
}

// InFolder opens a release that lies in one folder: a dist, or a copy of a version's
// files.
func InFolder(dir string) (*Release, error) {
	r := &Release{From: dir, Open: func(_ context.Context, name string) (io.ReadCloser, error) {
		return os.Open(filepath.Join(dir, name))
	}}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, msg.Errorf("open release: %w", "打开发布：%w", err).WithKind(msg.Usage)
	}
	for _, e := range entries {
		if manifest.Sidecar(e.Name()) {
			r.Sidecars = append(r.Sidecars, e.Name())
		}
	}
	return r, r.manifest(context.Background())
}

// InStore opens a version of a project in a store. project "" is the only one there
// is, version "" the latest.
func InStore(ctx context.Context, st store.Store, project, version string) (*Release, error) {
	if project == "" {
		var err error
		if project, err = onlyProject(ctx, st); err != nil {
			return nil, err
		}
	}
	m, _, err := publish.Open(ctx, st, project, version)
	if err != nil {
		return nil, err
	}
	folder := m.Project + "/" + m.Version + "/"
	r := &Release{From: st.URL(), Open: func(ctx context.Context, name string) (io.ReadCloser, error) {
		b, _, err := st.Get(ctx, folder+name, 0, -1)
		return b, err
	}}
	err = st.List(ctx, folder, func(i store.Info) error {
		if name := strings.TrimPrefix(i.Key, folder); manifest.Sidecar(name) && !strings.Contains(name, "/") {
			r.Sidecars = append(r.Sidecars, name)
		}
		return nil
	})
	if err != nil {
		return nil, msg.Errorf("open release: %w", "打开发布：%w", err).WithKind(msg.Incomplete)
	}
	return r, r.manifest(ctx)
}

func onlyProject(ctx context.Context, st store.Store) (string, error) {
	found := ""
	several := errors.New("several")
	err := st.List(ctx, "", func(i store.Info) error {
		name, rest, _ := strings.Cut(i.Key, "/")
		if rest != publish.IndexName || name == found {
			return nil
		}
		if found != "" {
			return several
		}
		found = name
		return nil
	})
	switch {
	case errors.Is(err, several):
		return "", msg.Errorf("rebuild: %s holds several projects", "重建：%s 中有多个项目", st.URL()).WithKind(msg.Usage).
			WithHint("add --project NAME", "请添加 --project 名称")
	case err != nil:
		return "", msg.Errorf("rebuild: %w", "重建：%w", err).WithKind(msg.Incomplete)
	case found == "":
		return "", msg.Errorf("rebuild: %s holds no release", "重建：%s 中没有任何发布", st.URL()).WithKind(msg.Usage).
			WithHint("give the folder that holds the projects, or a folder with manifest.json", "请给出包含各项目的目录，或含有 manifest.json 的目录")
	}
	return found, nil
}

func (r *Release) manifest(ctx context.Context) (err error) {
	if r.Raw, err = r.Read(ctx, manifest.FileName); err != nil {
		return msg.Errorf("open release: %w", "打开发布：%w", err).WithKind(msg.Incomplete)
	}
	r.Manifest, err = manifest.Parse(manifest.FileName, r.Raw)
	return err
}

// plan reads plan.json, which has to be the one whose digest the manifest has.
func (r *Release) plan(ctx context.Context, work string) (*release.Plan, error) {
	b, err := r.Read(ctx, manifest.PlanName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, msg.Errorf("rebuild: the release has no %s", "重建：该发布没有 %s", manifest.PlanName).WithKind(msg.Incomplete).
			WithHint("releases made by an older yingzao or by GoReleaser do not say how they were built", "由旧版 yingzao 或 GoReleaser 生成的发布没有记录构建方式")
	}
	if err != nil {
		return nil, msg.Errorf("rebuild: %w", "重建：%w", err).WithKind(msg.Incomplete)
	}
	path := filepath.Join(work, manifest.PlanName)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		return nil, msg.Errorf("rebuild: %w", "重建：%w", err)
	}
	p, err := release.ReadPlan(path)
	if err != nil {
		return nil, msg.Errorf("rebuild: %w", "重建：%w", err).WithKind(msg.Findings)
	}
	if p.Digest != r.Manifest.Plan {
		return nil, msg.Errorf("rebuild: plan.json is another plan than the manifest's (%s, not %s)", "重建：plan.json 与清单记载的计划不同（%s，而非 %s）", release.Short(p.Digest), release.Short(r.Manifest.Plan)).WithKind(msg.Findings).
			WithHint("one of the two files was replaced", "两个文件之一被替换")
	}
	return p, nil
}
