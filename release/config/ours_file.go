package config

import "io/fs"

// ours is the release section of .yingzao.yaml. Its tags are the definition:
// the reader, the JSON Schema and its descriptions come from them.
type ours struct {
	From        string            `yaml:"from,omitempty" jsonschema_description:"A GoReleaser file to start from, relative to this file. Each key given here replaces the same section of it."`
	Ignore      texts             `yaml:"ignore,omitempty" jsonschema_description:"With from: sections of the GoReleaser file that may be left out though they ask for something that is not made here, for example dockers."`
	ProjectName string            `yaml:"project_name,omitempty" jsonschema_description:"Name of the project in file names and addresses. Default: the last element of the module path."`
	Env         []string          `yaml:"env,omitempty" jsonschema_description:"KEY=VALUE for builds and hooks, and for .Env in templates. Values are templates."`
	Before      ourHooks          `yaml:"before,omitempty" jsonschema_description:"Commands to run before anything else, in order. No shell runs them."`
	Targets     []ourTarget       `yaml:"targets,omitempty" jsonschema_description:"What to build for, as os/arch or os/arch/level: linux/amd64, linux/amd64/v2, linux/loong64-abi1.0. Default: linux on amd64, arm64 and loong64."`
	Builds      []ourBuild        `yaml:"builds,omitempty" jsonschema_description:"The main packages to build. Default: all of the module."`
	Archives    []ourArchive      `yaml:"archives,omitempty" jsonschema_description:"How to pack what was built for one target. Default: one tar.gz with licence, readme and changelog."`
	NFPMs       []ourPackage      `yaml:"nfpms,omitempty" jsonschema_description:"Linux packages to make: deb, rpm, apk, archlinux. Default: none."`
	Source      *ourSource        `yaml:"source,omitempty" jsonschema_description:"An archive of the project's tracked files."`
	Universal   []ourUniversal    `yaml:"universal_binaries,omitempty" jsonschema_description:"Darwin binaries to merge into fat ones. Default: none."`
	Checksum    *ourChecksum      `yaml:"checksum,omitempty" jsonschema_description:"The list of checksums beside the artifacts."`
	SBOM        texts             `yaml:"sbom,omitempty" jsonschema_description:"Bills of materials to make: cyclonedx, spdx. Default: none."`
	Licenses    *ourLicenses      `yaml:"licenses,omitempty" jsonschema_description:"Which licences linked modules may have. Looked at when bills of materials are made."`
	Sign        *ourSign          `yaml:"sign,omitempty" jsonschema_description:"Who signs the release, and how."`
	Snapshot    *ourSnapshot      `yaml:"snapshot,omitempty" jsonschema_description:"What a snapshot, a release without a tag, is called."`
	Metadata    *ourMetadata      `yaml:"metadata,omitempty" jsonschema_description:"What is written about the release."`
	Dist        string            `yaml:"dist,omitempty" jsonschema_description:"Output folder, relative to the project. Default: dist."`
	Stores      []ourStore        `yaml:"stores,omitempty" jsonschema_description:"Where to publish when no --to is given: oss://, cos://, s3:// or file:// addresses."`
	Toolchains  map[string]string `yaml:"toolchains,omitempty" jsonschema_description:"GOROOT of the toolchain that must build a target, by target or os/arch. linux/loong64-abi1.0 needs one."`
	BuildVCS    *bool             `yaml:"buildvcs,omitempty" jsonschema_description:"Let the go command stamp VCS facts into binaries; every builder then needs a full clone. Default: false, version and commit come from the plan."`
	Git         *ourGit           `yaml:"git,omitempty" jsonschema_description:"Which tags are releases of this project."`
}

type ourGit struct {
	TagPrefix  string `yaml:"tag_prefix,omitempty" jsonschema_description:"Tags of this project begin so, for example cli/ in a repository with several."`
	IgnoreTags texts  `yaml:"ignore_tags,omitempty" jsonschema_description:"Patterns of tags that are not releases."`
}

type ourSnapshot struct {
	VersionTemplate string `yaml:"version_template,omitempty" jsonschema_description:"Template of the version. Default: {{ .Version }}-SNAPSHOT-{{ .ShortCommit }}."`
}

type ourMetadata struct {
	ModTimestamp string `yaml:"mod_timestamp,omitempty" jsonschema_description:"Template of a Unix timestamp for all files of the release. Default: the commit's time."`
}

type ourChecksum struct {
	NameTemplate string   `yaml:"name_template,omitempty" jsonschema_description:"Template of the file name. Default: SHA256SUMS; with split {{ .ArtifactName }}.{{ .Algorithm }}."`
	Algorithm    string   `yaml:"algorithm,omitempty" jsonschema:"enum=sha256,enum=sha512,enum=sha1,enum=sha224,enum=sha384,enum=sha3-224,enum=sha3-256,enum=sha3-384,enum=sha3-512,enum=md5,enum=crc32,enum=blake2b,enum=blake2s,enum=blake3" jsonschema_description:"Default: sha256."`
	Split        bool     `yaml:"split,omitempty" jsonschema_description:"One file for each artifact."`
	Disable      bool     `yaml:"disable,omitempty" jsonschema_description:"Write no checksums."`
	IDs          texts    `yaml:"ids,omitempty" jsonschema_description:"Only for artifacts of these builds, archives or packages. Default: all."`
	ExtraFiles   ourFiles `yaml:"extra_files,omitempty" jsonschema_description:"More files to list."`
}

type ourSource struct {
	Enabled        bool     `yaml:"enabled,omitempty" jsonschema_description:"Make the archive."`
	NameTemplate   string   `yaml:"name_template,omitempty" jsonschema_description:"Template of the name without extension. Default: {{ .ProjectName }}-{{ .Version }}."`
	Format         string   `yaml:"format,omitempty" jsonschema_description:"tar.gz, tar.zst, tar.xz, zip or tar. Default: tar.gz."`
	PrefixTemplate string   `yaml:"prefix_template,omitempty" jsonschema_description:"Template of a folder inside the archive. Default: none."`
	Files          ourFiles `yaml:"files,omitempty" jsonschema_description:"More files to add."`
}

type ourUniversal struct {
	ID           string      `yaml:"id,omitempty" jsonschema_description:"Name for archives to refer to. Default: the project's."`
	IDs          texts       `yaml:"ids,omitempty" jsonschema_description:"Builds to merge. Default: the one with the same id."`
	NameTemplate string      `yaml:"name_template,omitempty" jsonschema_description:"Template of the binary's name. Default: {{ .ProjectName }}."`
	Replace      bool        `yaml:"replace,omitempty" jsonschema_description:"Leave the thin binaries out of archives."`
	ModTimestamp string      `yaml:"mod_timestamp,omitempty" jsonschema_description:"Template of a Unix timestamp for the binary."`
	Hooks        *ourPrePost `yaml:"hooks,omitempty" jsonschema_description:"Commands around the merge."`
}

type ourPrePost struct {
	Pre  ourHooks `yaml:"pre,omitempty" jsonschema_description:"Commands to run before."`
	Post ourHooks `yaml:"post,omitempty" jsonschema_description:"Commands to run after."`
}

type ourInfo struct {
	Owner string      `yaml:"owner,omitempty" jsonschema_description:"Template of the owner's name. Default: root without a name."`
	Group string      `yaml:"group,omitempty" jsonschema_description:"Template of the group's name. Default: root without a name."`
	Mode  fs.FileMode `yaml:"mode,omitempty" jsonschema_description:"Permissions, for example 0644. Default: 0644, or 0755 for executables."`
	MTime string      `yaml:"mtime,omitempty" jsonschema_description:"Template of an RFC 3339 time. Default: the release's."`
}

type ourArchive struct {
	ID                        string       `yaml:"id,omitempty" jsonschema_description:"Name of this entry. Default: default."`
	IDs                       texts        `yaml:"ids,omitempty" jsonschema_description:"Builds to pack. Default: all."`
	NameTemplate              string       `yaml:"name_template,omitempty" jsonschema_description:"Template of the name without extension. Default: project, version, os and arch with _ between them."`
	Formats                   texts        `yaml:"formats,omitempty" jsonschema_description:"tar.gz, tar.zst, tar.xz, zip, tar, gz or binary. Default: tar.gz."`
	FormatOverrides           ourOverrides `yaml:"format_overrides,omitempty" jsonschema_description:"Other formats for an operating system: {windows: zip}, or GoReleaser's list of goos and formats. none makes no archive there."`
	WrapInDirectory           ourWrap      `yaml:"wrap_in_directory,omitempty" jsonschema_description:"true, or the template of a folder, to put everything into one folder."`
	Files                     ourFiles     `yaml:"files,omitempty" jsonschema_description:"Files to add. Default: licence, readme and changelog where they exist."`
	BuildsInfo                *ourInfo     `yaml:"builds_info,omitempty" jsonschema_description:"What the archive says of the binaries."`
	StripBinaryDirectory      bool         `yaml:"strip_binary_directory,omitempty" jsonschema_description:"Put binaries at the top even if their names have folders."`
	Meta                      bool         `yaml:"meta,omitempty" jsonschema_description:"No binaries inside, files only."`
	AllowDifferentBinaryCount bool         `yaml:"allow_different_binary_count,omitempty" jsonschema_description:"Targets may have different numbers of binaries."`
}

type ourBuild struct {
	ID           string             `yaml:"id,omitempty" jsonschema_description:"Name for other sections to refer to. Default: the last element of main, or the project's name."`
	Main         string             `yaml:"main,omitempty" jsonschema_description:"Template of the main package, for example ./cmd/app. Default: the project's folder."`
	Dir          string             `yaml:"dir,omitempty" jsonschema_description:"Template of the folder to build in. Default: the project's."`
	Binary       string             `yaml:"binary,omitempty" jsonschema_description:"Template of the binary's name, without .exe. Default: the last element of main, or the project's name."`
	Targets      []ourTarget        `yaml:"targets,omitempty" jsonschema_description:"What to build for. Default: release.targets."`
	Flags        words              `yaml:"flags,omitempty" jsonschema_description:"Templates of flags for go build. Default: -trimpath."`
	Ldflags      texts              `yaml:"ldflags,omitempty" jsonschema_description:"Templates of linker flags, joined by a space. Default: -s -w."`
	Tags         words              `yaml:"tags,omitempty" jsonschema_description:"Build tags."`
	Asmflags     texts              `yaml:"asmflags,omitempty" jsonschema_description:"Templates of assembler flags."`
	Gcflags      texts              `yaml:"gcflags,omitempty" jsonschema_description:"Templates of compiler flags."`
	Buildmode    string             `yaml:"buildmode,omitempty" jsonschema:"enum=exe,enum=pie" jsonschema_description:"Default: exe."`
	Env          []string           `yaml:"env,omitempty" jsonschema_description:"KEY=VALUE for the go command. Values are templates. CGO_ENABLED is 0 unless it stands here; 1 allows dynamically linked binaries."`
	Hooks        *ourPrePost        `yaml:"hooks,omitempty" jsonschema_description:"Commands around the build of each target."`
	ModTimestamp string             `yaml:"mod_timestamp,omitempty" jsonschema_description:"Template of a Unix timestamp for the binary. Default: metadata.mod_timestamp."`
	Overrides    []ourBuildOverride `yaml:"overrides,omitempty" jsonschema_description:"Other values for some targets."`
	Skip         ourSwitch          `yaml:"skip,omitempty" jsonschema_description:"true, or a template that gives true, leaves the build out."`
}

type ourBuildOverride struct {
	Goos      string   `yaml:"goos,omitempty" jsonschema_description:"Operating system to match. Default: all."`
	Goarch    string   `yaml:"goarch,omitempty" jsonschema_description:"Architecture to match, also loong64-abi1.0. Default: all."`
	Level     string   `yaml:"level,omitempty" jsonschema_description:"Level to match, for example v2. Default: all."`
	Flags     words    `yaml:"flags,omitempty" jsonschema_description:"Replaces flags."`
	Ldflags   texts    `yaml:"ldflags,omitempty" jsonschema_description:"Replaces ldflags."`
	Tags      words    `yaml:"tags,omitempty" jsonschema_description:"Replaces tags."`
	Asmflags  texts    `yaml:"asmflags,omitempty" jsonschema_description:"Replaces asmflags."`
	Gcflags   texts    `yaml:"gcflags,omitempty" jsonschema_description:"Replaces gcflags."`
	Env       []string `yaml:"env,omitempty" jsonschema_description:"Added to env."`
	Buildmode string   `yaml:"buildmode,omitempty" jsonschema:"enum=exe,enum=pie" jsonschema_description:"Replaces buildmode."`
}
