package subproc

import (
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// Getenv reads a variable of an environment; the last of equal keys counts, and
// on Windows their case does not.
func Getenv(environ []string, key string) (string, bool) {
	for _, kv := range slices.Backward(environ) {
		if k, v, ok := strings.Cut(kv, "="); ok && (k == key || runtime.GOOS == "windows" && strings.EqualFold(k, key)) {
			return v, true
		}
	}
	return "", false
}

// Look finds a program on the PATH of an environment, which need not be the
// process's. Folders without an absolute path are passed over: what lies in them is
// not what the user installed.
func Look(name string, environ []string) (path string, found bool) {
	dirs, _ := Getenv(environ, "PATH")
	for _, dir := range filepath.SplitList(dirs) {
		if p, err := exec.LookPath(filepath.Join(dir, name)); err == nil && filepath.IsAbs(p) {
			return p, true
		}
	}
	return "", false
}
