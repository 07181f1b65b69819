package release

import (
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// ReadMetadata tells of which project and version a metadata.json is, ours or
// GoReleaser's. Both are checked as names in a store.
func ReadMetadata(file string) (project, version string, err error) {
	var meta grMetadata
	if err := readJSON(file, &meta); err != nil {
		return "", "", msg.Errorf("%w", "%w", err).
			WithHint("GoReleaser writes it into dist before it publishes; or name both with --project and --version", "GoReleaser 在发布前会把它写入 dist；也可用 --project 与 --version 指定")
	}
	for what, name := range map[string]string{"project": meta.ProjectName, "version": meta.Version} {
		if bad := manifest.CheckName(what, name); bad != nil {
			err = msg.Errorf("read %s: %w", "读取 %s：%w", file, bad)
		}
	}
	return meta.ProjectName, meta.Version, err
}
