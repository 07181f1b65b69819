package upstream

import (
	"context"
	"errors"
	"slices"

	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/proxy"
)

const (
	// progress is how many bytes show that a mirror works, although it broke off.
	progress = 64 << 10
	// little may be fetched twice without looking for another way.
	little = 1 << 20
	// restarts is how often a download is begun anew because mirrors differ.
	restarts = 2
)

// zip brings a file of any size, going on where the last mirror broke off.
func (p *Pool) zip(ctx context.Context, r *request, d *proxy.Download) error {
	z := &fetching{tally: p.tally(r), d: d}
	for round := 0; ; {
		done, moved, err := z.pass(ctx)
		switch {
		case done || err != nil:
			return err
		case moved:
			round, z.skip, z.patient = 0, false, true
			continue
		case z.whole && !z.skip:
			z.skip = true
			continue
		}
		round++
		if z.other != nil && z.restarts < restarts && (round >= p.o.Rounds || z.allDiffer()) {
			z.restart()
			continue
		}
		rounds := p.o.Rounds
		if z.patient {
			rounds *= 3
		}
		if round >= rounds || !z.another() || !z.pause(ctx, round-1) {
			return z.verdict(ctx)
		}
	}
}

// fetching is one download's way through the mirrors.
type fetching struct {
	*tally
	d        *proxy.Download
	skip     bool  // read from the start what mirrors send that ignore Range
	whole    bool  // there was one
	other    *node // the first whose file is not the one that is half here
	first    *node // to be asked before all others; nil = by health
	restarts int
}

// pass asks every candidate once to go on. moved = some of it came.
func (z *fetching) pass(ctx context.Context) (done, moved bool, err error) {
	list := z.candidates()
	slices.SortStableFunc(list, func(a, b *node) int { return z.place(a) - z.place(b) })
	z.whole, z.other = false, nil
	for i, n := range list {
		at := z.d.Offset()
		how := pulling{skip: z.skip || at <= little || len(list) == 1, last: i == len(list)-1}
		err := z.p.pull(ctx, n, z.r, z.d, how)
		var kept *keepError
		switch {
		case err == nil:
			return true, true, nil
		case errors.As(err, &kept):
			return false, false, writing(z.r.what, kept.err)
		case ctx.Err() != nil || z.p.ctx.Err() != nil:
			z.errs[n] = err
			return false, false, z.verdict(ctx)
		}
		z.errs[n] = err
		moved = moved || z.d.Offset()-at >= progress
		switch mirror.ClassOf(err) {
		case mirror.NoRange:
			z.whole = true
		case differs:
			if z.other == nil {
				z.other = n
			}
			z.p.o.Log.Info("mirror has other bytes for the same file", "mirror", n.name, "file", z.r.what, "at", at)
		}
	}
	return false, moved, nil
}

// place puts the chosen mirror first and, where something is there already, those
// that cannot go on in the middle last.
func (z *fetching) place(n *node) int {
	switch {
	case n == z.first:
		return -1
	case z.d.Offset() > little && n.sendsWhole():
		return 1
	}
	return 0
}

// allDiffer reports whether nobody is left who has the file that is half here.
func (z *fetching) allDiffer() bool {
	return !slices.ContainsFunc(z.candidates(), func(n *node) bool { return mirror.ClassOf(z.errs[n]) != differs })
}

// restart begins anew with a mirror whose file is another one.
func (z *fetching) restart() {
	z.restarts++
	z.first, z.skip, z.patient = z.other, false, false
	for n, err := range z.errs {
		if mirror.ClassOf(err) == differs {
			delete(z.errs, n)
		}
	}
	z.p.o.Log.Warn("download begun anew", "file", z.r.what, "thrown away", z.d.Offset(), "mirror", z.first.name)
	z.d.Restart()
}
