package rules

import (
	"path"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/yingzao-dev/yingzao/envcheck"
)

// slashed is a path with slashes, cleaned, so that paths of every system can be
// compared.
func slashed(p string) string { return path.Clean(strings.ReplaceAll(p, `\`, "/")) }

// inside reports whether a path is a folder or below it; nothing is inside "".
func inside(dir, p string) bool {
	if dir == "" || p == "" {
		return false
	}
	dir, p = slashed(dir), slashed(p)
	return p == dir || strings.HasPrefix(p, strings.TrimSuffix(dir, "/")+"/")
}

// folderOf is the folder that a file stands in, with slashes.
func folderOf(file string) string { return path.Dir(slashed(file)) }

// project is the folder that everything of the project is in: the repository,
// else the folder of go.work or of go.mod.
func project(v *envcheck.View) string {
	switch m := v.Module; {
	case m.RepoDir != "":
		return m.RepoDir
	case m.GoWork.Exists:
		return folderOf(m.GoWork.Path)
	case m.GoMod.Exists:
		return folderOf(m.GoMod.Path)
	}
	return ""
}

// replaced is one replace whose right side is a folder, as it is written.
type replaced struct {
	Old, New string
	File     envcheck.TextFile
	Line     int
}

// replacedFolders reads them from the lines of go.mod, the members and go.work.
// Lines are read and not the parsed file, because a Windows path makes the file
// unreadable elsewhere, and other mistakes must not hide it.
func replacedFolders(v *envcheck.View) []replaced {
	var out []replaced
	seen := map[string]bool{}
	for _, f := range append([]envcheck.TextFile{v.Module.GoMod, v.Module.GoWork}, v.Module.Members...) {
		if !f.Exists || seen[f.Path] {
			continue
		}
		seen[f.Path] = true
		lax, err := modfile.ParseLax(f.Path, f.Data, nil)
		if err != nil {
			continue
		}
		line := func(l *modfile.Line, words []string) {
			for i, w := range words {
				if w == "=>" && i > 0 && i+1 < len(words) && anyFolder(unquoted(words[i+1])) {
					out = append(out, replaced{Old: unquoted(words[0]), New: unquoted(words[i+1]), File: f, Line: l.Start.Line})
				}
			}
		}
		for _, stmt := range lax.Syntax.Stmt {
			switch s := stmt.(type) {
			case *modfile.Line:
				if len(s.Token) > 0 && s.Token[0] == "replace" {
					line(s, s.Token[1:])
				}
			case *modfile.LineBlock:
				if len(s.Token) > 0 && s.Token[0] == "replace" {
					for _, l := range s.Line {
						line(l, l.Token)
					}
				}
			}
		}
	}
	return out
}

func unquoted(word string) string { return strings.Trim(word, "\"`") }

// anyFolder knows folders of every system.
func anyFolder(p string) bool { return modfile.IsDirectoryPath(p) || windowsPath(p) }

// windowsPath reports whether a path is one of Windows alone.
func windowsPath(p string) bool {
	return strings.Contains(p, `\`) || len(p) > 2 && p[1] == ':' && p[2] == '/'
}
