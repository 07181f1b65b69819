//go:build !linux

package release

import "math"

// availableMemory is unknown here: only the number of cores bounds the work.
func availableMemory() int64 { return math.MaxInt64 }
