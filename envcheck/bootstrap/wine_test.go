//go:build !windows

package bootstrap

import (
	"testing"

	"github.com/yingzao-dev/yingzao/internal/winetest"
)

// The tests in the files named _windows_test.go, run under wine: what the registry
// holds afterwards, byte for byte.
func TestUnderWine(t *testing.T) {
	t.Parallel()
	w := winetest.New(t)
	w.Test(winetest.BuildTest(t), "^(TestWindows|TestLockWithoutFolder)")
}
