package gather

import (
	"slices"
	"strings"

	"golang.org/x/sys/windows/registry"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/envcheck/gather/sources"
)

const (
	sessionKey    = `SYSTEM\CurrentControlSet\Control\Session Manager\Environment`
	filesystemKey = `SYSTEM\CurrentControlSet\Control\FileSystem`
)

// registryEnv reads the lasting variables of the user and of the system, which
// a window that was opened before their change does not have.
func registryEnv() (envcheck.Registry, []envcheck.Setting) {
	r := envcheck.Registry{LongPaths: -1}
	if k, err := registry.OpenKey(registry.LOCAL_MACHINE, filesystemKey, registry.QUERY_VALUE); err == nil {
		if n, _, err := k.GetIntegerValue("LongPathsEnabled"); err == nil {
			r.LongPaths = int(min(n, 1))
		}
		_ = k.Close()
	}
	var settings []envcheck.Setting
	read := func(root registry.Key, name, path, origin string) (onPath string) {
		k, err := registry.OpenKey(root, path, registry.QUERY_VALUE)
		if err != nil {
			return ""
		}
		defer k.Close()
		names, _ := k.ReadValueNames(0)
		for _, key := range names {
			value, kind, err := k.GetStringValue(key)
			if err != nil {
				continue
			}
			if kind == registry.SZ && strings.Count(value, "%") > 1 {
				r.Expand = append(r.Expand, key)
			}
			if strings.EqualFold(key, "PATH") {
				onPath = value
				continue
			}
			if !sources.Relevant(strings.ToUpper(key)) {
				continue
			}
			if sources.SecretName(key) {
				value = "***"
			}
			settings = append(settings, envcheck.Setting{Key: strings.ToUpper(key), Value: value, Place: envcheck.Place{Origin: origin, File: name + `\` + path}})
		}
		return onPath
	}
	r.UserPath = read(registry.CURRENT_USER, "HKCU", "Environment", envcheck.FromUserReg)
	r.SysPath = read(registry.LOCAL_MACHINE, "HKLM", sessionKey, envcheck.FromSysReg)
	slices.Sort(r.Expand)
	return r, settings
}
