package dl

import (
	"cmp"
	"context"
	"encoding/json"
	"go/version"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/proxy/cache"
)

// release and file have the form of go.dev/dl/?mode=json, which installers read.
type release struct {
	Version string `json:"version"`
	Stable  bool   `json:"stable"`
	Files   []file `json:"files"`
}

type file struct {
	Filename string `json:"filename"`
	OS       string `json:"os"`
	Arch     string `json:"arch"`
	Version  string `json:"version"`
	SHA256   string `json:"sha256"`
	Size     int64  `json:"size"`
	Kind     string `json:"kind"`
}

// List tells which archives are at hand, newest release first.
func (a *Archives) List(ctx context.Context) ([]byte, error) {
	byVersion := map[string]*release{}
	err := a.o.Cache.Walk(ctx, "dl/", func(e cache.Entry) error {
		name := strings.TrimPrefix(e.Key, "dl/")
		r, _, err := Parse(name)
		if err != nil {
			return nil // no archive: not listed
		}
		sum, _, _ := a.o.Cache.Read(ctx, e.Key+sumExt, 256)
		of := byVersion[r.Version]
		if of == nil {
			of = &release{Version: r.Version, Stable: !strings.Contains(r.Version, "rc") && !strings.Contains(r.Version, "beta")}
			byVersion[r.Version] = of
		}
		of.Files = append(of.Files, file{Filename: name, OS: r.GOOS, Arch: r.GOARCH, Version: r.Version, SHA256: strings.TrimSpace(string(sum)), Size: e.Size, Kind: "archive"})
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := make([]release, 0, len(byVersion))
	for _, r := range byVersion {
		out = append(out, *r)
	}
	slices.SortFunc(out, func(a, b release) int {
		return cmp.Or(version.Compare(b.Version, a.Version), strings.Compare(a.Version, b.Version))
	})
	b, err := json.MarshalIndent(out, "", " ")
	return append(b, '\n'), err
}
