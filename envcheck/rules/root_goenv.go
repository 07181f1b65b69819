package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"go/version"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
)

// goEnvKeys are the settings of the go.env that Go ships, in its order.
var goEnvKeys = []string{"GOPROXY", "GOSUMDB", "GOTOOLCHAIN"}

// shippedProxy is the SHA-256 of the GOPROXY that Go ships. It is all we have to
// know of it: whether it was edited. What it says is learnt from Go.
const shippedProxy = "6b92323c3a3f154c0a30cc602002b87ff41486d6cba571162e1bae16d7761997"

// shipped reports whether a setting has the value of the go.env that Go ships.
func shipped(key, value string) bool {
	switch key {
	case "GOPROXY":
		sum := sha256.Sum256([]byte(value))
		return hex.EncodeToString(sum[:]) == shippedProxy
	case "GOSUMDB":
		return value == "sum.golang.org"
	case "GOTOOLCHAIN":
		return value == "auto"
	}
	return false // Go ships no other line
}

// readsGoEnv reports whether the first go is one that reads GOROOT/go.env: it
// came with Go 1.21.
func readsGoEnv(v *envcheck.View) bool {
	return version.Compare(v.GoVersion(), "go1.21") >= 0 && v.Goroot.Exists && v.Goroot.Tools
}

// editedLines are the lines of go.env that are not as shipped and that nothing
// stronger overrides.
func editedLines(v *envcheck.View) []envcheck.Setting {
	var out []envcheck.Setting
	have := map[string]bool{}
	for _, a := range goenv.ParseFile(v.Goroot.GoEnv.Data).Assignments() {
		have[a.Key] = true
		if s := v.InForce(a.Key); !shipped(a.Key, a.Value) && s.Place.Origin == string(goenv.FromGoroot) && s.Place.Line == a.Line {
			out = append(out, s)
		}
	}
	for _, key := range goEnvKeys {
		if !have[key] && v.Env.Lookup(key).Value == "" {
			out = append(out, envcheck.Setting{Key: key, Place: envcheck.Place{Origin: string(goenv.FromGoroot), File: v.Goroot.GoEnv.Path}})
		}
	}
	return out
}

// restore is the change that gives a setting the shipped value in the user's env
// file; false where only Go knows it.
func restore(v *envcheck.View, key string) (envcheck.Change, bool) {
	value := map[string]string{"GOPROXY": v.Recommended(), "GOSUMDB": "sum.golang.org", "GOTOOLCHAIN": "auto"}[key]
	return envcheck.Change{Kind: envcheck.SetEnv, Key: key, Value: value}, value != ""
}
