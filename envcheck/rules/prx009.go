package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/envcheck/leak"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var prx009 = envcheck.Rule{
	Code:     "PRX009",
	Severity: envcheck.Error,
	Basis:    envcheck.Measured,
	Title:    msg.Text{EN: "A private module can come from nowhere: only public mirrors, no direct", ZH: "私有模块无处可取：只有公共镜像而没有 direct"},
	Why: msg.Text{
		EN: "The list holds public mirrors alone, and GOPRIVATE or GONOPROXY does not cover the module. The mirrors cannot reach it, answer 404, and have learnt its name; nothing else is tried.",
		ZH: "列表中只有公共镜像，且 GOPRIVATE、GONOPROXY 都未覆盖该模块。镜像取不到它，只会回答 404，同时已得知模块名；之后不再有其他途径。",
	},
	Fix:    msg.Text{EN: "Cover the module by GOPRIVATE: it is then fetched from its own host and named to nobody else.", ZH: "用 GOPRIVATE 覆盖该模块：它会从自己的主机获取，名称也不会告诉别人。"},
	Before: "GOPROXY=https://goproxy.cn",
	After:  "GOPROXY=https://goproxy.cn,direct\nGOPRIVATE=git.corp.example",
	Since:  "0.2.0",
	Find: func(v *envcheck.View) []envcheck.Finding {
		l := proxyInForce(v)
		mirrors := l.entries.Mirrors()
		if len(mirrors) == 0 || l.entries.Last() != "" {
			return nil
		}
		for _, m := range mirrors {
			if _, public := publicMirrorOf(m.URL); !public && !isDefaultMirror(v, m) {
				return nil // a mirror of the house may well hold it
			}
		}
		var out []envcheck.Finding
		for _, e := range v.Exposures {
			if e.Class != leak.Private || e.Local || goenv.MatchPatterns(v.Env.Get("GONOPROXY"), e.Path) {
				continue
			}
			f := l.finding(msg.Textf("the private module %[1]s is asked of public mirrors only", "私有模块 %[1]s 只会向公共镜像请求", e.Path), coverPrivate(v, e.Path))
			f.Subject = e.Path
			f.Evidence = append(f.Evidence, envcheck.Evidence{Name: e.Why, Value: e.Path, Place: envcheck.Place{File: e.File, Line: e.Line}})
			out = append(out, *f)
		}
		return out
	},
}

// coverPrivate adds the module's host to the list that decides who is asked.
func coverPrivate(v *envcheck.View, path string) *envcheck.Fix {
	s := v.InForce("GONOPROXY")
	if s.Value == "" {
		s = v.InForce("GOPRIVATE")
	}
	if s.Key == "" {
		s.Key = "GOPRIVATE"
	}
	value := hostOfModule(path)
	if s.Value != "" {
		value = s.Value + "," + value
	}
	return v.FixSet(s, value, false)
}
