package workdir

import (
	"io/fs"
	"os"
	"strings"
)

// userName is the user's name without what a file name cannot hold; each user
// has a temporary directory of his own in any case.
func userName() string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`\/:*?"<>|. `, r) || r < ' ' {
			return '_'
		}
		return r
	}, os.Getenv("USERNAME"))
}

func ours(fs.FileInfo) bool { return true }

func private(fs.FileInfo) bool { return true }
