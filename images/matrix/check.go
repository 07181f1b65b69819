package matrix

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/yamlfile"
)

// ABI1 is the ABI of Loongson's toolchains for the old world.
const ABI1 = "abi1.0"

var (
	nameForm    = lazyre.New(`^[a-z0-9]+([.-][a-z0-9]+)*$`)
	releaseForm = lazyre.New(`^1\.[0-9]+(\.[0-9]+|rc[0-9]+|beta[0-9]+)$`)
	sumForm     = lazyre.New(`^[0-9a-f]{64}$`)
	refForm     = lazyre.New(`^[a-z0-9.-]+\.[a-z]+(:[0-9]+)?/[a-z0-9._/-]+:[A-Za-z0-9_][A-Za-z0-9_.-]*$`)
	packageForm = lazyre.New(`^[a-z0-9][a-z0-9.+-]*$`)
	urlForm     = lazyre.New(`^https://[a-z0-9.-]+/\S+\.tar\.gz$`)
)

var (
	arches = []string{"amd64", "arm64", "loong64"}
	tiers  = []string{"micro", "minimal", "standard", "init"}
)

// Managers are the package managers of a family, in the order they are looked for.
func Managers(f Family) []string {
	switch f {
	case RPM:
		return []string{"dnf", "microdnf", "yum"}
	case Deb:
		return []string{"apt-get"}
	case APK:
		return []string{"apk"}
	}
	return nil
}

// checker holds a decoded table against the rules, and finds the place in the
// file for what breaks one.
type checker struct {
	file *yamlfile.File
	errs []*msg.Error
}

// bad notes an error at the deepest part of the path that the file has.
func (c *checker) bad(path []string, en, zh string, args ...any) {
	for n := len(path); n >= 0; n-- {
		if _, v := c.file.Find(path[:n]...); v != nil || n == 0 {
			c.errs = append(c.errs, c.file.Errorf(v, en, zh, args...))
			return
		}
	}
}

// last is the last key of a path; positions in lists say nothing to people.
func last(path []string) string {
	for i := len(path) - 1; i > 0; i-- {
		if _, err := strconv.Atoi(path[i]); err != nil {
			return path[i]
		}
	}
	return path[0]
}

// form notes a value that is missing or not of its form.
func (c *checker) form(ok bool, value string, path ...string) {
	field := last(path)
	switch {
	case ok:
	case value == "":
		c.bad(path, "%s is missing", "缺少 %s", field)
	default:
		c.bad(path, "%s: %q is not of the right form", "%s：%q 的格式不对", field, value)
	}
}

// oneOf notes a word that is not one of the known ones.
func (c *checker) oneOf(value string, known []string, path ...string) {
	if slices.Contains(known, value) {
		return
	}
	c.bad(path, "%s: %q is none of %s", "%s：%q 不在可用的值之中：%s", last(path), value, strings.TrimPrefix(strings.Join(known, ", "), ", "))
}

// both notes a text that is there in one language only, or not at all.
func (c *checker) both(t msg.Text, must bool, path ...string) {
	if t.EN != "" && t.ZH != "" || t.IsZero() && !must {
		return
	}
	c.bad(path, "%s: both en and zh are needed", "%s：en 与 zh 都要写", last(path))
}

func (c *checker) matrix(m *Matrix) {
	c.form(releaseForm.Re().MatchString(m.Go), m.Go, "go")
	seen := map[string]bool{}
	once := func(key string, path ...string) {
		if seen[key] {
			c.bad(path, "%s is there twice", "%s 重复出现", key)
		}
		seen[key] = true
	}
	for i, s := range m.SDKs {
		at := strconv.Itoa(i)
		once(strings.TrimSpace("go"+s.Go+" "+s.Arch+" "+s.ABI), "sdks", at)
		c.sdk(s, "sdks", at)
	}
	for i, v := range m.Variants {
		at := strconv.Itoa(i)
		once("variant "+v.Name, "variants", at, "name")
		c.variant(v, "variants", at)
	}
	for i, b := range m.Bases {
		at := strconv.Itoa(i)
		once("base "+b.Name, "bases", at, "name")
		c.base(b, "bases", at)
	}
	if _, err := m.Find(m.Default); err != nil {
		c.form(false, m.Default, "default")
	}
	if len(m.Variants) == 0 {
		c.form(false, "", "variants")
	}
}

func (c *checker) sdk(s SDK, at ...string) {
	in := func(field string) []string { return append(slices.Clone(at), field) }
	c.form(releaseForm.Re().MatchString(s.Go), s.Go, in("go")...)
	c.oneOf(s.Arch, arches, in("arch")...)
	c.oneOf(s.ABI, []string{"", ABI1}, in("abi")...)
	c.form(s.SHA256 == "" || sumForm.Re().MatchString(s.SHA256), s.SHA256, in("sha256")...)
	c.form(s.H1 == "" || h1Form(s.H1), s.H1, in("h1")...)
	c.form(s.URL == "" || urlForm.Re().MatchString(s.URL), s.URL, in("url")...)
	c.form(s.Size >= 0, strconv.FormatInt(s.Size, 10), in("size")...)
	c.form(s.Source != "", "", in("source")...)
	switch {
	case s.ABI == ABI1 && s.Arch != "loong64":
		c.bad(in("abi"), "ABI1.0 is LoongArch's alone", "ABI1.0 只属于龙架构")
	case s.ABI == ABI1:
		c.form(s.SHA256 != "", "", in("sha256")...)
		c.form(s.URL != "", "", in("url")...)
	case s.SHA256 == "" && s.H1 == "":
		c.bad(at, "neither sha256 nor h1 is known: such an SDK cannot be verified", "sha256 与 h1 均未知：这样的 SDK 无法验证")
	}
}

// h1Form reports whether s is a hash as go.sum writes it.
func h1Form(s string) bool {
	b64, ok := strings.CutPrefix(s, "h1:")
	b, err := base64.StdEncoding.Strict().DecodeString(b64)
	return ok && err == nil && len(b) == 32
}

func (c *checker) variant(v Variant, at ...string) {
	in := func(field ...string) []string { return append(slices.Clone(at), field...) }
	c.form(nameForm.Re().MatchString(v.Name), v.Name, in("name")...)
	c.both(v.Title, true, in("title")...)
	for family, packages := range v.Packages {
		c.oneOf(string(family), []string{string(RPM), string(Deb), string(APK)}, in("packages", string(family))...)
		for i, p := range packages {
			c.form(packageForm.Re().MatchString(p), p, in("packages", string(family), strconv.Itoa(i))...)
		}
	}
}

func (c *checker) base(b Base, at ...string) {
	in := func(field ...string) []string { return append(slices.Clone(at), field...) }
	c.form(nameForm.Re().MatchString(b.Name), b.Name, in("name")...)
	c.both(b.Title, true, in("title")...)
	c.both(b.Note, false, in("note")...)
	c.oneOf(string(b.Family), []string{string(RPM), string(Deb), string(APK), string(None)}, in("family")...)
	c.oneOf(b.Tier, tiers, in("tier")...)
	c.form(b.Evidence != "", "", in("evidence")...)
	if _, err := time.Parse(time.DateOnly, b.Verified); err != nil {
		c.form(b.Verified == "never", b.Verified, in("verified")...)
	}
	known := Managers(b.Family)
	for i, pm := range b.Managers {
		c.oneOf(pm, known, in("managers", strconv.Itoa(i))...)
	}
	if b.Family == None {
		c.form(b.Ref == "", b.Ref, in("ref")...)
	} else {
		c.form(refForm.Re().MatchString(b.Ref), b.Ref, in("ref")...)
		c.form(b.Libc != "", "", in("libc")...)
	}
	c.form(len(b.Platforms) > 0, "", in("platforms")...)
	seen := map[string]bool{}
	for i, p := range b.Platforms {
		at := in("platforms", strconv.Itoa(i))
		if seen[p.Arch] {
			c.bad(at, "%s is there twice", "%s 重复出现", p.Arch)
		}
		seen[p.Arch] = true
		c.platform(p, at...)
	}
}

func (c *checker) platform(p Platform, at ...string) {
	in := func(field string) []string { return append(slices.Clone(at), field) }
	c.oneOf(p.Arch, arches, in("arch")...)
	c.form(p.Ref == "" || refForm.Re().MatchString(p.Ref), p.Ref, in("ref")...)
	c.both(p.Hole, false, in("hole")...)
	if p.Arch == "loong64" {
		c.oneOf(p.World, []string{"new", "old"}, in("world")...)
	} else if p.World != "" {
		c.bad(in("world"), "only loong64 has worlds", "只有 loong64 分新旧世界")
	}
}
