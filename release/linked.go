package release

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/gotool"
	"github.com/yingzao-dev/yingzao/release/sbom"
)

// linked are the packages that a program is linked from. The program itself tells
// their modules only.
type linked struct {
	program string // its own package
	byPath  map[string]*linkedPackage
}

type linkedPackage struct {
	ImportPath string
	Imports    []string
	Module     *struct{ Path string }
}

// listLinked asks the go command, by the flags and the environment of the build. What it
// leaves behind when it is killed is in temp.
func listLinked(ctx context.Context, tool *gotool.Tool, dir string, j Job, temp string) (*linked, error) {
	args := append(slices.Clone(j.Flags), "-deps", "-json=ImportPath,Imports,Module", j.Main)
	out, err := tool.Run(ctx, filepath.Join(dir, filepath.FromSlash(j.Dir)), append(slices.Clone(j.Env), "GOTMPDIR="+temp), append([]string{"list"}, args...)...)
	if err == nil {
		var l *linked
		if l, err = parseLinked(out); err == nil {
			return l, nil
		}
	}
	return nil, msg.Errorf("list what %s is linked from: %w", "列出 %s 链接的软件包：%w", j.Binary, err)
}

// parseLinked reads what go list -deps -json writes: the program comes last.
func parseLinked(list []byte) (*linked, error) {
	l := &linked{byPath: map[string]*linkedPackage{}}
	for dec := json.NewDecoder(bytes.NewReader(list)); ; {
		p := &linkedPackage{}
		if err := dec.Decode(p); errors.Is(err, io.EOF) {
			return l, nil
		} else if err != nil {
			return nil, err
		}
		l.byPath[p.ImportPath], l.program = p, p.ImportPath
	}
}

// imported is a module's path as go list names it: that which is replaced.
func imported(m sbom.Module) string {
	if path, _, _ := strings.Cut(m.Replaces, "@"); path != "" {
		return path
	}
	return m.Path
}

// below are the folders of a module's packages below its root, with / between names.
func (l *linked) below(m sbom.Module) (folders []string) {
	root := imported(m)
	for _, p := range l.byPath {
		if p.Module == nil || p.Module.Path != root {
			continue
		}
		if folder, ok := strings.CutPrefix(p.ImportPath, root+"/"); ok {
			folders = append(folders, folder)
		}
	}
	return folders
}

// chain is one way by which the program comes to import a package of a module, in a
// folder of it (. = any) or below, beginning with its own; as much of it as is known.
func (l *linked) chain(m sbom.Module, folder string) []string {
	from, queue := map[string]string{l.program: ""}, []string{l.program}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		p := l.byPath[at]
		if p == nil {
			continue
		}
		if p.Module != nil && p.Module.Path == imported(m) && strings.HasPrefix(p.ImportPath+"/", path.Join(imported(m), folder)+"/") {
			var chain []string
			for ; at != ""; at = from[at] {
				chain = append(chain, at)
			}
			slices.Reverse(chain)
			return chain
		}
		for _, next := range p.Imports {
			if _, seen := from[next]; !seen {
				from[next] = at
				queue = append(queue, next)
			}
		}
	}
	return []string{l.program}
}
