package leak

import (
	"strings"

	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Classify says whose a module is, and why.
func Classify(path string, k Knowledge) (Class, msg.Text) {
	host, _, _ := strings.Cut(path, "/")
	switch {
	case goenv.MatchPatterns(strings.Join(k.Private, ","), path):
		return Private, msg.Textf("named private", "已被声明为私有")
	case host == "github.com":
		return Public, msg.Textf("a public host", "公共主机")
	}
	return Unknown, msg.Textf("not a host that is known to be public", "不是已知的公共主机")
}

// Simulate says who would be asked about each module.
func Simulate(c Config, k Knowledge, modules []Module) []Exposure {
	var out []Exposure
	for _, m := range modules {
		class, reason := Classify(m.Path, k)
		out = append(out, Exposure{Module: m, Class: class, Reason: reason})
	}
	return out
}
