package term

import (
	"io"

	xterm "golang.org/x/term"
)

// IsTerminal reports whether w is a file that is a terminal.
func IsTerminal(w io.Writer) bool {
	f, ok := w.(interface{ Fd() uintptr })
	return ok && xterm.IsTerminal(int(f.Fd()))
}

// Columns is the width of the terminal w; 0 when w is none or does not say.
func Columns(w io.Writer) int {
	if !IsTerminal(w) {
		return 0
	}
	width, _, err := xterm.GetSize(int(w.(interface{ Fd() uintptr }).Fd()))
	if err != nil {
		return 0
	}
	return width
}

// Interactive reports whether w can show moving progress: a terminal that TERM
// does not call dumb. A nil getenv is an empty environment.
func Interactive(w io.Writer, getenv func(string) string) bool {
	return IsTerminal(w) && (getenv == nil || getenv("TERM") != "dumb")
}
