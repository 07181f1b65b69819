//go:build !linux

package file

import (
	"errors"
	"fmt"
	"os"
)

// renameNoReplace would be the way out where there are no hard links; see the
// Linux one.
func renameNoReplace(*os.Root, string, string) error {
	return fmt.Errorf("link: %w", errors.ErrUnsupported)
}
