package vcs

import (
	"context"
	"path"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// goMod is the body of .mod of a canonical version.
func (m *source) goMod(ctx context.Context, version string) ([]byte, error) {
	r, err := m.checked(ctx, version)
	if err != nil {
		return nil, err
	}
	_, data, err := m.locate(r, version)
	if err == nil && data == nil {
		data = []byte("module " + modfile.AutoQuote(m.path) + "\n")
	}
	return data, err
}

// checked is the revision of a canonical version. What a pseudo-version claims is
// verified.
func (m *source) checked(ctx context.Context, version string) (*revision, error) {
	if version != module.CanonicalVersion(version) {
		return nil, absent("%s is not a canonical version", "%s 不是规范版本", shortRev(version))
	}
	r, err := m.stat(ctx, m.toRev(version))
	if err == nil && isPseudo(version) {
		_, err = m.resolve(ctx, r, version)
	}
	return r, err
}

// locate finds the module's folder at a revision: of v2 and above it may be the
// folder v2, or the one where v1 was, whichever go.mod says so. No go.mod at all is
// fine at the root of a v0 or v1 alone; data is nil then.
func (m *source) locate(r *revision, version string) (dir string, data []byte, err error) {
	name := path.Join(m.dir, "go.mod")
	data, err = m.file(r, name, maxGoMod)
	if err != nil {
		return "", nil, err
	}
	declared := modfile.ModulePath(data)
	here := data != nil && fits(declared, m.pathMajor)
	sub := ""
	if m.pathMajor != "" && m.root != m.path && m.pathMajor[0] == '/' {
		sub = path.Join(m.dir, m.pathMajor[1:])
		data2, err := m.file(r, path.Join(sub, "go.mod"), maxGoMod)
		if err != nil {
			return "", nil, err
		}
		declared2 := modfile.ModulePath(data2)
		switch below := data2 != nil && fits(declared2, m.pathMajor); {
		case below && here:
			return "", nil, absent("at revision %s both %s and %s/go.mod declare a path ending in %s", "在版本 %s 中，%s 与 %s/go.mod 声明的路径都以 %s 结尾", r.name, name, sub, m.pathMajor)
		case below:
			return sub, data2, nil
		case data2 != nil:
			return "", nil, absent("%s/go.mod at revision %s declares %q, which does not end in %s", "%s/go.mod 在版本 %s 中声明的路径为 %q，并不以 %s 结尾", sub, r.name, declared2, m.pathMajor)
		}
	}
	switch {
	case here:
		return m.dir, data, nil
	case data != nil && declared == "":
		return "", nil, absent("%s at revision %s declares no module path", "%s 在版本 %s 中没有声明模块路径", name, r.name)
	case data != nil && m.pathMajor != "":
		return "", nil, absent("%s at revision %s declares %q, which does not end in %s", "%s 在版本 %s 中声明的路径为 %q，并不以 %s 结尾", name, r.name, declared, m.pathMajor)
	case data != nil:
		return "", nil, absent("%s at revision %s declares %q, which is another major version than %s", "%s 在版本 %s 中声明的路径为 %q，与 %s 的主版本不同", name, r.name, declared, semver.Major(version))
	case m.dir == "" && m.pathMajor == "":
		return "", nil, nil
	case sub != "":
		return "", nil, absent("neither %s nor %s/go.mod at revision %s", "版本 %[3]s 中既没有 %[1]s，也没有 %[2]s/go.mod", name, sub, r.name)
	}
	return "", nil, absent("no %s at revision %s", "版本 %[2]s 中没有 %[1]s", name, r.name)
}

// fits reports whether a go.mod that declares a path can be that of a module with a
// major version in its path. The rest of the path is not compared: a fork that
// replaces a module declares the other's path, and the go command accepts it.
func fits(declared, pathMajor string) bool {
	_, major, ok := module.SplitPathVersion(declared)
	switch {
	case declared == "" || !ok:
		return false
	case pathMajor == "" && len(declared) > len("gopkg.in/") && declared[:len("gopkg.in/")] == "gopkg.in/":
		return true // golang.org/issue/34254
	case pathMajor == "":
		v := module.PathMajorPrefix(major)
		return v == "" || v == "v0" || v == "v1"
	}
	return major != "" && major[1:] == pathMajor[1:]
}
