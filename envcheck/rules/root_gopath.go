package rules

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
)

// gopaths are the entries of a GOPATH.
func gopaths(v *envcheck.View, value string) []string {
	sep := ":"
	if v.Machine.OS == "windows" {
		sep = ";"
	}
	return slices.DeleteFunc(strings.Split(value, sep), func(p string) bool { return p == "" })
}

// within reports whether a path is a folder or stands below it.
func within(v *envcheck.View, p, dir string) bool {
	if dir == "" || !goenv.IsAbs(v.Machine.OS, p) {
		return false
	}
	p, dir = strings.ReplaceAll(p, `\`, "/"), strings.ReplaceAll(dir, `\`, "/")
	if v.Machine.OS == "windows" {
		p, dir = strings.ToLower(p), strings.ToLower(dir)
	}
	return strings.HasPrefix(strings.TrimRight(p, "/")+"/", strings.TrimRight(dir, "/")+"/")
}
