package bundle

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

// ManifestName is the name of the manifest in a bundle.
const ManifestName = "manifest.json"

const maxManifest = 256 << 20

// Manifest is manifest.json; see the package comment. The JSON names are a contract.
type Manifest struct {
	Schema   int      `json:"schema"`
	Series   string   `json:"series"`
	Sequence int64    `json:"sequence"`
	Base     *Base    `json:"base,omitempty"`    // nil = whole
	SumDB    *SumDB   `json:"sumdb,omitempty"`   // nil = nothing in it is proven
	Earlier  []string `json:"earlier,omitempty"` // signed heads, oldest first
	Files    []File   `json:"files"`

	sha256 string // of the manifest as it was read or written
}

// Base is the bundle that a delta goes on from.
type Base struct {
	Sequence int64  `json:"sequence"`
	SHA256   string `json:"sha256"` // of its manifest
}

// SumDB is the checksum database in a bundle.
type SumDB struct {
	Name string `json:"name"`
	Head string `json:"head"` // signed
}

// File is any file of the bundle.
type File struct {
	Name   string `json:"name"` // slash separated
	Size   int64  `json:"size"` // bytes
	SHA256 string `json:"sha256"`
	H1     string `json:"h1,omitempty"`
	Base   bool   `json:"base,omitempty"`
}

// SHA256 is that of manifest.json, in hex: what the maker tells, and a site pins.
func (m *Manifest) SHA256() string { return m.sha256 }

// Bytes is how much the bundle carries: its files without those of the base.
func (m *Manifest) Bytes() (n int64) {
	for _, f := range m.Files {
		if !f.Base {
			n += f.Size
		}
	}
	return n
}

// Counts are how many versions the bundle carries, by their go.mod files, and how many
// of them as a whole, by their zips; those of the base are not counted.
func (m *Manifest) Counts() (versions, zips int) {
	for _, f := range m.Files {
		switch {
		case f.Base:
		case strings.HasSuffix(f.Name, ".mod"):
			versions++
		case strings.HasSuffix(f.Name, ".zip"):
			zips++
		}
	}
	return versions, zips
}

// Size is how many records the tree under the head has; 0 for no head. It is not
// proven by reading it: [Verify] proves it.
func (s *SumDB) Size() int64 {
	if s == nil {
		return 0
	}
	tree, err := tlog.ParseTree([]byte(s.Head))
	if err != nil {
		return 0
	}
	return tree.N
}

func (m *Manifest) encode() []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	_ = e.Encode(m) // plain values, a buffer
	return b.Bytes()
}

// ParseManifest reads manifest.json. What it accepts names only files that a bundle
// may have, each once; every error has the kind msg.Findings.
func ParseManifest(data []byte) (*Manifest, error) {
	m := &Manifest{}
	if err := json.Unmarshal(data, m); err != nil {
		return nil, bad(msg.Errorf("read %s: %w", "读取 %s：%w", ManifestName, err))
	}
	m.sha256 = sumOf(data)
	if m.Schema != 1 {
		return nil, bad(msg.Errorf("read %s: schema %d is not known here", "读取 %s：不认识 schema %d", ManifestName, m.Schema)).
			WithHint("a newer yingzao made it: import it with that one", "它由更新版本的 yingzao 制作：请用新版本导入")
	}
	wrong := func(what string) (*Manifest, error) {
		return nil, bad(msg.Errorf("read %s: %.200q cannot be right", "读取 %s：%.200q 有误", ManifestName, what))
	}
	switch {
	case !validSeries(m.Series):
		return wrong(m.Series)
	case m.Sequence < 1:
		return wrong("sequence")
	case m.Base != nil && (m.Base.Sequence < 1 || m.Base.Sequence >= m.Sequence || !isHex(m.Base.SHA256)):
		return wrong("base")
	case m.SumDB != nil && (!fs.ValidPath(m.SumDB.Name) || strings.Contains(m.SumDB.Name, "/") || m.SumDB.Name == "."):
		return wrong(m.SumDB.Name)
	}
	last := ""
	for _, f := range m.Files {
		if f.Name <= last || f.Size < 0 || !isHex(f.SHA256) || !m.mayHave(f) {
			return wrong(f.Name)
		}
		last = f.Name
	}
	return m, nil
}

// mayHave reports whether a file belongs into a bundle.
func (m *Manifest) mayHave(f File) bool {
	if !fs.ValidPath(f.Name) || f.Base && m.Base == nil {
		return false
	}
	if rest, ok := strings.CutPrefix(f.Name, "sumdb/"); ok {
		if m.SumDB == nil || f.Base {
			return false
		}
		rest, ok = strings.CutPrefix(rest, m.SumDB.Name+"/")
		switch {
		case !ok:
			return false
		case rest == "supported", rest == "latest":
			return true
		case strings.HasPrefix(rest, "lookup/"):
			_, err := mirror.LookupVersion("/" + rest)
			return err == nil
		}
		_, err := tlog.ParseTilePath(rest)
		return err == nil
	}
	p, err := proxy.Parse(f.Name)
	switch {
	case err != nil || p.Path() != f.Name:
		return false
	case p.Kind == proxy.List:
		return !f.Base
	}
	return p.Immutable() && (f.H1 != "") == (p.Kind != proxy.Info)
}

func validSeries(s string) bool {
	return s != "" && len(s) <= 64 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-_") == "" && !strings.HasPrefix(s, "-")
}

func isHex(s string) bool {
	sum, err := hex.DecodeString(s)
	return err == nil && len(sum) == 32 && strings.ToLower(s) == s
}

func bad(e *msg.Error) *msg.Error { return e.WithKind(msg.Findings) }
