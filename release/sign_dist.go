package release

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/Masterminds/semver/v3"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/config"
	"github.com/yingzao-dev/yingzao/release/manifest"
	"github.com/yingzao-dev/yingzao/release/publish"
	"github.com/yingzao-dev/yingzao/release/trust"
)

// ForDist opens the keys for a release that is made and lies in dist: files and a command
// that are given stand alone, as a holder signs who has no other key; without any, those
// count that a project's section sign names, beside the environment's. dir is the
// project's folder and file its configuration, as in [Options]; a folder without one adds
// nothing. The templates know project, version, tag, commit and env. A key file that is
// not here is no error where its kind of key has signed the manifest already. A release
// of another module than the project's is refused: its keys are for its own.
func (k Keys) ForDist(dir, file, dist string, m *manifest.Manifest) ([]trust.Signer, config.Sign, error) {
	if k.KeyFile != "" || k.SM2KeyFile != "" || k.Command != nil {
		signers, err := k.Signers()
		return signers, config.Sign{}, err
	}
	cfg, err := config.LoadSign(dir, file)
	if err != nil {
		return nil, config.Sign{}, err
	}
	if cfg.Sign.KeyFile == "" && cfg.Sign.SM2KeyFile == "" && len(cfg.Sign.Command) == 0 { // what its templates would need may not be here
		signers, err := k.Signers()
		return signers, cfg.Sign, err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, cfg.Sign, err
	}
	if err := sameModule(dir, dist, m); err != nil {
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
	signers, err := named.Signers()
	return signers, cfg.Sign, err
}

// sameModule refuses a release that was built from another module than the one in dir;
// where one of the two does not say what it is, there is nothing to compare.
func sameModule(dir, dist string, m *manifest.Manifest) error {
	plan, err := ReadPlan(filepath.Join(dist, PlanFile))
	if err != nil || plan.Digest != m.Plan {
		return nil
	}
	mod, err := readGoMod(dir)
	if err != nil || mod.Module.Mod.Path == plan.Module {
		return nil
	}
	return msg.Errorf("sign: the release in %s is of module %s, and %s is the folder of %s", "签名：%s 中的发布属于模块 %s，而 %s 是 %s 的目录", dist, plan.Module, dir, mod.Module.Mod.Path).WithKind(msg.Usage).
		WithHint("name the release's own project with --dir; a project's sign section is for its own releases, and others are signed by keys that you name: yingzao release sign --key-file", "请用 --dir 指定该发布自己的项目；项目的 sign 段只用于自己的发布，其他发布须用明确指定的密钥签名：yingzao release sign --key-file")
}

// signedBy reports whether a kind of key has signed the manifest.
func signedBy(have []publish.Sidecar, kind trust.Kind) bool {
	return slices.ContainsFunc(have, func(c publish.Sidecar) bool {
		by, ok := SignsManifest(c)
		return ok && by == kind
	})
}

// SignsManifest reports whether what lies beside a manifest is a signature of it, and by
// which kind of key.
func SignsManifest(c publish.Sidecar) (by trust.Kind, ok bool) {
	file, by, ok := trust.Signed(c.Name)
	return by, ok && file == manifest.FileName
}
