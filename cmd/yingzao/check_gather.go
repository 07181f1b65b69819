package main

import (
	"context"
	"errors"
	"io/fs"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/envcheck/deep"
	"github.com/yingzao-dev/yingzao/envcheck/gather"
	"github.com/yingzao-dev/yingzao/envcheck/leak"
	"github.com/yingzao-dev/yingzao/envcheck/probe"
	"github.com/yingzao-dev/yingzao/envcheck/trace"
	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/inspect"
)

// snapshot gathers, and asks the network or reads whole trees where that was
// wanted.
func (a *app) snapshot(ctx context.Context, o *checkOptions, opts envcheck.Options) (*envcheck.Snapshot, error) {
	s, err := gather.Snapshot(ctx, gather.Options{Dir: o.dir, Files: o.files, Environ: a.environ})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, msg.Errorf("check %s: there is no such folder", "check %s：目录不存在", o.dir).WithKind(msg.Usage)
	}
	if err != nil {
		return nil, err
	}
	for _, path := range o.binaries {
		s.Binaries = append(s.Binaries, binary(path))
	}
	if o.online {
		if err := a.lookOnline(ctx, o, s, opts); err != nil {
			return nil, err
		}
	}
	if o.deep {
		if err := a.lookDeep(ctx, o, s, opts); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// lookOnline asks the network. Beside the mirrors in use, those of the profile
// and the ones that are known in mainland China are measured, so that there is
// something to recommend; in an air gap there is nothing beside.
func (a *app) lookOnline(ctx context.Context, o *checkOptions, s *envcheck.Snapshot, opts envcheck.Options) error {
	v := envcheck.NewView(s, opts.Profile, opts.Policy)
	p := probe.Options{View: v, Timeout: o.timeout}
	switch {
	case len(opts.Policy.Mirrors) > 0:
		p.Candidates = opts.Policy.Mirrors
	case !opts.Profile.AirGap:
		p.Candidates = probe.KnownMirrors()
	}
	found, missing, err := probe.Run(ctx, p)
	if err != nil {
		return err
	}
	s.Network, s.Missing = found, append(s.Missing, missing...)
	return nil
}

func (a *app) lookDeep(ctx context.Context, o *checkOptions, s *envcheck.Snapshot, opts envcheck.Options) error {
	d := deep.Options{Proof: o.proof, WriteProof: o.writeProof, Online: o.online, HTTP: httpx.Options{Proxy: httpx.ProxyFromEnviron(a.environ)}}
	d.Mirrors = envcheck.NewView(s, opts.Profile, opts.Policy).Proxies
	found, missing, err := deep.Run(ctx, s, d)
	if err != nil {
		return err
	}
	s.Deep, s.Missing = found, append(s.Missing, missing...)
	return nil
}

// lookTrace lets the real go command show whom it asks.
func (a *app) lookTrace(ctx context.Context, o *checkOptions, s *envcheck.Snapshot, opts envcheck.Options) (*leak.Trace, error) {
	if len(s.Gos) == 0 || !s.Module.GoMod.Exists && !s.Module.GoWork.Exists {
		return nil, msg.Errorf("check --trace: it needs a go command and a go.mod", "check --trace：需要 go 命令和 go.mod").WithKind(msg.Usage).
			WithHint("run it in the folder of a module", "请在模块目录中运行")
	}
	return trace.Trace(ctx, trace.Options{Go: s.Gos[0].Path, Dir: o.dir, Environ: a.environ, Simulated: envcheck.NewView(s, opts.Profile, opts.Policy).Exposures})
}

// binary reads a built program; what cannot be read is a finding, not an error.
func binary(path string) envcheck.Binary {
	f, err := inspect.File(path)
	if err != nil {
		return envcheck.Binary{Path: path, Error: err.Error()}
	}
	b := envcheck.Binary{Path: path, OS: f.OS, Arch: f.Arch, Static: f.Static(), Interp: f.Interp, Needed: f.Needed, PIE: f.Type == inspect.PIE, Settings: map[string]string{}}
	if g := f.Go; g != nil {
		b.GoVersion, b.Settings = g.Version, g.Settings
		b.Main = strings.TrimSpace(g.Module + " " + g.ModuleVersion)
	}
	return b
}
