package assemble

import (
	"archive/tar"
	"debug/elf"
	"path"
	"slices"
	"strings"
)

// tree is the file system that layers make together: names, kinds and links, and
// the content of the few files that tell what system it is. Nothing of it touches
// this machine.
type tree struct {
	root     *node
	layer    int // being read
	entries  int
	machines map[elf.Machine]int // programs and libraries by the processor they are for
}

type node struct {
	kind  byte   // as in a tar header; directories have kids
	link  string // where a symbolic link points
	data  []byte // of a file that [wanted] names; nil otherwise
	layer int    // that wrote it last
	kids  map[string]*node
}

func newTree() *tree {
	return &tree{root: newDir(0), machines: map[elf.Machine]int{}}
}

func newDir(layer int) *node {
	return &node{kind: tar.TypeDir, layer: layer, kids: map[string]*node{}}
}

// maxLinks is how many links one name may lead through, as in Linux.
const maxLinks = 40

// walk follows a path as a process inside the tree would: links are resolved
// within the root, ".." stops there. It returns the node, nil if there is none, and
// the path without links. The last element's own link is followed only if last is
// set.
func (t *tree) walk(name string, last bool) (*node, string) {
	todo := split(name)
	var trail []*node // the directories passed, without the root
	var names []string
	links := 0
	at := t.root
	for len(todo) > 0 {
		element := todo[0]
		todo = todo[1:]
		if element == ".." {
			if len(trail) > 0 {
				trail, names = trail[:len(trail)-1], names[:len(names)-1]
			}
			if at = t.root; len(trail) > 0 {
				at = trail[len(trail)-1]
			}
			continue
		}
		next := at.kids[element]
		if next == nil {
			return nil, path.Join(append(append(names, element), todo...)...)
		}
		if next.kind == tar.TypeSymlink && (len(todo) > 0 || last) {
			if links++; links > maxLinks {
				return nil, path.Join(append(names, element)...)
			}
			if strings.HasPrefix(next.link, "/") {
				at, trail, names = t.root, nil, nil
			}
			todo = append(split(next.link), todo...)
			continue
		}
		at = next
		trail, names = append(trail, next), append(names, element)
	}
	return at, path.Join(names...)
}

func split(name string) []string {
	return slices.DeleteFunc(strings.Split(name, "/"), func(s string) bool { return s == "" || s == "." })
}

// has reports whether there is something under the name; a link at its end is
// something, wherever it points.
func (t *tree) has(name string) bool {
	n, _ := t.walk(name, false)
	return n != nil
}

// isDir reports whether the name leads to a directory.
func (t *tree) isDir(name string) bool {
	n, _ := t.walk(name, true)
	return n != nil && n.kind == tar.TypeDir
}

// read returns the content of a file that was kept; nil if there is none.
func (t *tree) read(name string) []byte {
	n, _ := t.walk(name, true)
	if n == nil {
		return nil
	}
	return n.data
}

// list returns the names in a directory, sorted.
func (t *tree) list(name string) []string {
	n, _ := t.walk(name, true)
	if n == nil {
		return nil
	}
	var out []string
	for k := range n.kids {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// real is the path that a name stands for once the links on the way are followed;
// its last element need not exist.
func (t *tree) real(name string) string {
	dir, base := path.Split(name)
	_, where := t.walk(dir, true)
	return path.Join(where, base)
}

// put enters a node under a clean name, through the links and over what is there.
// A directory that exists keeps what is in it.
func (t *tree) put(name string, n *node) {
	dir, base := path.Split(name)
	parent := t.mkdir(dir)
	if base == "" {
		return
	}
	n.layer = t.layer
	if old := parent.kids[base]; old != nil && old.kind == tar.TypeDir && n.kind == tar.TypeDir {
		old.layer = t.layer
		return
	}
	if n.kind == tar.TypeDir {
		n.kids = map[string]*node{}
	}
	parent.kids[base] = n
}

// mkdir returns the directory of the name, made where it is missing.
func (t *tree) mkdir(name string) *node {
	n, where := t.walk(name, true)
	if n != nil && n.kind == tar.TypeDir {
		return n
	}
	at := t.root
	for _, element := range split(where) {
		next := at.kids[element]
		if next == nil || next.kind != tar.TypeDir {
			next = newDir(t.layer)
			at.kids[element] = next
		}
		at = next
	}
	return at
}

const (
	whiteout = ".wh."
	opaque   = ".wh..wh..opq"
)

// hide applies a whiteout: it removes what lower layers put there, never what its
// own layer did. It reports whether the name is one.
func (t *tree) hide(name string) bool {
	dir, base := path.Split(name)
	hidden, ok := strings.CutPrefix(base, whiteout)
	if !ok {
		return false
	}
	parent, _ := t.walk(dir, true)
	if parent == nil {
		return true
	}
	for k, n := range parent.kids {
		if base == opaque || k == hidden {
			if n.kind == tar.TypeDir && n.layer == t.layer {
				n.dropBelow(t.layer)
			} else if n.layer < t.layer {
				delete(parent.kids, k)
			}
		}
	}
	return true
}

// dropBelow removes from a directory what layers before this one put there.
func (n *node) dropBelow(layer int) {
	for k, kid := range n.kids {
		if kid.layer < layer {
			delete(n.kids, k)
		} else if kid.kind == tar.TypeDir {
			kid.dropBelow(layer)
		}
	}
}
