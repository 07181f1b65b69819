package gather

import (
	"path/filepath"
	"runtime"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/envcheck/gather/sources"
)

// netrc reads the machines of the netrc files that the go command would look at:
// the one of NETRC, else on Windows _netrc before .netrc.
func (l *look) netrc() []envcheck.Netrc {
	var out []envcheck.Netrc
	take := func(path string, named bool) {
		f := read(path)
		n := envcheck.Netrc{FromNetrc: named}
		n.Machines, n.Default = sources.Netrc(string(f.Data))
		n.TextFile = f
		if n.Data = nil; f.Exists || named {
			out = append(out, n)
		}
	}
	if path := l.get("NETRC"); path != "" {
		take(l.abs(path), true)
		return out
	}
	if l.snapshot.Home == "" {
		return nil
	}
	if runtime.GOOS == "windows" {
		take(filepath.Join(l.snapshot.Home, "_netrc"), false)
	}
	take(filepath.Join(l.snapshot.Home, ".netrc"), false)
	return out
}
