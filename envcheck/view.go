package envcheck

import (
	"go/version"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/yingzao-dev/yingzao/envcheck/leak"
	"github.com/yingzao-dev/yingzao/internal/goenv"
)

// View is a snapshot as a rule sees it: with the settings resolved and the
// files parsed, once for all rules. Rules must not change it.
type View struct {
	*Snapshot
	Profile Profile
	Policy  Policy
	Env     *goenv.Env
	EnvText *goenv.File // the user's env file, also when GOENV=off or it is unreadable: then empty

	Proxies      goenv.Proxies // of GOPROXY in force
	ProxiesErr   error
	SumDB        goenv.SumDB // of GOSUMDB in force
	SumDBErr     error
	Toolchain    goenv.Toolchain
	ToolchainErr error
	Flags        []goenv.Flag // of GOFLAGS in force, up to the first broken word
	FlagsErr     error

	Mod     *modfile.File // nil = no go.mod, or it does not parse
	ModErr  error
	Work    *modfile.WorkFile // nil = no go.work, or it does not parse
	WorkErr error

	Exposures []leak.Exposure // of every module path that is known

	settings  []Setting
	knowledge leak.Knowledge
}

// NewView prepares a snapshot for the rules.
func NewView(s *Snapshot, profile Profile, policy Policy) *View {
	v := &View{Snapshot: s, Profile: profile, Policy: policy, EnvText: goenv.ParseFile(nil)}
	if s.EnvFile.Exists && !s.EnvFile.Off {
		v.EnvText = goenv.ParseFile(s.EnvFile.Data)
	}
	v.Env = goenv.Resolve(goenv.Sources{OS: s.Machine.OS, Environ: s.Environ, File: v.EnvText, Goroot: goenv.ParseFile(s.Goroot.GoEnv.Data)})
	v.Proxies, v.ProxiesErr = goenv.ParseProxies(v.Env.Get("GOPROXY"))
	v.SumDB, v.SumDBErr = goenv.ParseSumDB(v.Env.Get("GOSUMDB"))
	v.Toolchain, v.ToolchainErr = goenv.ParseToolchain(v.Env.Get("GOTOOLCHAIN"))
	v.Flags, v.FlagsErr = goenv.ParseFlags(v.Env.Get("GOFLAGS"))
	if s.Module.GoMod.Exists {
		v.Mod, v.ModErr = modfile.Parse(s.Module.GoMod.Path, s.Module.GoMod.Data, nil)
	}
	if s.Module.GoWork.Exists {
		v.Work, v.WorkErr = modfile.ParseWork(s.Module.GoWork.Path, s.Module.GoWork.Data, nil)
	}
	v.settings = v.collectSettings()
	v.knowledge = v.learn()
	v.Exposures = leak.Simulate(v.LeakConfig(), v.knowledge, v.Modules())
	return v
}

// collectSettings lists every value that is given to a setting anywhere: what is
// in force first, then what it shadows, then other files.
func (v *View) collectSettings() []Setting {
	var out []Setting
	seen := map[string]bool{}
	add := func(key string) {
		if seen[key] {
			return
		}
		seen[key] = true
		for i, val := range v.Env.All(key) {
			s := Setting{Key: key, Value: val.Value, InForce: i == 0, Place: Place{Origin: string(val.Origin), Line: val.Line}}
			switch val.Origin {
			case goenv.FromFile:
				s.Place.File = v.EnvFile.Path
			case goenv.FromGoroot:
				s.Place.File = v.Goroot.GoEnv.Path
			}
			out = append(out, s)
		}
	}
	for _, kv := range v.Environ {
		key, _, _ := strings.Cut(kv, "=")
		add(key)
	}
	for _, a := range v.EnvText.Assignments() {
		add(a.Key)
	}
	for _, a := range goenv.ParseFile(v.Goroot.GoEnv.Data).Assignments() {
		add(a.Key)
	}
	return append(out, v.Snapshot.Settings...)
}

// SettingsOf returns every value that is given to a setting: first the one in
// force, then those it shadows, then those in shell files, Dockerfiles, CI files
// and the registry. A rule about what a value says looks at all of them; each
// finding carries the place of its own. An unset or empty variable is not there,
// nor a line of GOROOT/go.env that a setting of the user's shadows.
func (v *View) SettingsOf(keys ...string) []Setting {
	var out []Setting
	for _, s := range v.settings {
		if slices.Contains(keys, s.Key) && (s.InForce || s.Place.Origin != string(goenv.FromGoroot)) {
			out = append(out, s)
		}
	}
	return out
}

// AllSettings returns every value given to anything, in the same order.
func (v *View) AllSettings() []Setting { return v.settings }

// InForce returns the setting that the go command uses; its zero value (empty
// Key) means that nobody set it.
func (v *View) InForce(key string) Setting {
	for _, s := range v.settings {
		if s.Key == key && s.InForce {
			return s
		}
	}
	return Setting{}
}

// GoVersion returns the version of the first go, "go1.26.8", or "".
func (v *View) GoVersion() string {
	if len(v.Gos) > 0 && version.IsValid(v.Gos[0].Version) {
		return v.Gos[0].Version
	}
	if version.IsValid(v.Goroot.Version) {
		return v.Goroot.Version
	}
	return ""
}

// DirNamed returns a folder of Snapshot.Dirs; the zero value when it was not
// looked at.
func (v *View) DirNamed(name string) Dir {
	for _, d := range v.Dirs {
		if d.Name == name {
			return d
		}
	}
	return Dir{}
}
