package config

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
)

// check holds what every Project must obey, whichever file it came from.
func (p *Project) check() error {
	var errs []error
	var ids []string
	for _, b := range p.Builds {
		ids = append(ids, b.ID)
	}
	errs = append(errs, unique("builds", ids))
	builds := slices.Clone(ids)
	for _, u := range p.Universal {
		ids = append(ids, u.ID)
	}
	var archives, packages, universals []string
	for _, a := range p.Archives {
		archives = append(archives, a.ID)
		errs = append(errs, p.known("archives", ids, a.Builds))
	}
	for _, k := range p.Packages {
		packages = append(packages, k.ID)
		errs = append(errs, p.known("nfpms", ids, k.Builds))
		for _, f := range k.Formats {
			if !slices.Contains(PackageFormats(), f) {
				e := msg.Errorf("nfpms: unknown package format %q", "nfpms：未知的软件包格式 %q", f).WithKind(msg.Usage)
				errs = append(errs, e.WithHint("use one of %s", "可用的格式：%s", strings.Join(PackageFormats(), ", ")))
			}
		}
	}
	for _, u := range p.Universal {
		universals = append(universals, u.ID)
		errs = append(errs, p.known("universal_binaries", builds, u.Builds))
	}
	errs = append(errs, unique("archives", archives), unique("nfpms", packages), unique("universal_binaries", universals), checkAlgorithm(p.Checksum.Algorithm))
	return msg.Join(errs...)
}

func unique(section string, ids []string) error {
	for i, id := range ids {
		if slices.Contains(ids[:i], id) {
			return msg.Errorf("%s: the id %q is used twice", "%s：id %q 使用了两次", section, id).
				WithHint("give each entry an id of its own", "请为每一项指定不同的 id").WithKind(msg.Usage)
		}
	}
	return nil
}

// known refuses a list of build ids of which none exists: nothing would be made
// and nobody told. Single strangers in a list are a notice.
func (p *Project) known(section string, ids, wanted []string) error {
	var strange []string
	for _, w := range wanted {
		if !slices.Contains(ids, w) {
			strange = append(strange, w)
		}
	}
	if len(strange) == 0 || len(p.Builds) == 0 && len(ids) == 0 {
		return nil
	}
	if len(strange) < len(wanted) {
		p.Notices = append(p.Notices, Notice{Code: "ignored", Section: section,
			Text: msg.Textf("%s names builds that do not exist: %s", "%s 引用了不存在的构建：%s", section, strings.Join(strange, ", "))})
		return nil
	}
	e := msg.Errorf("%s: there is no build with the id %q", "%s：没有 id 为 %q 的构建", section, strange[0]).WithKind(msg.Usage)
	if near := msg.Nearest(strange[0], ids); near != "" {
		return e.WithHint("did you mean %s?", "您是不是想写 %s？", near)
	}
	return e.WithHint("the builds are %s", "现有的构建：%s", strings.Join(ids, ", "))
}

// Algorithms are the checksums that can be written.
func Algorithms() []string {
	return []string{"sha256", "sha512", "sha1", "sha224", "sha384", "sha3-224", "sha3-256", "sha3-384", "sha3-512", "md5", "crc32", "blake2b", "blake2s", "blake3"}
}

func checkAlgorithm(a string) error {
	if slices.Contains(Algorithms(), a) {
		return nil
	}
	e := msg.Errorf("checksum: unknown algorithm %q", "checksum：未知的算法 %q", a).WithKind(msg.Usage)
	if near := msg.Nearest(a, Algorithms()); near != "" {
		return e.WithHint("did you mean %s?", "您是不是想写 %s？", near)
	}
	return e.WithHint("use one of %s", "可用的算法：%s", strings.Join(Algorithms(), ", "))
}

// restrict leaves only the wanted targets, as Options.Targets says.
func (p *Project) restrict(wanted []target.Target) {
	if len(wanted) == 0 {
		return
	}
	p.EachMain.Targets = wanted
	listed := make([][]target.Target, len(p.Builds))
	for _, w := range wanted {
		takes := func(match func(target.Target) bool) (any bool) {
			for i, b := range p.Builds {
				if slices.ContainsFunc(b.Targets, match) {
					listed[i], any = append(listed[i], w), true
				}
			}
			return any
		}
		if takes(func(t target.Target) bool { return t == w }) || takes(func(t target.Target) bool { return t.OS == w.OS }) {
			continue
		}
		for i := range listed {
			listed[i] = append(listed[i], w)
		}
	}
	for i := range p.Builds {
		p.Builds[i].Targets = listed[i]
	}
}
