package rules

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/lazyre"
)

// userFolders are variables that, unless a CI file says otherwise, name folders
// outside of any project.
var userFolders = []string{"HOME", "USERPROFILE", "GOPATH", "GOMODCACHE", "GOCACHE", "GOROOT", "GOBIN", "XDG_CACHE_HOME", "TMPDIR"}

var ciVariable = lazyre.New(`^\$(?:\{(\w+)\}|(\w+))`)

// outside reports whether a path of a GitLab cache lies outside of the project
// for certain. A variable that the file does not set may be anything.
func outside(v *envcheck.View, f *envcheck.CIFile, path string) bool {
	path = strings.Trim(strings.TrimSpace(path), `"'`)
	for range 5 {
		m := ciVariable.Re().FindStringSubmatch(path)
		if m == nil {
			break
		}
		name := m[1] + m[2]
		if name == "CI_PROJECT_DIR" {
			return false
		}
		settings := slices.DeleteFunc(v.SettingsOf(name), func(s envcheck.Setting) bool { return s.Place.File != f.Path })
		if len(settings) == 0 {
			return slices.Contains(userFolders, name)
		}
		path = settings[0].Value + path[len(m[0]):]
	}
	switch {
	case strings.HasPrefix(path, "/builds/"): // where runners put projects
		return false
	case strings.HasPrefix(path, "/"), strings.HasPrefix(path, "~"), path == "..", strings.HasPrefix(path, "../"):
		return true
	}
	return len(path) > 2 && path[1] == ':' && (path[2] == '\\' || path[2] == '/') // C:\
}
