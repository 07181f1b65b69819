package publish

import (
	"context"
	"errors"
	"path"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// Version is what a [Check] may look at.
type Version struct {
	Manifest *manifest.Manifest
	Raw      []byte   // of manifest.json
	Sidecars []string // names, sorted
	// Read reads a small file of the version's folder: a sidecar or SHA256SUMS. The
	// error of one that is not there wraps store.ErrNotFound.
	Read func(ctx context.Context, name string) ([]byte, error)
}

// Check judges a version: signatures, attestations. The subjects of its findings
// are names in the version's folder. An error means that something could not be
// read, not that it is wrong. It is called once the artifacts are read.
type Check func(ctx context.Context, v *Version) ([]Finding, error)

func (v *verifier) checks(ctx context.Context, there *inventory, m *manifest.Manifest, raw []byte) error {
	folder := path.Join(v.p.Project, v.p.Version)
	version := &Version{Manifest: m, Raw: raw, Sidecars: there.sidecars(v.p.Version), Read: func(ctx context.Context, name string) ([]byte, error) {
		b, _, err := v.st.read(ctx, path.Join(folder, name))
		return b, err
	}}
	for _, check := range v.o.Checks {
		found, err := check(ctx, version)
		if err != nil {
			return err
		}
		for _, f := range found {
			f.Subject = path.Join(folder, f.Subject)
			v.p.Findings = append(v.p.Findings, f)
		}
	}
	return nil
}

// sm3Sums holds SM3SUMS against the bytes that were read.
func (v *verifier) sm3Sums(ctx context.Context, m *manifest.Manifest) error {
	if v.sm3 == nil {
		return nil
	}
	key := path.Join(v.p.Project, v.p.Version, manifest.SM3SumsName)
	b, _, err := v.st.read(ctx, key)
	if errors.Is(err, store.ErrNotFound) {
		return nil // removed since the listing
	}
	if err != nil {
		return err
	}
	lines, err := manifest.ParseSums(b)
	if err != nil {
		v.p.fail(CodeSM3, key, "%v", "%v", err)
		return nil
	}
	for _, a := range m.Artifacts {
		sum, ok := lines[a.Name]
		delete(lines, a.Name)
		switch have, read := v.sm3[a.Name]; {
		case !ok:
			v.p.fail(CodeSM3, key, "it has no line for %s", "缺少 %s 一行", a.Name)
		case read && sum != have:
			v.p.fail(CodeSM3, key, "its sum of %s is not that of the file, %s", "其中 %s 的校验和与文件不符（应为 %s）", a.Name, have)
		}
	}
	for name := range lines {
		v.p.fail(CodeSM3, key, "it lists %s, which the manifest does not", "其中列有 %s，而清单中没有", name)
	}
	return nil
}
