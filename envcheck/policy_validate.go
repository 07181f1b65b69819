package envcheck

import (
	"strings"

	"github.com/Masterminds/semver/v3"

	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// validate refuses a policy that would silently ask for nothing.
func (p Policy) validate() error {
	bad := func(key, value string, why msg.Text) error {
		return msg.Errorf("%s: check.%s: %q: %v", "%s：check.%s：%q：%v", p.File, key, value, why).WithKind(msg.Usage)
	}
	if _, err := ProfileNamed(p.Profile); err != nil {
		return msg.Errorf("%s: check.profile: %w", "%s：check.profile：%w", p.File, err).WithKind(msg.Usage)
	}
	for _, c := range p.Go {
		if _, err := semver.NewConstraint(c); err != nil {
			return bad("go", c, msg.Text{EN: `not a constraint; write ">=1.25.13"`, ZH: `不是版本约束；请写成 ">=1.25.13"`})
		}
	}
	for _, list := range []struct {
		key    string
		values []string
	}{{"private", p.Private}, {"public", p.Public}} {
		for _, v := range list.values {
			pats := goenv.ParsePatterns(v)
			if len(pats) != 1 || pats[0].Broken || strings.ContainsAny(v, " \t:;") {
				return bad(list.key, v, msg.Text{EN: "one pattern an entry, without scheme or port: git.corp.example/*", ZH: "每项一个模式，不带协议与端口：git.corp.example/*"})
			}
		}
	}
	if p.GOPROXY != "" {
		if _, err := goenv.ParseProxies(p.GOPROXY); err != nil {
			return bad("goproxy", p.GOPROXY, msg.Textf("%v", "%v", err))
		}
	}
	for _, m := range p.Mirrors {
		if ps, err := goenv.ParseProxies(m); err != nil || len(ps) != 1 || ps[0].URL == nil {
			return bad("mirrors", m, msg.Text{EN: "one URL an entry", ZH: "每项一个 URL"})
		}
	}
	for _, v := range p.GOSUMDB {
		if _, err := goenv.ParseSumDB(v); err != nil {
			return bad("gosumdb", v, msg.Textf("%v", "%v", err))
		}
	}
	for code, word := range p.Rules {
		if _, err := ParseSeverity(word); err != nil {
			return msg.Errorf("%s: check.rules.%s: %w", "%s：check.rules.%s：%w", p.File, code, err).WithKind(msg.Usage)
		}
	}
	if p.FailOn != "" {
		if _, err := ParseSeverity(p.FailOn); err != nil {
			return msg.Errorf("%s: check.fail_on: %w", "%s：check.fail_on：%w", p.File, err).WithKind(msg.Usage)
		}
	}
	return nil
}
