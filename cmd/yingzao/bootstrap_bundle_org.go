package main

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck/bootstrap"
	"github.com/yingzao-dev/yingzao/envcheck/bootstrap/bundle"
	"github.com/yingzao-dev/yingzao/images/matrix"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// bundleOrg takes from the organisation's file what a desk would ask the bundle for:
// its tools, its Go, and the pins of its Go before those of the matrix.
func bundleOrg(o *bundle.Options, goVersion string, m *matrix.Matrix) error {
	org := &bootstrap.Org{}
	if o.Org != "" {
		data, err := os.ReadFile(o.Org)
		if err != nil {
			return msg.Errorf("read the organisation's file: %w", "读取组织配置文件：%w", err).WithKind(msg.Usage)
		}
		if org, err = bootstrap.ParseOrg(filepath.Base(o.Org), data); err != nil {
			return err
		}
		if org.CA != "" && !strings.Contains(org.CA, "-----BEGIN") {
			return msg.Errorf("%s: bootstrap.ca: a file that goes into a bundle has its certificate inside", "%s：bootstrap.ca：放入离线包的文件须内含证书", filepath.Base(o.Org)).WithKind(msg.Usage).
				WithHint("write ca: | and the PEM text below it", "请写 ca: |，并在其下写入 PEM 文本")
		}
	}
	for _, t := range org.Tools {
		pkg := cmp.Or(t.Package, t.Module)
		if !slices.ContainsFunc(o.Tools, func(have string) bool { return strings.HasPrefix(have, pkg+"@") }) {
			o.Tools = append(o.Tools, pkg+"@"+t.Version)
		}
	}
	o.Go = cmp.Or(goVersion, org.Go.Version, m.Go)
	o.Pins = func(version, platform string) (string, string) {
		if h1, sum := org.Go.H1[platform], org.Go.SHA256[platform]; h1 != "" || sum != "" {
			return h1, sum
		}
		return knownSDK(m, version, platform)
	}
	return nil
}
