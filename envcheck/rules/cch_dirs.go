package rules

import (
	"github.com/yingzao-dev/yingzao/envcheck"
)

// caches are the folders that every build writes to.
var caches = []string{"GOCACHE", "GOMODCACHE"}

// dirsNamed returns those of the folders that were looked at.
func dirsNamed(v *envcheck.View, names ...string) []envcheck.Dir {
	var out []envcheck.Dir
	for _, n := range names {
		if d := v.DirNamed(n); d.Path != "" {
			out = append(out, d)
		}
	}
	return out
}

// workDir is where go builds, and where go run and go test put the programs that
// they run: GOTMPDIR, else the system's folder for temporary files.
func workDir(v *envcheck.View) envcheck.Dir {
	if d := v.DirNamed("GOTMPDIR"); d.Path != "" {
		return d
	}
	return v.DirNamed("TMPDIR")
}

// dirFinding begins a finding about a folder.
func dirFinding(v *envcheck.View, d envcheck.Dir) envcheck.Finding {
	at := v.InForce(d.Name).Place
	return envcheck.Finding{Subject: d.Name, Where: at, Evidence: []envcheck.Evidence{{Name: d.Name, Value: d.Path, Place: at}}}
}

// moved is the remedy that gives a folder another place; the person has to
// choose it, so nothing is changed by itself.
func moved(v *envcheck.View, d envcheck.Dir, where string) *envcheck.Fix {
	s := v.InForce(d.Name)
	if s.Key == "" {
		s.Key = d.Name
	}
	f := v.FixSet(s, where, false)
	f.Changes = nil
	return f
}

// mib writes a number of bytes.
func mib(n int64) int64 { return n >> 20 }
