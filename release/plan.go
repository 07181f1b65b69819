package release

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"os"
	"slices"
	"time"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/release/linuxpkg"
	"github.com/yingzao-dev/yingzao/release/manifest"
	"github.com/yingzao-dev/yingzao/release/sbom"
)

// Schema is the version of plan.json and part.json that this package writes.
const Schema = 1

// PlanFile is the plan's file name in dist.
const PlanFile = "plan.json"

// Plan is everything that decides the bytes of a release, and nothing that
// belongs to one machine: paths in it are relative to the project's folder and
// use slashes.
type Plan struct {
	Schema      int       `json:"schema"`
	Project     string    `json:"project"`
	Version     string    `json:"version"` // without a leading v
	Tag         string    `json:"tag,omitempty"`
	PreviousTag string    `json:"previous_tag,omitempty"`
	Commit      string    `json:"commit,omitempty"`
	Branch      string    `json:"branch,omitempty"`
	CommitTime  time.Time `json:"commit_time"`
	Snapshot    bool      `json:"snapshot,omitempty"`
	Dirty       bool      `json:"dirty,omitempty"`
	WallClock   bool      `json:"wall_clock,omitempty"`
	Module      string    `json:"module"`
	GoMod       string    `json:"go_mod"`            // sha256 over go.mod and go.sum
	Sources     string    `json:"sources,omitempty"` // sha256 over the project's files, where no clean commit names them
	Folder      string    `json:"folder,omitempty"`  // otherwise the same sum, for builders that have no repository to ask; it may differ between equal plans
	Remote      string    `json:"remote,omitempty"`  // where the repository is cloned from, as provenance.SourceURI has it; it may differ between equal plans
	Config      string    `json:"config,omitempty"`  // the configuration file, "NAME sha256:…"; it may differ between equal plans
	Go          string    `json:"go"`                // version of the toolchain
	Compressor  string    `json:"compressor"`        // module and version that decide the archives' bytes

	Before    []Command        `json:"before,omitempty"`   // hooks that prepare the sources
	Jobs      []Job            `json:"jobs"`               // sorted by target, then build
	Archives  []PlannedArchive `json:"archives,omitempty"` // sorted by name
	Packages  []PlannedPackage `json:"packages,omitempty"` // sorted by file name
	Universal []PlannedFat     `json:"universal,omitempty"`
	Source    *PlannedSource   `json:"source,omitempty"`
	SBOMs     []PlannedSBOM    `json:"sboms,omitempty"`    // sorted by name
	Licenses  *sbom.Policy     `json:"licenses,omitempty"` // of linked modules; nil = anything
	Checksums *PlannedSums     `json:"checksums,omitempty"`

	Digest string `json:"digest"` // "sha256:…" over this JSON with an empty digest, branch, previous tag, folder, remote and config
}

// Job is one run of go build.
type Job struct {
	Build        string        `json:"build"`
	Target       target.Target `json:"target"`
	Main         string        `json:"main"`          // package or file, as go build takes it
	Dir          string        `json:"dir,omitempty"` // where go build runs
	Binary       string        `json:"binary"`        // file name, with .exe where it belongs; may contain slashes
	Flags        []string      `json:"flags"`         // all arguments between "build" and the package, but -o
	Env          []string      `json:"env"`           // everything of the environment that may change bytes
	ModTime      time.Time     `json:"mod_time"`
	Pre          []Command     `json:"pre,omitempty"`
	Post         []Command     `json:"post,omitempty"`
	AllowDynamic bool          `json:"allow_dynamic,omitempty"`
	Go           string        `json:"go,omitempty"` // version, where it is not the plan's (another toolchain)
}

// Command is a hook with its templates expanded. In an argument or environment
// entry, {{BINARY}} stands for the absolute path of the built file, which a plan
// cannot know, and {{ENV:NAME}} for a variable of the hook's environment whose
// value is a secret, which a plan must not know.
type Command struct {
	Args   []string `json:"args"`
	Dir    string   `json:"dir,omitempty"`
	Env    []string `json:"env,omitempty"`
	Output bool     `json:"output,omitempty"`
}

// Member is one file of an archive or package.
type Member struct {
	Name    string      `json:"name"`             // path inside
	Build   string      `json:"build,omitempty"`  // set for a binary: the job's build …
	From    string      `json:"from,omitempty"`   // … or the file it comes from
	SHA256  string      `json:"sha256,omitempty"` // of From
	Size    int64       `json:"size,omitempty"`
	Mode    fs.FileMode `json:"mode"`
	ModTime time.Time   `json:"mod_time"`
	Owner   string      `json:"owner,omitempty"`
	Group   string      `json:"group,omitempty"`
}

// PlannedArchive is one archive of one target.
type PlannedArchive struct {
	ID        string         `json:"id"`
	Name      string         `json:"name"` // with extension
	Target    target.Target  `json:"target"`
	Format    archive.Format `json:"format"`
	Wrap      string         `json:"wrap,omitempty"`
	ModTime   time.Time      `json:"mod_time"`
	Members   []Member       `json:"members"`
	Universal string         `json:"universal,omitempty"` // id of the fat binary it holds; made by merge
}

// PlannedPackage is one deb, rpm … of one target.
type PlannedPackage struct {
	ID       string           `json:"id"`
	Name     string           `json:"name"` // with extension
	Binaries []Member         `json:"binaries,omitempty"`
	Inputs   []Member         `json:"inputs,omitempty"` // every other file that is read for it
	Package  linuxpkg.Package `json:"package"`          // Contents but the binaries, with relative sources
}

// PlannedFat is a universal darwin binary.
type PlannedFat struct {
	ID      string    `json:"id"`
	Builds  []string  `json:"builds"` // whose darwin binaries it joins
	Name    string    `json:"name"`
	Replace bool      `json:"replace,omitempty"`
	ModTime time.Time `json:"mod_time"`
}

// PlannedSource is the archive of the project's own files.
type PlannedSource struct {
	Name    string         `json:"name"`
	Format  archive.Format `json:"format"`
	Members []Member       `json:"members"`
}

// PlannedSBOM is one bill of materials: about an artifact, about a program that
// need not be in any, or, with neither, about all programs of the release.
type PlannedSBOM struct {
	Name     string         `json:"name"`
	Format   string         `json:"format"`
	Artifact string         `json:"artifact,omitempty"`
	Build    string         `json:"build,omitempty"`
	Target   *target.Target `json:"target,omitempty"` // of Build; nil with the id of a universal binary
}

// PlannedSums are the lists of checksums.
type PlannedSums struct {
	Name      string   `json:"name"` // with {{ARTIFACT}} for the artifact's name when split
	Algorithm string   `json:"algorithm"`
	Split     bool     `json:"split,omitempty"`
	IDs       []string `json:"ids,omitempty"`   // of archives and packages to list; empty: all files
	Extra     []Member `json:"extra,omitempty"` // more files to list, by base name
}

// id is the configuration entry that an artifact comes from; "" for others.
func (p *Plan) id(artifact string) string {
	for _, a := range p.Archives {
		if a.Name == artifact {
			return a.ID
		}
	}
	for _, k := range p.Packages {
		if k.Name == artifact {
			return k.ID
		}
	}
	return ""
}

// Targets lists the plan's targets in order, each once.
func (p *Plan) Targets() []target.Target {
	var ts []target.Target
	for _, j := range p.Jobs {
		ts = append(ts, j.Target)
	}
	slices.SortFunc(ts, target.Compare)
	return slices.Compact(ts)
}

// seal sets the digest.
func (p *Plan) seal() error {
	d, err := p.digest()
	p.Digest = d
	return err
}

func (p *Plan) digest() (string, error) {
	c := *p
	// How far a clone's history goes, how it was checked out, and what git ignores in
	// it decides nothing; what templates made of it stands in names and flags. Nor do
	// the comments in the configuration.
	c.Digest, c.Branch, c.PreviousTag, c.Folder, c.Remote, c.Config = "", "", "", "", "", ""
	b, err := json.Marshal(&c)
	if err != nil {
		return "", msg.Errorf("write plan: %w", "写入计划：%w", err)
	}
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:]), nil
}

// ReadPlan reads plan.json and checks its schema and digest.
func ReadPlan(path string) (*Plan, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, msg.Errorf("read: %w", "读取：%w", err).WithHint("make the plan with yingzao release plan, and name it with --plan", "请用 yingzao release plan 生成计划，并用 --plan 指定")
	}
	return parsePlan(path, b)
}

// parsePlan checks a plan's schema and digest. path is for errors.
func parsePlan(path string, b []byte) (*Plan, error) {
	var p Plan
	if err := json.Unmarshal(b, &p); err != nil {
		return nil, msg.Errorf("read %s: not the JSON that is expected: %w", "读取 %s：内容不是预期的 JSON：%w", path, err).
			WithHint("make the plan with yingzao release plan, and name it with --plan", "请用 yingzao release plan 生成计划，并用 --plan 指定")
	}
	if p.Schema != Schema {
		return nil, msg.Errorf("read %s: schema %d, this yingzao reads %d", "读取 %s：schema 为 %d，当前 yingzao 只支持 %d", path, p.Schema, Schema).
			WithHint("use the same yingzao for every step of one release", "同一次发布的各步骤请使用同一版本的 yingzao")
	}
	d, err := p.digest()
	if err != nil {
		return nil, err
	}
	if d != p.Digest {
		return nil, msg.Errorf("read %s: the digest does not match, the file was changed", "读取 %s：摘要不符，文件已被改动", path).
			WithHint("make the plan again with yingzao release plan", "请用 yingzao release plan 重新生成计划")
	}
	return &p, nil
}

func readJSON(path string, into any) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return msg.Errorf("read: %w", "读取：%w", err)
	}
	if err := json.Unmarshal(b, into); err != nil {
		return msg.Errorf("read %s: not the JSON that is expected: %w", "读取 %s：内容不是预期的 JSON：%w", path, err)
	}
	return nil
}

// manifest is the plan's head of the manifest, without artifacts.
func (p *Plan) manifest() *manifest.Manifest {
	m := &manifest.Manifest{
		Schema: manifest.Schema, Project: p.Project, Version: p.Version, Tag: p.Tag, Commit: p.Commit,
		CommitTime: p.CommitTime, Snapshot: p.Snapshot, Dirty: p.Dirty, WallClock: p.WallClock,
		Plan: p.Digest, Go: p.Go, Compressor: p.Compressor,
	}
	if p.Commit != "" {
		m.Sequence = p.CommitTime.Unix()
	}
	return m
}
