package linuxpkg

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/goreleaser/nfpm/v2"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// refuse names the package and the field, spelled as in the configuration.
func (p Package) refuse(field, en, zh string, args ...any) *msg.Error {
	return msg.Errorf("%s package %q for %s: %s: %w", "为 %[3]s 制作 %[1]s 包 %[2]q：%[4]s：%[5]v",
		p.Format, p.Name, p.Target, field, msg.Errorf(en, zh, args...))
}

func contentField(i int, name string) string { return fmt.Sprintf("contents[%d].%s", i, name) }

var (
	names = map[string]*regexp.Regexp{
		Deb:       regexp.MustCompile(`^[a-z0-9][a-z0-9+.-]+$`),
		RPM:       regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._+-]*$`),
		APK:       regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._+-]*$`),
		ArchLinux: regexp.MustCompile(`^[A-Za-z0-9_+][A-Za-z0-9._+-]*$`),
	}
	versions = map[string]*regexp.Regexp{
		Deb:       regexp.MustCompile(`^[0-9][A-Za-z0-9.+~-]*$`),
		RPM:       regexp.MustCompile(`^[A-Za-z0-9._+~^]+$`),
		APK:       regexp.MustCompile(`^[0-9][A-Za-z0-9._-]*$`),
		ArchLinux: regexp.MustCompile(`^[A-Za-z0-9._+]+$`),
	}
	releases = map[string]*regexp.Regexp{
		Deb:       regexp.MustCompile(`^[A-Za-z0-9.+~]*$`),
		RPM:       regexp.MustCompile(`^[A-Za-z0-9._+~^]*$`),
		APK:       regexp.MustCompile(`^r?[0-9]*$`),
		ArchLinux: regexp.MustCompile(`^[0-9]*$`), // nfpm would make anything else 1
	}
	compressions = map[string]*regexp.Regexp{
		Deb: regexp.MustCompile(`^(|gzip|gzip:[1-9]|xz|none|zstd|zstd:([1-9]|1[0-9]|2[0-2]))$`),
		RPM: regexp.MustCompile(`^(|gzip|gzip:[1-9]|xz|lzma|zstd|zstd:([1-9]|1[0-9]|2[0-2]))$`),
	}
	controlField = lazyre.New(`^[A-Za-z0-9][A-Za-z0-9-]*$`)
	debRelation  = lazyre.New(`^[a-z0-9][a-z0-9+.-]*(:[a-z0-9-]+)?( *\( *(<<|<=|<|=|>|>=|>>) *[^()\s]+ *\))?( *\[[^\]]+\])?$`)
	rpmRelation  = lazyre.New(`^(\(.+\)|[^\s<>=]+( *(<|<=|=|>=|>) *[^\s<>=]+)?)$`)
)

// validate checks the header against what the format's tools accept; nfpm
// writes whatever it is given.
func (p Package) validate(info *nfpm.Info) error {
	if p.Name == "" {
		return p.refuse("package_name", "is empty", "为空")
	}
	if !names[p.Format].MatchString(p.Name) {
		e := p.refuse("package_name", "%q is no name for this format", "%q 不是该格式的合法包名", p.Name)
		if p.Format == Deb {
			return e.WithHint("lower-case letters, digits, + - . only, at least two: set package_name, or overrides.deb.package_name",
				"只能用小写字母、数字和 + - .，至少两个字符：请设置 package_name 或 overrides.deb.package_name")
		}
		return e
	}
	if p.Version == "" {
		return p.refuse("version", "is empty", "为空")
	}
	if v := fullVersion(p.Format, info); !versions[p.Format].MatchString(v) {
		return p.refuse("version", "%q is no version for this format", "%q 不是该格式的合法版本号", v)
	}
	if !releases[p.Format].MatchString(p.Release) {
		return p.refuse("release", "%q is no release for this format", "%q 不是该格式的合法修订号", p.Release)
	}
	if _, err := strconv.ParseUint(p.Epoch, 10, 31); p.Epoch != "" && err != nil {
		return p.refuse("epoch", "%q is not a number", "%q 不是数字", p.Epoch)
	}
	if err := p.checkTime("mtime", info.MTime); err != nil {
		return err
	}
	if c := p.compression(); compressions[p.Format] != nil && !compressions[p.Format].MatchString(c) {
		return p.refuse(p.Format+".compression", "unknown compression %q", "未知的压缩方式 %q", c).
			WithHint("gzip, xz or zstd; levels as gzip:6", "可用 gzip、xz 或 zstd；级别写作 gzip:6")
	}
	if err := p.validateText(); err != nil {
		return err
	}
	return p.validateRelations()
}

// checkTime refuses what the 32-bit times of an rpm header cannot say.
func (p Package) checkTime(field string, t time.Time) error {
	if s := t.Unix(); s < 0 || s > math.MaxInt32 {
		return p.refuse(field, "%s is not between 1970 and 2038", "%s 不在 1970 至 2038 年之间", t.Format(time.RFC3339))
	}
	return nil
}

func (p Package) compression() string {
	if p.Format == RPM {
		return p.RPM.Compression
	}
	return p.Deb.Compression
}

// fullVersion is the version as the format writes it, without epoch and release.
func fullVersion(format string, info *nfpm.Info) string {
	v, pre, meta := info.Version, info.Prerelease, info.VersionMetadata
	switch format {
	case APK:
		if pre != "" {
			v += "_" + pre
		}
		return v
	case RPM:
		pre = strings.ReplaceAll(pre, "-", "_") // as nfpm does
	case ArchLinux:
		return v
	}
	if pre != "" {
		v += "~" + pre
	}
	if meta != "" {
		v += "+" + meta
	}
	return v
}

// validateText keeps line breaks out of one-line fields: in a deb they would
// begin another field.
func (p Package) validateText() error {
	fields := map[string]string{
		"section": p.Section, "priority": p.Priority, "maintainer": p.Maintainer, "vendor": p.Vendor,
		"homepage": p.Homepage, "license": p.License, "rpm.summary": p.RPM.Summary, "rpm.group": p.RPM.Group,
		"rpm.packager": p.RPM.Packager, "rpm.prefixes": strings.Join(p.RPM.Prefixes, ""),
		"deb.lintian_overrides": strings.Join(p.Deb.LintianOverrides, ""),
		"description":           strings.NewReplacer("\r\n", " ", "\n", " ", "\t", " ").Replace(p.Description),
	}
	for k, v := range p.Deb.Fields {
		if !controlField.Re().MatchString(k) {
			return p.refuse("deb.fields", "%q is no field name", "%q 不是合法的字段名", k)
		}
		fields["deb.fields."+k] = v
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if hasControl(fields[name]) {
			return p.refuse(name, "line break or control character in %q", "%q 含换行或控制字符", fields[name])
		}
	}
	return nil
}

func (p Package) validateRelations() error {
	fields := map[string][]string{
		"dependencies": p.Depends, "recommends": p.Recommends, "suggests": p.Suggests,
		"conflicts": p.Conflicts, "replaces": p.Replaces, "provides": p.Provides,
		"deb.predepends": p.Deb.Predepends, "deb.breaks": p.Deb.Breaks,
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		for _, r := range words(fields[name]) {
			if p.relation(r) {
				continue
			}
			return p.refuse(name, "%q is no relation of this format", "%q 不是该格式的合法依赖写法", r).
				WithHint("deb: name (>= 1.2); rpm: name >= 1.2; use overrides for what differs between formats",
					"deb 写作 name (>= 1.2)，rpm 写作 name >= 1.2；不同格式的差异请写在 overrides 中")
		}
	}
	return nil
}

func (p Package) relation(r string) bool {
	switch {
	case hasControl(r):
		return false
	case p.Format == RPM:
		return rpmRelation.Re().MatchString(r)
	case p.Format != Deb:
		return true
	}
	for alt := range strings.FieldsFuncSeq(r, func(c rune) bool { return c == '|' || c == ',' }) {
		if !debRelation.Re().MatchString(strings.TrimSpace(alt)) {
			return false
		}
	}
	return true
}

func hasControl(s string) bool { return strings.ContainsFunc(s, unicode.IsControl) }
