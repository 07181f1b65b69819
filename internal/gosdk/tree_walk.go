package gosdk

import (
	"context"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// maxFiles is several times what a release holds (11,518 in go1.26.8). A tree
// beyond it has something else in it, such as a module cache.
const maxFiles = 50_000

// leftOut are the top-level directories that the module does not have.
var leftOut = []string{"api", "doc", "misc", "test"}

// LeftOut reports whether a file of an archive, by its name relative to GOROOT, is
// one that the module does not have.
func LeftOut(name string) bool {
	top, _, below := strings.Cut(name, "/")
	return below && slices.Contains(leftOut, top)
}

// Entry is a place in a GOROOT that no sum could be made of, and why.
type Entry struct {
	Name string // relative to GOROOT, slash separated
	Why  error
}

// walk sends the name of every regular file that the module could have, and
// returns what is neither such a file nor a directory, and what it could not
// look into.
func walk(ctx context.Context, fsys fs.FS, names chan<- string) (odd, unreadable []Entry, err error) {
	sent := 0
	err = fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && name == ".":
			return err
		case err != nil:
			unreadable = append(unreadable, Entry{name, cause(err)})
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case slices.Contains(leftOut, name) && !d.Type().IsRegular():
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case !fs.ValidPath(name) || strings.Contains(name, "\n"):
			odd = append(odd, Entry{name, msg.Errorf("a name that no release has", "任何发行版都没有这样的文件名")})
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir():
			return nil
		case !d.Type().IsRegular():
			odd = append(odd, Entry{name, msg.Errorf("%s instead of a regular file", "是%s，而不是普通文件", kind(d.Type()))})
			return nil
		}
		if sent++; sent > maxFiles {
			return msg.Errorf("hash GOROOT: more than %d files, the last below %q: no Go release has so many", "计算 GOROOT 的哈希：文件超过 %d 个，最后一个位于 %q 之下：任何 Go 发行版都没有这么多文件", maxFiles, path.Dir(name)).
				WithHint("move what does not belong to Go (a GOPATH, a module cache) out of it", "请把不属于 Go 的内容（GOPATH、模块缓存等）移出该目录").WithKind(msg.Findings)
		}
		select {
		case names <- name:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	return odd, unreadable, err
}

func kind(m fs.FileMode) msg.Text {
	switch {
	case m&fs.ModeSymlink != 0:
		return msg.Text{EN: "a symbolic link", ZH: "符号链接"}
	case m&fs.ModeNamedPipe != 0:
		return msg.Text{EN: "a named pipe", ZH: "命名管道"}
	case m&fs.ModeSocket != 0:
		return msg.Text{EN: "a socket", ZH: "套接字"}
	case m&fs.ModeDevice != 0:
		return msg.Text{EN: "a device", ZH: "设备文件"}
	}
	return msg.Text{EN: "something else", ZH: "其他类型的文件"}
}

// cause takes the path out of a path error: the name stands beside it already.
func cause(err error) error {
	if p, ok := err.(*fs.PathError); ok {
		return p.Err
	}
	return err
}
