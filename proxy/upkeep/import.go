package upkeep

import (
	"context"
	"os"
	"path/filepath"

	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/adopt"
	"github.com/yingzao-dev/yingzao/proxy/bundle"
	"github.com/yingzao-dev/yingzao/proxy/config"
	"github.com/yingzao-dev/yingzao/proxy/server"
)

// Bundle is the layout of what Export makes; the others are package adopt's.
const Bundle adopt.Layout = "bundle"

// ImportOptions say what is imported. Path is needed.
type ImportOptions struct {
	// Path is a bundle, as a folder or a tar, or the folder of another program's cache.
	Path string
	// Layout is that of the folder; "" = adopt.Auto: a file, and a folder with a
	// manifest.json, is a bundle.
	Layout adopt.Layout
	// SHA256 is what a bundle's manifest.json must have, in hex; "" = not pinned.
	SHA256 string
	// GoSum are go.sum files whose hashes count before the database's, beside those of
	// the configuration. They vouch for what comes from another cache, not for bundles.
	GoSum []string
	// TrustPrivate takes the modules of private routes without a proof.
	TrustPrivate bool
	// Progress is told how many files were looked at; nil = nobody. A bundle does not
	// tell.
	Progress func(files int)
}

// Imported is what came in: one of the two.
type Imported struct {
	Bundle *bundle.Imported
	Tree   *adopt.Report
}

// Import proves what somebody brought and puts it into the cache.
func Import(ctx context.Context, c config.Config, d server.Deps, o ImportOptions) (Imported, error) {
	if o.Layout == "" || o.Layout == adopt.Auto {
		o.Layout = guess(o.Path)
	}
	if o.Layout == Bundle {
		return importBundle(ctx, c, d, o)
	}
	if o.SHA256 != "" {
		return Imported{}, msg.Errorf("import %s: a SHA-256 is pinned, and it is no bundle", "导入 %s：指定了 SHA-256，但它不是离线包", o.Path).WithKind(msg.Usage).
			WithHint("only bundles have a manifest.json with a SHA-256", "只有离线包才有带 SHA-256 的 manifest.json")
	}
	return importTree(ctx, c, d, o)
}

// guess leaves to package adopt what is no bundle.
func guess(path string) adopt.Layout {
	fi, err := os.Stat(path)
	if err != nil || !fi.IsDir() {
		return Bundle
	}
	if _, err := os.Stat(filepath.Join(path, bundle.ManifestName)); err == nil {
		return Bundle
	}
	return adopt.Auto
}

func importBundle(ctx context.Context, c config.Config, d server.Deps, o ImportOptions) (Imported, error) {
	p, err := server.Assemble(ctx, quietButShared(c), d, server.Other{})
	if err != nil {
		return Imported{}, err
	}
	bo := bundle.Options{SHA256: o.SHA256, Scratch: filepath.Join(p.Cache.Dir(), ".yingzao", "import")}
	if db := p.Proves(); db != nil {
		bo.Key = db.Key()
	}
	if o.TrustPrivate {
		bo.Unproven = func(path string) bool {
			r := p.Routes.For(path, "")
			return r != nil && r.Private
		}
	}
	got, err := bundle.Import(ctx, o.Path, bundle.ImportOptions{Options: bo, Cache: p.Cache})
	return Imported{Bundle: got}, msg.Join(err, p.Close(ctx))
}

// quietButShared asks no mirror and no database: a bundle brings its proofs. What is
// imported goes into the bucket too.
func quietButShared(c config.Config) config.Config {
	c.Offline = true
	return c
}

func importTree(ctx context.Context, c config.Config, d server.Deps, o ImportOptions) (_ Imported, err error) {
	c.SumDB.GoSum = append(append([]string{}, c.SumDB.GoSum...), o.GoSum...)
	tree, err := adopt.Open(o.Path, o.Layout)
	if err != nil {
		return Imported{}, err
	}
	defer tree.Close()
	p, err := server.Assemble(ctx, c, d, server.Other{Routes: tree.Routes})
	if err != nil {
		return Imported{}, err
	}
	ao := adopt.Options{From: tree, Into: p.Cache, Filler: p.Files, Routes: p.Routes, TrustPrivate: o.TrustPrivate, Pinned: func(f proxy.File) bool {
		m := module.Version{Path: f.Module, Version: f.Version}
		if f.Kind == proxy.Mod {
			m.Version += "/go.mod"
		}
		_, ok := p.Pins[m]
		return ok
	}}
	if o.Progress != nil {
		ao.Progress = func(r adopt.Report) { o.Progress(r.Imported + r.Present + len(r.Refused) + len(r.Unproven)) }
	}
	got, err := adopt.Import(ctx, ao)
	return Imported{Tree: &got}, msg.Join(err, p.Close(ctx))
}
