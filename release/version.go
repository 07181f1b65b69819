package release

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"github.com/Masterminds/semver/v3"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/config"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// epoch is the time of a release whose sources have no commit: the earliest
// that every archive format can hold.
var epoch = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// identity is what a release is called and when it is.
type identity struct {
	version, tag string
	time         time.Time
	dirty        bool
}

// identify settles version and time: --version, else the tag, else (for a
// snapshot) the last tag and the snapshot template. sources is the digest of
// the files, which tells two snapshots of one commit apart.
func (p *project) identify(f *config.Fields, sources string) (identity, error) {
	id := identity{time: epoch, dirty: p.git.Dirty}
	if p.git.Commit != "" {
		id.time = p.git.CommitTime
	} else if s, ok := p.lookupEnv("SOURCE_DATE_EPOCH"); ok {
		sec, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return id, msg.Errorf("read SOURCE_DATE_EPOCH: %q is not a number of seconds", "读取 SOURCE_DATE_EPOCH：%q 不是秒数", s).WithKind(msg.Usage)
		}
		id.time = time.Unix(sec, 0).UTC()
	}
	id.tag = p.git.Tag
	base := strings.TrimPrefix(strings.TrimPrefix(cmp.Or(p.git.Tag, p.git.PreviousTag), p.cfg.TagPrefix), "v")
	if p.o.Version != "" {
		base = strings.TrimPrefix(p.o.Version, "v")
		if base != strings.TrimPrefix(strings.TrimPrefix(p.git.Tag, p.cfg.TagPrefix), "v") {
			id.tag = ""
		}
	}
	if base == "" {
		if !p.o.Snapshot {
			return id, msg.Errorf("find version: HEAD has no tag", "确定版本：HEAD 上没有标签").
				WithHint("tag the commit (git tag v1.0.0), or give --version V, or try with --snapshot", "请为提交打标签（git tag v1.0.0），或给出 --version V，或用 --snapshot 试运行")
		}
		base = "0.0.0"
	}
	id.version = base
	v, err := semver.NewVersion(base)
	if err != nil {
		if err := manifest.CheckName("version", base); err != nil {
			return id, err
		}
		return id, msg.Errorf("version %q: not a semantic version", "版本 %q：不是语义化版本", base).
			WithHint("write it like 1.2.3 or 1.2.3-rc.1", "请写成 1.2.3 或 1.2.3-rc.1 的形式").WithKind(msg.Usage)
	}
	numbers(f, v)
	f.Version, f.CommitTime = base, id.time
	f.Tag = cmp.Or(id.tag, p.cfg.TagPrefix+"v"+base)
	if p.o.Snapshot && p.o.Version == "" {
		if id.version, err = config.Expand(p.cfg.SnapshotVersion, *f); err != nil {
			return id, config.In("snapshot", err)
		}
		if id.dirty || p.git.Commit == "" {
			_, hex, _ := strings.Cut(sources, ":")
			id.version += "-dirty-" + hex[:8]
		}
		f.Version = id.version
	}
	return id, manifest.CheckName("version", id.version)
}

// numbers fills in what a version consists of.
func numbers(f *config.Fields, v *semver.Version) {
	f.Major, f.Minor, f.Patch, f.Prerelease = v.Major(), v.Minor(), v.Patch(), v.Prerelease()
	f.RawVersion = strconv.FormatUint(f.Major, 10) + "." + strconv.FormatUint(f.Minor, 10) + "." + strconv.FormatUint(f.Patch, 10)
}
