package assemble

import (
	"github.com/yingzao-dev/yingzao/internal/loongarch"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Result says what was made. As JSON it is the same in every language.
type Result struct {
	Schema    int             `json:"schema"` // 1
	Output    string          `json:"output"` // as ParseOutput reads it
	Tag       string          `json:"tag"`    // under which the index lies there
	Digest    string          `json:"digest"` // of the index: sha256:…
	Platforms []BuiltPlatform `json:"platforms"`
	SBOMFiles []string        `json:"sbomFiles,omitempty"` // written beside the output
	Sent      int64           `json:"sent,omitempty"`      // bytes of layers a registry did not have yet
	Warnings  []Warning       `json:"warnings,omitempty"`
	Seconds   float64         `json:"seconds"`
}

// BuiltPlatform is one image of a result.
type BuiltPlatform struct {
	Platform string          `json:"platform"` // linux/arm64
	Digest   string          `json:"digest"`   // of the manifest
	SBOM     string          `json:"sbom"`     // digest of the referrer's manifest
	Base     Facts           `json:"base"`
	World    loongarch.World `json:"world,omitempty"` // loong64 only: that of the SDK
	Layers   []BuiltLayer    `json:"layers"`
	Seconds  float64         `json:"seconds"` // until the image was complete, before it was written
}

// BuiltLayer is one layer of an image.
type BuiltLayer struct {
	Digest string `json:"digest"`
	Size   int64  `json:"size"` // compressed
	Origin Origin `json:"origin"`
	Reused bool   `json:"reused"` // lay in the cache already
}

// Origin says what a layer is for. The words are stable.
type Origin string

// The origins.
const (
	OfBase Origin = "base"
	OfUser Origin = "user"
	OfSDK  Origin = "sdk"
)

// Warning is something that did not stop the build and that somebody should know.
// The codes are stable: base-unpinned, base-arch-unknown, base-has-go,
// base-passwd-unreadable, base-worlds, sdk-world-unknown.
type Warning struct {
	Code     string   `json:"code"`
	Platform string   `json:"platform,omitempty"` // linux/arm64; "" from Check
	Text     msg.Text `json:"text"`
}

func warn(code, en, zh string, args ...any) Warning {
	return Warning{Code: code, Text: msg.Textf(en, zh, args...)}
}

// Event tells how a build goes on, for a progress display. Calls may come from
// several goroutines, but one at a time for each Arch and Stage.
type Event struct {
	Arch  string // GOARCH; "" while the output is written
	Stage string // base, sdk, write, push
	Done  int64  // bytes
	Total int64  // bytes; 0 = not known
	End   bool   // the stage is over
}
