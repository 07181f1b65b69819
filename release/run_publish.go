package release

import (
	"cmp"
	"context"
	"path/filepath"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/release/config"
	"github.com/yingzao-dev/yingzao/release/manifest"
	"github.com/yingzao-dev/yingzao/release/publish"
)

// site is a store that is open, and where readers find it.
type site struct {
	store.Store
	base    string
	mirrors []string
}

// sites opens where to publish, before anything is built: a wrong address is
// known at once, and none has the release when another cannot have it.
func (p *project) sites(ctx context.Context) ([]site, error) {
	stores, err := p.destinations()
	if err != nil {
		return nil, err
	}
	var all []site
	for _, s := range stores {
		o := publish.Options{BaseURL: cmp.Or(p.o.BaseURL, s.BaseURL), Mirrors: s.Mirrors}
		if p.o.Mirrors != nil {
			o.Mirrors = p.o.Mirrors
		}
		if o, err = o.PublicURLs(); err != nil {
			return nil, err
		}
		st, err := p.o.OpenStore(ctx, s.URL)
		if err != nil {
			return nil, err
		}
		all = append(all, site{st, o.BaseURL, o.Mirrors})
	}
	return all, nil
}

// destinations lists where to publish; none when nothing was asked for.
func (p *project) destinations() ([]config.Store, error) {
	if p.o.NoPublish {
		return nil, nil
	}
	if len(p.o.To) > 0 || p.o.Snapshot {
		var all []config.Store
		for _, url := range p.o.To {
			all = append(all, config.Store{URL: url})
		}
		return all, nil
	}
	return p.configured()
}

// configured are the project's own stores; a folder is relative to the project.
// The stores have the same files, so each is a mirror of the others.
func (p *project) configured() ([]config.Store, error) {
	if len(p.cfg.Stores) == 0 {
		return nil, nil
	}
	pl := &planner{project: p, fields: config.Fields{ModulePath: p.mod.Module.Mod.Path, ProjectName: p.cfg.Name}}
	if err := pl.environment(); err != nil {
		return nil, err
	}
	all := slices.Clone(p.cfg.Stores)
	for i, s := range all {
		url, err := config.Expand(s.URL, pl.fields)
		if err != nil {
			return nil, config.In("stores", err)
		}
		if !strings.Contains(url, "://") && !filepath.IsAbs(url) {
			url = filepath.Join(p.dir, url)
		}
		all[i].URL = url
		for n, other := range p.cfg.Stores {
			if s.Mirrors == nil && n != i && other.BaseURL != "" {
				all[i].Mirrors = append(all[i].Mirrors, other.BaseURL)
			}
		}
	}
	return all, nil
}

// publish sends the release to one store and, where that costs no network,
// reads it back.
func (p *project) publish(ctx context.Context, s site, m *manifest.Manifest) (*Published, error) {
	sidecars, err := Sidecars(p.dist, m)
	if err != nil {
		return nil, err
	}
	o := publish.Options{Journal: p.dist, BaseURL: s.base, Mirrors: s.mirrors, Sidecars: sidecars}
	hide := func() {}
	if p.o.Publishing != nil {
		o.Progress, hide = p.o.Publishing()
	}
	end := p.trace.begin("", phasePublish)
	res, err := publish.Publish(ctx, s, m, FilesIn(p.dist), o)
	end()
	hide()
	if err != nil {
		return nil, err
	}
	out := &Published{Result: res}
	if !strings.HasPrefix(s.URL(), "file:") {
		return out, nil
	}
	defer p.trace.begin("", phaseVerify)()
	out.Verified, err = publish.Verify(ctx, s, publish.VerifyOptions{Project: m.Project, Version: m.Version})
	return out, err
}
