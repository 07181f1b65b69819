//go:build !windows

package gather

import "github.com/yingzao-dev/yingzao/envcheck"

func registryEnv() (envcheck.Registry, []envcheck.Setting) {
	return envcheck.Registry{LongPaths: -1}, nil
}
