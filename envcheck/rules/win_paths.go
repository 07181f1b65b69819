package rules

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
)

// foldPath writes a Windows path so that two names of one folder are equal: case
// does not count there, nor which slash, nor one at the end.
func foldPath(path string) string {
	path = strings.ToLower(strings.ReplaceAll(strings.Trim(strings.TrimSpace(path), `"`), "/", `\`))
	return strings.TrimRight(path, `\`)
}

// dirOf is the folder of a file.
func dirOf(path string) string {
	return path[:max(0, strings.LastIndexAny(path, `/\`))]
}

// onPath reports whether a folder stands in a PATH as the registry holds it,
// with its variables replaced by those of the process.
func onPath(v *envcheck.View, path, dir string) bool {
	return slices.ContainsFunc(strings.Split(path, ";"), func(entry string) bool {
		return entry != "" && foldPath(expandPercent(v, entry)) == foldPath(dir)
	})
}

// expandPercent replaces %NAME% by the process's variable; an unknown one stays.
func expandPercent(v *envcheck.View, s string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(s, "%")
		name, after, closed := strings.Cut(rest, "%")
		b.WriteString(before)
		if !ok || !closed {
			b.WriteString(s[len(before):])
			return b.String()
		}
		if value, set := v.Env.Process(name); set {
			b.WriteString(value)
			s = after
			continue
		}
		b.WriteString("%" + name)
		s = "%" + after
	}
}

// The places of the two PATHs.
var (
	userPathPlace = envcheck.Place{Origin: envcheck.FromUserReg, File: `HKCU\Environment`}
	sysPathPlace  = envcheck.Place{Origin: envcheck.FromSysReg, File: `HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment`}
)
