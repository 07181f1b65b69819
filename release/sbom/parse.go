package sbom

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// ErrForeign is a bill of materials that another program made, or no bill at all:
// what it says cannot be compared with a binary word for word.
var ErrForeign = errors.New("not a bill of materials of yingzao")

// Content is what a document of ours claims, in the words in which it can be
// compared with binaries.
type Content struct {
	SHA256   string   // of the artifact it is about, hex; "" = about a release
	Binaries []Linked // sorted by digest
}

// Linked is one program and what it is said to be linked from.
type Linked struct {
	Name    string
	SHA256  string
	Modules []string // as [Modules] gives them
}

// Modules are the modules of a program's slices as lines "path@version h1:…",
// sorted, each once. version is the release's.
func Modules(programs []*Program, version string) []string {
	var out []string
	for _, m := range (Binary{Programs: programs}).modules(version) {
		out = append(out, line(m.Path, m.Version, m.Sum))
	}
	return tidy(out)
}

func line(path, version, sum string) string {
	return strings.TrimSpace(Module{Path: path, Version: version}.Key() + " " + sum)
}

func tidy(s []string) []string {
	slices.Sort(s)
	return slices.Compact(s)
}

// Parse reads a document that Write made, in either format. What another program
// made is ErrForeign.
func Parse(data []byte) (*Content, error) {
	var kind struct {
		Format  string `json:"bomFormat"`
		Version string `json:"spdxVersion"`
	}
	if json.Unmarshal(data, &kind) != nil {
		return nil, ErrForeign
	}
	var c *Content
	var err error
	switch {
	case kind.Format == "CycloneDX":
		c, err = parseCycloneDX(data)
	case kind.Version != "":
		c, err = parseSPDX(data)
	default:
		return nil, ErrForeign
	}
	if err != nil {
		return nil, err
	}
	for i := range c.Binaries {
		c.Binaries[i].Modules = tidy(c.Binaries[i].Modules)
	}
	slices.SortFunc(c.Binaries, func(a, b Linked) int { return strings.Compare(a.SHA256, b.SHA256) })
	return c, nil
}

// The parts of a CycloneDX document that are compared.
type (
	readBOM struct {
		Metadata struct {
			Tools struct {
				Components []readComponent `json:"components"`
			} `json:"tools"`
			Component readComponent `json:"component"`
		} `json:"metadata"`
		Components   []readComponent `json:"components"`
		Dependencies []struct {
			Ref       string   `json:"ref"`
			DependsOn []string `json:"dependsOn"`
		} `json:"dependencies"`
	}
	readComponent struct {
		Ref     string `json:"bom-ref"`
		Name    string `json:"name"`
		Version string `json:"version"`
		Hashes  []struct {
			Alg, Content string
		} `json:"hashes"`
		Properties []struct {
			Name, Value string
		} `json:"properties"`
	}
)

func (c *readComponent) sha256() string {
	for _, h := range c.Hashes {
		if h.Alg == "SHA-256" {
			return h.Content
		}
	}
	return ""
}

func (c *readComponent) line() string {
	sum := ""
	for _, p := range c.Properties {
		if p.Name == prefix+"go.h1" {
			sum = p.Value
		}
	}
	return line(c.Name, c.Version, sum)
}

func parseCycloneDX(data []byte) (*Content, error) {
	var doc readBOM
	if err := json.Unmarshal(data, &doc); err != nil || !slices.ContainsFunc(doc.Metadata.Tools.Components, func(t readComponent) bool { return t.Name == maker }) {
		return nil, ErrForeign // tools may have another shape there
	}
	byRef := map[string]*readComponent{}
	for i := range doc.Components {
		byRef[doc.Components[i].Ref] = &doc.Components[i]
	}
	on := map[string][]string{}
	for _, d := range doc.Dependencies {
		on[d.Ref] = append(on[d.Ref], d.DependsOn...)
	}
	c := &Content{SHA256: doc.Metadata.Component.sha256()}
	for _, ref := range on[subjectRef] {
		b := byRef[ref]
		if b == nil {
			return nil, dangling(ref)
		}
		l := Linked{Name: b.Name, SHA256: b.sha256()}
		for _, r := range on[ref] {
			if byRef[r] == nil {
				return nil, dangling(r)
			}
			l.Modules = append(l.Modules, byRef[r].line())
		}
		c.Binaries = append(c.Binaries, l)
	}
	return c, nil
}

func parseSPDX(data []byte) (*Content, error) {
	var doc spdxDocument
	if err := json.Unmarshal(data, &doc); err != nil || !slices.Contains(doc.Creation.Creators, "Tool: "+maker) {
		return nil, ErrForeign
	}
	byID := map[string]*spdxPackage{}
	for i := range doc.Packages {
		byID[doc.Packages[i].ID] = &doc.Packages[i]
	}
	c, at := &Content{}, map[string]int{}
	for _, r := range doc.Relationships {
		from, to := byID[r.From], byID[r.To]
		if to == nil {
			return nil, dangling(r.To)
		}
		switch {
		case r.From == spdxDoc:
			c.SHA256 = to.sha256()
		case r.Type == spdxContains:
			at[r.To] = len(c.Binaries)
			c.Binaries = append(c.Binaries, Linked{Name: to.Name, SHA256: to.sha256()})
		case r.Type == spdxDependsOn:
			i, ok := at[r.From]
			if from == nil || !ok {
				return nil, dangling(r.From)
			}
			c.Binaries[i].Modules = append(c.Binaries[i].Modules, to.line())
		}
	}
	return c, nil
}

func (p *spdxPackage) sha256() string {
	for _, c := range p.Checksums {
		if c.Algorithm == "SHA256" {
			return c.Value
		}
	}
	return ""
}

func (p *spdxPackage) line() string {
	sum := ""
	for _, r := range p.Refs {
		if r.Type == spdxH1 {
			sum = r.Locator
		}
	}
	return line(p.Name, p.Version, sum)
}

func dangling(ref string) error {
	return msg.Errorf("read bill of materials: it refers to %q, which is not in it", "读取物料清单：引用了其中不存在的 %q", ref)
}

// Differs holds what is said of a program against the program: the first line that
// only one of them has, "" when they agree. A sum that only one of them has is no
// difference: where a module is vendored in one program and not in another of the
// same document, it stands there once, with its sum.
func (l Linked) Differs(programs []*Program, version string) string {
	have := map[string]string{} // sum by key
	for _, m := range l.Modules {
		key, sum, _ := strings.Cut(m, " ")
		have[key] = sum
	}
	for _, m := range Modules(programs, version) {
		key, sum, _ := strings.Cut(m, " ")
		said, ok := have[key]
		if !ok || said != sum && said != "" && sum != "" {
			return m
		}
		delete(have, key)
	}
	for _, m := range l.Modules {
		key, _, _ := strings.Cut(m, " ")
		if _, left := have[key]; left {
			return m
		}
	}
	return ""
}
