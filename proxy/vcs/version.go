package vcs

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// incompatible marks versions from v2 on of a module that has no go.mod.
const incompatible = "+incompatible"

func isVersion(s string) bool { return semver.IsValid(s) }
func isPseudo(s string) bool  { return module.IsPseudoVersion(s) }

func pseudoRev(v string) string {
	rev, _ := module.PseudoVersionRev(v)
	return rev
}

// tagPrefix is what stands before the version in the module's tags.
func (p place) tagPrefix() string {
	if p.dir == "" {
		return ""
	}
	return p.dir + "/"
}

// versions are the module's tagged versions in ascending order, those marked
// +incompatible last.
func (m *source) versions(ctx context.Context) ([]string, error) {
	refs, err := m.refs(ctx)
	if err != nil {
		return nil, err
	}
	var list, later []string
	for name := range refs.raw {
		v, ok := strings.CutPrefix(name, tagsDir+m.tagPrefix())
		switch {
		case !ok || v == "" || v != semver.Canonical(v) || isPseudo(v):
		case module.CheckPathMajor(v, m.pathMajor) == nil:
			list = append(list, v)
		case m.dir == "" && m.pathMajor == "" && semver.Major(v) > "v1":
			later = append(later, v)
		}
	}
	semver.Sort(list)
	semver.Sort(later)
	if len(later) == 0 {
		return list, nil
	}
	// A module whose newest v0 or v1 has a go.mod does not mean its later tags to be
	// used without a major version in the path.
	if len(list) > 0 {
		if has, err := m.hasGoMod(ctx, list[len(list)-1]); has || err != nil {
			return list, err
		}
	}
	for len(later) > 0 {
		major := semver.Major(later[0])
		n := slices.IndexFunc(later, func(v string) bool { return semver.Major(v) != major })
		if n < 0 {
			n = len(later)
		}
		// The newest of a major version speaks for all of it.
		has, err := m.hasGoMod(ctx, later[n-1])
		if err != nil {
			return nil, err
		}
		for _, v := range later[:n] {
			if !has {
				list = append(list, v+incompatible)
			}
		}
		later = later[n:]
	}
	return list, nil
}

// hasGoMod reports whether a go.mod is at the repository's root at a tag. A tag of
// something that is no commit has none.
func (m *source) hasGoMod(ctx context.Context, tag string) (bool, error) {
	r, err := m.stat(ctx, tag)
	if isAbsent(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	data, err := m.file(r, "go.mod", maxGoMod)
	return data != nil, err
}

// highest is the version that "latest" means: the highest release, else the highest
// pre-release; "" when there is none.
func highest(versions []string) string {
	for _, v := range slices.Backward(versions) {
		if semver.Prerelease(v) == "" {
			return v
		}
	}
	if len(versions) > 0 {
		return versions[len(versions)-1]
	}
	return ""
}
