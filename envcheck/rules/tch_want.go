package rules

import (
	"cmp"
	"go/version"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
)

// wanted is what the project asks of the Go version: the lines of go.work where
// there is one, else those of go.mod. Versions are as package go/version has
// them, "go1.26.8"; "" = no line.
type wanted struct {
	file      string
	goVersion string
	goLine    int
	toolchain string // "" also for "toolchain default"
	chainLine int
}

func wants(v *envcheck.View) wanted {
	var w wanted
	switch {
	case v.Work != nil:
		w.file = v.Module.GoWork.Path
		if g := v.Work.Go; g != nil {
			w.goVersion, w.goLine = "go"+g.Version, g.Syntax.Start.Line
		}
		if t := v.Work.Toolchain; t != nil {
			w.toolchain, w.chainLine = t.Name, t.Syntax.Start.Line
		}
	case v.Mod != nil:
		w.file = v.Module.GoMod.Path
		if g := v.Mod.Go; g != nil {
			w.goVersion, w.goLine = "go"+g.Version, g.Syntax.Start.Line
		}
		if t := v.Mod.Toolchain; t != nil {
			w.toolchain, w.chainLine = t.Name, t.Syntax.Start.Line
		}
	}
	w.toolchain = versionOf(w.toolchain)
	return w
}

// versionOf returns the version in the name of a toolchain, "go1.26.8" of
// "go1.26.8-custom"; "" when there is none.
func versionOf(name string) string {
	v, _, _ := strings.Cut(name, "-")
	if !version.IsValid(v) {
		return ""
	}
	return v
}

func (w wanted) goPlace() envcheck.Place { return envcheck.Place{File: w.file, Line: w.goLine} }

// newest returns the version that the go command would switch to for the lines,
// and the line that asks for it.
func (w wanted) newest() (name string, at envcheck.Place) {
	if version.Compare(w.toolchain, w.goVersion) > 0 {
		return w.toolchain, envcheck.Place{File: w.file, Line: w.chainLine}
	}
	name = w.goVersion
	if name != "" && version.Lang(name) == name && version.Compare(name, "go1.21") >= 0 {
		name += ".0" // the first release of a language version
	}
	return name, w.goPlace()
}

// minimum is the toolchain that runs at least: the first go, or the one that
// GOTOOLCHAIN names; "" = not known.
func minimum(v *envcheck.View) string {
	if v.ToolchainErr != nil {
		return ""
	}
	if v.Toolchain.Name != "local" {
		return versionOf(v.Toolchain.Name)
	}
	return v.GoVersion()
}

// tooNew returns the toolchain that the project wants and the minimum does not
// reach; "" when all is well, or nothing is switched because modules are off.
func tooNew(v *envcheck.View) (name string, at envcheck.Place) {
	have := minimum(v)
	name, at = wants(v).newest()
	if have == "" || name == "" || version.Compare(name, have) <= 0 || v.Env.Get("GO111MODULE") == "off" {
		return "", envcheck.Place{}
	}
	return name, at
}

// selected is the version that builds the project, as far as that is certain
// before anything is downloaded.
func selected(v *envcheck.View) string {
	if name, _ := tooNew(v); name != "" && v.Toolchain.Mode != "" {
		return name
	}
	return cmp.Or(minimum(v), v.GoVersion())
}

// ready returns the toolchain of that name which is there without a download.
func ready(v *envcheck.View, name string) (envcheck.ReadyToolchain, bool) {
	for _, t := range v.Toolchains {
		if t.Name == name && (v.Toolchain.Mode == "auto" || t.From == "path") {
			return t, true
		}
	}
	return envcheck.ReadyToolchain{}, false
}

// toolchainEvidence is what every finding about the choice of a toolchain shows.
func toolchainEvidence(v *envcheck.View) []envcheck.Evidence {
	out := []envcheck.Evidence{{Name: "go", Value: v.GoVersion()}}
	if s := v.InForce("GOTOOLCHAIN"); s.Value != "" {
		out = append(out, envcheck.Evidence{Name: "GOTOOLCHAIN", Value: s.Value, Place: s.Place})
	}
	return out
}
