package config

import (
	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/target"
)

// Name templates. GoReleaser's are its own, to the letter; ours writes every
// level that is not the architecture's default.
const (
	goreleaserSuffix      = `{{ .Version }}_{{ .Os }}_{{ .Arch }}{{ with .Arm }}v{{ . }}{{ end }}{{ with .Mips }}_{{ . }}{{ end }}{{ if not (eq .Amd64 "v1") }}{{ .Amd64 }}{{ end }}`
	goreleaserArchiveName = `{{ .ProjectName }}_` + goreleaserSuffix
	goreleaserBinaryName  = `{{ .Binary }}_` + goreleaserSuffix
	goreleaserPackageName = `{{ .PackageName }}_` + goreleaserSuffix
	goreleaserLdflags     = `-s -w -X main.version={{.Version}} -X main.commit={{.Commit}} -X main.date={{.Date}} -X main.builtBy=goreleaser`

	oursSuffix = `{{ .Version }}_{{ .Os }}_{{ .Arch }}{{ with .Arm }}v{{ . }}{{ end }}` +
		`{{ if and .Amd64 (ne .Amd64 "v1") }}{{ .Amd64 }}{{ end }}` +
		`{{ if and .Arm64 (ne .Arm64 "v8.0") }}{{ replace .Arm64 "," "-" }}{{ end }}` +
		`{{ if and .I386 (ne .I386 "sse2") }}_{{ .I386 }}{{ end }}` +
		`{{ if and .Mips (ne .Mips "hardfloat") }}_{{ .Mips }}{{ end }}` +
		`{{ if and .Ppc64 (ne .Ppc64 "power8") }}_{{ .Ppc64 }}{{ end }}` +
		`{{ if and .Riscv64 (ne .Riscv64 "rva20u64") }}_{{ .Riscv64 }}{{ end }}`

	snapshotVersion = `{{ .Version }}-SNAPSHOT-{{ .ShortCommit }}`
)

// ArchiveDefaults returns the name template of an archive that has none: what
// GoReleaser would use in its files, and ours elsewhere. A single binary that
// is published bare is named after the binary.
func ArchiveDefaults(o Origin, formats []archive.Format) string {
	bare := len(formats) > 0 && formats[0] == archive.Binary
	switch {
	case o == GoReleaser && bare:
		return goreleaserBinaryName
	case o == GoReleaser:
		return goreleaserArchiveName
	case bare:
		return `{{ .Binary }}_` + oursSuffix
	}
	return `{{ .ProjectName }}_` + oursSuffix
}

// DefaultTargets are the linux targets of a project that names none: x86-64
// (Hygon, Zhaoxin), arm64 (Kunpeng, FeiTeng) and new-world LoongArch.
func DefaultTargets() []target.Target {
	return []target.Target{{OS: "linux", Arch: "amd64"}, {OS: "linux", Arch: "arm64"}, {OS: "linux", Arch: "loong64"}}
}

// defaultFiles are what people expect in an archive beside the binary.
func defaultFiles() []ExtraFile {
	var files []ExtraFile
	for _, glob := range []string{"license*", "LICENSE*", "readme*", "README*", "changelog*", "CHANGELOG*"} {
		files = append(files, ExtraFile{Src: glob, Optional: true})
	}
	return files
}

// defaults is a project without any configuration.
func defaults(dir string, o Origin) *Project {
	return &Project{
		Name:            moduleName(dir),
		Origin:          o,
		EachMain:        defaultBuild(),
		Archives:        []Archive{{ID: "default", Name: ArchiveDefaults(o, nil), Formats: []archive.Format{archive.TarGz}, Files: defaultFiles()}},
		Source:          SourceArchive{Name: `{{ .ProjectName }}-{{ .Version }}`, Format: archive.TarGz},
		Checksum:        Checksum{Name: "SHA256SUMS", Algorithm: "sha256"},
		SnapshotVersion: snapshotVersion,
		Dist:            "dist",
	}
}

// defaultBuild is reproducible, static and stripped.
func defaultBuild() Build {
	return Build{
		Targets: DefaultTargets(),
		Flags:   []string{"-trimpath"},
		Ldflags: []string{"-s -w"},
		Env:     []string{"CGO_ENABLED=0"},
	}
}
