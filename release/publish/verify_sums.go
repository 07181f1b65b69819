package publish

import (
	"context"
	"errors"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// sums holds SHA256SUMS against the manifest. A project's own file of that name
// need not list everything, but what it says has to be right.
func (v *verifier) sums(ctx context.Context, m *manifest.Manifest) error {
	key := v.p.Project + "/" + v.p.Version + "/" + manifest.SumsName
	b, _, err := v.st.read(ctx, key)
	if errors.Is(err, store.ErrNotFound) {
		if !hasSums(m) { // else the artifact itself is reported missing
			v.p.fail(CodeSums, key, "it is missing", "文件缺失")
		}
		return nil
	}
	if err != nil {
		return err
	}
	lines, err := manifest.ParseSums(b)
	if err != nil {
		v.p.fail(CodeSums, key, "%v", "%v", err)
		return nil
	}
	for _, a := range m.Artifacts {
		sum, ok := lines[a.Name]
		delete(lines, a.Name)
		switch {
		case !ok && !hasSums(m):
			v.p.fail(CodeSumsLine, key, "it has no line for %s", "缺少 %s 一行", a.Name)
		case ok && sum != a.SHA256:
			v.p.fail(CodeSumsLine, key, "its sum of %s is not that of the manifest", "其中 %s 的校验和与清单不符", a.Name)
		}
	}
	for name := range lines {
		v.p.fail(CodeSumsLine, key, "it lists %s, which the manifest does not", "其中列有 %s，而清单中没有", name)
	}
	return nil
}
