package trust

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/yamlfile"
)

// Policy says whose signatures count and how many are needed.
type Policy struct {
	Name       string    // whose it is; the next has the same; "" = it does not say
	Serial     int64     // of trust.yaml: each one has a higher one than the one before; 0 = not from a file
	Projects   []string  // that the keys may sign; empty = all
	Keys       []Trusted // at least one
	Threshold  int       // holders that have to have signed
	Require    []Requirement
	Rebuilders int // holders that have to have built the release again to the same bytes; 0 = none
}

// Trusted is a key of a policy.
type Trusted struct {
	Key      *Key
	Holder   string    // keys of one holder count once; the key's id if nobody is named
	NotAfter time.Time // end of the last day on which its signatures count; zero = no end
}

// Requirement is something that a release has to have.
type Requirement string

// The requirements.
const (
	RequireMinisign   Requirement = "minisign"   // a signature by a minisign key
	RequireSM2        Requirement = "sm2"        // a signature by an SM2 key
	RequireSBOM       Requirement = "sbom"       // a bill of materials among the artifacts
	RequireProvenance Requirement = "provenance" // provenance.intoto.json, signed by a key of the policy
)

var requirements = []Requirement{RequireMinisign, RequireSM2, RequireSBOM, RequireProvenance}

// PolicyFile is the usual name of a policy.
const PolicyFile = "trust.yaml"

// policyFile is trust.yaml.
type policyFile struct {
	Version    int          `yaml:"version"`
	Name       string       `yaml:"name,omitempty"`
	Serial     int64        `yaml:"serial"`
	Projects   []string     `yaml:"projects,omitempty"`
	Threshold  int          `yaml:"threshold"`
	Require    []string     `yaml:"require,omitempty"`
	Rebuilders int          `yaml:"rebuilders,omitempty"`
	Keys       []trustedKey `yaml:"keys"`
}

type trustedKey struct {
	Holder   string `yaml:"holder,omitempty"`
	Key      string `yaml:"key"`
	NotAfter string `yaml:"not_after,omitempty"`
}

// ParsePolicy reads a trust.yaml. name is for errors.
func ParsePolicy(name string, data []byte) (*Policy, error) {
	var f policyFile
	if err := yamlfile.Load(name, data, &f); err != nil {
		return nil, err
	}
	bad := func(en, zh string, args ...any) error {
		return msg.Errorf("read %s: %v", "读取 %s：%v", name, msg.Textf(en, zh, args...)).WithKind(msg.Usage)
	}
	p := &Policy{Name: f.Name, Serial: f.Serial, Projects: f.Projects, Threshold: f.Threshold, Rebuilders: f.Rebuilders}
	switch {
	case f.Version != 1:
		return nil, bad("version must be 1", "version 必须为 1")
	case f.Name != "" && !oneLine(f.Name):
		return nil, bad("name must be one line of at most 200 bytes", "name 须为一行，且不超过 200 字节")
	case f.Serial < 1:
		return nil, bad("serial must be 1 or more, and higher with each new file", "serial 必须不小于 1，且每次更新都要增大")
	case len(f.Keys) == 0:
		return nil, bad("it names no key", "没有列出任何密钥")
	case f.Rebuilders < 0:
		return nil, bad("rebuilders is less than 0", "rebuilders 小于 0")
	}
	for i, k := range f.Keys {
		key, err := ParseKey([]byte(k.Key))
		if err != nil {
			return nil, bad("keys[%d]: %v", "keys[%d]：%v", i, err)
		}
		if slices.ContainsFunc(p.Keys, func(t Trusted) bool { return t.Key.Equal(key) || t.Key.ID() == key.ID() }) {
			return nil, bad("keys[%d]: the key %s stands there twice", "keys[%d]：密钥 %s 重复", i, key.ID())
		}
		t := Trusted{Key: key, Holder: strings.TrimSpace(k.Holder)}
		if t.Holder == "" {
			t.Holder = key.ID()
		}
		if k.NotAfter != "" {
			day, err := time.Parse(time.DateOnly, k.NotAfter)
			if err != nil {
				return nil, bad("keys[%d]: not_after must be a day, as 2027-12-31", "keys[%d]：not_after 必须是日期，如 2027-12-31", i)
			}
			t.NotAfter = day.AddDate(0, 0, 1)
		}
		p.Keys = append(p.Keys, t)
	}
	for _, r := range f.Require {
		if !slices.Contains(requirements, Requirement(r)) {
			return nil, bad("require: %q is none of minisign, sm2, sbom, provenance", "require：%q 不是 minisign、sm2、sbom、provenance 之一", r)
		}
		p.Require = append(p.Require, Requirement(r))
	}
	if n := len(p.holders()); f.Threshold < 1 || f.Threshold > n {
		return nil, bad("threshold must be between 1 and the number of holders, %d", "threshold 必须在 1 与持有者人数 %d 之间", n)
	}
	return p, nil
}

func oneLine(name string) bool {
	return strings.TrimSpace(name) != "" && len(name) <= 200 && !strings.ContainsFunc(name, unicode.IsControl)
}

// ReadPolicy reads a trust.yaml from a file.
func ReadPolicy(path string) (*Policy, error) {
	b, err := readSmall(path)
	if err != nil {
		return nil, msg.Errorf("read trust policy: %w", "读取信任策略：%w", err).WithKind(msg.Usage)
	}
	return ParsePolicy(path, b)
}

// OfKeys is the policy that all of the keys have to have signed. One that is given
// twice is one key.
func OfKeys(keys ...*Key) *Policy {
	p := &Policy{}
	for _, k := range keys {
		if !slices.ContainsFunc(p.Keys, func(t Trusted) bool { return t.Key.Equal(k) }) {
			p.Keys = append(p.Keys, Trusted{Key: k, Holder: k.ID()})
		}
	}
	p.Threshold = len(p.Keys)
	return p
}

// Requires reports whether the policy asks for something.
func (p *Policy) Requires(r Requirement) bool { return slices.Contains(p.Require, r) }

func (p *Policy) holders() []string {
	var out []string
	for _, k := range p.Keys {
		if !slices.Contains(out, k.Holder) {
			out = append(out, k.Holder)
		}
	}
	return out
}

func (t Trusted) expired(now time.Time) bool { return !t.NotAfter.IsZero() && !now.Before(t.NotAfter) }

// Enough says whether signatures by these keys are what the policy asks for; else
// why not, as an error of kind msg.Findings.
func (p *Policy) Enough(keys []Trusted) error {
	var who []string
	kinds := map[Kind]bool{}
	for _, k := range keys {
		if !slices.Contains(who, k.Holder) {
			who = append(who, k.Holder)
		}
		kinds[k.Key.Kind()] = true
	}
	switch {
	case len(who) == 0:
		return msg.Errorf("no trusted key has signed it", "没有受信任的密钥对其签名").WithKind(msg.Findings)
	case len(who) < p.Threshold:
		return msg.Errorf("%d of the %d signatures that are needed are there (%s)", "已有 %d 个签名，需要 %d 个（%s）", len(who), p.Threshold, strings.Join(who, ", ")).WithKind(msg.Findings)
	case p.Requires(RequireMinisign) && !kinds[Minisign]:
		return msg.Errorf("the policy asks for a minisign signature, and there is none by a trusted key", "策略要求 minisign 签名，但没有受信任密钥的签名").WithKind(msg.Findings)
	case p.Requires(RequireSM2) && !kinds[SM2]:
		return msg.Errorf("the policy asks for an SM2 signature, and there is none by a trusted key", "策略要求 SM2 签名，但没有受信任密钥的签名").WithKind(msg.Findings)
	}
	return nil
}
