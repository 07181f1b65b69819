package term

import (
	"strings"
	"unicode"

	"github.com/mattn/go-runewidth"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
)

// columns counts as the package doc says. The library's own default looks at
// the locale, which would make output differ between hosts.
func columns() *runewidth.Condition {
	return &runewidth.Condition{StrictEmojiNeutral: true}
}

// ellipsis is ASCII: the usual "…" is of ambiguous width and drawn double by
// many Chinese terminals.
const ellipsis = ".."

// Width is the number of columns that s takes; escape sequences are not
// understood, see [Clean].
func Width(s string) int { return columns().StringWidth(s) }

// Pad appends spaces until s takes width columns; a longer s stays as it is.
func Pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-Width(s)))
}

// PadLeft puts spaces before s until it takes width columns.
func PadLeft(s string, width int) string {
	return strings.Repeat(" ", max(0, width-Width(s))) + s
}

// Truncate shortens s to at most width columns, ending in ".." where something
// was cut off. It never splits a character: the result may be a column short.
func Truncate(s string, width int) string {
	switch {
	case width <= 0:
		return ""
	case Width(s) <= width:
		return s
	case width <= len(ellipsis):
		return ellipsis[:width]
	}
	return columns().Truncate(s, width, ellipsis)
}

// escapes matches what ECMA-48 lets begin with ESC: control sequences (colour,
// cursor), strings (window titles, links) and two-character functions.
var escapes = lazyre.New("\x1b\\[[0-?]*[ -/]*[@-~]|\x1b[\\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\\\)?|\x1b[ -/]*[0-Z\\\\`-~]?")

// Clean makes s safe to print on one line: escape sequences are removed, a tab
// becomes four spaces, every other control character (line breaks among them)
// and the invisible marks that reverse the direction of text become one space,
// and bytes that are not UTF-8 become U+FFFD.
func Clean(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	if !strings.ContainsFunc(s, unprintable) {
		return s
	}
	s = strings.ReplaceAll(escapes.Re().ReplaceAllString(s, ""), "\t", "    ")
	return strings.Map(func(r rune) rune {
		if unprintable(r) {
			return ' '
		}
		return r
	}, s)
}

func unprintable(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'
}
