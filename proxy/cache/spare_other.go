//go:build !linux

package cache

import (
	"errors"
	"os"
)

// memoryFile fails: no other system opens a file without a name again.
func memoryFile() (*os.File, error) { return nil, errors.ErrUnsupported }
