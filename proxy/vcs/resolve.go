package vcs

import (
	"context"
	"path"
	"strings"
	"sync"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// resolve is the version of a revision for whoever asked query, "" for the default
// branch: a tag's, or a pseudo-version.
func (m *source) resolve(ctx context.Context, r *revision, query string) (string, error) {
	if isPseudo(query) {
		v, err := m.accept(r, query, query)
		if err == nil {
			err = m.verifyPseudo(ctx, r, query)
		}
		return v, err
	}
	// tag → version; canonical when the tag is nothing but the version.
	parse := func(tag string) (v string, canonical bool) {
		tag, ok := strings.CutPrefix(tag, m.tagPrefix())
		if v = semver.Canonical(tag); !ok || isPseudo(tag) || v == "" || !strings.HasPrefix(tag, v) {
			return "", false
		}
		return v, v == tag
	}
	if v, canonical := parse(r.name); canonical {
		if v, err := m.accept(r, v, query); err == nil {
			return v, nil
		} else if !isAbsent(err) {
			return "", err
		}
	}
	// Retractions are read from the highest version's go.mod, so not before they matter.
	retracted := sync.OnceValue(func() func(string) bool { return m.retractions(ctx) })
	allowed := func(v string) bool {
		return v != "" && (module.MatchPathMajor(v, m.pathMajor) || m.mayBeIncompatible(r, v, query)) && !retracted()(v)
	}
	best, base := "", ""
	for _, tag := range r.tags {
		v, canonical := parse(tag)
		if query != "" && semver.Compare(v, query) == 0 {
			if canonical {
				return m.accept(r, v, query)
			}
			base = v // v1.2.3+meta: two such tags may differ, so it is a base only
		}
		if canonical && semver.Compare(best, v) < 0 && allowed(v) {
			best = v
		}
	}
	if best != "" {
		return m.accept(r, best, query)
	}
	if base == "" {
		var err error
		base, err = m.highestBefore(ctx, r, func(tag string) string {
			if v, _ := parse(tag); allowed(v) {
				return v
			}
			return ""
		})
		if err != nil {
			return "", err
		}
	}
	return m.accept(r, module.PseudoVersion(module.PathMajorPrefix(m.pathMajor), base, r.time, r.short()), query)
}

// accept checks that v, without +incompatible unless query has it, can be the
// module's version at a revision, and adds +incompatible where it belongs.
func (m *source) accept(r *revision, v, query string) (string, error) {
	if _, _, err := m.locate(r, v); err != nil {
		return "", err
	}
	if v == strings.TrimSuffix(query, incompatible) {
		v = query
	}
	base := strings.TrimSuffix(v, incompatible)
	var wrong error
	switch {
	case module.MatchPathMajor(base, m.pathMajor):
		if v != base {
			wrong = absent("%s does not need %s", "%s 不需要 %s", base, incompatible)
		}
	case m.mayBeIncompatible(r, base, query):
		v = base + incompatible
	case m.pathMajor != "":
		wrong = absent("%s is not of the major version in the module path", "%s 与模块路径中的主版本不符", base)
	default:
		wrong = absent("there is a go.mod, so %s is a version of %s", "存在 go.mod，因此 %s 是 %s 的版本", base, path.Join(m.pathPrefix, semver.Major(v)))
	}
	if query != "" && query == module.CanonicalVersion(query) && strings.TrimSuffix(query, incompatible) != base {
		return "", absent("%s is not a tag, but leads to %s", "%s 不是标签，它对应 %s", query, v)
	}
	if wrong != nil {
		return "", wrong
	}
	return v, nil
}

// mayBeIncompatible reports whether v, of v2 or above, can be a version of a module
// without major version in its path: at the root of a repository without go.mod,
// and without one in the folder of that major version unless it is asked for by name.
func (m *source) mayBeIncompatible(r *revision, v, query string) bool {
	if m.dir != "" || m.pathMajor != "" {
		return false
	}
	has := func(name string) bool {
		data, err := m.file(r, name, maxGoMod)
		return data != nil || err != nil
	}
	return !has("go.mod") && (strings.HasSuffix(query, incompatible) || !has(path.Join(semver.Major(v), "go.mod")))
}

// retractions tells which versions the highest one takes back. When that cannot be
// found out, none is.
func (m *source) retractions(ctx context.Context) func(string) bool {
	none := func(string) bool { return false }
	list, err := m.versions(ctx)
	if err != nil {
		return none
	}
	for i, v := range list {
		if strings.HasSuffix(v, incompatible) {
			list = list[:i]
			break
		}
	}
	v := highest(list)
	if v == "" {
		return none
	}
	data, err := m.goMod(ctx, v)
	if err != nil {
		return none
	}
	f, err := modfile.ParseLax("go.mod", data, nil)
	if err != nil {
		return none
	}
	return func(v string) bool {
		for _, r := range f.Retract {
			if semver.Compare(r.Low, v) <= 0 && semver.Compare(v, r.High) <= 0 {
				return true
			}
		}
		return false
	}
}
