package term

import (
	"io"

	"golang.org/x/sys/windows"
)

// understandsEscapes switches escape sequences on in a console that has them
// off; consoles before Windows 10 have none.
func understandsEscapes(w io.Writer) bool {
	f, ok := w.(interface{ Fd() uintptr })
	if !ok {
		return false
	}
	var mode uint32
	if windows.GetConsoleMode(windows.Handle(f.Fd()), &mode) != nil {
		return false
	}
	const vt = windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING
	return mode&vt != 0 || windows.SetConsoleMode(windows.Handle(f.Fd()), mode|vt) == nil
}
