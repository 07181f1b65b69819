package release

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// Extracted is a program taken out of a release.
type Extracted struct {
	Target target.Target
	Path   string
}

// Extract takes the program of a name out of a release's archives and bare binaries,
// for every target that wanted accepts (nil = all), into the folder dir. Each
// artifact, and the program in it, has to have the digest of the manifest. open gives
// an artifact by name. A release without the program is an error.
func Extract(ctx context.Context, m *manifest.Manifest, open func(name string) (io.ReadCloser, error), program string, wanted func(target.Target) bool, dir string) ([]Extracted, error) {
	var all []Extracted
	done := map[target.Target]bool{}
	for _, a := range m.Artifacts {
		if a.Kind != manifest.KindArchive && a.Kind != manifest.KindBinary {
			continue // packages hold what archives hold
		}
		for _, b := range a.Binaries {
			if done[b.Target] || wanted != nil && !wanted(b.Target) || strings.TrimSuffix(programOf(a, b), ".exe") != program {
				continue
			}
			to := filepath.Join(dir, b.Target.Slug())
			if err := extract(ctx, a, b, open, to); err != nil {
				return nil, msg.Errorf("take %s out of %s: %w", "从 %[2]s 取出 %[1]s：%[3]w", b.Path, a.Name, err)
			}
			done[b.Target] = true
			all = append(all, Extracted{b.Target, to})
		}
	}
	if len(all) == 0 {
		return nil, msg.Errorf("%s %s holds no program %s", "%s %s 中没有程序 %s", m.Project, m.Version, program).WithKind(msg.Usage).
			WithHint("name a release of it", "请指定它的一次发布")
	}
	return all, nil
}

// programOf is the file name of a program; a bare binary's artifact has a longer one.
func programOf(a manifest.Artifact, b manifest.Binary) string {
	if a.Kind == manifest.KindBinary {
		return path.Base(b.Main)
	}
	return path.Base(b.Path)
}

func extract(ctx context.Context, a manifest.Artifact, b manifest.Binary, open func(name string) (io.ReadCloser, error), to string) error {
	from, err := open(a.Name)
	if err != nil {
		return err
	}
	defer from.Close()
	whole := to + ".artifact"
	defer os.Remove(whole)
	sums, err := archive.WriteFile(ctx, whole, 0o600, func(w io.Writer) error {
		_, err := io.Copy(w, io.LimitReader(from, a.Size+1))
		return err
	})
	if err != nil {
		return err
	}
	if sums.SHA256 != a.SHA256 {
		return otherDigest(sums.SHA256, a.SHA256)
	}
	f, err := os.Open(whole)
	if err != nil {
		return err
	}
	defer f.Close()
	format, err := archive.Detect(f)
	if err != nil {
		return err
	}
	found := false
	if err := archive.Walk(ctx, f, format, archive.Limits{}, func(h archive.Header, r io.Reader) error {
		if a.Kind == manifest.KindArchive && h.Name != b.Path || !h.Mode.IsRegular() {
			return nil
		}
		found = true
		sums, err = archive.WriteFile(ctx, to, 0o755, func(w io.Writer) error { _, err := io.Copy(w, r); return err })
		return errors.Join(err, fs.SkipAll)
	}); err != nil {
		return err
	}
	switch {
	case !found:
		return msg.Errorf("it is not there", "其中没有该文件")
	case sums.SHA256 != b.SHA256:
		return otherDigest(sums.SHA256, b.SHA256)
	}
	return nil
}

func otherDigest(got, want string) error {
	return msg.Errorf("its digest is %s, the manifest says %s", "摘要为 %s，清单中为 %s", got, want).WithKind(msg.Findings).
		WithHint("the file was changed or damaged after the release; take it from another copy", "文件在发布后被修改或损坏，请从其他副本获取")
}
