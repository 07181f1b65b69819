package rules

import (
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/yingzao-dev/yingzao/envcheck"
)

// vendoring says whether builds of the project take modules from vendor/, and
// whether GOFLAGS is why.
func vendoring(v *envcheck.View) (on, byFlag bool) {
	if v.Mod == nil || v.Work != nil { // a workspace has a vendor folder of its own
		return false, false
	}
	if f, ok := flagOf(v.Flags, "mod"); ok && v.FlagsErr == nil {
		return f.Value == "vendor", f.Value == "vendor"
	}
	return v.Module.Vendor.Exists && v.Mod.Go != nil && semver.Compare("v"+v.Mod.Go.Version, "v1.14") >= 0, false
}

// explicitModules reads vendor/modules.txt: the modules that go.mod asked for
// when it was written.
func explicitModules(text string) map[module.Version]bool {
	out := map[module.Version]bool{}
	var current module.Version
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		switch {
		case len(words) >= 3 && words[0] == "#" && words[2] != "=>":
			current = module.Version{Path: words[1], Version: words[2]}
		case len(words) >= 2 && words[0] == "#":
			current = module.Version{}
		case len(words) >= 2 && words[0] == "##" && strings.TrimSuffix(words[1], ";") == "explicit" && current.Path != "":
			out[current] = true
		}
	}
	return out
}

// vendorMismatches lists the requirements on which go.mod and vendor/modules.txt
// disagree, in the go command's order.
func vendorMismatches(v *envcheck.View) []string {
	explicit := explicitModules(string(v.Module.Vendor.Data))
	var out []string
	for _, r := range v.Mod.Require {
		if !explicit[r.Mod] {
			out = append(out, r.Mod.String())
		}
		delete(explicit, r.Mod)
	}
	left := make([]module.Version, 0, len(explicit))
	for m := range explicit {
		left = append(left, m)
	}
	module.Sort(left)
	for _, m := range left {
		out = append(out, m.String())
	}
	return out
}
