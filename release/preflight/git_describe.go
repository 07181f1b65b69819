package preflight

import (
	"cmp"
	"container/heap"
	"context"
	"fmt"
	"slices"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// name is what git describe may call a commit: an annotated tag has priority 2,
// a lightweight one 1.
type name struct {
	text     string
	priority int
}

// described is the nearest named ancestor; tag is "" when there is none.
type described struct {
	tag   string
	depth int // commits that are not in it
}

// describe sets Summary.
func (g *Git) describe(ctx context.Context, r *repo, head *object.Commit, all []tag, dirty bool) error {
	names, made := map[plumbing.Hash]name{}, map[plumbing.Hash]int64{}
	for _, t := range all { // of annotated tags on one commit the newest wins, of lightweight ones the first
		n, when := name{t.name, 1}, int64(0)
		if t.annotated != nil {
			n.priority, when = 2, t.annotated.Tagger.When.Unix()
		}
		old := names[t.commit]
		if n.priority > old.priority || n.priority == 2 && when > made[t.commit] {
			names[t.commit], made[t.commit] = n, when
		}
	}
	d, err := r.describe(ctx, head, names)
	if err != nil {
		return err
	}
	switch {
	case d.tag == "":
		g.Summary = g.ShortCommit
	case d.depth == 0:
		g.Summary = d.tag
	default:
		g.Summary = fmt.Sprintf("%s-%d-g%s", d.tag, d.depth, g.ShortCommit)
	}
	if dirty {
		g.Summary += "-dirty"
	}
	return nil
}

const maxCandidates = 10 // git describe's default

type candidate struct {
	described
	within uint // bit that marks the commits it contains
}

// describe walks the history from c, newest commit first, until ten named
// commits were met, and picks the one that leaves out the fewest commits: what
// git describe does.
func (r *repo) describe(ctx context.Context, c *object.Commit, names map[plumbing.Hash]name) (described, error) {
	if n, ok := names[c.Hash]; ok {
		return described{tag: n.text}, nil
	}
	if len(names) == 0 {
		return described{}, nil
	}
	w := &walker{r: r, flags: map[plumbing.Hash]uint{c.Hash: 0}}
	heap.Push(w, c)
	var found []candidate
	seen, annotated := 0, 0
	for w.Len() > 0 {
		if err := ctx.Err(); err != nil {
			return described{}, err
		}
		c := heap.Pop(w).(*object.Commit)
		seen++
		if n, ok := names[c.Hash]; ok {
			if len(found) == maxCandidates {
				heap.Push(w, c)
				break
			}
			bit := uint(1) << len(found)
			found = append(found, candidate{described{n.text, seen - 1}, bit})
			w.flags[c.Hash] |= bit
			if n.priority == 2 {
				annotated++
			}
		}
		flags := w.flags[c.Hash]
		for i := range found {
			if flags&found[i].within == 0 {
				found[i].depth++
			}
		}
		if annotated > 0 && w.Len() == 0 {
			break
		}
		if err := w.pushParents(c, flags); err != nil {
			return described{}, err
		}
	}
	if len(found) == 0 {
		return described{}, nil
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return cmp.Compare(a.depth, b.depth) })
	best := found[0]
	for w.Len() > 0 { // the commits not yet walked count as well, unless best contains all of them
		if err := ctx.Err(); err != nil {
			return described{}, err
		}
		if !w.anyOutside(best.within) {
			break
		}
		c := heap.Pop(w).(*object.Commit)
		flags := w.flags[c.Hash]
		if flags&best.within == 0 {
			best.depth++
		}
		if err := w.pushParents(c, flags); err != nil {
			return described{}, err
		}
	}
	return best.described, nil
}

// walker is the heap of commits to visit, newest first, in the order of
// insertion among equals.
type walker struct {
	r     *repo
	queue []*object.Commit
	order map[plumbing.Hash]int
	flags map[plumbing.Hash]uint // candidates that contain the commit
}

func (w *walker) pushParents(c *object.Commit, flags uint) error {
	for _, h := range w.r.parents(c) {
		if _, ok := w.flags[h]; !ok {
			p, err := object.GetCommit(w.r.store, h)
			if err != nil {
				return err
			}
			heap.Push(w, p)
		}
		w.flags[h] |= flags
	}
	return nil
}

func (w *walker) anyOutside(bit uint) bool {
	return slices.ContainsFunc(w.queue, func(c *object.Commit) bool { return w.flags[c.Hash]&bit == 0 })
}

func (w *walker) Len() int { return len(w.queue) }
func (w *walker) Less(i, j int) bool {
	a, b := w.queue[i], w.queue[j]
	if n := b.Committer.When.Unix() - a.Committer.When.Unix(); n != 0 {
		return n < 0
	}
	return w.order[a.Hash] < w.order[b.Hash]
}
func (w *walker) Swap(i, j int) { w.queue[i], w.queue[j] = w.queue[j], w.queue[i] }
func (w *walker) Push(x any) {
	c := x.(*object.Commit)
	if w.order == nil {
		w.order = map[plumbing.Hash]int{}
	}
	if _, again := w.order[c.Hash]; !again {
		w.order[c.Hash] = len(w.order)
	}
	w.queue = append(w.queue, c)
}
func (w *walker) Pop() any {
	c := w.queue[len(w.queue)-1]
	w.queue = w.queue[:len(w.queue)-1]
	return c
}
