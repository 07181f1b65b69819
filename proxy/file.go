package proxy

import (
	"path"
	"strings"

	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Kind is what a client asks for.
type Kind string

// The kinds.
const (
	List   Kind = "list"   // @v/list
	Latest Kind = "latest" // @latest
	Info   Kind = "info"   // @v/<version or query>.info
	Mod    Kind = "mod"    // @v/<version>.mod
	Zip    Kind = "zip"    // @v/<version>.zip
)

// maxPath limits a request path in bytes; module paths and versions are far
// shorter.
const maxPath = 4 << 10

// File is one file of the module protocol.
type File struct {
	Kind   Kind
	Module string // unescaped
	// Version is unescaped; of an Info it may be a query: a branch, a hash, a
	// prefix like v1. "" for List and Latest.
	Version string
}

// Parse reads a path of the module protocol below the proxy's base, as it came
// over the wire after one percent-decoding, without a leading slash. Errors are
// [ErrNotFound]: such a file exists nowhere, and the go command asks for none.
func Parse(p string) (File, error) {
	fail := func(err error) (File, error) {
		return File{}, Fail(ErrNotFound, short(p), err)
	}
	if len(p) > maxPath {
		return fail(msg.Errorf("the path is longer than %d bytes", "路径超过 %d 字节", maxPath))
	}
	if escaped, ok := strings.CutSuffix(p, "/@latest"); ok {
		mod, err := module.UnescapePath(escaped)
		if err != nil {
			return fail(err)
		}
		return File{Kind: Latest, Module: mod}, nil
	}
	escaped, rest, ok := strings.Cut(p, "/@v/")
	if !ok {
		return fail(msg.Errorf("not a path of the module protocol", "不是模块协议的路径"))
	}
	mod, err := module.UnescapePath(escaped)
	if err != nil {
		return fail(err)
	}
	if rest == "list" {
		return File{Kind: List, Module: mod}, nil
	}
	ext := path.Ext(rest)
	version, err := module.UnescapeVersion(strings.TrimSuffix(rest, ext))
	if err != nil {
		return fail(err)
	}
	f := File{Kind: Kind(strings.TrimPrefix(ext, ".")), Module: mod, Version: version}
	switch {
	case f.Kind == Info:
	case f.Kind != Mod && f.Kind != Zip:
		return fail(msg.Errorf("not a path of the module protocol", "不是模块协议的路径"))
	case !f.Canonical():
		return fail(msg.Errorf("%s is no canonical version of %s", "%s 不是 %s 的规范版本", version, mod))
	}
	return f, nil
}

// Canonical reports whether the version is one, and one that the module's path can
// have, and not a query.
func (f File) Canonical() bool {
	return f.Version != "" && module.CanonicalVersion(f.Version) == f.Version && module.Check(f.Module, f.Version) == nil
}

// Immutable reports whether the file, once there, never changes: a .mod, a .zip,
// the .info of a canonical version.
func (f File) Immutable() bool {
	return f.Kind == Mod || f.Kind == Zip || f.Kind == Info && f.Canonical()
}

// Path is the file's escaped path below a proxy's base, and below
// $GOMODCACHE/cache/download: no leading slash. Parse is its inverse. It is ""
// for a module or version that has no escaped form.
func (f File) Path() string {
	mod, err := module.EscapePath(f.Module)
	if err != nil {
		return ""
	}
	switch f.Kind {
	case Latest:
		return mod + "/@latest"
	case List:
		return mod + "/@v/list"
	}
	version, err := module.EscapeVersion(f.Version)
	if err != nil {
		return ""
	}
	return mod + "/@v/" + version + "." + string(f.Kind)
}

// String is the file as people write it: module@version and the kind, for a list the
// module alone.
func (f File) String() string {
	switch f.Kind {
	case Latest:
		return f.Module + "@latest"
	case List:
		return f.Module + " (list)"
	}
	return f.Module + "@" + f.Version + " (." + string(f.Kind) + ")"
}

// short keeps what an error repeats of a stranger's path readable.
func short(p string) string {
	if len(p) > 120 {
		p = p[:120] + "…"
	}
	return strings.ToValidUTF8(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, p), "\uFFFD")
}
