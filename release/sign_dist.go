package release

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/Masterminds/semver/v3"

	"github.com/yingzao-dev/yingzao/release/config"
	"github.com/yingzao-dev/yingzao/release/manifest"
	"github.com/yingzao-dev/yingzao/release/publish"
	"github.com/yingzao-dev/yingzao/release/trust"
)

// ForDist opens the keys, and those that a project's section sign names beside them,
// for a release that is made and lies in dist. dir is the project's folder and file its
// configuration, as in [Options]; a folder without one adds nothing. The templates know
// project, version, tag, commit and env. A key file that is not here is no error where
// its kind of key has signed the manifest already.
func (k Keys) ForDist(dir, file, dist string, m *manifest.Manifest) ([]trust.Signer, config.Sign, error) {
	cfg, err := config.LoadSign(dir, file)
	if err != nil {
		return nil, config.Sign{}, err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, cfg.Sign, err
	}
	p := &project{cfg: cfg, dir: dir, keys: k.Environ, o: Options{Environ: withoutKeys(k.Environ), Password: k.Password, Snapshot: m.Snapshot}}
	pl := &planner{project: p, fields: config.Fields{
		ProjectName: m.Project, Version: m.Version, Tag: m.Tag, Snapshot: m.Snapshot, Dir: dir,
		Commit: m.Commit, FullCommit: m.Commit, ShortCommit: m.Commit[:min(7, len(m.Commit))], CommitTime: m.CommitTime,
	}}
	if v, err := semver.NewVersion(m.Version); err == nil {
		numbers(&pl.fields, v)
	}
	if err := pl.environment(); err != nil {
		return nil, cfg.Sign, err
	}
	named, err := p.signKeys(pl.fields)
	if err != nil {
		return nil, cfg.Sign, err
	}
	have, err := beside(dist)
	if err != nil {
		return nil, cfg.Sign, err
	}
	for kind, file := range map[trust.Kind]*string{trust.Minisign: &named.KeyFile, trust.SM2: &named.SM2KeyFile} {
		if _, err := os.Stat(*file); errors.Is(err, fs.ErrNotExist) && (m.Snapshot || signedBy(have, kind)) {
			*file = ""
		}
	}
	k.KeyFile, k.SM2KeyFile = cmp.Or(k.KeyFile, named.KeyFile), cmp.Or(k.SM2KeyFile, named.SM2KeyFile)
	if k.Command == nil {
		k.Command, k.CommandKey = named.Command, cmp.Or(k.CommandKey, named.CommandKey)
	}
	signers, err := k.Signers()
	return signers, cfg.Sign, err
}

// signedBy reports whether a kind of key has signed the manifest.
func signedBy(have []publish.Sidecar, kind trust.Kind) bool {
	return slices.ContainsFunc(have, func(c publish.Sidecar) bool {
		file, by, ok := trust.Signed(c.Name)
		return ok && file == manifest.FileName && by == kind
	})
}
