package archive

import (
	"runtime/debug"
	"strings"
)

// Compressor names the libraries that decide the bytes of compressed archives,
// with their versions, as this program was built: "github.com/klauspost/compress
// v1.20.3, github.com/ulikunitz/xz v0.5.15". It is "unknown" when the program
// does not say; it is never guessed.
func Compressor() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return unknownCompressor
	}
	return compressorIn(info)
}

const unknownCompressor = "unknown"

func compressorIn(info *debug.BuildInfo) string {
	var found []string
	for _, path := range []string{"github.com/klauspost/compress", "github.com/ulikunitz/xz"} {
		for _, m := range info.Deps {
			if m.Path != path {
				continue
			}
			if m.Replace != nil {
				m = m.Replace
			}
			if m.Version == "" { // replaced by a directory: it could hold anything
				return unknownCompressor
			}
			found = append(found, m.Path+" "+m.Version)
		}
	}
	if len(found) != 2 {
		return unknownCompressor
	}
	return strings.Join(found, ", ")
}
