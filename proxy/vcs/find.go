package vcs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"path/filepath"
	"time"
)

// rootFor is how long it is believed which candidate is the repository: a longer
// one may be made later.
const rootFor = 10 * time.Minute

// foundRoot is which candidate turned out to be the repository.
type foundRoot struct {
	index int
	doubt error
	when  time.Time
}

// find is the place of a module: of its candidates the longest that is a
// repository. Trouble with a longer one is not a reason to take a shorter one.
func (g *Git) find(ctx context.Context, mod string) (place, error) {
	r := g.routeFor(mod)
	if r == nil {
		return place{}, absent("no repository is configured for this path", "没有为该路径配置仓库")
	}
	list, err := r.candidates(mod)
	if err != nil {
		return place{}, err
	}
	for i := range list {
		list[i].repo = g.repository(r, list[i].url)
	}
	if len(list) == 1 {
		return list[0], nil
	}
	g.mu.Lock()
	known, ok := g.roots[list[0].url]
	g.mu.Unlock()
	if ok && time.Since(known.when) < rootFor {
		list[known.index].doubt = known.doubt
		return list[known.index], nil
	}
	var doubt error
	for i, p := range list {
		err := p.repo.alone(ctx, func(s *session) error {
			_, err := s.refs(ctx)
			return err
		})
		var re *remoteError
		switch {
		case err == nil:
			p.doubt = doubt
			g.mu.Lock()
			if len(g.roots) > 10_000 {
				clear(g.roots) // strangers' paths must not fill the memory
			}
			g.roots[list[0].url] = foundRoot{index: i, doubt: doubt, when: time.Now()}
			g.mu.Unlock()
			return p, nil
		case !errors.As(err, &re) || re.kind == trouble:
			return p, err
		case re.kind == denied && doubt == nil:
			doubt = err
		}
		if i == len(list)-1 {
			return p, err
		}
	}
	panic("unreachable")
}

// repository is the one state of a repository in this process.
func (g *Git) repository(r *route, url string) *repository {
	g.mu.Lock()
	defer g.mu.Unlock()
	if repo := g.repos[url]; repo != nil {
		return repo
	}
	if len(g.repos) > 10_000 {
		for u, repo := range g.repos {
			if repo.idle() {
				delete(g.repos, u)
			}
		}
	}
	sum := sha256.Sum256([]byte(url))
	repo := &repository{
		git: g, route: r, url: url,
		dir:  filepath.Join(g.o.Dir, hex.EncodeToString(sum[:16])),
		turn: make(chan struct{}, 1),
	}
	repo.remote = newRemote(g, r, url)
	g.repos[url] = repo
	return repo
}
