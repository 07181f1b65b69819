package dl

import (
	"strings"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

const sumExt = ".sha256"

// Parse reads the name of an archive of a release that can be proven. Errors are
// [proxy.ErrNotFound].
func Parse(name string) (gosdk.Release, archive.Format, error) {
	none := func(err error) (gosdk.Release, archive.Format, error) {
		return gosdk.Release{}, "", proxy.Fail(proxy.ErrNotFound, "/dl", err)
	}
	format := archive.TarGz
	stem, ok := strings.CutSuffix(name, ".tar.gz")
	if !ok {
		format = archive.Zip
		stem, ok = strings.CutSuffix(name, ".zip")
	}
	dot := strings.LastIndexByte(stem, '.')
	if !ok || dot < 0 || len(name) > 100 {
		return none(msg.Errorf("not the name of an archive of Go", "不是 Go 安装包的文件名"))
	}
	r := gosdk.Release{Version: stem[:dot]}
	r.GOOS, r.GOARCH, ok = strings.Cut(stem[dot+1:], "-")
	if r.GOOS == "linux" && r.GOARCH == "armv6l" {
		r.GOARCH = "arm" // cmd/distpack: the archive has a name of its own
	}
	if err := r.Check(); !ok || err != nil {
		return none(err)
	}
	if (format == archive.Zip) != (r.GOOS == "windows") {
		return none(msg.Errorf("Go's archives are .zip for Windows, .tar.gz for the others", "Go 安装包在 Windows 上为 .zip，其他系统为 .tar.gz"))
	}
	return r, format, nil
}
