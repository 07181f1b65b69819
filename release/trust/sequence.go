package trust

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// Sequences remembers the highest sequence that was verified of each project, for
// each key that had signed it: so that an old release cannot be passed off as the
// newest, and two vendors whose projects have one name do not meet. One file a
// project, in Dir.
type Sequences struct {
	Dir string // made when needed
}

// Seen is what was verified with one key.
type Seen struct {
	Sequence int64  `json:"sequence"`
	Version  string `json:"version"`
}

type sequenceFile struct {
	Schema  int             `json:"schema"`
	Project string          `json:"project"`
	Keys    map[string]Seen `json:"keys"` // by the key's id
}

func (s Sequences) path(project string) string { return filepath.Join(s.Dir, project+".json") }

func (s Sequences) read(project string) (*sequenceFile, error) {
	f := &sequenceFile{Schema: 1, Project: project, Keys: map[string]Seen{}}
	if err := manifest.CheckName("project", project); err != nil {
		return nil, err
	}
	b, err := readSmall(s.path(project))
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err == nil {
		err = json.Unmarshal(b, f)
	}
	if err == nil && (f.Schema != 1 || f.Project != project) {
		err = msg.Errorf("it is of another project or a newer yingzao", "它属于其他项目或更新版本的 yingzao")
	}
	if err != nil {
		return nil, msg.Errorf("read what was verified before, %s: %w", "读取以往的校验记录 %s：%w", s.path(project), err).
			WithHint("remove the file only if nobody else can have written to it", "仅在确信没有他人写过该文件时才可删除它")
	}
	if f.Keys == nil {
		f.Keys = map[string]Seen{}
	}
	return f, nil
}

// Check refuses a sequence that is lower than one that was verified before by any
// of the keys; the error is of kind msg.Findings.
func (s Sequences) Check(c Comment, keys []Trusted) error {
	f, err := s.read(c.Project)
	if err != nil {
		return err
	}
	for _, k := range keys {
		if seen, ok := f.Keys[k.Key.ID()]; ok && c.Sequence < seen.Sequence {
			return msg.Errorf("it is older than %s %s, which was verified here before (sequence %d, was %d)", "它比此前在此校验过的 %s %s 更旧（序号 %d，此前为 %d）", c.Project, seen.Version, c.Sequence, seen.Sequence).WithKind(msg.Findings).
				WithHint("somebody may offer an old release as the newest; if you want the old one, add --allow-downgrade", "可能有人把旧版本冒充最新版；若确实需要旧版本，请添加 --allow-downgrade")
		}
	}
	return nil
}

// Record remembers a verified release. Lower sequences than those known change
// nothing.
func (s Sequences) Record(ctx context.Context, c Comment, keys []Trusted) error {
	f, err := s.read(c.Project)
	if err != nil {
		return err
	}
	changed := false
	for _, k := range keys {
		if seen, ok := f.Keys[k.Key.ID()]; !ok || c.Sequence > seen.Sequence {
			f.Keys[k.Key.ID()] = Seen{Sequence: c.Sequence, Version: c.Version}
			changed = true
		}
	}
	if !changed {
		return nil
	}
	b, err := json.MarshalIndent(f, "", "  ")
	if err == nil {
		if err = os.MkdirAll(s.Dir, 0o700); err == nil {
			_, err = archive.WriteFile(ctx, s.path(c.Project), 0o600, func(w io.Writer) error {
				_, err := w.Write(append(b, '\n'))
				return err
			})
		}
	}
	if err != nil {
		return msg.Errorf("remember what was verified: %w", "记录校验结果：%w", err).
			WithHint("everything passed; set XDG_STATE_HOME to a folder that can be written to, so that an older release is refused later", "校验已全部通过；请将 XDG_STATE_HOME 设为可写目录，以便日后拒绝更旧的发布")
	}
	return nil
}
