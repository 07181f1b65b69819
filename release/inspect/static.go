package inspect

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// Static reports whether f is a program that needs nothing but its kernel, or
// on Windows and macOS nothing but the system's own libraries.
func (f *Facts) Static() bool {
	return (f.Type == Exec || f.Type == PIE) && dynamicEvidence(f) == ""
}

// dynamicEvidence says what else has to be there when f starts; "" if nothing.
func dynamicEvidence(f *Facts) string {
	var seen []string
	switch f.Format {
	case Universal:
		for _, s := range f.Slices {
			if e := dynamicEvidence(s); e != "" {
				seen = append(seen, s.Arch+": "+e)
			}
		}
	case PE, MachO:
		for _, lib := range f.Needed {
			if !ofSystem(f.Format, lib) {
				seen = append(seen, lib)
			}
		}
	default:
		if f.Interp != "" {
			seen = append(seen, "PT_INTERP "+f.Interp)
		}
		if len(f.Needed) > 0 {
			seen = append(seen, "DT_NEEDED "+strings.Join(f.Needed, " "))
		}
		if f.Dynamic && len(seen) == 0 {
			seen = append(seen, "PT_DYNAMIC")
		}
		if f.Glibc != "" {
			seen = append(seen, fmt.Sprintf("GLIBC_%s, %d imported symbols", f.Glibc, f.Imports))
		}
	}
	return strings.Join(seen, ", ")
}

// systemDLLs are on every supported Windows, Server Core included.
var systemDLLs = []string{
	"advapi32.dll", "bcrypt.dll", "bcryptprimitives.dll", "combase.dll", "comctl32.dll", "comdlg32.dll", "crypt32.dll",
	"dbghelp.dll", "dnsapi.dll", "gdi32.dll", "iphlpapi.dll", "kernel32.dll", "kernelbase.dll", "mpr.dll", "msvcrt.dll",
	"mswsock.dll", "ncrypt.dll", "netapi32.dll", "ntdll.dll", "ole32.dll", "oleaut32.dll", "pdh.dll", "powrprof.dll",
	"psapi.dll", "rpcrt4.dll", "secur32.dll", "setupapi.dll", "shell32.dll", "shlwapi.dll", "ucrtbase.dll", "user32.dll",
	"userenv.dll", "version.dll", "winhttp.dll", "wininet.dll", "winmm.dll", "winspool.drv", "wintrust.dll", "ws2_32.dll", "wtsapi32.dll",
}

func ofSystem(format, lib string) bool {
	if format == PE {
		lib = strings.ToLower(lib)
		return slices.Contains(systemDLLs, lib) || strings.HasPrefix(lib, "api-ms-win-")
	}
	if lib != path.Clean(lib) {
		return false
	}
	for _, prefix := range []string{"/usr/lib/libSystem.", "/usr/lib/libresolv.",
		"/System/Library/Frameworks/Security.framework/", "/System/Library/Frameworks/CoreFoundation.framework/"} {
		if strings.HasPrefix(lib, prefix) {
			return true
		}
	}
	return false
}
