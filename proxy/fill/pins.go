package fill

import (
	"bytes"
	"strings"

	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Pins are hashes that a site vouches for. As in go.sum, the version of a go.mod's
// hash ends in "/go.mod".
type Pins map[module.Version]string

// Add takes up the h1 hashes of a go.sum file; name stands in errors. Lines are
// read as the go command reads them: three fields, other hashes than h1 are passed
// over. Two files that disagree are refused: one of them is wrong.
func (p Pins) Add(name string, data []byte) error {
	line := 0
	for text := range bytes.Lines(data) {
		line++
		f := strings.Fields(string(text))
		switch {
		case len(f) == 0:
			continue
		case len(f) != 3:
			return msg.Errorf("%s:%d: expected a module, a version and a hash", "%s:%d：应为模块、版本和哈希三个字段", name, line).WithKind(msg.Usage)
		case !strings.HasPrefix(f[2], "h1:"):
			continue
		}
		key := module.Version{Path: f[0], Version: f[1]}
		if old, ok := p[key]; ok && old != f[2] {
			return msg.Errorf("%s:%d: another go.sum has a different hash for %s %s", "%s:%d：另一份 go.sum 中 %s %s 的哈希与此不同", name, line, f[0], f[1]).
				WithHint("find out which project fetched something else before either is trusted", "请先查明是哪个项目取到了不同的内容，在此之前两者都不可信").WithKind(msg.Usage)
		}
		p[key] = f[2]
	}
	return nil
}
