package publish

import (
	"context"
	"io"
	"maps"
	"os"
	"path"
	"slices"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// PutResult tells what Put did. Its JSON is a contract.
type PutResult struct {
	Project string    `json:"project"`
	Version string    `json:"version"`
	Files   []PutFile `json:"files"` // by name; never null
}

// PutFile is one file.
type PutFile struct {
	Name    string `json:"name"`
	URL     string `json:"url"`
	Size    int64  `json:"size"`
	SHA256  string `json:"sha256"`
	Already bool   `json:"already"` // the same bytes were there; nothing was sent
}

// Put sends single files of a version, given as local paths by the name they
// get, before the version exists: no manifest is written and no reader is led to
// them. [Publish] of the whole version finds them, sends what is missing and makes
// the version exist. A file that is there with other bytes is never replaced: the
// error then wraps store.ErrExists. Where the version exists already, only what its
// manifest lists can be put, to restore it.
func Put(ctx context.Context, st store.Store, project, version string, files map[string]string, o Options) (*PutResult, error) {
	m := &manifest.Manifest{Schema: manifest.Schema, Project: project, Version: version, Plan: "-"}
	if err := checkVersion(project, version); err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := manifest.CheckName("artifact", name); err != nil { // before the work of summing
			return nil, err
		}
		sums, err := archive.SumFile(ctx, files[name])
		if err != nil {
			return nil, msg.Errorf("put %s: %w", "上传 %s：%w", name, err).
				WithHint("name a file that can be read", "请给出可读取的文件")
		}
		m.Artifacts = append(m.Artifacts, manifest.Artifact{Name: name, Kind: manifest.KindFile, Size: sums.Size, SHA256: sums.SHA256, CRC64: sums.CRC64})
	}
	if err := checkManifest(m); err != nil {
		if msg.Hint(err).IsZero() {
			err = msg.Errorf("%w", "%w", err).WithKind(msg.Usage).
				WithHint("the name belongs to the store; give the file another one", "该名称由存储使用；请换一个文件名")
		}
		return nil, err
	}
	open := func(name string) (io.ReadSeekCloser, error) { return os.Open(files[name]) }
	s := &session{st: patient{Store: st, pause: o.Pause}, m: m, open: open, o: o}
	s.t = s.transfer(st)
	r := &PutResult{Project: project, Version: version, Files: []PutFile{}}
	err := s.put(ctx, r)
	s.t.Close(ctx, false)
	if err != nil {
		return nil, msg.Errorf("put files of %s %s: %w", "上传 %s %s 的文件：%w", project, version, err)
	}
	return r, nil
}

func (s *session) put(ctx context.Context, r *PutResult) error {
	there, err := list(ctx, s.st, path.Join(s.m.Project, s.m.Version))
	if err != nil {
		return err
	}
	if there.has(removingName) {
		return removing(s.m.Project, s.m.Version)
	}
	if there.has(manifest.FileName) {
		if err := s.listed(ctx); err != nil {
			return err
		}
	}
	var missing []manifest.Artifact
	for _, a := range s.m.Artifacts {
		same := false
		if there.has(a.Name) {
			if same, err = s.same(ctx, a); err != nil {
				return err
			}
			if !same {
				return other(a.Name, s.m.Project, s.m.Version)
			}
		} else {
			missing = append(missing, a)
			s.total += a.Size
		}
		r.Files = append(r.Files, PutFile{Name: a.Name, URL: inStore(s.st.URL(), s.key(a.Name)), Size: a.Size, SHA256: a.SHA256, Already: same})
	}
	return s.send(ctx, missing)
}

// listed refuses files that a version which exists does not have.
func (s *session) listed(ctx context.Context) error {
	raw, _, err := s.st.read(ctx, s.key(manifest.FileName))
	if err != nil {
		return err
	}
	have, err := decodeManifest(raw)
	if err != nil {
		return err
	}
	digests := map[string]string{}
	for _, a := range have.Artifacts {
		digests[a.Name] = a.SHA256
	}
	var differ []string
	for _, a := range s.m.Artifacts {
		if digests[a.Name] != a.SHA256 {
			differ = append(differ, a.Name)
		}
	}
	if len(differ) > 0 {
		return published(differ)
	}
	return nil
}

// other is the refusal to replace a file that no version vouches for yet.
func other(name, project, version string) error {
	return msg.Errorf("%s is there with other bytes: %w", "%s 已存在且内容不同：%w", name, store.ErrExists).
		WithHint("another run left it; if nobody is publishing %s %s, remove what was left with `yingzao release gc --strays` a day later, or publish under a new version",
			"它由另一次运行留下；若无人正在发布 %s %s，可在一天后用 `yingzao release gc --strays` 清理，或改用新的版本号", project, version)
}
