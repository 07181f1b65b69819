package config

import (
	"io/fs"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
)

// Project says what to release: one value, whichever file it came from.
// Strings marked "template" are unexpanded; [Expand] fills them in. Defaults
// are already in place: a consumer never asks what an empty field means unless
// the field says so.
type Project struct {
	Name            string   // template; "" only where there is neither a name nor a go.mod
	Origin          Origin   // where it came from
	File            string   // the file's path as it was found; "" for none
	Env             []string // KEY=VALUE, values are templates; available as .Env and to hooks and builds
	Before          []Hook   // run before planning, in order
	Builds          []Build  // empty: every main package of the module, each as EachMain says
	EachMain        Build    // what a main package found by itself gets; its ID, Main and Binary are empty
	Archives        []Archive
	Packages        []Package
	Source          SourceArchive
	Universal       []Universal
	Checksum        Checksum
	SBOMs           []SBOM // empty = none
	Licenses        Licenses
	Sign            Sign
	SnapshotVersion string            // template of the version with --snapshot
	ModTime         string            // template of a Unix timestamp for files of the release; "" = commit time
	Dist            string            // output folder, relative to the project's; never ""
	Stores          []Store           // where publish goes when no --to is given
	Toolchains      map[string]string // target or "os/arch" → GOROOT of the toolchain that must build it
	BuildVCS        bool              // let the go command stamp VCS facts
	TagPrefix       string            // tags of this project begin so, e.g. "cli/" in a monorepo
	IgnoreTags      []string          // tags (patterns) that are not releases of this project
	Notices         []Notice          // what was skipped, translated or is deprecated; to be shown, once each
}

// Origin says where a Project came from.
type Origin string

// The origins.
const (
	Default    Origin = "default"    // no file at all
	Yingzao    Origin = "yingzao"    // .yingzao.yaml
	GoReleaser Origin = "goreleaser" // .goreleaser.yaml
)

// Hook is a command run by us. Cmd is split into words as a shell would, but no
// shell runs.
type Hook struct {
	Cmd    string   // template
	Dir    string   // template; "" = project folder
	Env    []string // KEY=VALUE templates, added
	Output bool     // show its output even when it succeeds
}

// Build is one main package for a set of targets.
type Build struct {
	ID           string          // unique; default: project name
	Main         string          // template; package or file below Dir
	Dir          string          // template; "" = project folder
	Binary       string          // template, without .exe
	Targets      []target.Target // in the order written; empty only where Options.Targets left none
	Flags        []string        // templates; what -trimpath, -tags and the like were written here
	Ldflags      []string        // templates, joined by a space
	Tags         []string        // templates
	Asmflags     []string        // templates
	Gcflags      []string        // templates
	Buildmode    string          // "" = exe
	Env          []string        // KEY=VALUE templates
	Pre, Post    []Hook          // run for each target around the build
	ModTime      string          // template; "" = Project.ModTime
	Overrides    []Override
	AllowDynamic bool   // a dynamically linked result is wanted (CGO_ENABLED=1 in Env)
	Skip         string // template; "true" leaves the build out
}

// Override replaces fields of a Build for matching targets. An empty matcher
// field matches everything; an empty value field changes nothing. Env is added
// to the build's, behind it.
type Override struct {
	OS, Arch, Level                         string   // Arch may be loong64-abi1.0; Level as target.Target.FullLevel spells it
	Flags, Ldflags, Tags, Asmflags, Gcflags []string // templates
	Env                                     []string // KEY=VALUE templates
	Buildmode                               string
	AllowDynamic                            bool // as in Build, for these targets
}

// Archive packs builds of one target together.
type Archive struct {
	ID                        string
	Builds                    []string // build ids; empty = all
	Name                      string   // template, without extension
	Formats                   []archive.Format
	Overrides                 map[string][]archive.Format // by GOOS; an empty list means no archive there
	Wrap                      string                      // template: folder inside the archive; "" = none
	Files                     []ExtraFile
	BinaryInfo                FileInfo
	StripBinaryDir            bool
	Meta                      bool // no binaries inside, files only
	AllowDifferentBinaryCount bool
}

// ExtraFile adds files to an archive or package.
type ExtraFile struct {
	Src         string // template, then a glob (** allowed) below the project folder
	Dst         string // template; "" = the file's own relative path
	StripParent bool   // put it at Dst by its base name
	Optional    bool   // no match is no error
	Info        FileInfo
}

// FileInfo overrides what an archive says of a file. Zero fields: root without
// a name, 0644 or 0755 by the executable bit, Project.ModTime.
type FileInfo struct {
	Owner, Group string // template
	Mode         fs.FileMode
	ModTime      string // template, RFC 3339
}

// SourceArchive packs the project's own tracked files.
type SourceArchive struct {
	Enabled bool
	Name    string // template
	Format  archive.Format
	Prefix  string // template
	Files   []ExtraFile
}

// Universal merges the darwin binaries of builds into one fat binary.
type Universal struct {
	ID        string
	Builds    []string // build ids; empty = ID
	Name      string   // template
	Replace   bool     // leave the thin ones out of archives
	ModTime   string
	Pre, Post []Hook
}

// Checksum is the list of sums beside the artifacts.
type Checksum struct {
	Name       string // template
	Algorithm  string // sha256, sha512, sha1, sha224, sha384, md5, crc32, blake2b, blake2s, sha3-256 …
	Split      bool   // one file an artifact
	Disable    bool
	Builds     []string // only artifacts of these ids; empty = all
	ExtraFiles []ExtraFile
}

// Store is one place to publish to.
type Store struct {
	ID  string // "" = its position
	URL string // template; scheme and parameters as package store reads them, never a secret
	// BaseURL is where readers find it, Mirrors where else they find the same
	// files, in order; "" and nil = not said.
	BaseURL string
	Mirrors []string
}

// Notice is something a person should know about how the file was read.
type Notice struct {
	Code    string // stable: skipped, translated, deprecated, ignored, default
	Section string // key in the file, e.g. "brews"
	Line    int    // 0 = unknown
	Text    msg.Text
}
