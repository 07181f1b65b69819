//go:build !unix

package release

func setUmask(int) {}
