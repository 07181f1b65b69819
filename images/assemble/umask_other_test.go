//go:build !unix

package assemble

func umask(int) {}
