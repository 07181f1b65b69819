// Package manifest is the contract manifest.json: everything that one version
// of a project consists of, with the digests that prove it and the facts that
// were found in each binary. A verifier needs nothing else.
//
// The file is UTF-8 JSON with "schema": 1. Readers refuse a larger schema and
// unknown kinds; fields may be added within a schema.
package manifest

import (
	"time"

	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/release/inspect"
)

// Schema is the version of the format that this package writes.
const Schema = 1

// FileName is the manifest's name within a version's folder.
const FileName = "manifest.json"

// SumsName is the name of the list of SHA-256 sums within a version's folder,
// in the format of sha256sum.
const SumsName = "SHA256SUMS"

// Manifest lists one version of a project.
type Manifest struct {
	Schema     int       `json:"schema"`
	Project    string    `json:"project"`
	Version    string    `json:"version"`              // without a leading v
	Tag        string    `json:"tag,omitempty"`        // "" when built without one
	Commit     string    `json:"commit,omitempty"`     // "" outside a repository
	CommitTime time.Time `json:"commit_time,omitzero"` // UTC, whole seconds
	// Sequence is the commit time in Unix seconds: a reader who has verified one
	// release of the project refuses a lower one. 0 outside a repository.
	Sequence   int64      `json:"sequence,omitempty"`
	Snapshot   bool       `json:"snapshot,omitempty"`   // not made for production
	Dirty      bool       `json:"dirty,omitempty"`      // built from changed files (snapshots only)
	WallClock  bool       `json:"wall_clock,omitempty"` // not reproducible on purpose
	Plan       string     `json:"plan"`                 // digest of plan.json, "sha256:…"
	Go         string     `json:"go"`                   // "go1.26.8"
	Compressor string     `json:"compressor,omitempty"` // module and version whose bytes the archives have
	Artifacts  []Artifact `json:"artifacts"`            // sorted by name
}

// Kind says what an artifact is.
type Kind string

// The kinds of artifact.
const (
	KindArchive  Kind = "archive"  // binaries and files packed together
	KindBinary   Kind = "binary"   // one bare executable
	KindPackage  Kind = "package"  // deb, rpm, apk …
	KindSource   Kind = "source"   // the project's own sources
	KindChecksum Kind = "checksum" // sums of the others
	KindSBOM     Kind = "sbom"     // what is inside the others
	KindFile     Kind = "file"     // anything else
)

// Artifact is one file of a release.
type Artifact struct {
	Name         string         `json:"name"` // one path element
	Kind         Kind           `json:"kind"`
	Target       *target.Target `json:"target,omitempty"` // nil for files of no target
	Format       string         `json:"format,omitempty"` // tar.gz, zip, deb …; cyclonedx or spdx of a bill of materials; "" for bare files
	About        string         `json:"about,omitempty"`  // of a bill of materials: the artifact it describes; "" = the release, or a program in it
	Size         int64          `json:"size"`             // bytes
	SHA256       string         `json:"sha256"`           // hex
	CRC64        string         `json:"crc64"`            // decimal, ECMA-182, as OSS and COS print it
	Binaries     []Binary       `json:"binaries,omitempty"`
	ReproducedBy []string       `json:"reproduced_by,omitempty"` // builders that made the same bytes independently
}

// Binary is one executable inside an artifact and how it was made.
type Binary struct {
	Path    string          `json:"path"`  // within the archive or package; the artifact's name for a bare one
	Build   string          `json:"build"` // id of the build in the plan
	Target  target.Target   `json:"target"`
	Size    int64           `json:"size"`
	SHA256  string          `json:"sha256"`
	Main    string          `json:"main"`            // package, as given to go build
	Flags   []string        `json:"flags,omitempty"` // all flags, ldflags too: buildinfo hides those under -trimpath
	Env     []string        `json:"env,omitempty"`   // the settings that change bytes
	Verdict inspect.Verdict `json:"verdict"`
}
