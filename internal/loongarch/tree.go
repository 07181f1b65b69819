package loongarch

import "slices"

// The dynamic loaders of glibc. Systems with a merged /usr have the folder as a
// link, and then an image's layers hold the loader under usr/ alone.
var (
	newLoaders = []string{"lib64/ld-linux-loongarch-lp64d.so.1", "usr/lib64/ld-linux-loongarch-lp64d.so.1"}
	oldLoaders = []string{"lib64/ld.so.1", "usr/lib64/ld.so.1"}
)

// TreeWorld tells the world of a LoongArch file tree (a root, or the layers of
// an image together) by its dynamic loader. has is asked for paths as io/fs
// writes them: relative to the root, no slash in front; a link counts as a file,
// whether or not its end is there.
//
// A tree with both loaders, for example by libLoL, is [Both]. One with neither is
// [Unknown]: a tree with static programs only, or with musl, whose loader has one
// name in both worlds. The tree must be LoongArch's: mips64 has lib64/ld.so.1 too.
func TreeWorld(has func(path string) bool) World {
	isNew, isOld := slices.ContainsFunc(newLoaders, has), slices.ContainsFunc(oldLoaders, has)
	switch {
	case isNew && isOld:
		return Both
	case isNew:
		return New
	case isOld:
		return Old
	}
	return Unknown
}
