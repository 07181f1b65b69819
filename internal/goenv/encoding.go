package goenv

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"
)

const bom = "\xef\xbb\xbf"

// utf16Kind recognises UTF-16, with its mark or by the NULs of ASCII text in it.
func utf16Kind(text string) NoteKind {
	switch {
	case strings.HasPrefix(text, "\xff\xfe"):
		return NoteUTF16LE
	case strings.HasPrefix(text, "\xfe\xff"):
		return NoteUTF16BE
	case len(text) < 4 || len(text)%2 != 0:
		return ""
	}
	head := text[:min(len(text), 64)&^1]
	var even, odd int
	for i := 0; i < len(head); i += 2 {
		if head[i] == 0 {
			even++
		}
		if head[i+1] == 0 {
			odd++
		}
	}
	switch n := len(head) / 2; {
	case odd == n && even == 0:
		return NoteUTF16LE
	case even == n && odd == 0:
		return NoteUTF16BE
	}
	return ""
}

// Decode returns what an env file was meant to be: UTF-16 becomes UTF-8, a byte
// order mark goes, CRLF becomes LF. It reports whether anything changed; a file
// that is fine comes back as it is.
func Decode(data []byte) ([]byte, bool) {
	text := string(data)
	switch utf16Kind(text) {
	case NoteUTF16LE:
		text = decodeUTF16(data, binary.LittleEndian)
	case NoteUTF16BE:
		text = decodeUTF16(data, binary.BigEndian)
	}
	text = strings.TrimPrefix(text, bom)
	text = strings.ReplaceAll(text, "\r\n", "\n")
	return []byte(text), text != string(data)
}

func decodeUTF16(data []byte, order binary.ByteOrder) string {
	units := make([]uint16, 0, len(data)/2)
	for i := 0; i+1 < len(data); i += 2 {
		units = append(units, order.Uint16(data[i:]))
	}
	return strings.TrimPrefix(string(utf16.Decode(units)), "\ufeff")
}
