package term

import "io"

// Style colours text, or leaves it alone. The zero value leaves it alone.
// Measure and pad before colouring: the sequences have no width.
type Style struct{ on bool }

// NewStyle decides whether w gets colour. In this order: NO_COLOR (not empty)
// forbids it, CLICOLOR_FORCE (not empty, not 0) demands it, and otherwise w
// must be a terminal that TERM does not call dumb. A nil getenv is an empty
// environment.
func NewStyle(w io.Writer, getenv func(string) string) Style {
	if getenv == nil {
		getenv = func(string) string { return "" }
	}
	if getenv("NO_COLOR") != "" {
		return Style{}
	}
	if force := getenv("CLICOLOR_FORCE"); force != "" && force != "0" {
		return Style{on: true}
	}
	return Style{on: IsTerminal(w) && getenv("TERM") != "dumb" && understandsEscapes(w)}
}

// Bold, Dim, Red, Green, Yellow and Cyan are the whole palette: colours of the
// terminal's own theme, readable on light and dark.
func (s Style) Bold(t string) string   { return s.paint("1", t) }
func (s Style) Dim(t string) string    { return s.paint("2", t) }
func (s Style) Red(t string) string    { return s.paint("31", t) }
func (s Style) Green(t string) string  { return s.paint("32", t) }
func (s Style) Yellow(t string) string { return s.paint("33", t) }
func (s Style) Cyan(t string) string   { return s.paint("36", t) }

func (s Style) paint(code, t string) string {
	if !s.on || t == "" {
		return t
	}
	return "\x1b[" + code + "m" + t + "\x1b[0m"
}
