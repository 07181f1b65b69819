package inspect

import "strings"

const loongObjectABI = 0xc0 // bits 6 and 7 of e_flags: 0 is version 0, 0x40 version 1

// world weighs the witnesses. The sigset size and the loader's path decide;
// e_flags alone never do, but they may contradict.
func world(f *Facts) string {
	said := ""
	for _, w := range []string{sigsetWorld(f.Sigset), interpWorld(f.Interp)} {
		switch {
		case w == "":
		case said != "" && said != w:
			return ConflictWorld
		default:
			said = w
		}
	}
	switch flags := flagsWorld(f.EFlags); {
	case said == "":
		return UnknownWorld
	case flags != said:
		return ConflictWorld
	}
	return said
}

func sigsetWorld(size int) string {
	switch size {
	case 8:
		return NewWorld
	case 16:
		return OldWorld
	}
	return ""
}

// interpWorld knows the loaders of glibc in both worlds; every other loader
// (musl) exists in the new one only, by its name.
func interpWorld(path string) string {
	switch {
	case strings.Contains(path, "/ld-linux-loongarch-"), strings.Contains(path, "/ld-musl-loongarch"):
		return NewWorld
	case path == "/lib64/ld.so.1":
		return OldWorld
	}
	return ""
}

func flagsWorld(flags uint32) string {
	switch flags & loongObjectABI {
	case 0x40:
		return NewWorld
	case 0:
		return OldWorld
	}
	return "reserved"
}
