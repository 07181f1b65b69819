package probe

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/mirror"
)

// target is a mirror to ask.
type target struct {
	url   *url.URL
	inUse bool
}

// planMirrors lists what the go command would read and the candidates, each once.
// What it would refuse to read is left to the rules.
func (p *prober) planMirrors() {
	add := func(u *url.URL, inUse bool) {
		if _, err := mirror.New(u.String(), nil); err != nil {
			return
		}
		if !slices.ContainsFunc(p.targets, func(t target) bool { return sameMirror(t.url, u) }) {
			p.targets = append(p.targets, target{u, inUse})
		}
	}
	for _, m := range p.v.Proxies.Mirrors() {
		add(m.URL, true)
	}
	for _, c := range p.Candidates {
		list, err := goenv.ParseProxies(c)
		for _, m := range list.Mirrors() {
			if err == nil && p.allowed(m.URL) {
				add(m.URL, false)
			}
		}
	}
	p.n.Mirrors = make([]envcheck.MirrorProbe, len(p.targets))
	p.reports = make([]mirror.Report, len(p.targets))
}

func sameMirror(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.EqualFold(a.Host, b.Host) && strings.TrimRight(a.Path, "/") == strings.TrimRight(b.Path, "/")
}

// allowed reports whether the policy lets GOPROXY name a mirror.
func (p *prober) allowed(u *url.URL) bool {
	return len(p.v.Policy.Mirrors) == 0 || slices.ContainsFunc(p.v.Policy.Mirrors, func(entry string) bool {
		list, _ := goenv.ParseProxies(entry)
		if len(list) != 1 || list[0].URL == nil {
			return false
		}
		m := list[0].URL
		base := strings.TrimRight(m.Path, "/")
		return m.Scheme == u.Scheme && strings.EqualFold(m.Host, u.Host) && (strings.TrimRight(u.Path, "/") == base || strings.HasPrefix(u.Path, base+"/"))
	})
}

func (p *prober) mirrorJobs() []func(context.Context) {
	var jobs []func(context.Context)
	for i, t := range p.targets {
		jobs = append(jobs, func(ctx context.Context) {
			pins := p.pins
			r, err := mirror.Probe(ctx, mirror.Options{Base: t.url.String(), HTTP: p.HTTP, StepTimeout: p.StepTimeout, Pins: &pins,
				GOOS: p.v.Machine.OS, GOARCH: p.v.Machine.Arch, Now: p.Now, LookupIP: p.LookupIP})
			if err != nil {
				return // planMirrors has tried the same
			}
			p.reports[i], p.n.Mirrors[i] = r, condense(r, t.inUse, p.StepTimeout/2)
			p.look(ctx, r, t)
		})
	}
	return jobs
}

// look notes what a mirror's answers say about hosts and about the time.
func (p *prober) look(ctx context.Context, r mirror.Report, t target) {
	var cut []string
	for _, s := range r.Steps {
		var e *mirror.Error
		if t.inUse && errors.As(s.Err, &e) && len(e.Hosts) > 0 {
			p.noteTLS(e.Hosts[len(e.Hosts)-1], e.Class)
		}
		if s.Status == mirror.StatusIncomplete {
			cut = append(cut, s.Code)
		}
	}
	if len(cut) > 0 {
		p.miss(ctx, "probe "+r.Mirror+" ("+strings.Join(cut, ", ")+")")
	}
}

// condense is a report in the words of a snapshot. A small answer that takes longer
// than slow is slow: a module needs several, one after the other.
func condense(r mirror.Report, inUse bool, slow time.Duration) envcheck.MirrorProbe {
	m := envcheck.MirrorProbe{URL: r.Mirror, InUse: inUse, Class: classOf(r, slow), SumDB: sumWord(r), Contacted: r.Hosts(), RateKBs: float64(r.BytesPerSecond) / 1024}
	if s := r.Step("M2"); s.Status == mirror.StatusOK {
		m.LatencyMS = milliseconds(s.Latency)
	}
	first := r.Step("M1")
	for _, s := range r.Steps {
		step := envcheck.ProbeStep{Code: s.Code, Status: string(s.Status), Class: string(s.Class), MS: milliseconds(s.Latency), Detail: s.Detail.EN}
		// One dead mirror is one trouble: what fails as M1 did is told once. Wrong
		// content is another content each time.
		if s.Code != "M1" && s.Class != "" && s.Class == first.Class && s.Status == first.Status && s.Class != mirror.WrongContent {
			step.Status, step.Detail = string(mirror.StatusSkipped), "as M1"
		}
		m.Steps = append(m.Steps, step)
	}
	return m
}

// classOf judges by what a build needs: go.mod, .info, list and zip. The answer
// for what is not there (M5), the database (M6, M7), toolchains (M8) and IPv6
// (M10) stand in their steps; an old list and a server that cannot resume do not
// stop a build.
func classOf(r mirror.Report, slow time.Duration) string {
	var seen []string
	unsure := false
	for _, code := range []string{"M1", "M2", "M3", "M4"} {
		s := r.Step(code)
		switch {
		case s.Status == mirror.StatusIncomplete:
			unsure = true
		case s.Status != mirror.StatusFailed, s.Class == mirror.NoRange, code == "M3" && s.Class == mirror.WrongContent:
		case s.Class == mirror.NotFound && code != "M1": // filtered, or an optional endpoint
		default:
			seen = append(seen, wordOf(s.Class))
		}
	}
	if s := r.Step("M9"); s.Class == mirror.Clock {
		seen = append(seen, wordOf(s.Class))
	}
	if s := r.Step("M2"); s.Status == mirror.StatusOK && s.Latency > slow {
		seen = append(seen, "slow")
	}
	for _, w := range worst {
		if slices.Contains(seen, w) {
			return w
		}
	}
	if unsure {
		return ""
	}
	return "ok"
}
