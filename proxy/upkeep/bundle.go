package upkeep

import (
	"context"
	"os"
	"path/filepath"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy/bundle"
	"github.com/yingzao-dev/yingzao/proxy/config"
	"github.com/yingzao-dev/yingzao/proxy/server"
)

// ExportOptions say what goes into a bundle and where it is put. To and From are
// needed.
type ExportOptions struct {
	// To is a folder, or a file that ends in .tar or .tar.zst; see bundle.ExportOptions.
	To   string
	From bundle.From
	// Series and Sequence are the bundle's; zero values as in bundle.ExportOptions.
	Series   string
	Sequence int64
	// Base is the manifest of an earlier bundle, or the folder that it lies in: what is
	// in that bundle stays out. "" = all goes in.
	Base string
	// Earlier are manifests of bundles that clients may have seen.
	Earlier []string
	// Progress is told what is being done; nil = nobody.
	Progress func(msg.Text)
}

// Export gathers what is wanted, fetches what the cache does not have, and makes a
// bundle of it.
func Export(ctx context.Context, c config.Config, d server.Deps, o ExportOptions) (*bundle.Manifest, error) {
	e := bundle.ExportOptions{To: o.To, Series: o.Series, Sequence: o.Sequence, Progress: o.Progress}
	var err error
	if o.Base != "" {
		if e.Base, err = manifest(o.Base); err != nil {
			return nil, err
		}
	}
	for _, name := range o.Earlier {
		m, err := manifest(name)
		if err != nil {
			return nil, err
		}
		e.Earlier = append(e.Earlier, m)
	}
	p, err := server.Assemble(ctx, c, d, server.Other{})
	if err != nil {
		return nil, err
	}
	e.Files, e.DB = p.Files, p.Proves()
	var m *bundle.Manifest
	if e.Want, err = o.From.Wants(ctx, p.Files); err == nil {
		m, err = bundle.Export(ctx, e)
	}
	return m, msg.Join(err, p.Close(ctx))
}

// manifest reads that of a bundle.
func manifest(name string) (*bundle.Manifest, error) {
	if fi, err := os.Stat(name); err == nil && fi.IsDir() {
		name = filepath.Join(name, bundle.ManifestName)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, msg.Errorf("read %s: %w", "读取 %s：%w", bundle.ManifestName, err).WithKind(msg.Usage)
	}
	return bundle.ParseManifest(data)
}
