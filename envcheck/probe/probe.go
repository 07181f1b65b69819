package probe

import (
	"cmp"
	"context"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/mirror"
)

// Options say what to ask. Only View is needed.
type Options struct {
	// View is the snapshot with its profile and policy; see envcheck.NewView.
	View *envcheck.View
	// Candidates are mirrors, as GOPROXY has them, that could be recommended. Those
	// that the policy does not allow are not asked.
	Candidates []string
	// Timeout is for everything together. 0 = 5 s.
	Timeout time.Duration
	// StepTimeout is for each probe. 0 = 2 s.
	StepTimeout time.Duration
	// HTTP says how to get there. A nil Proxy means that of the snapshot's
	// environment, nil RootCAs the system's authorities and those of the snapshot's
	// SSL_CERT_FILE and SSL_CERT_DIR, limits of 0 those of a probe.
	HTTP httpx.Options
	// Pins is what mirrors must have, and the checksum database's key. nil =
	// mirror.DefaultPins with the key of GOSUMDB.
	Pins *mirror.Pins
	// LookupIP resolves names. nil = the system's resolver.
	LookupIP func(ctx context.Context, host string) ([]netip.Addr, error)
	// Now is the clock that is compared with the mirrors'. nil = time.Now.
	Now func() time.Time
}

// Run asks everybody at once. What could not be learnt before the deadline is in
// the second value. The error is only that of ctx; what was learnt until then is
// returned with it. When Run returns, nothing of it is running.
func Run(ctx context.Context, o Options) (*envcheck.Network, []envcheck.Missing, error) {
	begin := time.Now()
	o.Timeout = cmp.Or(o.Timeout, 5*time.Second)
	p := newProber(o)
	limited, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	var all sync.WaitGroup
	for _, job := range slices.Concat(p.mirrorJobs(), p.databaseJobs(), p.hopJobs(), p.hostJobs()) {
		all.Go(func() { job(limited) })
	}
	all.Wait()
	p.finish()
	p.n.Seconds = time.Since(begin).Seconds()
	p.n.Deadline = len(p.missing) > 0 && ctx.Err() == nil
	return p.n, p.missing, ctx.Err()
}

// prober holds the plan and the results. The lists of n are made with their full
// length before anything runs, and each job writes to a place of its own.
type prober struct {
	Options
	v       *envcheck.View
	pins    mirror.Pins
	proxies goenv.ProxyVars
	targets []target // in step with n.Mirrors
	direct  []string // in step with directs
	directs []answer
	hops    []hop // in step with n.Proxies
	reports []mirror.Report
	dialled map[string]bool // hosts that are reached without an HTTP proxy
	n       *envcheck.Network

	mu      sync.Mutex
	missing []envcheck.Missing
	tls     map[string]string // of hosts whose handshake failed
}

func newProber(o Options) *prober {
	o.StepTimeout = cmp.Or(o.StepTimeout, 2*time.Second)
	p := &prober{Options: o, v: o.View, n: &envcheck.Network{}, tls: map[string]string{}, dialled: map[string]bool{}}
	p.proxies = p.v.Env.HTTPProxies()
	if p.HTTP.Proxy == nil {
		p.HTTP.Proxy = p.proxies.For
	}
	if p.HTTP.RootCAs == nil {
		p.HTTP.RootCAs = roots(p.v)
	}
	// A little before the probe ends, so that what hangs is told as such.
	for _, limit := range []*time.Duration{&p.HTTP.Connect, &p.HTTP.TLSHandshake} {
		*limit = cmp.Or(*limit, p.StepTimeout*3/4)
	}
	p.HTTP.FirstByte = cmp.Or(p.HTTP.FirstByte, p.StepTimeout)
	if o.Pins != nil {
		p.pins = *o.Pins
	} else if p.pins = mirror.DefaultPins(); p.v.SumDBErr == nil && p.v.SumDB.Key != "" {
		p.pins.Key = p.v.SumDB.Key
	}
	if p.LookupIP == nil {
		p.LookupIP = systemLookup
	}
	p.planMirrors()
	p.planDatabases()
	p.planHops()
	p.planHosts()
	return p
}

// miss notes what could not be learnt before the time was up.
func (p *prober) miss(ctx context.Context, what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.missing = append(p.missing, envcheck.Missing{What: what, Reason: p.reason(ctx)})
}

// reason says why the time was up.
func (p *prober) reason(ctx context.Context) string {
	if errors.Is(ctx.Err(), context.Canceled) {
		return "it was cancelled"
	}
	return "no answer before the time was up (" + p.Timeout.String() + ")"
}

// noteTLS keeps why the handshake with a host failed.
func (p *prober) noteTLS(host string, class mirror.Class) {
	word := tlsWord(class)
	if word == "" {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tls[hostname(host)] = word
}

// finish puts together what only all answers tell.
func (p *prober) finish() {
	p.finishDatabases()
	p.finishHosts()
	p.n.Recommend = p.recommend()
	slices.SortStableFunc(p.n.Mirrors, func(a, b envcheck.MirrorProbe) int {
		if (a.LatencyMS > 0) != (b.LatencyMS > 0) {
			return cmp.Compare(b.LatencyMS, a.LatencyMS)
		}
		return cmp.Compare(a.LatencyMS, b.LatencyMS)
	})
	slices.SortFunc(p.missing, func(a, b envcheck.Missing) int { return strings.Compare(a.What, b.What) })
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
