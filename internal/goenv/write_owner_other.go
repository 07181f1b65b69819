//go:build !unix

package goenv

import (
	"io/fs"
	"os"
)

// keepOwner has nothing to do where files have no owner to set.
func keepOwner(*os.File, fs.FileInfo) {}
