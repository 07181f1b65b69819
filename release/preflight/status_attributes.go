package preflight

import (
	"bufio"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/format/gitattributes"
)

// attributes answers how a file's bytes are changed on their way into git. It
// reads .gitattributes files only when asked, since most files never need it.
type attributes struct {
	repo   *repo
	lowest []attrRule // system and user
	top    []attrRule // info/attributes
	dirs   map[string][]attrRule
	macros map[string][]gitattributes.Attribute
}

type attrRule struct {
	glob
	set []gitattributes.Attribute
}

func newAttributes(r *repo) *attributes {
	return &attributes{repo: r}
}

func (a *attributes) load() (err error) {
	if a.dirs != nil {
		return nil
	}
	a.dirs, a.macros = map[string][]attrRule{}, map[string][]gitattributes.Attribute{}
	user := a.repo.path("core.attributesfile", filepath.Join(userConfigDir(a.repo.getenv), "attributes"))
	for _, file := range []string{"/etc/gitattributes", user} {
		rules, err := a.read(file, "", true)
		if err != nil {
			return err
		}
		a.lowest = append(a.lowest, rules...)
	}
	a.top, err = a.read(filepath.Join(a.repo.commonDir, "info", "attributes"), "", true)
	return err
}

// of returns the attributes of a path: name to "set", "unset" or the value.
func (a *attributes) of(path string) (map[string]string, error) {
	if err := a.load(); err != nil {
		return nil, err
	}
	got := map[string]string{}
	a.apply(got, a.lowest, path)
	for i := 0; ; {
		dir := ""
		if i > 0 {
			dir = path[:i-1]
		}
		rules, ok := a.dirs[dir]
		if !ok {
			var err error
			file := filepath.Join(a.repo.root, filepath.FromSlash(dir), ".gitattributes")
			if rules, err = a.read(file, dir, dir == ""); err != nil {
				return nil, err
			}
			a.dirs[dir] = rules
		}
		a.apply(got, rules, path)
		next := strings.IndexByte(path[i:], '/')
		if next < 0 {
			break
		}
		i += next + 1
	}
	a.apply(got, a.top, path)
	return got, nil
}

func (a *attributes) apply(got map[string]string, rules []attrRule, path string) {
	for _, r := range rules {
		if r.match(path, false) {
			a.assign(got, r.set, 0)
		}
	}
}

func (a *attributes) assign(got map[string]string, set []gitattributes.Attribute, depth int) {
	for _, at := range set {
		switch {
		case at.IsUnspecified():
			delete(got, at.Name())
		case at.IsUnset():
			got[at.Name()] = "unset"
		case at.IsValueSet():
			got[at.Name()] = at.Value()
		default:
			got[at.Name()] = "set"
			if at.Name() == "binary" { // git's one built-in macro, as far as it matters here
				got["text"] = "unset"
			}
			if m := a.macros[at.Name()]; m != nil && depth < 8 {
				a.assign(got, m, depth+1)
			}
		}
	}
}

// read parses one file; what git would only warn of is passed over.
func (a *attributes) read(file, base string, macros bool) ([]attrRule, error) {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var rules []attrRule
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		m, err := gitattributes.ParseAttributesLine(lines.Text(), nil, macros)
		if err != nil || m.Name == "" {
			continue
		}
		if m.Pattern == nil {
			a.macros[m.Name] = m.Attributes
			continue
		}
		if g, ok := compileGlob(m.Name, base); ok && !strings.HasPrefix(m.Name, "!") && !g.folder {
			rules = append(rules, attrRule{g, m.Attributes})
		}
	}
	return rules, lines.Err()
}
