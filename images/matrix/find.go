package matrix

import (
	"go/version"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Find is the base of that name. For another name the error tells the nearest one
// and all there are.
func (m *Matrix) Find(name string) (Base, error) {
	return find("base", "基础镜像", name, m.Bases, func(b Base) string { return b.Name })
}

// Variant is the variant of that name; errors as those of [Matrix.Find].
func (m *Matrix) Variant(name string) (Variant, error) {
	return find("variant", "变体", name, m.Variants, func(v Variant) string { return v.Name })
}

func find[T any](en, zh, name string, all []T, nameOf func(T) string) (T, error) {
	names := make([]string, len(all))
	for i, one := range all {
		if names[i] = nameOf(one); names[i] == name {
			return one, nil
		}
	}
	var none T
	what := msg.Text{EN: en, ZH: zh}
	return none, unknown(msg.Errorf("find %v %q: not in the matrix", "查找%v %q：矩阵中没有", what, name), name, names)
}

// unknown adds what there is instead to an error about a wrong word.
func unknown(e *msg.Error, word string, known []string) error {
	e = e.WithKind(msg.Usage)
	if near := msg.Nearest(word, known); near != "" {
		return e.WithHint("did you mean %s? there are: %s", "您是不是想写 %s？可用的有：%s", near, strings.Join(known, ", "))
	}
	return e.WithHint("there are: %s", "可用的有：%s", strings.Join(known, ", "))
}

// SDKFor is the SDK that runs on an architecture in a world. The world is "" or
// "new" for upstream's, "old" for Loongson's ABI1.0, which exists for loong64
// alone. The release is written 1.26.8 or go1.26.8; "" is the matrix's own, and in
// the old world, where releases come later and not all, the newest that is not
// newer than it.
func (m *Matrix) SDKFor(release, arch, world string) (SDK, error) {
	release = strings.TrimPrefix(release, "go")
	abi := ""
	switch world {
	case "", "new":
	case "old":
		abi = ABI1
	default:
		return SDK{}, unknown(msg.Errorf("find a Go SDK: unknown LoongArch world %q", "查找 Go SDK：未知的龙架构世界 %q", world), world, []string{"new", "old"})
	}
	var there []string
	var newest SDK
	for _, s := range m.SDKs {
		if s.Arch != arch || s.ABI != abi {
			continue
		}
		there = append(there, s.Go)
		if s.Go == release || release == "" && abi == "" && s.Go == m.Go {
			return s, nil
		}
		if release == "" && abi != "" && older(s.Go, m.Go) && (newest.Go == "" || older(newest.Go, s.Go)) {
			newest = s
		}
	}
	if newest.Go != "" {
		return newest, nil
	}
	if release == "" {
		release = m.Go
	}
	what := "go" + release + " linux/" + arch
	if abi != "" {
		what += "-" + abi
	}
	e := msg.Errorf("find a Go SDK: no sum of %s is known", "查找 Go SDK：没有 %s 的校验和", what).WithKind(msg.Usage)
	if len(there) == 0 {
		return SDK{}, e.WithHint("nothing is known for this platform; there are: %s", "该平台没有任何版本；可用的平台有：%s", strings.Join(m.platforms(), ", "))
	}
	return SDK{}, e.WithHint("known for this platform: %s", "该平台可用的版本：%s", strings.Join(there, ", "))
}

// older reports whether release a is not newer than b.
func older(a, b string) bool { return version.Compare("go"+a, "go"+b) <= 0 }

// platforms are those that SDKs are known for.
func (m *Matrix) platforms() []string {
	var all []string
	for _, s := range m.SDKs {
		p := "linux/" + s.Arch
		if s.ABI != "" {
			p += "-" + s.ABI
		}
		if !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	return all
}
