package assemble

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/images/matrix"
)

const plainPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// ourEnv is what a Go build needs, without PATH: a base has one of its own.
func ourEnv() []string {
	return slices.DeleteFunc(matrix.Env(), func(kv string) bool { return strings.HasPrefix(kv, "PATH=") })
}
