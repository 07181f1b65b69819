package gather

import (
	"fmt"

	"golang.org/x/sys/windows"
)

func kernel() string {
	v := windows.RtlGetVersion()
	return fmt.Sprintf("%d.%d.%d", v.MajorVersion, v.MinorVersion, v.BuildNumber)
}

// hardware is the machine's architecture, also for a program that Windows
// translates.
func hardware() string {
	var process, native uint16
	if err := windows.IsWow64Process2(windows.CurrentProcess(), &process, &native); err != nil {
		return ""
	}
	switch native { // IMAGE_FILE_MACHINE_…
	case 0x8664:
		return "amd64"
	case 0xaa64:
		return "arm64"
	case 0x14c:
		return "386"
	}
	return ""
}
