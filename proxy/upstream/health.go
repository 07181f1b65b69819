package upstream

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/yingzao-dev/yingzao/internal/mirror"
)

// State is whether a mirror is asked: a stable word for JSON and metrics.
type State string

// The states.
const (
	Up   State = "up"   // it is asked
	Held State = "held" // it said Retry-After
	Down State = "down" // its breaker is open
)

// Health is what the pool knows of one mirror.
type Health struct {
	URL   string `json:"url"` // without credentials
	State State  `json:"state"`
	// Since is when it got up or down; New's time for one that never changed.
	Since time.Time `json:"since"`
	// Latency is a moving average of the time to an answer; 0 = not known.
	Latency time.Duration `json:"latency_ns"`
	// Success is a moving average between 0 and 1; 1 where nothing is known.
	Success float64 `json:"success"`
	// LastError is the last failure's class, LastErrorAt its time; "" = none yet.
	LastError   mirror.Class `json:"last_error,omitempty"`
	LastErrorAt time.Time    `json:"last_error_at,omitzero"`
	Requests    int64        `json:"requests"` // since the start
	Failures    int64        `json:"failures"`
	Bytes       int64        `json:"bytes"` // of bodies
}

// Health tells about every mirror, in the order in which they would be asked now;
// those that would not be asked come last.
func (p *Pool) Health() []Health {
	var out []Health
	for _, n := range p.ordered() {
		out = append(out, n.health())
	}
	slices.SortStableFunc(out, func(a, b Health) int { return rankOf(a.State) - rankOf(b.State) })
	return out
}

func rankOf(s State) int { return slices.Index([]State{Up, Held, Down}, s) }

func (n *node) health() Health {
	n.mu.Lock()
	defer n.mu.Unlock()
	h := Health{
		URL: n.name, State: Up, Since: n.since, Latency: n.latency, Success: n.success,
		LastError: n.last, LastErrorAt: n.lastAt, Requests: n.requests, Failures: n.failures, Bytes: n.bytes,
	}
	switch {
	case n.open:
		h.State = Down
	case n.now().Before(n.held):
		h.State = Held
	}
	return h
}

// ordered are the mirrors by health; of equal ones the first given comes first.
func (p *Pool) ordered() []*node {
	ranks := make(map[*node]int, len(p.nodes))
	for _, n := range p.nodes {
		ranks[n] = n.order()
	}
	out := slices.Clone(p.nodes)
	slices.SortStableFunc(out, func(a, b *node) int { return ranks[a] - ranks[b] })
	return out
}

// note tells a mirror's health how a request went. got is how many new bytes it
// brought before it failed.
func (p *Pool) note(ctx context.Context, n *node, rel string, took time.Duration, got int64, err error) {
	class := mirror.ClassOf(err)
	n.received(got)
	switch {
	case err == nil, class == mirror.NotFound:
		n.answered(took, rel)
		return
	case errors.Is(context.Cause(ctx), errOvertaken):
		return // whoever overtook it has noted that
	case ctx.Err() != nil:
		// Whoever asked has left. That is no failure, but a mirror that takes so long
		// is a slow one; and if it does not answer in the time that people have, it is
		// as good as dead.
		if errors.Is(ctx.Err(), context.DeadlineExceeded) && took >= time.Second && got == 0 {
			break
		}
		n.slow(took)
		return
	case errors.Is(err, errLate):
		// Perhaps it has to fetch a large module itself first.
		n.slow(took)
		return
	case class == mirror.NoRange || class == differs:
		return
	case class == mirror.Denied, class == mirror.WrongContent, got >= progress:
		n.refused(class)
		return
	}
	if n.hold(retryAfter(err, p.o.Now())) {
		p.o.Log.Warn("mirror asks to be left alone", "mirror", n.name, "class", class)
		return
	}
	if n.broke(class) {
		p.o.Log.Warn("mirror left alone", "mirror", n.name, "class", class)
		p.revive(n)
	}
}

// anywhere is a path that every mirror answers, with a list or with a "not there".
const anywhere = "golang.org/toolchain/@v/list"

// revive tries a mirror that is left alone until it answers again: for what it
// answered last, and for anything else in turn. One path that it fails at, for
// reasons of that path, says nothing about the others.
func (p *Pool) revive(n *node) {
	p.spawn(func() {
		tick := time.NewTicker(p.o.Rest)
		defer tick.Stop()
		for rel, other := n.answers(), anywhere; ; rel, other = other, rel {
			select {
			case <-p.ctx.Done():
				return
			case <-tick.C:
			}
			class := p.try(n, rel)
			if p.ctx.Err() != nil {
				return
			}
			if class == "" {
				n.closes()
				p.o.Log.Info("mirror is back", "mirror", n.name)
				return
			}
			p.o.Log.Debug("mirror still fails", "mirror", n.name, "class", class)
		}
	})
}

// try asks for the beginning of a file; "" is any answer that a working mirror may
// give.
func (p *Pool) try(n *node, rel string) mirror.Class {
	ctx, cancel := context.WithTimeout(p.ctx, p.o.Answer)
	defer cancel()
	a, err := n.m.Open(ctx, http.MethodGet, rel, http.Header{"Range": {"bytes=0-511"}, "Accept-Encoding": {"identity"}})
	class := mirror.ClassOf(err)
	switch class {
	case "":
	case mirror.NotFound, mirror.Denied:
		return ""
	default:
		var e *mirror.Error
		if errors.As(err, &e) && e.Status == http.StatusRequestedRangeNotSatisfiable {
			return ""
		}
		n.mu.Lock()
		defer n.mu.Unlock()
		n.last, n.lastAt, n.said = class, n.now(), nil
		return class
	}
	defer func() { _ = a.Body.Close() }()
	start, err := io.ReadAll(io.LimitReader(a.Body, 512))
	switch {
	case err != nil:
		return mirror.ClassOf(err)
	case mirror.IsPage(start):
		return mirror.HTML
	}
	return ""
}
