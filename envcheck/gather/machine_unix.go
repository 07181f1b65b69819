//go:build unix && !aix && !solaris && !illumos

package gather

import (
	"bytes"
	"runtime"

	"golang.org/x/sys/unix"
)

func uname(field func(*unix.Utsname) []byte) string {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return ""
	}
	b, _, _ := bytes.Cut(field(&u), []byte{0})
	return string(b)
}

func kernel() string { return uname(func(u *unix.Utsname) []byte { return u.Release[:] }) }

// hardware is the machine's architecture, which need not be this program's.
func hardware() string {
	arch := goarch(uname(func(u *unix.Utsname) []byte { return u.Machine[:] }))
	if little := runtime.GOARCH == "mips64le" || runtime.GOARCH == "mipsle"; little && (arch == "mips64" || arch == "mips") {
		arch += "le" // uname does not tell
	}
	if arch == "amd64" && translated() {
		return "arm64"
	}
	return arch
}
