package scripts

import (
	"bytes"
	_ "embed"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
)

//go:embed bootstrap.sh
var shell []byte

//go:embed bootstrap.cmd
var cmd []byte

//go:embed bootstrap.ps1
var powerShell []byte

// Pins are what the scripts believe, and where they look. The zero value believes
// nothing: a script without pins refuses to run.
type Pins struct {
	// SHA256 has the sum of each program, lower-case hex, by its platform
	// ("linux/amd64", "linux/loong64-abi1.0").
	SHA256 map[string]string
	// URLs are https, http or file addresses below which yingzao_<os>_<arch> lies,
	// tried in order. Empty = the folder of the script, or what its caller names. Each
	// script is written into files that many read, so an address with a user name or a
	// query is refused.
	URLs []string
}

// Bootstrap gives the three scripts by their file names with the pins in their
// heads. Equal pins give equal bytes. A pin that could not be right, or that
// would be read as something else by one of the shells, is an error of the kind
// msg.Usage.
func Bootstrap(p Pins) (map[string][]byte, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	var pins []string
	for _, platform := range slices.Sorted(maps.Keys(p.SHA256)) {
		pins = append(pins, platform+"="+p.SHA256[platform])
	}
	// cmd has no lists of lines, and no comma in an address survives its for.
	return map[string][]byte{
		"bootstrap.sh":  fill(shell, "pins=''\n", "pins='"+strings.Join(pins, "\n")+"'\n", "urls=''\n", "urls='"+strings.Join(p.URLs, "\n")+"'\n"),
		"bootstrap.cmd": fill(cmd, "set \"pins=\"\r\n", "set \"pins="+strings.Join(pins, " ")+"\"\r\n", "set \"urls=\"\r\n", "set \"urls="+strings.Join(p.URLs, " ")+"\"\r\n"),
		"bootstrap.ps1": fill(powerShell, "$pins = ''\r\n", "$pins = '"+strings.Join(pins, " ")+"'\r\n", "$urls = ''\r\n", "$urls = '"+strings.Join(p.URLs, " ")+"'\r\n"),
	}, nil
}

// fill replaces the first of each pair by the second; a test sees that it is there.
func fill(script []byte, pairs ...string) []byte {
	for i := 0; i < len(pairs); i += 2 {
		script = bytes.Replace(script, []byte(pairs[i]), []byte(pairs[i+1]), 1)
	}
	return script
}

var (
	sum = lazyre.New(`^[0-9a-f]{64}$`)
	// Nothing that a shell, cmd or PowerShell takes for more than a letter.
	plain = lazyre.New(`^[A-Za-z0-9:/._~+@-]+$`)
)

func (p Pins) check() error {
	for platform, s := range p.SHA256 {
		if t, err := target.Parse(platform); err != nil || t.String() != platform {
			return msg.Errorf("pin %q: no platform", "固定值 %q：不是平台", platform).WithKind(msg.Usage).
				WithHint("like linux/amd64", "例如 linux/amd64")
		}
		if !sum.Re().MatchString(s) {
			return msg.Errorf("pin %s: %q is no SHA-256 in lower-case hex", "固定值 %s：%q 不是小写十六进制的 SHA-256", platform, s).WithKind(msg.Usage)
		}
	}
	for _, s := range p.URLs {
		u, err := url.Parse(s)
		if err != nil || !slices.Contains([]string{"https", "http", "file"}, u.Scheme) || u.User != nil || u.RawQuery != "" || !plain.Re().MatchString(s) {
			shown := "?"
			if err == nil {
				shown = u.Scheme + "://" + u.Host
			}
			return msg.Errorf("address %s: a script cannot use it", "地址 %s：脚本无法使用", shown).WithKind(msg.Usage).
				WithHint("give a plain https://, http:// or file:// address without user name and query", "请给出不带用户名和查询串的普通 https://、http:// 或 file:// 地址")
		}
	}
	return nil
}
