package assemble

import (
	"archive/tar"
	"bytes"
	"cmp"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/images/matrix"
)

// userLayer is the layer with the user and the directories. It depends on the base:
// only what the base lacks is added, under the names that its own links give.
func userLayer(t *tree, packing Compression, at time.Time) (*blob, []Warning, error) {
	files, warnings := accounts(t)
	entries := map[string]tar.Header{}
	for _, dir := range matrix.Writable() {
		addDir(entries, t, dir, 0o1777)
	}
	if !t.isDir("tmp") { // go build wants one
		addDir(entries, t, "tmp", 0o1777)
	}
	for name := range files {
		addDir(entries, t, path.Dir(name), 0o755)
	}
	addDir(entries, t, path.Dir(sdkDir), 0o755)
	if t.has(sdkDir) {
		dir, base := path.Split(t.real(sdkDir))
		name := dir + whiteout + base
		entries[name] = tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o644}
	}
	for name, content := range files {
		entries[name] = tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: 0o644, Size: int64(len(content))}
	}

	var packed, plain bytes.Buffer
	tw := tar.NewWriter(&plain)
	headers := make([]tar.Header, 0, len(entries))
	for _, h := range entries {
		headers = append(headers, h)
	}
	slices.SortFunc(headers, func(a, b tar.Header) int { return cmp.Compare(a.Name, b.Name) })
	for _, h := range headers {
		h.ModTime = at
		if err := tw.WriteHeader(&h); err != nil {
			return nil, nil, err
		}
		if _, err := tw.Write(files[h.Name]); err != nil {
			return nil, nil, err
		}
	}
	if err := tw.Close(); err != nil {
		return nil, nil, err
	}
	z, err := packing.writer(&packed)
	if err != nil {
		return nil, nil, err
	}
	sum := newHash()
	sum.Write(plain.Bytes())
	if _, err := z.Write(plain.Bytes()); err != nil {
		return nil, nil, err
	}
	if err := z.Close(); err != nil {
		return nil, nil, err
	}
	l := memory(packing.media(), packed.Bytes())
	l.diffID, l.origin = hashOf(sum.Sum(nil)), OfUser
	return l, warnings, nil
}

// addDir enters a directory with a mode, and those above it that the base lacks.
func addDir(entries map[string]tar.Header, t *tree, dir string, mode int64) {
	where := t.real(strings.TrimPrefix(dir, "/"))
	for i, c := range where {
		if above := where[:i]; c == '/' && !t.isDir(above) {
			if _, ok := entries[above+"/"]; !ok {
				entries[above+"/"] = tar.Header{Typeflag: tar.TypeDir, Name: above + "/", Mode: 0o755}
			}
		}
	}
	if mode == 0o755 && (where == "" || t.isDir(dir)) {
		return
	}
	if old, ok := entries[where+"/"]; !ok || old.Mode == 0o755 {
		entries[where+"/"] = tar.Header{Typeflag: tar.TypeDir, Name: where + "/", Mode: mode}
	}
}

// accounts are the files passwd and group with the user added, as far as they
// change. A base that has the uid or the name already keeps them.
func accounts(t *tree) (map[string][]byte, []Warning) {
	files := map[string][]byte{}
	var warnings []Warning
	for _, f := range []struct{ name, root, line string }{
		{"etc/passwd", "root:x:0:0:root:/root:/bin/sh\n", fmt.Sprintf("%%s:x:%d:%d:Go builder:%s:/bin/sh\n", matrix.UID, matrix.UID, matrix.Home)},
		{"etc/group", "root:x:0:\n", fmt.Sprintf("%%s:x:%d:\n", matrix.UID)},
	} {
		old := t.read(f.name)
		if old == nil && t.has(f.name) {
			warnings = append(warnings, warn("base-passwd-unreadable",
				"/%s of the base is a link to an unusual place; the user is not entered there", "基础镜像的 /%s 是指向特殊位置的链接；未在其中添加用户", f.name))
			continue
		}
		if old == nil {
			old = []byte(f.root)
		}
		if text, changed := enter(old, f.line); changed || !t.has(f.name) {
			files[t.real(f.name)] = text
		}
	}
	return files, warnings
}

// enter adds a line for the user to a file in the form of passwd, unless the id is
// taken. Where the name is taken by another id, the next free one is used.
func enter(old []byte, line string) ([]byte, bool) {
	taken := map[string]bool{}
	for l := range strings.Lines(string(old)) {
		fields := strings.Split(strings.TrimSpace(l), ":")
		if len(fields) > 2 {
			if fields[2] == strconv.Itoa(matrix.UID) {
				return old, false
			}
			taken[fields[0]] = true
		}
	}
	name := matrix.User
	for i := 2; taken[name]; i++ {
		name = matrix.User + strconv.Itoa(i)
	}
	if len(old) > 0 && !bytes.HasSuffix(old, []byte("\n")) {
		old = append(slices.Clip(old), '\n')
	}
	return fmt.Appendf(slices.Clip(old), line, name), true
}
