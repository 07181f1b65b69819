package rules

import (
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// sumValues are the values of GOSUMDB that can be judged where they stand.
func sumValues(v *envcheck.View) []envcheck.Setting {
	var out []envcheck.Setting
	for _, s := range v.SettingsOf("GOSUMDB") {
		if literal(s) {
			out = append(out, s)
		}
	}
	return out
}

// sumFinding is one about a value of GOSUMDB.
func sumFinding(s envcheck.Setting, m msg.Text, fix *envcheck.Fix) envcheck.Finding {
	return envcheck.Finding{Subject: "GOSUMDB", Where: s.Place, Message: m, Fix: fix,
		Evidence: []envcheck.Evidence{{Name: "GOSUMDB", Value: mask(s.Value), Place: s.Place}}}
}

// publicSumDB is the remedy that brings the public checksum database back: by
// taking the setting away, or where GOROOT/go.env turns it off, by naming it.
func publicSumDB(v *envcheck.View, s envcheck.Setting, safe bool) *envcheck.Fix {
	if db := policySumDB(v); db != "" {
		return v.FixSet(s, db, safe)
	}
	a, _ := goenv.ParseFile(v.Goroot.GoEnv.Data).Get("GOSUMDB")
	db, err := goenv.ParseSumDB(a.Value)
	switch {
	case s.Place.Origin == string(goenv.FromGoroot), s.Place.Origin == string(goenv.FromFile) && (err != nil || !db.Public()):
		return v.FixSet(s, goenv.PublicSumDB, safe)
	}
	return v.FixUnset(s, safe)
}

// aliasAsURL reports whether a value is one of the public database's two hosts
// written as a URL, and which.
func aliasAsURL(value string) (host string, ok bool) {
	host, ok = strings.CutPrefix(value, "https://")
	if !ok {
		host, ok = strings.CutPrefix(value, "http://")
	}
	host = strings.TrimRight(strings.TrimSpace(host), "/")
	return host, ok && (host == goenv.PublicSumDB || host == goenv.PublicSumDBAlias)
}

// almostAlias reports whether a value begins with the alias and is not exactly
// it, which is the only form that the go command knows.
func almostAlias(value string) bool {
	f := strings.Fields(value)
	return value != goenv.PublicSumDBAlias && len(f) > 0 && len(f) <= 2 && strings.TrimRight(f[0], "/") == goenv.PublicSumDBAlias
}

// policySumDB is the value that the organisation wants; "" = it says nothing. A
// policy may tolerate off, but nobody is told to set it.
func policySumDB(v *envcheck.View) string {
	for _, value := range v.Policy.GOSUMDB {
		if value != "off" {
			return value
		}
	}
	return ""
}
