package vcs

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

// source is one module in one repository, during one request.
type source struct {
	*session
	place
}

// revision is a commit, and what led to it.
type revision struct {
	hash plumbing.Hash
	time time.Time // of the committer, in UTC, to the second
	tags []string  // all tags that lead there, sorted
	// name is the tag that was asked for, else the hash.
	name string
	ref  string // full name of the reference that led there; "" = none did
	tree *object.Tree
}

func (r *revision) short() string { return r.hash.String()[:12] }

// minHash is how many digits make a word a commit's hash rather than a name.
const minHash = 7

// toRev is what a version or query is called in the repository.
func (m *source) toRev(query string) string {
	switch {
	case !isVersion(query):
		return query
	case isPseudo(query):
		return pseudoRev(query)
	case m.dir == "":
		return strings.TrimSuffix(query, incompatible)
	}
	return m.dir + "/" + strings.TrimSuffix(query, incompatible)
}

// stat finds a revision by the name of a tag, a branch or HEAD, or by its hash, and
// has its tree and files here. Names come first, as for the go command.
func (m *source) stat(ctx context.Context, rev string) (*revision, error) {
	refs, err := m.refs(ctx)
	if err != nil {
		return nil, err
	}
	var ref string
	var hash plumbing.Hash
	switch {
	case !refs.commit(tagsDir + rev).IsZero():
		ref = tagsDir + rev
	case !refs.commit(headsDir + rev).IsZero():
		ref = headsDir + rev
	case rev == "HEAD" && !refs.commit("HEAD").IsZero():
		ref = "HEAD"
	case isHash(rev):
		if ref, hash, err = m.byHash(ctx, refs, rev); err != nil {
			return nil, err
		}
	default:
		return nil, unknown(rev)
	}
	want := hash
	if ref != "" {
		hash, want = refs.commit(ref), refs.raw[ref]
	}
	if err := m.whole(ctx, refs, hash, want); err != nil {
		return nil, err
	}
	obj, err := m.store.EncodedObject(plumbing.AnyObject, hash)
	if err != nil {
		return nil, err
	}
	if obj.Type() != plumbing.CommitObject {
		return nil, unknown(rev) // a tag of a file or a folder
	}
	c, err := object.DecodeCommit(m.store, obj)
	if err != nil {
		return nil, err
	}
	r := &revision{hash: hash, time: c.Committer.When.UTC().Truncate(time.Second), name: hash.String()}
	if ref != "HEAD" {
		r.ref = ref // as the go command, who asks for HEAD's commit by its hash
	}
	for name := range refs.raw {
		if tag, ok := strings.CutPrefix(name, tagsDir); ok && refs.commit(name) == hash {
			r.tags = append(r.tags, tag)
		}
	}
	slices.Sort(r.tags)
	if slices.Contains(r.tags, rev) {
		r.name = rev
	}
	r.tree, err = object.GetTree(m.store, c.TreeHash)
	return r, err
}

// byHash finds a commit by the first digits of its hash: among the references, then
// in the history they lead to. A commit that they do not lead to, such as that of a
// merge request, is not a version of anything, even when the server would give it out.
func (m *source) byHash(ctx context.Context, refs *refs, rev string) (ref string, hash plumbing.Hash, err error) {
	for name := range refs.raw {
		h := refs.commit(name)
		if !strings.HasPrefix(h.String(), rev) {
			continue
		}
		if !hash.IsZero() && hash != h {
			return "", hash, absent("%s is the beginning of several commits", "%s 对应多个提交", rev)
		}
		if hash = h; ref == "" || name < ref {
			ref = name
		}
	}
	if !hash.IsZero() {
		return ref, hash, nil
	}
	if err := m.open(ctx); err != nil {
		return "", hash, err
	}
	for try := range 2 {
		first := plumbing.NewHash(rev + strings.Repeat("0", 40-len(rev)))
		list, err := m.store.HashesWithPrefix(first[:len(rev)/2])
		if err != nil {
			return "", hash, err
		}
		list = slices.DeleteFunc(list, func(h plumbing.Hash) bool {
			if err != nil || !strings.HasPrefix(h.String(), rev) {
				return true
			}
			var obj plumbing.EncodedObject
			obj, err = m.store.EncodedObject(plumbing.AnyObject, h)
			return err != nil || obj.Type() != plumbing.CommitObject
		})
		if err != nil {
			return "", hash, err
		}
		slices.SortFunc(list, func(a, b plumbing.Hash) int { return strings.Compare(a.String(), b.String()) })
		list = slices.Compact(list)
		switch {
		case len(list) == 1:
			return "", list[0], nil
		case len(list) > 1:
			return "", hash, absent("%s is the beginning of several commits", "%s 对应多个提交", rev)
		case try == 0:
			if err := m.history(ctx, refs, false); err != nil {
				return "", hash, err
			}
		}
	}
	return "", hash, unknown(rev)
}

func unknown(rev string) error {
	return absent("the repository has no tag, branch or commit %s", "仓库中没有名为 %s 的标签、分支或提交", shortRev(rev))
}

func shortRev(rev string) string {
	if len(rev) > 80 {
		return rev[:80] + "…"
	}
	return rev
}

func isHash(s string) bool {
	return len(s) >= minHash && len(s) <= 40 && strings.Trim(s, "0123456789abcdef") == ""
}

// Limits of x/mod/zip for single files, which count for .mod as well.
const (
	maxGoMod   = 16 << 20
	maxLicense = 16 << 20
)

// file is a file's content as it is in the repository, unconverted, of a link its
// target; nil and no error when there is none.
func (m *source) file(r *revision, name string, limit int64) ([]byte, error) {
	tree := r.tree
	for dir, rest, more := strings.Cut(name, "/"); ; dir, rest, more = strings.Cut(rest, "/") {
		i := slices.IndexFunc(tree.Entries, func(e object.TreeEntry) bool { return e.Name == dir })
		switch {
		case i < 0:
			return nil, nil
		case !more && tree.Entries[i].Mode.IsFile(): // links too
			return m.blob(tree.Entries[i].Hash, limit)
		case !more || tree.Entries[i].Mode != filemode.Dir:
			return nil, nil
		}
		var err error
		if tree, err = object.GetTree(m.store, tree.Entries[i].Hash); err != nil {
			return nil, err
		}
	}
}

// blob is a blob's content.
func (m *source) blob(hash plumbing.Hash, limit int64) ([]byte, error) {
	size, err := m.store.EncodedObjectSize(hash)
	if err != nil {
		return nil, err
	}
	if size > limit {
		return nil, &classed{proxy.ErrContent, msg.Errorf("a file of %d bytes where %d are allowed", "文件有 %d 字节，上限为 %d 字节", size, limit)}
	}
	rc, err := m.openBlob(hash)
	if err != nil {
		return nil, err
	}
	defer rc.Close()
	data := make([]byte, size)
	_, err = io.ReadFull(rc, data)
	return data, err
}

func (m *source) openBlob(hash plumbing.Hash) (io.ReadCloser, error) {
	obj, err := m.store.EncodedObject(plumbing.BlobObject, hash)
	if err != nil {
		return nil, err
	}
	return obj.Reader()
}
