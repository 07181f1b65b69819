package provenance

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// Rebuild is the predicate of somebody who built a release again.
type Rebuild struct {
	Project    string      `json:"project"`
	Version    string      `json:"version"`
	Manifest   string      `json:"manifest"` // sha256 of the manifest that was held against, hex
	Plan       string      `json:"plan"`     // "sha256:…"
	Source     Resource    `json:"source"`
	Toolchains []Toolchain `json:"toolchains,omitempty"`
	Cache      string      `json:"cache"`             // "fresh": every package was compiled; "shared": some may come from a cache
	Targets    []string    `json:"targets"`           // that were built
	Missing    []string    `json:"missing,omitempty"` // artifacts that were not made again; none = the whole release
	Builder    Builder     `json:"builder"`
	Metadata   Metadata    `json:"metadata"`
}

// NewRebuild makes the statement of a second party. same are the names of the
// artifacts that came out byte for byte as published; at least one.
func NewRebuild(m *manifest.Manifest, same []string, r Rebuild) (*Statement, error) {
	if len(same) == 0 {
		return nil, msg.Errorf("attest: no artifact came out the same", "证明：没有任何制品构建出相同的字节").WithKind(msg.Findings)
	}
	part := *m
	part.Artifacts = nil
	for _, a := range m.Artifacts {
		if slices.Contains(same, a.Name) {
			part.Artifacts = append(part.Artifacts, a)
		} else {
			r.Missing = append(r.Missing, a.Name)
		}
	}
	r.Metadata.StartedOn, r.Metadata.FinishedOn = second(r.Metadata.StartedOn), second(r.Metadata.FinishedOn)
	return statement(&part, "", RebuildType, r)
}

// RebuildName is the file name of such an attestation by a key.
func RebuildName(keyID string) string { return "rebuilt-" + strings.ToLower(keyID) + ".intoto.json" }

// IsRebuild reports whether a file name is that of such an attestation.
func IsRebuild(name string) bool {
	id, ok := strings.CutPrefix(name, "rebuilt-")
	id, ok2 := strings.CutSuffix(id, ".intoto.json")
	return ok && ok2 && id != ""
}

// CheckRebuild holds an attestation against the release: it has to be about this
// manifest, and what it says came out the same has to be what is there. whole tells
// whether it speaks of all artifacts.
func CheckRebuild(s *Statement, m *manifest.Manifest, sum string) (whole bool, problems []Problem) {
	var r Rebuild
	if err := s.read(RebuildType, &r); err != nil {
		return false, []Problem{{manifest.FileName, msg.Textf("%v", "%v", err)}}
	}
	problems = subjects(s, m, sum, false)
	if r.Manifest != sum || r.Plan != m.Plan || r.Project != m.Project || r.Version != m.Version {
		problems = append(problems, Problem{manifest.FileName, msg.Textf("the attestation is about another manifest of %s %s", "该证明针对 %s %s 的另一份清单", r.Project, r.Version)})
	}
	said := map[string]bool{}
	for _, x := range s.Subject {
		said[x.Name] = true
	}
	whole = !slices.ContainsFunc(m.Artifacts, func(a manifest.Artifact) bool { return !said[a.Name] })
	return whole, problems
}

// Rebuilders are the keys that vouch, each by an attestation of its own, that they
// built the whole release again; publisher, the keys that signed the release itself,
// do not count. files are attestations by name, keys those that are trusted for this.
// The problems are of attestations that such a key signed and that do not hold, or
// cannot be read at all; one by an unknown key is neither.
func Rebuilders(m *manifest.Manifest, sum string, files map[string][]byte, keys []Verifier, publisher []string) (by []string, problems []Problem) {
	var names []string
	for name := range files {
		if IsRebuild(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		s, signed, err := Open(files[name], keys)
		if err != nil {
			problems = append(problems, Problem{name, msg.Textf("%v", "%v", err)})
			continue
		}
		if len(signed) == 0 {
			continue
		}
		whole, bad := CheckRebuild(s, m, sum)
		for _, p := range bad {
			problems = append(problems, Problem{name, msg.Textf("%s: %v", "%s：%v", p.Subject, p.Text)})
		}
		if len(bad) > 0 || !whole {
			continue
		}
		for _, id := range signed {
			if !slices.Contains(publisher, id) && !slices.Contains(by, id) {
				by = append(by, id)
			}
		}
	}
	return by, problems
}
