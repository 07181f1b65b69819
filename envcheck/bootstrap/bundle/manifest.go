package bundle

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
)

// The names in a bundle.
const (
	ManifestName = "bundle.json"
	sumsName     = "SHA256SUMS"
	proofName    = "go.proof"
	orgName      = "yingzao.yaml"
	binDir       = "bin"
	sdkDir       = "sdk"
	modulesDir   = "modules"
)

// Manifest is bundle.json; see the package comment. The JSON names are a contract.
type Manifest struct {
	Schema   int       `json:"schema"`
	Sequence int64     `json:"sequence"`
	Yingzao  string    `json:"yingzao,omitempty"` // the version of the programs
	Programs []Program `json:"programs,omitempty"`
	SDKs     []SDK     `json:"sdks,omitempty"`
	Tools    []string  `json:"tools,omitempty"`   // package@version
	Proof    string    `json:"proof,omitempty"`   // "" = SDKs are not proved
	Modules  string    `json:"modules,omitempty"` // "" = no tools
	Org      string    `json:"org,omitempty"`
	Files    []File    `json:"files"`
}

// Program is a yingzao.
type Program struct {
	Platform string `json:"platform"`
	File     string `json:"file"`
}

// SDK is one Go SDK.
type SDK struct {
	Platform string `json:"platform"`
	Version  string `json:"version"` // go1.26.8
	H1       string `json:"h1"`
	File     string `json:"file"`
}

// File is any file of the bundle.
type File struct {
	Name   string `json:"name"` // slash separated
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

const maxManifest = 16 << 20

func (m *Manifest) encode() []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	_ = e.Encode(m) // plain values, a buffer
	return b.Bytes()
}

// ParseManifest reads bundle.json. What it accepts names only files inside of the
// bundle, each once; every error has the kind msg.Findings.
func ParseManifest(data []byte) (*Manifest, error) {
	var m Manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, bad(msg.Errorf("read %s: %w", "读取 %s：%w", ManifestName, err))
	}
	if m.Schema != 1 {
		return nil, bad(msg.Errorf("read %s: schema %d is not known here", "读取 %s：不认识 schema %d", ManifestName, m.Schema)).
			WithHint("a newer yingzao made it: use the one in its folder bin", "它由更新版本的 yingzao 制作：请使用其 bin 目录中的程序")
	}
	last := ""
	for _, f := range m.Files {
		sum, err := hex.DecodeString(f.SHA256)
		if !fs.ValidPath(f.Name) || f.Name == "." || strings.ContainsAny(f.Name, "\\:\x00") || path.Clean(f.Name) != f.Name ||
			f.Name == ManifestName || f.Name == sumsName || f.Name <= last || f.Size < 0 || err != nil || len(sum) != 32 || strings.ToLower(f.SHA256) != f.SHA256 {
			return nil, bad(msg.Errorf("read %s: entry %q cannot be right", "读取 %s：条目 %q 有误", ManifestName, f.Name))
		}
		last = f.Name
	}
	has := func(name, under string) bool {
		_, ok := slices.BinarySearchFunc(m.Files, name, func(f File, name string) int { return strings.Compare(f.Name, name) })
		return ok && strings.HasPrefix(name, under)
	}
	wrong := func(what string) (*Manifest, error) {
		return nil, bad(msg.Errorf("read %s: %q cannot be right", "读取 %s：%q 有误", ManifestName, what))
	}
	for _, p := range m.Programs {
		if _, err := target.Parse(p.Platform); err != nil || !has(p.File, binDir+"/") {
			return wrong(p.File)
		}
	}
	for _, s := range m.SDKs {
		if _, err := target.Parse(s.Platform); err != nil || !has(s.File, sdkDir+"/") || !strings.HasPrefix(s.H1, "h1:") {
			return wrong(s.File)
		}
	}
	switch {
	case m.Proof != "" && (m.Proof != proofName || !has(proofName, "")):
		return wrong(m.Proof)
	case m.Modules != "" && m.Modules != modulesDir:
		return wrong(m.Modules)
	case m.Org != "" && (m.Org != orgName || !has(orgName, "")):
		return wrong(m.Org)
	}
	return &m, nil
}

func bad(e *msg.Error) *msg.Error { return e.WithKind(msg.Findings) }
