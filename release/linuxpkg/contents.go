package linuxpkg

import (
	"io/fs"
	"os"
	"strings"

	"github.com/goreleaser/nfpm/v2/files"
)

// contents lets nfpm expand patterns and trees, then replaces all that it took
// from the host.
func (p Package) contents() (files.Contents, error) {
	var all files.Contents
	for i, c := range p.Contents {
		if err := p.checkContent(i, c); err != nil {
			return nil, err
		}
		raw := &files.Content{
			Source: c.Src, Destination: c.Dst, Type: c.Type, Packager: c.Packager,
			FileInfo: &files.ContentFileInfo{Owner: c.Owner, Group: c.Group, MTime: p.mtime(c.MTime), Mode: numeric(c.Mode)},
		}
		entries, err := files.PrepareForPackager(files.Contents{raw}, 0, p.Format, !c.Glob, p.mtime(c.MTime))
		if err != nil {
			return nil, p.refuse(contentField(i, "src"), "%w", "%w", err)
		}
		for _, e := range entries {
			if e.Type == files.TypeImplicitDir {
				continue // nfpm adds the parents of all entries again
			}
			e.FileInfo.MTime = p.mtime(c.MTime)
			e.FileInfo.Mode = p.mode(c, e)
			all = append(all, e)
		}
	}
	return all, p.checkSize(all)
}

// mode is what the entry gets whatever the host's file system says.
func (p Package) mode(c Content, e *files.Content) fs.FileMode {
	set := numeric(c.Mode)
	switch {
	case e.Type == files.TypeSymlink:
		return 0o777
	case e.IsDir():
		if set != 0 && c.Type == files.TypeDir {
			return set
		}
		return 0o777 &^ p.umask()
	case set != 0:
		return set
	case e.FileInfo.Mode&0o111 != 0:
		return 0o777 &^ p.umask()
	}
	return 0o666 &^ p.umask()
}

// numeric writes the special bits as chmod does. nfpm hands modes on as
// numbers, which would lose fs.ModeSetuid.
func numeric(m fs.FileMode) fs.FileMode {
	n := m & 0o7777
	for bit, number := range map[fs.FileMode]fs.FileMode{fs.ModeSetuid: 0o4000, fs.ModeSetgid: 0o2000, fs.ModeSticky: 0o1000} {
		if m&bit != 0 {
			n |= number
		}
	}
	return n
}

// sourced are the types whose Src must exist on this host.
var sourced = map[string]bool{
	"": true, files.TypeFile: true, files.TypeTree: true,
	files.TypeConfig: true, files.TypeConfigNoReplace: true, files.TypeConfigMissingOK: true,
	files.TypeRPMDoc: true, files.TypeRPMLicence: true, files.TypeRPMLicense: true, files.TypeRPMReadme: true,
	files.TypeDir: false, files.TypeSymlink: false, files.TypeRPMGhost: false,
}

func (p Package) checkContent(i int, c Content) error {
	needsSource, known := sourced[c.Type]
	switch {
	case !known:
		return p.refuse(contentField(i, "type"), "unknown type %q", "未知的类型 %q", c.Type)
	case c.Dst == "":
		return p.refuse(contentField(i, "dst"), "is empty", "为空")
	case hasControl(c.Dst) || hasControl(c.Src):
		return p.refuse(contentField(i, "dst"), "control character in %q", "%q 含控制字符", c.Src+" → "+c.Dst)
	case climbs(c.Dst):
		return p.refuse(contentField(i, "dst"), "%q has an element ..", "%q 含有 ..", c.Dst)
	case c.Src == "" && (needsSource || c.Type == files.TypeSymlink):
		return p.refuse(contentField(i, "src"), "is empty", "为空")
	case hasControl(c.Owner) || strings.ContainsAny(c.Owner+c.Group, " :") || hasControl(c.Group):
		return p.refuse(contentField(i, "file_info"), "bad owner %q or group %q", "所有者 %q 或属组 %q 不合法", c.Owner, c.Group)
	}
	if err := p.checkTime(contentField(i, "file_info.mtime"), p.mtime(c.MTime)); err != nil {
		return err
	}
	if !needsSource || c.Glob {
		return nil
	}
	if _, err := os.Stat(c.Src); err != nil {
		return p.refuse(contentField(i, "src"), "%w", "%w", err)
	}
	return nil
}

func climbs(path string) bool {
	for e := range strings.SplitSeq(strings.ReplaceAll(path, `\`, "/"), "/") {
		if e == ".." {
			return true
		}
	}
	return false
}

// checkSize refuses what the sizes in an rpm header, 32 bits with a sign, would
// silently get wrong; the payload is a little larger than its files.
func (p Package) checkSize(all files.Contents) error {
	var total int64
	for _, e := range all {
		if !e.IsDir() && e.Type != files.TypeSymlink {
			total += e.FileInfo.Size
		}
	}
	if p.Format == RPM && total > 2_000_000_000 {
		return p.refuse("contents", "%d bytes are more than an rpm can hold here", "%d 字节，超出此处 rpm 的上限", total)
	}
	return nil
}
