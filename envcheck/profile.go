package envcheck

import (
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Profile is what a site is like. It decides what is recommended and how much
// some rules weigh; a rule asks the profile's facts, never its name.
type Profile struct {
	Name string
	// Mirrors is the GOPROXY to recommend; "" = keep Go's default.
	Mirrors string
	China   bool // mainland China: the default Go module proxy is slow or filtered
	AirGap  bool // no way out: direct and public hosts cannot work
	CI      bool // a build machine: what is tolerable on a desk is not here
	// Severity replaces that of single rules; Off silences one.
	Severity map[string]Severity
}

// Off in Profile.Severity or a policy turns a rule off.
const Off Severity = "off"

// MirrorsCN is what we recommend in mainland China: any failure moves on to the
// next mirror, and only a certain "not there" goes to the module's own host.
const MirrorsCN = "https://goproxy.cn|https://mirrors.aliyun.com/goproxy/,direct"

// Profiles are the profiles that can be named.
func Profiles() []Profile {
	return []Profile{
		{Name: "default"},
		{Name: "cn", Mirrors: MirrorsCN, China: true},
		{Name: "airgap", AirGap: true, Severity: map[string]Severity{"PRX022": Error}},
		{Name: "ci", CI: true, Severity: map[string]Severity{"MOD001": Error, "FLG006": Warning}},
	}
}

// ProfileNamed returns a profile; "" is the default one.
func ProfileNamed(name string) (Profile, error) {
	if name == "" {
		name = "default"
	}
	var names []string
	for _, p := range Profiles() {
		if p.Name == name {
			return p, nil
		}
		names = append(names, p.Name)
	}
	e := msg.Errorf("profile %q is not known", "未知的场景 %q", name).WithKind(msg.Usage)
	if near := msg.Nearest(name, names); near != "" {
		return Profile{}, e.WithHint("did you mean %s?", "是否想写 %s？", near)
	}
	return Profile{}, e.WithHint("one of default, cn, airgap, ci", "可用：default、cn、airgap、ci")
}
