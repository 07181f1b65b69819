package assemble

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/images/matrix"
	"github.com/yingzao-dev/yingzao/images/sbom"
	"github.com/yingzao-dev/yingzao/internal/gosdk/fetch"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// document is the bill of materials of one image.
func document(o *Options, b *base, f Facts, sdk *fetch.SDK, at time.Time) ([]byte, error) {
	packages, err := b.tree.packages()
	if err != nil {
		return nil, err
	}
	i := sbom.Image{
		Name: o.Name, Version: o.Version, Arch: sdk.Release.GOARCH, Created: at, Packages: packages,
		SDK: sbom.SDK{
			Go: strings.TrimPrefix(sdk.Release.Version, "go"), Module: sdk.Release.Module().Version,
			ABI: sdk.ABI, H1: sdk.H1, Vouched: string(voucher(sdk)), Value: sdk.Proof.Value,
		},
		Base: sbom.Base{Name: b.name, Digest: b.digest, Rootfs: b.rootfs, OS: f.OS, OSVersion: f.OSVersion},
	}
	if slices.Contains(f.Families, matrix.RPM) {
		i.Base.Unlisted = string(matrix.RPM)
	}
	return sbom.Document(i)
}

// packages reads the databases that are text.
func (t *tree) packages() ([]sbom.Package, error) {
	var out []sbom.Package
	const parts = "var/lib/dpkg/status.d"
	files := []string{"var/lib/dpkg/status"}
	for _, name := range t.list(parts) {
		files = append(files, parts+"/"+name)
	}
	for _, name := range files {
		p, err := sbom.ReadDpkg(bytes.NewReader(t.read(name)))
		if err != nil {
			return nil, msg.Errorf("%s of the base: %w", "基础镜像的 %s：%w", name, err)
		}
		out = append(out, p...)
	}
	for _, name := range []string{"lib/apk/db/installed", "usr/lib/apk/db/installed"} {
		n, where := t.walk(name, true)
		if n == nil || where != name { // on a merged /usr both names lead to one file
			continue
		}
		p, err := sbom.ReadAPK(bytes.NewReader(n.data))
		if err != nil {
			return nil, msg.Errorf("%s of the base: %w", "基础镜像的 %s：%w", name, err)
		}
		out = append(out, p...)
	}
	return out, nil
}
