package inspect

import (
	"debug/buildinfo"
	"io"
	"runtime/debug"
	"strings"
	"time"
)

// BuildInfo is what the go command wrote into an executable, all of it. Of a hostile
// file no more than a bounded number of bytes is read.
func BuildInfo(file io.ReaderAt, size int64) (*debug.BuildInfo, error) {
	return buildinfo.Read(&budget{r: io.NewSectionReader(file, 0, size), left: maxGoInfoBytes})
}

// goFacts adds what the go command wrote; a file without it, or whose copy of
// it is broken, keeps Go nil.
func goFacts(f *Facts, file io.ReaderAt) {
	bi, err := BuildInfo(file, f.Size)
	if err != nil {
		return
	}
	f.Go = goInfo(bi)
	// The level's variable carries the architecture's name without its byte
	// order: GOMIPS, GOPPC64.
	f.Level = f.Go.Settings["GO"+strings.ToUpper(strings.TrimSuffix(f.Arch, "le"))]
	if goos := f.Go.GOOS; f.Format == ELF && goos != "" && sharesMark(f.OS, goos) {
		f.OS = goos
	}
}

// sharesMark reports whether an ELF header that reads as one system may belong
// to the other.
func sharesMark(marked, goos string) bool {
	switch marked {
	case "linux":
		return goos == "android" || goos == "dragonfly"
	case "solaris":
		return goos == "illumos"
	}
	return false
}

func goInfo(bi *debug.BuildInfo) *GoInfo {
	g := &GoInfo{Path: bi.Path, Module: bi.Main.Path, ModuleVersion: bi.Main.Version, Deps: len(bi.Deps)}
	g.Version, g.Experiment, _ = strings.Cut(bi.GoVersion, " X:")
	g.Settings = make(map[string]string, len(bi.Settings))
	for _, s := range bi.Settings {
		g.Settings[s.Key] = s.Value
	}
	s := g.Settings
	g.GOOS, g.Tags, g.Ldflags, g.BuildMode = s["GOOS"], s["-tags"], s["-ldflags"], s["-buildmode"]
	g.CGO = optional(s, "CGO_ENABLED", "1")
	g.Trimpath, g.Race = s["-trimpath"] == "true", s["-race"] == "true"
	if e := s["GOEXPERIMENT"]; e != "" {
		g.Experiment = e
	}
	g.DefaultGODEBUG = s["DefaultGODEBUG"]
	g.VCS, g.Revision = s["vcs"], s["vcs.revision"]
	g.Modified = optional(s, "vcs.modified", "true")
	if t, err := time.Parse(time.RFC3339Nano, s["vcs.time"]); err == nil {
		g.VCSTime = &t
	}
	for _, d := range bi.Deps {
		switch r := d.Replace; {
		case r != nil && (r.Version == "" || r.Version == "(devel)"):
			g.LocalReplace = append(g.LocalReplace, d.Path+" => "+r.Path)
		case r == nil && d.Version == "(devel)": // another module of a workspace
			g.LocalReplace = append(g.LocalReplace, d.Path+" (go.work)")
		case r == nil && d.Sum == "" || r != nil && r.Sum == "":
			g.Vendored = true
		}
	}
	return g
}

func optional(settings map[string]string, key, yes string) *bool {
	v, ok := settings[key]
	if !ok {
		return nil
	}
	is := v == yes
	return &is
}
