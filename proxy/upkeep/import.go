package upkeep

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/adopt"
	"github.com/yingzao-dev/yingzao/proxy/bundle"
	"github.com/yingzao-dev/yingzao/proxy/cache"
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
	proofs := provable{p}
	ao := adopt.Options{From: tree, Into: p.Cache, Filler: proofs, Routes: p.Routes, TrustPrivate: o.TrustPrivate, Pinned: proofs.pinned}
	if o.Progress != nil {
		ao.Progress = func(r adopt.Report) { o.Progress(r.Imported + r.Present + len(r.Refused) + len(r.Unproven)) }
	}
	got, err := adopt.Import(ctx, ao)
	return Imported{Tree: &got}, msg.Join(err, p.Close(ctx))
}

// provable is a filler that copies nothing that cannot be proven now. A filler on its
// own keeps such a body for the next try, which is good for what came over a slow
// network, and a second copy of what lies in a folder.
type provable struct{ *server.Parts }

func (p provable) Get(ctx context.Context, f proxy.File) (*cache.Object, error) {
	if err := p.possible(ctx, f); err != nil {
		return nil, err
	}
	return p.Files.Get(ctx, f)
}

// possible asks the database for the record; the filler's own question is then
// answered out of memory.
func (p provable) possible(ctx context.Context, f proxy.File) error {
	r, db := p.Routes.For(f.Module, f.Version), p.Proves()
	if f.Kind == proxy.Info || r == nil || r.Private || r.Block != "" || db == nil || p.pinned(f) {
		return nil
	}
	if rec, err := p.Cache.Record(ctx, f.Path()); err == nil && rec.H1 != "" {
		return nil
	}
	_, _, err := db.Sums(ctx, f.Module, f.Version)
	if errors.Is(err, proxy.ErrUnavailable) {
		return err
	}
	return nil
}

// pinned reports whether a go.sum of the site has the file's hash.
func (p provable) pinned(f proxy.File) bool {
	m := module.Version{Path: f.Module, Version: f.Version}
	if f.Kind == proxy.Mod {
		m.Version += "/go.mod"
	}
	_, ok := p.Pins[m]
	return ok
}
