//go:build !windows

package term

import "io"

func understandsEscapes(io.Writer) bool { return true }
