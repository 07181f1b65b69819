package archive

import (
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// tree remembers the names of an archive, with the directories they imply, to
// find those that would land on each other on some file system.
type tree struct {
	nodes map[string]node // by name without case and Unicode form
}

type node struct {
	spelled  string
	dir      bool
	explicit bool // an entry of its own, not only the parent of one
}

// add enters a clean name. It allows at most limit names, implied directories
// included, since each costs an inode; a negative limit allows any number.
func (t *tree) add(name string, dir bool, limit int) error {
	if t.nodes == nil {
		t.nodes = make(map[string]node)
	}
	// Folding the whole name once lets the prefixes share its memory; a fold
	// neither makes nor removes a slash.
	folded := norm.NFC.String(cases.Fold().String(norm.NFC.String(name)))
	for i, j := 0, 0; ; i, j = i+1, j+1 {
		di, dj := strings.IndexByte(name[i:], '/'), strings.IndexByte(folded[j:], '/')
		if di < 0 {
			return t.put(folded, node{name, dir, true}, limit)
		}
		i, j = i+di, j+dj
		if err := t.put(folded[:j], node{name[:i], true, false}, limit); err != nil {
			return err
		}
	}
}

func (t *tree) put(key string, n node, limit int) error {
	old, there := t.nodes[key]
	switch {
	case !there && limit >= 0 && len(t.nodes) >= limit:
		return errEntries
	case !there:
		t.nodes[key] = n
	case old.spelled != n.spelled:
		return errCase
	case old.dir != n.dir:
		return errConflict
	case old.explicit && n.explicit:
		return errDuplicate
	case n.explicit:
		t.nodes[key] = n
	}
	return nil
}
