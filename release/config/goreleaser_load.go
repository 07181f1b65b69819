package config

import (
	"cmp"
	"reflect"
	"slices"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/yamlfile"
	"go.yaml.in/yaml/v3"
)

// loadGoReleaser reads a GoReleaser file into a Project.
//
// The file is decoded into GoReleaser's own type by the same YAML library, so
// short forms and old spellings mean what they mean there (a test compares the
// two). GoReleaser's own Load is not called: it writes to a global logger,
// takes any size, ignores a second document and gives no columns.
func loadGoReleaser(dir, name string, data []byte, o Options) (*Project, error) {
	var source project
	r, err := readSource(name, data, &source, o.Ignore...)
	if err != nil {
		return nil, err
	}
	p := defaults(dir, GoReleaser)
	p.File, p.Stores, p.SBOMs = name, r.stores, r.sboms
	m := mapper{reader: r, from: &source, to: p}
	m.all()
	p.Notices = inOrder(r.notices)
	if err := r.err(); err != nil {
		return nil, err
	}
	return p, nil
}

// inOrder sorts notices by line and says each thing once: an old spelling in
// ten entries is one notice, at the first of them.
func inOrder(notices []Notice) []Notice {
	slices.SortStableFunc(notices, func(a, b Notice) int { return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Section, b.Section)) })
	said := map[msg.Text]bool{}
	return slices.DeleteFunc(notices, func(n Notice) bool {
		again := said[n.Text]
		said[n.Text] = true
		return again
	})
}

// readSource decodes the mapped sections into GoReleaser's type. The reader it
// returns has what was found on the way, refusals among it.
func readSource(name string, data []byte, into *project, ignore ...string) (*reader, error) {
	f, err := yamlfile.Parse(name, data)
	if err != nil {
		return nil, err
	}
	f.Explain = explain
	r := &reader{file: f, ignore: ignore}
	r.checkIgnore()
	r.version()
	root := f.Root()
	if root == nil {
		return r, nil
	}
	r.stores = r.sections(root)
	if err := f.Check(into); err != nil {
		r.errs = append(r.errs, asOurs(err))
		return nil, r.err()
	}
	r.rules(root)
	return r, f.Decode(into)
}

func asOurs(err error) *msg.Error {
	if e, ok := err.(*msg.Error); ok {
		return e
	}
	return msg.Errorf("%w", "%w", err).WithKind(msg.Usage)
}

// version holds the file against what v2.15.2 reads. Files of version 1, or of
// none, are read as version 2; where they use what has been removed since, the
// unknown keys say so.
func (r *reader) version() {
	k, v := r.file.Find("version")
	if k == nil {
		r.notice("deprecated", "version", 0, "the file has no version, it is read as version: 2", "文件没有 version，按 version: 2 读取")
		return
	}
	var version int
	switch err := v.Decode(&version); {
	case err != nil: // Check says so with the other wrong kinds
	case version < 2:
		r.notice("deprecated", "version", k.Line, "version: %d is read as version: 2", "version: %d 按 version: 2 读取", version)
	case version > 2:
		e := r.file.Errorf(v, "version: %d is newer than what can be read", "version: %d 比能读取的版本新", version)
		r.errs = append(r.errs, e.WithHint("write version: 2", "请写 version: 2"))
	}
}

// sections goes through the top-level keys: it takes out of the tree what is
// not mapped, says so, and translates object stores. What stays is checked
// strictly; what is skipped may be of any GoReleaser.
func (r *reader) sections(root *yaml.Node) (stores []Store) {
	var kept []*yaml.Node
	for i := 0; i+1 < len(root.Content); i += 2 {
		k, v := root.Content[i], root.Content[i+1]
		s, known := lookup(k.Value)
		switch {
		case s.key == "uploads":
			stores = append(stores, r.uploads(v)...)
		case s.key == "blobs":
			stores = append(stores, r.blobs(v)...)
		case s.key == "sboms":
			r.sboms = r.billsOf(v)
		case s.key == "nfpms" && slices.Contains(r.ignore, "nfpms"):
			r.notice("ignored", "nfpms", k.Line, "nfpms is left out, as asked", "按要求略去 nfpms")
		case !known || s.class == mapped:
			r.dropForeign(v, k.Value)
			kept = append(kept, k, v)
		case unused(v):
		case s.class == refused:
			r.refuse(s.key, k, s.why)
		default:
			r.notice("skipped", s.key, k.Line, "%s is skipped: %v", "略过 %s：%v", s.key, s.why)
		}
	}
	if _, v := r.file.Find("release"); v != nil {
		r.releaseName = nameOf(v)
	}
	root.Content = kept
	return stores
}

// nameOf is the repository's name in a release section: GoReleaser takes the
// project's name from there when there is no project_name.
func nameOf(release *yaml.Node) string {
	var hosts map[string]yaml.Node
	if release.Decode(&hosts) != nil {
		return ""
	}
	for _, host := range []string{"github", "gitlab", "gitea"} {
		var repo struct{ Name string }
		if n := hosts[host]; n.Decode(&repo) == nil && repo.Name != "" {
			return repo.Name
		}
	}
	return ""
}

// rules applies the field rules to every section that stays.
func (r *reader) rules(root *yaml.Node) {
	types := yamlfile.Fields(reflect.TypeFor[project]())
	for i := 0; i+1 < len(root.Content); i += 2 {
		if k := root.Content[i].Value; fieldRules[k].mapped != "" || fieldRules[k].other != nil {
			r.fields(root.Content[i+1], types[k], k)
		}
	}
}
