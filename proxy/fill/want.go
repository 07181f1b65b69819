package fill

import (
	"context"
	"errors"

	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/cache"
)

// The proofs of a record that are not a database's.
const (
	proofGoSum   = "go.sum"
	proofPending = cache.Unproven // Async: the database has not been reached yet
	proofNone    = "none"
)

// want is what a file has to be.
type want struct {
	h1    string // "" = nothing is known: the first time decides
	proof string // for the record
	err   error  // why it is not known
	old   bool   // h1 is what was here before
}

// known is what the site itself knows of a file: its pins, then its records.
func (c *Filler) known(ctx context.Context, r *proxy.Route, f proxy.File) (want, bool) {
	pin := module.Version{Path: f.Module, Version: f.Version}
	if f.Kind == proxy.Mod {
		pin.Version += "/go.mod"
	}
	if h1, ok := c.o.Pins[pin]; ok {
		return want{h1: h1, proof: proofGoSum}, true
	}
	rec, err := c.o.Cache.Record(ctx, f.Path())
	if err == nil && rec.H1 != "" && (proven(rec) || r.Private || c.o.Sums == nil) {
		return want{h1: rec.H1, proof: rec.Proof, old: true}, true
	}
	if r.Private {
		if commit := c.commit(ctx, f); commit != "" {
			return want{proof: "vcs:" + commit}, true
		}
	}
	if r.Private || c.o.Sums == nil {
		return want{proof: proofNone}, true
	}
	return want{}, false
}

// proven reports whether somebody vouched for a record's h1.
func proven(r cache.Record) bool {
	return r.Proof != "" && r.Proof != proofNone && r.Proof != proofPending
}

// lookup asks the database.
func (c *Filler) lookup(ctx context.Context, f proxy.File) want {
	sums, n, err := c.o.Sums.Sums(ctx, f.Module, f.Version)
	h1 := sums.Zip
	if f.Kind == proxy.Mod {
		h1 = sums.Mod
	}
	name := c.o.Sums.Name()
	switch {
	case errors.Is(err, proxy.ErrContent):
		return want{err: err}
	case errors.Is(err, proxy.ErrNotFound), err == nil && h1 == "":
		return want{err: msg.Errorf("%w: the checksum database %s does not know it", "%w：校验和数据库 %s 中没有它", proxy.ErrContent, name).
			WithHint("a private module belongs to a route with private: true; a public one that the database cannot see can be pinned by a go.sum", "私有模块应归入 private: true 的路由；数据库看不到的公开模块可以用 go.sum 固定哈希")}
	case err != nil:
		return want{err: msg.Errorf("%w: the checksum database %s cannot be asked: %w", "%w：无法查询校验和数据库 %s：%w", proxy.ErrUnavailable, name, err)}
	}
	return want{h1: h1, proof: proofOf(name, n)}
}

// expect starts to find out what a file has to be; the answer comes beside the
// body. The channel holds exactly one.
func (c *Filler) expect(ctx context.Context, r *proxy.Route, f proxy.File) <-chan want {
	ch := make(chan want, 1)
	if w, ok := c.known(ctx, r, f); ok {
		ch <- w
		return ch
	}
	c.files.all.Go(func() { ch <- c.lookup(ctx, f) })
	return ch
}
