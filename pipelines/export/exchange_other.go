//go:build !linux

package export

import "errors"

// exchange has no counterpart here.
func exchange(_, _ string) error { return errors.ErrUnsupported }
