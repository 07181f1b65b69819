//go:build !linux

package gather

import "github.com/yingzao-dev/yingzao/envcheck"

// filesystem is not told apart here.
func filesystem(string, *envcheck.Dir) {}
