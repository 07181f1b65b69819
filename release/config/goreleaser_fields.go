package config

import (
	"reflect"
	"strings"

	"github.com/goreleaser/goreleaser/v2/pkg/config"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/yamlfile"
	"go.yaml.in/yaml/v3"
)

// rule is what becomes of a field that is not mapped.
type rule struct {
	class class
	why   msg.Text
}

// rules are the fields of one mapped section, or of one struct in it. mapped
// lists the yaml keys that the mapping reads, separated by spaces; other has
// the rest. Together they are all of them: a test compares them with
// GoReleaser's types, and another changes each mapped field and expects the
// Project to change.
type rules struct {
	mapped string
	other  map[string]rule
}

var (
	noEffect  = msg.Text{EN: "has no effect here", ZH: "在此处没有作用"}
	packSign  = msg.Text{EN: "packages are not signed", ZH: "不对软件包签名"}
	ownModule = msg.Text{EN: "the module is built from the checkout, whose commit goes into the manifest", ZH: "从检出的源码构建，提交号写入清单"}
	ipkFormat = msg.Text{EN: "ipk packages are not made here", ZH: "不制作 ipk 包"}
)

// foreign are keys below mapped sections that v2.15.2 does not have but other
// editions do, and whose absence loses nothing. They are taken out with a
// notice, so that files written for those editions can be read.
var foreign = map[string]msg.Text{
	"archives.rlcp":             {EN: "files are always placed so today", ZH: "如今文件总是这样放置"},
	"source.rlcp":               {EN: "files are always placed so today", ZH: "如今文件总是这样放置"},
	"metadata.description":      describing,
	"metadata.full_description": describing,
	"metadata.homepage":         describing,
	"metadata.license":          describing,
	"metadata.maintainers":      describing,
	"metadata.commit_author":    describing,
}

var describing = msg.Text{EN: "it describes the project to places that are not published to", ZH: "这是面向此处不发布的平台的项目说明"}

// dropForeign takes the foreign keys out of a section's tree.
func (r *reader) dropForeign(n *yaml.Node, path string) {
	n = yamlfile.Resolve(n)
	if n.Kind == yaml.SequenceNode {
		for _, item := range n.Content {
			r.dropForeign(item, path)
		}
	}
	if n.Kind != yaml.MappingNode {
		return
	}
	kept := n.Content[:0:0]
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if why, ok := foreign[path+"."+k.Value]; ok {
			r.notice("skipped", path+"."+k.Value, k.Line, "%s.%s: %v", "%s.%s：%v", path, k.Value, why)
			continue
		}
		kept = append(kept, k, v)
	}
	n.Content = kept
}

// overridables are the fields that nfpms and its overrides share.
const overridables = "file_name_template package_name epoch release prerelease version_metadata dependencies recommends suggests conflicts umask replaces provides contents scripts rpm deb apk archlinux"

// fieldRules has the path of a struct, without list positions, and its rules.
// The override of a package format stands for all of them as *.
var fieldRules = map[string]rules{
	"before": {mapped: "hooks"},
	"builds": {
		mapped: "id goos goarch goamd64 go386 goarm goarm64 gomips goppc64 goriscv64 targets ignore dir main binary hooks mod_timestamp skip tool " +
			"buildmode ldflags tags flags asmflags gcflags env overrides gobinary builder command",
		other: map[string]rule{
			"no_unique_dist_dir": {skipped, noEffect},
			"no_main_check":      {skipped, noEffect},
		},
	},
	"builds.ignore":     {mapped: "goos goarch goamd64 go386 goarm goarm64 gomips goppc64 goriscv64"},
	"builds.hooks":      {mapped: "pre post"},
	"builds.hooks.pre":  {mapped: "dir cmd env output"},
	"builds.hooks.post": {mapped: "dir cmd env output"},
	"builds.overrides":  {mapped: "goos goarch goamd64 go386 goarm goarm64 gomips goppc64 goriscv64 buildmode ldflags tags flags asmflags gcflags env"},
	"archives": {mapped: "id ids builds_info name_template formats format_overrides wrap_in_directory strip_binary_directory files meta " +
		"allow_different_binary_count format builds"},
	"archives.builds_info":      {mapped: "owner group mode mtime"},
	"archives.format_overrides": {mapped: "goos formats format"},
	"archives.files":            {mapped: "src dst strip_parent info"},
	"archives.files.info":       {mapped: "owner group mode mtime"},
	"nfpms": {
		mapped: overridables + " overrides id ids formats section priority vendor homepage maintainer description license bindir changelog mtime meta goamd64 builds",
		other: map[string]rule{
			"libdirs": {skipped, noEffect},
			"ipk":     {skipped, ipkFormat},
		},
	},
	"nfpms.overrides.*":        {mapped: overridables, other: map[string]rule{"ipk": {skipped, ipkFormat}}},
	"nfpms.contents":           {mapped: "src dst type packager file_info expand"},
	"nfpms.contents.file_info": {mapped: "owner group mode mtime"},
	"nfpms.scripts":            {mapped: "preinstall postinstall preremove postremove"},
	"nfpms.rpm": {mapped: "summary group compression scripts prefixes packager buildhost",
		other: map[string]rule{"signature": {refused, packSign}}},
	"nfpms.rpm.scripts": {mapped: "pretrans posttrans"},
	"nfpms.deb": {mapped: "scripts triggers breaks lintian_overrides compression fields predepends",
		other: map[string]rule{"signature": {refused, packSign}}},
	"nfpms.deb.scripts":  {mapped: "rules templates config"},
	"nfpms.deb.triggers": {mapped: "interest interest_await interest_noawait activate activate_await activate_noawait"},
	"nfpms.apk": {mapped: "scripts",
		other: map[string]rule{"signature": {refused, packSign}}},
	"nfpms.apk.scripts":             {mapped: "preupgrade postupgrade"},
	"nfpms.archlinux":               {mapped: "pkgbase packager scripts"},
	"nfpms.archlinux.scripts":       {mapped: "preupgrade postupgrade"},
	"checksum":                      {mapped: "name_template algorithm split ids disable extra_files"},
	"checksum.extra_files":          {mapped: "glob name_template"},
	"snapshot":                      {mapped: "name_template version_template"},
	"source":                        {mapped: "name_template format enabled prefix_template files"},
	"source.files":                  {mapped: "src dst strip_parent info"},
	"source.files.info":             {mapped: "owner group mode mtime"},
	"universal_binaries":            {mapped: "id ids name_template replace hooks mod_timestamp"},
	"universal_binaries.hooks":      {mapped: "pre post"},
	"universal_binaries.hooks.pre":  {mapped: "dir cmd env output"},
	"universal_binaries.hooks.post": {mapped: "dir cmd env output"},
	"metadata":                      {mapped: "mod_timestamp"},
	"git": {mapped: "ignore_tags", other: map[string]rule{
		"tag_sort":          {skipped, msg.Text{EN: "of several tags on one commit the highest version is taken", ZH: "同一提交有多个标签时取版本最高者"}},
		"prerelease_suffix": {skipped, msg.Text{EN: "of several tags on one commit the highest version is taken", ZH: "同一提交有多个标签时取版本最高者"}},
	}},
	"gomod": {other: map[string]rule{
		"proxy":    {skipped, ownModule},
		"env":      {skipped, ownModule},
		"gobinary": {skipped, ownModule},
		"mod":      {skipped, ownModule},
		"dir":      {skipped, ownModule},
	}},
}

// valueRules are refusals that depend on the value of a mapped field. Each
// returns the reason, or the zero Text when the value is fine.
var valueRules = map[string]func(value string) msg.Text{
	"builds.builder": func(v string) msg.Text {
		if v == "" || v == "go" {
			return msg.Text{}
		}
		return msg.Textf("only Go is built here, not %s", "此处只构建 Go，不构建 %s", v)
	},
	"builds.command": func(v string) msg.Text {
		if v == "" || v == "build" {
			return msg.Text{}
		}
		return msg.Textf("binaries come from go build, not go %s", "二进制由 go build 产生，而非 go %s", v)
	},
	"builds.tool":                oneGo,
	"builds.gobinary":            oneGo,
	"builds.buildmode":           executable,
	"builds.overrides.buildmode": executable,
}

// oneGo: a release has one toolchain, apart from those of targets that need
// another.
func oneGo(tool string) msg.Text {
	if tool == "" || tool == "go" {
		return msg.Text{}
	}
	return msg.Textf("the go command %s is not looked for; name its SDK with --goroot DIR", "不会查找 go 命令 %s；请用 --goroot DIR 指定其 SDK", tool)
}

func executable(mode string) msg.Text {
	switch mode {
	case "", "exe", "default", "pie":
		return msg.Text{}
	}
	return msg.Textf("only executables are made here, not %s", "此处只制作可执行文件，不制作 %s", mode)
}

// rulesFor finds the rules of a struct by its path; overrides of nfpms share
// those of nfpms itself below their first level.
func rulesFor(path string) (rules, bool) {
	if r, ok := fieldRules[path]; ok {
		return r, true
	}
	rest, ok := strings.CutPrefix(path, "nfpms.overrides.")
	if !ok {
		return rules{}, false
	}
	_, below, deep := strings.Cut(rest, ".")
	if !deep {
		r, ok := fieldRules["nfpms.overrides.*"]
		return r, ok
	}
	r, ok := fieldRules["nfpms."+below]
	return r, ok
}

// withoutFormat is the name by which a field in the override of a package format
// is ignored: that of the field itself.
func withoutFormat(key string) string {
	if rest, ok := strings.CutPrefix(key, "nfpms.overrides."); ok {
		_, below, _ := strings.Cut(rest, ".")
		return "nfpms." + below
	}
	return key
}

// fields applies the rules to a mapped section. It returns false when the
// value must be left out because a refusal about it is ignored.
func (r *reader) fields(n *yaml.Node, t reflect.Type, path string) (keep bool) {
	n = yamlfile.Resolve(n)
	keep = true
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case n.Kind == yaml.SequenceNode && t.Kind() == reflect.Slice:
		kept := n.Content[:0:0]
		for _, item := range n.Content {
			if r.fields(item, t.Elem(), path) {
				kept = append(kept, item)
			}
		}
		n.Content = kept
	case n.Kind == yaml.MappingNode && t.Kind() == reflect.Map:
		for i := 0; i+1 < len(n.Content); i += 2 {
			r.fields(n.Content[i+1], t.Elem(), path+"."+n.Content[i].Value)
		}
	case n.Kind == yaml.MappingNode && t.Kind() == reflect.Struct:
		known, ok := rulesFor(path)
		if !ok {
			return true
		}
		types := yamlfile.Fields(t)
		for i := 0; i+1 < len(n.Content); i += 2 {
			k, v := n.Content[i], n.Content[i+1]
			if k.ShortTag() == "!!merge" {
				keep = r.fields(v, t, path) && keep
				continue
			}
			key := path + "." + k.Value
			if check := valueRules[key]; check != nil {
				if why := check(yamlfile.Resolve(v).Value); !why.IsZero() && r.refuse(key, k, why) {
					keep = false
				}
			}
			if f := known.other[k.Value]; f.class != mapped && !unused(v) {
				if f.class == refused {
					r.refuse(withoutFormat(key), k, f.why)
				} else {
					r.notice("skipped", key, k.Line, "%s: %v", "%s：%v", key, f.why)
				}
			}
			if ft, ok := types[k.Value]; ok {
				r.fields(v, ft, key)
			}
		}
	}
	return keep
}

// project is GoReleaser's own type, whose name would be confusing here.
type project = config.Project
