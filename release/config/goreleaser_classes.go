package config

import (
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// class says what becomes of a section of a GoReleaser file.
type class int

const (
	mapped  class = iota // read into the Project
	skipped              // not needed to make and store the artifacts: a notice
	refused              // asks for something that is not made here: an error, unless ignored
)

// section is one row of the table: a top-level key, its class and the reason
// that people are shown. Mapped sections have none.
type section struct {
	key   string
	class class
	why   msg.Text
}

// Reasons that several rows share.
var (
	codeHosts   = msg.Text{EN: "releases on code hosts are not made here; publish with --to or stores", ZH: "不在代码托管平台上创建发行版；请用 --to 或 stores 发布"}
	collections = msg.Text{EN: "package collections of others are not updated", ZH: "不更新他方的软件包集合"}
	containers  = msg.Text{EN: "container images are made by yingzao image", ZH: "容器镜像由 yingzao image 制作"}
	signatures  = msg.Text{EN: "no signature would be made", ZH: "不会产生任何签名"}
	own         = msg.Text{EN: "no signature would be made by that command; yingzao signs by itself, with release: sign in .yingzao.yaml, or a command of yours in sign.command", ZH: "不会由该命令产生签名；yingzao 自行签名，见 .yingzao.yaml 的 release: sign，自己的命令写入 sign.command"}
	talking     = msg.Text{EN: "nothing is announced", ZH: "不发送任何公告"}
	tokens      = msg.Text{EN: "no code host is talked to", ZH: "不与任何代码托管平台通信"}
	elsewhere   = msg.Text{EN: "artifacts would not get where the file says", ZH: "产物不会被送到文件所指定的地方"}
	proOnly     = msg.Text{EN: "a section of GoReleaser Pro that changes what is made", ZH: "GoReleaser Pro 的配置节，会改变产物"}
)

// sections is every top-level key of GoReleaser v2.15.2, and below those that
// only GoReleaser Pro or later versions have. A test compares it with
// GoReleaser's own type.
var sections = []section{
	{key: "version"},
	{key: "project_name"},
	{key: "env"},
	{key: "before"},
	{key: "builds"},
	{key: "archives"},
	{key: "nfpms"},
	{key: "checksum"},
	{key: "snapshot"},
	{key: "dist"},
	{key: "source"},
	{key: "universal_binaries"},
	{key: "git"},
	{key: "gomod"},
	{key: "metadata"},
	{key: "uploads"},      // object stores become ours, the rest is refused
	{key: "blobs"},        // likewise
	{key: "sboms"},        // what syft would make is made here, the rest is refused
	{key: "report_sizes"}, // the report always has sizes

	{"pro", skipped, msg.Text{EN: "the file says that it is for GoReleaser Pro", ZH: "该文件声明用于 GoReleaser Pro"}},
	{"release", skipped, codeHosts},
	{"changelog", skipped, msg.Text{EN: "no changelog is written", ZH: "不生成变更日志"}},
	{"milestones", skipped, codeHosts},
	{"brews", skipped, collections},
	{"homebrew_casks", skipped, collections},
	{"nix", skipped, collections},
	{"winget", skipped, collections},
	{"aurs", skipped, collections},
	{"aur_sources", skipped, collections},
	{"krews", skipped, collections},
	{"scoops", skipped, collections},
	{"chocolateys", skipped, collections},
	{"snapcrafts", skipped, collections},
	{"mcp", skipped, collections},
	{"announce", skipped, talking},
	{"publishers", skipped, msg.Text{EN: "custom publishers are not run; publish with --to or stores", ZH: "不运行自定义发布命令；请用 --to 或 stores 发布"}},
	{"docker_digest", skipped, containers},
	{"env_files", skipped, tokens},
	{"force_token", skipped, tokens},
	{"github_urls", skipped, tokens},
	{"gitlab_urls", skipped, tokens},
	{"gitea_urls", skipped, tokens},

	{"artifactories", refused, elsewhere},
	{"dockers", refused, containers},
	{"dockers_v2", refused, containers},
	{"docker_manifests", refused, containers},
	{"docker_signs", refused, containers},
	{"kos", refused, containers},
	{"signs", refused, own},
	{"binary_signs", refused, own},
	{"notarize", refused, signatures},
	{"srpm", refused, msg.Text{EN: "source RPMs are not made here", ZH: "不制作源码 RPM"}},
	{"flatpak", refused, msg.Text{EN: "Flatpak bundles are not made here", ZH: "不制作 Flatpak 包"}},
	{"makeselfs", refused, msg.Text{EN: "self-extracting archives are not made here", ZH: "不制作自解压包"}},
	{"upx", refused, msg.Text{EN: "binaries are not compressed with UPX; on loong64 it cannot work", ZH: "不使用 UPX 压缩二进制；它在 loong64 上无法工作"}},

	// GoReleaser Pro, or later than v2.15.2.
	{"furies", skipped, collections},
	{"gemfury", skipped, collections},
	{"cloudsmiths", skipped, collections},
	{"npms", skipped, collections},
	{"rigs", skipped, collections},
	{"dockerhub", skipped, collections},
	{"nightly", skipped, codeHosts},
	{"verify", skipped, msg.Text{EN: "publishing always verifies what it wrote", ZH: "发布时总会校验写入的内容"}},
	{"includes", refused, proOnly},
	{"include", refused, proOnly},
	{"variables", refused, proOnly},
	{"partial", refused, proOnly},
	{"before_publish", refused, proOnly},
	{"after", refused, proOnly},
	{"monorepo", refused, proOnly},
	{"template_files", refused, proOnly},
	{"app_bundles", refused, proOnly},
	{"dmg", refused, proOnly},
	{"pkgs", refused, proOnly},
	{"msi", refused, proOnly},
	{"nsis", refused, proOnly},
}

// lookup finds a top-level key in the table.
func lookup(key string) (section, bool) {
	for _, s := range sections {
		if s.key == key {
			return s, true
		}
	}
	return section{}, false
}

// removed are keys that GoReleaser no longer reads, and what to write today.
// Paths have no list positions.
var removed = map[string]string{
	"archive":                             "archives: [{…}]",
	"build":                               "builds: [{…}]",
	"nfpm":                                "nfpms: [{…}]",
	"fpm":                                 "nfpms: [{…}]",
	"brew":                                "homebrew_casks: [{…}]",
	"scoop":                               "scoops: [{…}]",
	"sign":                                "signs: [{…}]",
	"snapcraft":                           "snapcrafts: [{…}]",
	"docker":                              "dockers_v2: [{…}]",
	"s3":                                  "blobs: [{provider: s3, …}]",
	"puts":                                "uploads: [{…}]",
	"artifactory":                         "artifactories: [{…}]",
	"builds.lang":                         "builds.builder",
	"builds.name":                         "builds.id",
	"archives.replacements":               `name_template with {{ if eq .Arch "amd64" }}x86_64{{ else }}{{ .Arch }}{{ end }} or {{ title .Os }}`,
	"archives.strip_parent_binary_folder": "archives.strip_binary_directory",
	"archives.files.strip_parents":        "archives.files.strip_parent",
	"nfpms.replacements":                  "nfpms.file_name_template",
	"nfpms.name_template":                 "nfpms.file_name_template",
	"nfpms.files":                         "nfpms.contents",
	"nfpms.config_files":                  "nfpms.contents with type: config",
	"nfpms.symlinks":                      "nfpms.contents with type: symlink",
	"nfpms.empty_folders":                 "nfpms.contents with type: dir",
	"nfpms.scripts.preupgrade":            "nfpms.apk.scripts.preupgrade",
	"universal_binaries.builds":           "universal_binaries.ids",
}

// proField are fields that only GoReleaser Pro has.
var proFields = []string{"if", "prebuilt", "templated_files", "templated_contents", "templated_scripts", "templated_extra_files", "before", "after"}

// explain is the remedy for an unknown key of a mapped section.
func explain(path string) msg.Text {
	if now, ok := removed[path]; ok {
		return msg.Textf("GoReleaser has removed this key; write %s", "GoReleaser 已移除此键；请改写为 %s", now)
	}
	if _, key, ok := strings.Cut(path, "."); ok && (strings.HasPrefix(path, "uploads.") || strings.HasPrefix(path, "blobs.")) && SecretName(key) {
		return msg.Text{EN: "credentials do not belong in the file; they come from the environment", ZH: "凭据不应写在文件里，应由环境变量提供"}
	}
	for _, f := range proFields {
		if strings.HasSuffix(path, "."+f) {
			return msg.Textf("%s is a key of GoReleaser Pro", "%s 是 GoReleaser Pro 的键", f)
		}
	}
	return msg.Text{}
}
