//go:build !linux

package loongarch

import (
	"context"
	"errors"
	"os"
	"runtime"
)

// thisMachine knows what Go knows; there is no LoongArch elsewhere.
func thisMachine() machine {
	return machine{os: runtime.GOOS, name: runtime.GOARCH, pageSize: os.Getpagesize(),
		run: func(context.Context, []byte) (int, error) { return 0, errors.ErrUnsupported }}
}
