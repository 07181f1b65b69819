package vcs

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// highestBefore is the highest version that a tag at or before a revision stands for;
// "" when there is none. The history is fetched only when a tag could be one.
func (m *source) highestBefore(ctx context.Context, r *revision, version func(tag string) string) (string, error) {
	refs, err := m.refs(ctx)
	if err != nil {
		return "", err
	}
	type tagged struct{ name, version string }
	var tags []tagged
	for name := range refs.raw {
		tag, ok := strings.CutPrefix(name, tagsDir)
		if !ok || !strings.HasPrefix(tag, m.tagPrefix()+"v") {
			continue
		}
		if v := version(tag); v != "" {
			tags = append(tags, tagged{name, v})
		}
	}
	if len(tags) == 0 {
		return "", nil
	}
	slices.SortFunc(tags, func(a, b tagged) int { return semver.Compare(b.version, a.version) })
	if err := m.history(ctx, refs, false); err != nil {
		return "", err
	}
	before, err := m.ancestors(ctx, r.hash)
	if err != nil {
		return "", err
	}
	for _, t := range tags {
		if before[refs.commit(t.name)] {
			return t.version, nil
		}
	}
	return "", nil
}

// verifyPseudo checks what a pseudo-version claims: the commit's hash in its one
// accepted length, the commit's time, and a base that is a tag before the commit.
// Otherwise anybody could name a commit so that it beats every release.
func (m *source) verifyPseudo(ctx context.Context, r *revision, version string) error {
	if rev := pseudoRev(version); rev != r.short() {
		return absent("the commit's short name is %s, not %s", "该提交的短名称是 %s，不是 %s", r.short(), rev)
	}
	t, err := module.PseudoVersionTime(version)
	if err != nil || !t.Equal(r.time) {
		return absent("the commit's time is %s", "该提交的时间是 %s", r.time.Format(module.PseudoVersionTimestampFormat))
	}
	base, err := module.PseudoVersionBase(strings.TrimSuffix(version, incompatible))
	if err != nil {
		return absent("%w", "%w", err)
	}
	if base == "" {
		if m.pathMajor == "" && semver.Major(version) == "v1" {
			return absent("without a tag before the commit it begins with v0, not v1", "该提交之前没有标签，应以 v0 开头，而不是 v1")
		}
		return nil
	}
	if slices.Contains(r.tags, m.tagPrefix()+base) {
		return absent("the commit has the tag %s itself, so that is its version", "该提交自身带有标签 %s，应直接使用该版本", m.tagPrefix()+base)
	}
	refs, err := m.refs(ctx)
	if err != nil {
		return err
	}
	var tags []string
	for name := range refs.raw {
		v, ok := strings.CutPrefix(name, tagsDir+m.tagPrefix())
		if ok && strings.HasPrefix(v, base) && semver.Compare(v, base) == 0 {
			tags = append(tags, name)
		}
	}
	if len(tags) == 0 {
		return absent("there is no tag %s", "没有标签 %s", m.tagPrefix()+base)
	}
	if err := m.history(ctx, refs, false); err != nil {
		return err
	}
	before, err := m.ancestors(ctx, r.hash)
	if err != nil {
		return err
	}
	for _, name := range tags {
		if before[refs.commit(name)] {
			return nil
		}
	}
	return absent("the tag %s is not before the commit", "标签 %s 不在该提交之前", m.tagPrefix()+base)
}
