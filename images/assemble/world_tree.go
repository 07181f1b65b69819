package assemble

import "github.com/yingzao-dev/yingzao/internal/loongarch"

// treeWorld stands in for loongarch.TreeWorld until that has landed.
func treeWorld(has func(path string) bool) loongarch.World {
	isNew := has("lib64/ld-linux-loongarch-lp64d.so.1") || has("usr/lib64/ld-linux-loongarch-lp64d.so.1")
	isOld := has("lib64/ld.so.1") || has("usr/lib64/ld.so.1")
	switch {
	case isNew && isOld:
		return loongarch.Both
	case isNew:
		return loongarch.New
	case isOld:
		return loongarch.Old
	}
	return loongarch.Unknown
}
