package sbom

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// UnknownLicense is the word for a licence that cannot be told.
const UnknownLicense = "unknown"

// Policy is what the licences of linked modules may be. The zero value allows
// everything. The main module and std are not judged.
//
// An identifier without -only and -or-later stands for both. A module with several
// licences has to be allowed in each of them; of those among which it leaves the choice,
// one is enough.
type Policy struct {
	Allow  []string          `json:"allow,omitempty"` // empty = all that are not denied
	Deny   []string          `json:"deny,omitempty"`
	Except map[string]string `json:"except,omitempty"` // module path → reason
}

// Check tells whether every name in the policy can ever match: one that never
// does would be a promise that is not kept.
func (p Policy) Check() error {
	for _, list := range []struct {
		key string
		ids []string
	}{{"allow", p.Allow}, {"deny", p.Deny}} {
		for _, id := range list.ids {
			if id == UnknownLicense || known()[id] || known()[id+"-only"] || known()[id+"-or-later"] || known()[base(id)] {
				continue
			}
			return msg.Errorf("licenses.%s: %q is no licence that can be recognised", "licenses.%s：无法识别名为 %q 的许可证", list.key, id).WithKind(msg.Usage).
				WithHint("write the SPDX identifier, for example GPL-3.0; what cannot be recognised is called unknown", "请写 SPDX 标识符，例如 GPL-3.0；无法识别的许可证统称 unknown")
		}
	}
	return nil
}

// Refusal is why a module may not be linked.
type Refusal struct {
	License string // identifier, or "unknown"
	File    string // in the module; "" when there is none
	Denied  bool   // by name; else it is not among the allowed
}

// Judge returns why a module with this licence may not be linked; nil when it may.
func (p Policy) Judge(m Module, l License) *Refusal {
	if _, excused := p.Except[m.Path]; excused {
		return nil
	}
	for _, one := range append([]License{{Files: l.Files, Choice: l.Choice}}, l.Below...) {
		if r := p.judgeFolder(one); r != nil {
			return r
		}
	}
	return nil
}

func (p Policy) judgeFolder(l License) *Refusal {
	var refused *Refusal // the first of the alternatives
	chosen := len(l.Choice) == 0
	for _, f := range l.Files {
		for _, id := range f.IDs {
			r := p.judge(id, f.Name)
			switch {
			case !slices.Contains(l.Choice, id):
				if r != nil {
					return r
				}
			case r == nil:
				chosen = true
			case refused == nil:
				refused = r
			}
		}
	}
	if !chosen {
		return refused
	}
	if file, unknown := l.Unknown(); unknown {
		return p.judge(UnknownLicense, file)
	}
	return nil
}

func (p Policy) judge(id, file string) *Refusal {
	switch {
	case stands(p.Deny, id):
		return &Refusal{id, file, true}
	case len(p.Allow) > 0 && !stands(p.Allow, id):
		return &Refusal{id, file, false}
	}
	return nil
}

// IsZero reports whether everything is allowed.
func (p Policy) IsZero() bool { return len(p.Allow)+len(p.Deny) == 0 }

func stands(list []string, id string) bool {
	for _, want := range list {
		if want == id || want == base(id) {
			return true
		}
	}
	return false
}

// base is an identifier without what SPDX puts behind it for versions.
func base(id string) string {
	for _, end := range []string{"-only", "-or-later", "+"} {
		if b, ok := strings.CutSuffix(id, end); ok {
			return b
		}
	}
	return id
}
