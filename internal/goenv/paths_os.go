package goenv

import (
	"path"
	"strings"
)

// IsAbs reports whether p is an absolute path on the system (a GOOS).
func IsAbs(goos, p string) bool {
	if goos != "windows" {
		return strings.HasPrefix(p, "/")
	}
	vol := volume(p)
	if strings.HasPrefix(slashed(p), "//") {
		return vol != ""
	}
	return vol != "" && strings.HasPrefix(slashed(p[len(vol):]), "/")
}

func slashed(p string) string { return strings.ReplaceAll(p, `\`, "/") }

// volume returns "C:" or `\\host\share` of a Windows path.
func volume(p string) string {
	if len(p) >= 2 && p[1] == ':' {
		return p[:2]
	}
	rest, unc := strings.CutPrefix(slashed(p), "//")
	if !unc || rest == "" {
		return ""
	}
	host, share, _ := strings.Cut(rest, "/")
	share, _, _ = strings.Cut(share, "/")
	if share == "" {
		return p[:2+len(host)]
	}
	return p[:2+len(host)+1+len(share)]
}

// clean is filepath.Clean for any system.
func clean(goos, p string) string {
	if goos != "windows" {
		return path.Clean(p)
	}
	vol := volume(p)
	rest := slashed(p[len(vol):])
	if rest == "" && len(vol) > 2 {
		return strings.ReplaceAll(vol, "/", `\`)
	}
	return strings.ReplaceAll(vol+path.Clean(rest), "/", `\`)
}

// join is filepath.Join for any system: an empty dir does not become a root.
func join(goos, dir, rel string) string {
	if dir == "" {
		return clean(goos, rel)
	}
	return clean(goos, dir+"/"+rel)
}

// splitList is filepath.SplitList for any system.
func splitList(goos, list string) []string {
	switch {
	case list == "":
		return nil
	case goos == "plan9":
		return strings.Split(list, "\x00")
	case goos != "windows":
		return strings.Split(list, ":")
	}
	// Quotes protect a semicolon on Windows, and are not part of the path.
	var out []string
	var quoted bool
	start := 0
	for i := range len(list) {
		switch {
		case list[i] == '"':
			quoted = !quoted
		case list[i] == ';' && !quoted:
			out = append(out, strings.ReplaceAll(list[start:i], `"`, ""))
			start = i + 1
		}
	}
	return append(out, strings.ReplaceAll(list[start:], `"`, ""))
}
