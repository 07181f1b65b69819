package config

import (
	"maps"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/target"
)

// Fields is what templates may name. The documented names of GoReleaser are
// the names of the struct fields, flat: {{ .Version }}, {{ .Os }}. A group that
// is nil is not there, and naming a field of it is an error, as it is in
// GoReleaser when a build field stands in a project-level template.
type Fields struct {
	ProjectName  string
	ModulePath   string
	ReleaseNotes string
	ReleaseURL   string

	Version, RawVersion              string // 1.2.3-rc.1, 1.2.3
	Tag, PreviousTag                 string
	Major, Minor, Patch              uint64
	Prerelease                       string
	TagSubject, TagContents, TagBody string

	Branch, Commit, ShortCommit, FullCommit string
	Summary                                 string // git describe
	GitURL                                  string
	GitDirty                                bool
	CommitTime                              time.Time // CommitDate, CommitTimestamp; also Date, Timestamp, Now and time

	Snapshot, SingleTarget, Draft bool

	RuntimeGoos, RuntimeGoarch string // of the machine that releases; nothing in an artifact should depend on them

	// Env is all that .Env, envOrDefault and isEnvSet can see. The caller fills
	// it: the project's own env and what [EnvNames] says is asked for and may be
	// given; never the whole environment.
	Env map[string]string

	// Dir is where readFile and the file hashes look, and they cannot leave it.
	// "" means that there are no files to read.
	Dir string

	// WallClock makes Date, Timestamp, Now and time mean this moment instead of
	// the commit's. The release is then not reproducible. Zero: commit time.
	WallClock time.Time

	Build    *BuildFields    // a target
	Artifact *ArtifactFields // a file made for it
	Package  *PackageFields  // a deb, rpm, apk …

	Algorithm string // of a split checksum file; "" elsewhere
}

// BuildFields are the names of one target's build.
type BuildFields struct {
	Os, Arch                                      string // Arch is loong64-abi1.0 for old-world LoongArch
	Amd64, I386, Arm, Arm64, Mips, Ppc64, Riscv64 string // the level, spelled out; "" for other architectures
	Target                                        string // linux_amd64_v1, as GoReleaser writes it
	Name, Ext, Path                               string // of the binary
}

// ArtifactFields are the names of one file.
type ArtifactFields struct{ Binary, ArtifactName, ArtifactExt, ArtifactPath string }

// PackageFields are the names that only a package's file name and contents may
// use.
type PackageFields struct {
	PackageName, Format, Release, Epoch         string
	ConventionalFileName, ConventionalExtension string
}

// TargetFields fills BuildFields from a target. Name, Ext and Path stay empty.
func TargetFields(t target.Target) BuildFields {
	b := BuildFields{Os: t.OS, Arch: t.ArchName(), Target: t.OS + "_" + t.ArchName()}
	level := t.FullLevel()
	if level == "" {
		return b
	}
	b.Target += "_" + level
	switch t.Arch {
	case "386":
		b.I386 = level
	case "amd64":
		b.Amd64 = level
	case "arm":
		b.Arm = level
	case "arm64":
		b.Arm64 = level
	case "riscv64":
		b.Riscv64 = level
	case "ppc64", "ppc64le":
		b.Ppc64 = level
	default:
		b.Mips = level
	}
	return b
}

// clock is the moment that Date, Timestamp, Now and time speak of.
func (f Fields) clock() time.Time {
	if f.WallClock.IsZero() {
		return f.CommitTime.UTC()
	}
	return f.WallClock.UTC()
}

// values is the flat map that a template sees.
func (f Fields) values() map[string]any {
	state := "clean"
	if f.GitDirty {
		state = "dirty"
	}
	env := f.Env
	if env == nil {
		env = map[string]string{}
	}
	m := map[string]any{
		"ProjectName": f.ProjectName, "ModulePath": f.ModulePath,
		"ReleaseNotes": f.ReleaseNotes, "ReleaseURL": f.ReleaseURL,
		"Version": f.Version, "RawVersion": f.RawVersion, "Tag": f.Tag, "PreviousTag": f.PreviousTag,
		"Major": f.Major, "Minor": f.Minor, "Patch": f.Patch, "Prerelease": f.Prerelease,
		"TagSubject": f.TagSubject, "TagContents": f.TagContents, "TagBody": f.TagBody,
		"Branch": f.Branch, "Commit": f.Commit, "ShortCommit": f.ShortCommit, "FullCommit": f.FullCommit,
		"Summary": f.Summary, "GitURL": f.GitURL,
		"IsGitDirty": f.GitDirty, "IsGitClean": !f.GitDirty, "GitTreeState": state,
		"CommitDate": f.CommitTime.UTC().Format(time.RFC3339), "CommitTimestamp": f.CommitTime.UTC().Unix(),
		"Date": f.clock().Format(time.RFC3339), "Timestamp": f.clock().Unix(), "Now": f.clock(),
		"IsSnapshot": f.Snapshot, "IsNightly": false, "IsSingleTarget": f.SingleTarget, "IsDraft": f.Draft,
		"Runtime": map[string]string{"Goos": f.RuntimeGoos, "Goarch": f.RuntimeGoarch},
		"Env":     env,
	}
	if b := f.Build; b != nil {
		maps.Copy(m, map[string]any{
			"Os": b.Os, "Arch": b.Arch, "Amd64": b.Amd64, "I386": b.I386, "Arm": b.Arm, "Arm64": b.Arm64,
			"Mips": b.Mips, "Ppc64": b.Ppc64, "Riscv64": b.Riscv64, "Target": b.Target,
			"Name": b.Name, "Ext": b.Ext, "Path": b.Path,
		})
	}
	if a := f.Artifact; a != nil {
		maps.Copy(m, map[string]any{
			"Binary": a.Binary, "ArtifactName": a.ArtifactName, "ArtifactExt": a.ArtifactExt, "ArtifactPath": a.ArtifactPath,
		})
	}
	if p := f.Package; p != nil {
		maps.Copy(m, map[string]any{
			"PackageName": p.PackageName, "Format": p.Format, "Release": p.Release, "Epoch": p.Epoch,
			"ConventionalFileName": p.ConventionalFileName, "ConventionalExtension": p.ConventionalExtension,
		})
	}
	if f.Algorithm != "" {
		m["Algorithm"] = f.Algorithm
	}
	return m
}

// everyField lists all names that some template may use.
func everyField() map[string]any {
	return Fields{Build: &BuildFields{}, Artifact: &ArtifactFields{}, Package: &PackageFields{}, Algorithm: "x"}.values()
}

// SecretName reports whether a variable's name says that its value is a secret.
// Errors of templates never show such a value.
func SecretName(name string) bool {
	name = strings.ToUpper(name)
	for _, word := range []string{"TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "CREDENTIAL", "PRIVATE", "APIKEY", "API_KEY", "ACCESS_KEY", "ACCESSKEY", "ACCESS_ID", "KEY_ID", "AUTH"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return strings.HasSuffix(name, "_KEY") || strings.HasSuffix(name, "_PASS") || strings.HasSuffix(name, "_PWD")
}
