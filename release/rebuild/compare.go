package rebuild

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// compare fetches what is published and holds what was made against it. why says why
// some artifacts could not be made; nil when there is no such reason.
func (j *job) compare(ctx context.Context, made map[string]string, why error) error {
	dir := filepath.Join(j.work, "published")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return msg.Errorf("rebuild: %w", "重建：%w", err)
	}
	targets := 0
	seen := map[string]bool{}
	for _, a := range j.rel.Manifest.Artifacts {
		if a.Target != nil && !seen[a.Target.String()] {
			seen[a.Target.String()] = true
			targets++
		}
	}
	whole := len(j.r.Targets) >= targets
	for _, a := range j.rel.Manifest.Artifacts {
		out := Artifact{Name: a.Name, Manifest: a.SHA256, Status: Skipped}
		if j.expected(a, whole) {
			if err := j.one(ctx, &out, a, made[a.Name], filepath.Join(dir, "file"), why); err != nil {
				return err
			}
		}
		j.r.Artifacts = append(j.r.Artifacts, out)
	}
	return nil
}

// one compares an artifact, whose published bytes are kept at path meanwhile.
func (j *job) one(ctx context.Context, out *Artifact, a manifest.Artifact, made, path string, why error) error {
	if made == "" {
		note := msg.Text{EN: "it was not made again", ZH: "没有重新生成"}
		if why != nil {
			note = msg.Textf("it could not be made again: %v", "无法重新生成：%v", why)
		}
		out.Status, out.Note = Missing, &note
		return nil
	}
	ours, err := archive.SumFile(ctx, made)
	if err != nil {
		return msg.Errorf("rebuild: %w", "重建：%w", err)
	}
	out.Rebuilt = ours.SHA256
	limit := 2*ours.Size + slack
	theirs, err := j.fetch(ctx, a.Name, path, limit+1)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, store.ErrNotFound) {
		out.Status, out.Note = Missing, &msg.Text{EN: "it is not where the release is published", ZH: "发布位置没有该文件"}
		return nil
	}
	if err != nil {
		return msg.Errorf("rebuild: read %s: %w", "重建：读取 %s：%w", a.Name, err).WithKind(msg.Incomplete)
	}
	if theirs.Size > limit {
		note := msg.Textf("what is published is more than twice as large as what was built (%d bytes) and was not read to its end", "已发布的文件大于重建结果（%d 字节）的两倍，未读完", ours.Size)
		out.Status, out.Damaged, out.Note = Different, a.Size <= limit, &note
		return nil
	}
	out.Published = theirs.SHA256
	out.Damaged = theirs.SHA256 != a.SHA256
	out.Status = Identical
	if ours.SHA256 != theirs.SHA256 || out.Damaged {
		out.Status = Different
	}
	switch {
	case out.Damaged && ours.SHA256 == a.SHA256:
		out.Note = &msg.Text{EN: "what was built is what the manifest says; what is published is not: it was changed after it was made", ZH: "重建结果与清单一致，而已发布的文件不一致：它在生成之后被改动"}
	case out.Damaged:
		out.Note = &msg.Text{EN: "what is published is not what the manifest says", ZH: "已发布的文件与清单不符"}
	}
	if ours.SHA256 == theirs.SHA256 {
		return nil
	}
	out.Differences, err = Explain(ctx, path, made, a.Kind)
	return err
}

// slack is how much larger than what was built a published file may be, beside twice
// its size, and still be compared.
const slack = 64 << 20

// fetch keeps a published file, or as much of it as limit allows.
func (j *job) fetch(ctx context.Context, name, path string, limit int64) (archive.Sums, error) {
	body, err := j.rel.Open(ctx, name)
	if err != nil {
		return archive.Sums{}, err
	}
	defer body.Close()
	return archive.WriteFile(ctx, path, 0o600, func(w io.Writer) error {
		_, err := io.Copy(w, io.LimitReader(body, limit))
		return err
	})
}
