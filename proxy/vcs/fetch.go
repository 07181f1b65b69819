package vcs

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/capability"
	"github.com/go-git/go-git/v5/plumbing/storer"
)

// refs are the references that a server advertises: of branches, tags and HEAD.
type refs struct {
	raw    map[string]plumbing.Hash // by full name; an annotated tag's own hash
	peeled map[string]plumbing.Hash // what annotated tags point at
	caps   *capability.List
}

// commit is what a reference leads to; zero when there is no such one.
func (r *refs) commit(name string) plumbing.Hash {
	if h, ok := r.peeled[name]; ok {
		return h
	}
	return r.raw[name]
}

func newRefs(adv *packp.AdvRefs) *refs {
	r := &refs{raw: map[string]plumbing.Hash{}, peeled: map[string]plumbing.Hash{}, caps: adv.Capabilities}
	if adv.Head != nil {
		r.raw["HEAD"] = *adv.Head
	}
	for name, h := range adv.References {
		if strings.HasPrefix(name, headsDir) || strings.HasPrefix(name, tagsDir) {
			r.raw[name] = h
			if to, ok := adv.Peeled[name]; ok {
				r.peeled[name] = to
			}
		}
	}
	return r
}

const (
	headsDir = "refs/heads/"
	tagsDir  = "refs/tags/"
)

// seenRefs are references with the time when they were.
type seenRefs struct {
	*refs
	at time.Time
}

// refs asks the server for its references, unless that was done a moment ago.
func (s *session) refs(ctx context.Context) (*refs, error) {
	if seen := s.seen.Load(); seen != nil && time.Since(seen.at) < s.git.o.Limits.Fresh {
		return seen.refs, nil
	}
	s.git.forgetRefs()
	var r *refs
	err := repeat(ctx, func() (err error) {
		r, err = s.remote.refs(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	s.seen.Store(&seenRefs{r, time.Now()})
	return r, nil
}

// forgetRefs gives back the memory of references that are not fresh any more.
func (g *Git) forgetRefs() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, r := range g.repos {
		if seen := r.seen.Load(); seen != nil && time.Since(seen.at) >= g.o.Limits.Fresh {
			r.seen.CompareAndSwap(seen, nil)
		}
	}
}

// maxHaves is how many commits the server is told that we have.
const maxHaves = 16

// whole fetches a commit's trees and files. want is the object to ask for: a tag
// that leads to the commit, or the commit itself.
func (s *session) whole(ctx context.Context, refs *refs, commit, want plumbing.Hash) error {
	if err := s.open(ctx); err != nil {
		return err
	}
	name := commit.String()
	if s.state.whole(name) || !s.state.Bare && len(s.state.Tips) > 0 && s.hasCommit(commit) {
		return nil
	}
	req := newRequest(refs, want)
	if refs.caps.Supports(capability.Shallow) {
		req.Depth = packp.DepthCommits(1)
		_ = req.Capabilities.Set(capability.Shallow)
		last := s.state.Whole[max(0, len(s.state.Whole)-maxHaves):]
		for _, have := range last {
			req.Shallows = append(req.Shallows, plumbing.NewHash(have))
			req.Haves = append(req.Haves, plumbing.NewHash(have))
		}
		if len(last) > 0 && refs.caps.Supports(capability.OFSDelta) {
			// Without this word servers do not look at what a shallow commit has.
			_ = req.Capabilities.Set(capability.ThinPack)
		}
	}
	err := s.fetch(ctx, req, "commit")
	if err != nil && len(req.Haves) > 0 && ctx.Err() == nil {
		// Servers have had trouble with what we have: ask as if there were nothing.
		forget(req)
		err = s.fetch(ctx, req, "commit")
	}
	if re := (*remoteError)(nil); errors.As(err, &re) && re.kind == refused {
		// A server that gives out what its references name, and nothing else.
		if err := s.history(ctx, refs, true); err != nil {
			return err
		}
		if !s.hasCommit(commit) {
			return absent("the repository has no commit %s", "仓库中没有提交 %s", name)
		}
		return nil
	}
	if err != nil {
		return err
	}
	if !s.hasCommit(commit) {
		return nil // a tag of something else, which no server takes for a commit that we have
	}
	s.state.Whole = append(s.state.Whole, name)
	return s.state.write(s.dir)
}

// history fetches the commits that the references lead to; with files, their trees
// and files too.
func (s *session) history(ctx context.Context, refs *refs, files bool) error {
	if err := s.open(ctx); err != nil {
		return err
	}
	if files && s.state.Bare {
		s.state.Tips, s.state.Bare = nil, false
	}
	known := map[string]bool{}
	for _, tip := range s.state.Tips {
		known[tip] = true
	}
	var wants []plumbing.Hash
	var tips []string
	for _, h := range refs.raw {
		if tip := h.String(); !slices.Contains(tips, tip) {
			tips = append(tips, tip)
			if !known[tip] {
				wants = append(wants, h)
			}
		}
	}
	for _, tip := range s.state.Tips {
		if err := s.store.HasEncodedObject(plumbing.NewHash(tip)); err != nil {
			return err // what we believed to have is not there
		}
	}
	if len(wants) == 0 {
		return nil
	}
	req := newRequest(refs, wants...)
	filter := !files && refs.caps.Supports(capability.Filter) && (s.state.Bare || len(s.state.Tips) == 0)
	if filter {
		req.Filter = packp.FilterTreeDepth(0)
		_ = req.Capabilities.Set(capability.Filter)
	}
	for _, tip := range s.state.Tips[max(0, len(s.state.Tips)-256):] {
		req.Haves = append(req.Haves, plumbing.NewHash(tip))
	}
	if err := s.fetch(ctx, req, "history"); err != nil {
		return err
	}
	slices.Sort(tips)
	s.state.Tips, s.state.Bare = tips, filter
	return s.state.write(s.dir)
}

func newRequest(refs *refs, wants ...plumbing.Hash) *packp.UploadPackRequest {
	req := packp.NewUploadPackRequest()
	for _, c := range []capability.Capability{capability.Sideband64k, capability.OFSDelta, capability.NoProgress} {
		if refs.caps.Supports(c) {
			_ = req.Capabilities.Set(c)
		}
	}
	req.Wants = wants
	return req
}

// forget makes a request one of somebody who has nothing.
func forget(req *packp.UploadPackRequest) {
	req.Haves, req.Shallows = nil, nil
	req.Capabilities.Delete(capability.ThinPack)
}

// fetch brings one pack and keeps it. A folder that outgrew its limit is started
// anew, once.
func (s *session) fetch(ctx context.Context, req *packp.UploadPackRequest, what string) error {
	select {
	case s.git.turns <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer func() { <-s.git.turns }()
	sweepPacks(s.packs())
	start, had := time.Now(), s.size()
	var n int64
	save := func(r io.Reader) (err error) {
		var have storer.EncodedObjectStorer
		if len(req.Shallows) > 0 {
			have = s.store
		}
		n, err = savePack(s.packs(), r, s.route.MaxBytes-had, have)
		return err
	}
	get := func() error { return repeat(ctx, func() error { return s.remote.fetch(ctx, req, save) }) }
	err := get()
	if errors.Is(err, errFull) && had > 0 {
		s.git.o.Log.Info("git repository outgrew its limit, starting anew", "repository", s.remote.shown(), "bytes", had)
		if err := s.wipe(); err != nil {
			return err
		}
		if err := s.open(ctx); err != nil {
			return err
		}
		forget(req)
		had = 0
		err = get()
	}
	if errors.Is(err, errFull) {
		return tooLarge(s.route.MaxBytes)
	}
	if err != nil {
		return err
	}
	s.store.Reindex()
	s.git.o.Log.Info("git fetch", "repository", s.remote.shown(), "what", what, "bytes", n, "seconds", time.Since(start).Seconds())
	return nil
}

func (s *session) hasCommit(h plumbing.Hash) bool {
	_, err := object.GetCommit(s.store, h)
	return err == nil
}

// ancestors are a commit and all before it. The history has to be there.
func (s *session) ancestors(ctx context.Context, from plumbing.Hash) (map[plumbing.Hash]bool, error) {
	seen := map[plumbing.Hash]bool{from: true}
	for queue := []plumbing.Hash{from}; len(queue) > 0; {
		if err := ctx.Err(); err != nil {
			return nil, context.Cause(ctx)
		}
		h := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		c, err := object.GetCommit(s.store, h)
		if err != nil {
			return nil, err
		}
		for _, p := range c.ParentHashes {
			if !seen[p] {
				seen[p] = true
				queue = append(queue, p)
			}
		}
	}
	return seen, nil
}
