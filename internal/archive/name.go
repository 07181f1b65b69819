package archive

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// cleanName returns the name as it may stand on a disk: without a leading "./"
// and a trailing slash. It is "" for the top directory itself. Every rule holds
// on every system, so that an archive is good everywhere or nowhere.
func cleanName(name string) (string, error) {
	switch {
	case !utf8.ValidString(name):
		return "", errEncoding
	case strings.ContainsFunc(name, unicode.IsControl):
		return "", errControl
	case strings.Contains(name, `\`):
		return "", errBackslash
	case strings.Contains(name, ":"):
		return "", errColon
	case strings.HasPrefix(name, "/"):
		return "", errAbsolute
	case name == "":
		return "", errUnclean
	case name == "." || name == "./":
		return "", nil
	}
	name = strings.TrimSuffix(strings.TrimPrefix(name, "./"), "/")
	for element := range strings.SplitSeq(name, "/") {
		switch {
		case element == "..":
			return "", errParent
		case element == "" || element == ".":
			return "", errUnclean
		case strings.HasSuffix(element, ".") || strings.HasSuffix(element, " "):
			return "", errTail
		case reserved(element):
			return "", errReserved
		}
	}
	return name, nil
}

// reserved reports whether Windows takes the path element for a device, as it
// does with any extension after it.
func reserved(element string) bool {
	base, _, _ := strings.Cut(element, ".")
	base = strings.ToUpper(strings.TrimRight(base, " "))
	switch base {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	port, found := strings.CutPrefix(base, "COM")
	if !found {
		port, found = strings.CutPrefix(base, "LPT")
	}
	return found && utf8.RuneCountInString(port) == 1 && strings.ContainsAny(port, "0123456789¹²³")
}
