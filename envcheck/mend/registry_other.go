//go:build !windows

package mend

import "errors"

// ReadRegistry is for Windows; elsewhere it is an error.
func ReadRegistry(path string) (File, error) {
	return File{Path: path, Registry: true}, errors.ErrUnsupported
}

func putRegistry(string, []byte) error { return errors.ErrUnsupported }

func removeRegistry(string) error { return errors.ErrUnsupported }
