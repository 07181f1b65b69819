package mirror

import (
	"cmp"
	"context"
	"errors"
	"net/netip"
	"runtime"
	"slices"
	"sync"
	"time"

	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Options say what to probe. Only Base is needed.
type Options struct {
	// Base is the mirror's URL, a GOPROXY entry.
	Base string
	// HTTP says how to get there. Time limits that are 0 follow StepTimeout.
	HTTP httpx.Options
	// StepTimeout limits each step, TLS handshake included. 0 = 2 s.
	StepTimeout time.Duration
	// Pins is what the mirror must have; see [DefaultPins]. nil = those.
	Pins *Pins
	// GOOS and GOARCH of the toolchain that M8 asks for. "" = this program's.
	GOOS, GOARCH string
	// Toolchain is its Go version, like "1.25.5". "" = that of the pins.
	Toolchain string
	// Now is the clock that M9 compares; nil = time.Now.
	Now func() time.Time
	// LookupIP resolves the mirror's name for M10; nil = the system's resolver.
	LookupIP func(ctx context.Context, host string) ([]netip.Addr, error)
}

// Pins are things that every complete mirror has had for years, and their
// hashes as go.sum has them.
type Pins struct {
	Module  module.Version // M1, M2, M3, M7, M9: its go.mod, .info, place in the list, record
	ModSum  string         // h1 of its go.mod
	ZipSum  string         // h1 of its zip
	Zip     module.Version // M4: a zip of more than 64 KiB shows most
	Absent  module.Version // M5: does not exist anywhere
	Key     string         // M6, M7: the checksum database's verifier key
	Version string         // M8: a Go version that was published as a toolchain module
}

// DefaultPins were checked with `go mod download` against the public checksum
// database. The absent module is below a top-level domain that is reserved for
// names that do not exist, so that a mirror needs no time to find out.
func DefaultPins() Pins {
	text := module.Version{Path: "golang.org/x/text", Version: "v0.3.0"}
	return Pins{
		Module:  text,
		ModSum:  "h1:NqM8EUOU14njkJ3fqMW+pc6Ldnwhi/IjpwHt7yyuwOQ=",
		ZipSum:  "h1:g61tztE5qeGQ89tm6NTjjM9VPIm088od1l6aSorWRWg=",
		Zip:     text,
		Absent:  module.Version{Path: "absent.invalid/module", Version: "v1.0.0"},
		Key:     goenv.PublicSumDBKey,
		Version: "1.25.5",
	}
}

// Status is how a step ended.
type Status string

// The statuses.
const (
	StatusOK         Status = "ok"
	StatusFailed     Status = "failed"     // the mirror, or the way to it, is wrong
	StatusSkipped    Status = "skipped"    // there is nothing to ask
	StatusIncomplete Status = "incomplete" // the caller's time was over
)

// Step is the result of one step.
type Step struct {
	Code    string        `json:"code"` // M1 … M10
	Status  Status        `json:"status"`
	Class   Class         `json:"class,omitempty"` // of the failure
	Latency time.Duration `json:"latency_ns"`      // M2: the middle one of three; otherwise the whole step
	Detail  msg.Text      `json:"detail"`
	Hosts   []string      `json:"hosts,omitempty"` // contacted, redirects included, in order
	Err     error         `json:"-"`               // why it failed; nil when it did not
}

// Report is what a probe found. Figures are zero when their step did not
// succeed.
type Report struct {
	Mirror string        `json:"mirror"` // without credentials
	Steps  []Step        `json:"steps"`  // always ten, M1 first
	Took   time.Duration `json:"took_ns"`

	BytesPerSecond int64         `json:"bytes_per_second,omitempty"` // M4
	Ranges         bool          `json:"ranges"`                     // M4: downloads can be resumed
	TreeSize       int64         `json:"tree_size,omitempty"`        // M6: the larger, the fresher
	TLSVersion     string        `json:"tls_version,omitempty"`      // M9, like "TLS 1.3"
	Issuer         string        `json:"issuer,omitempty"`           // M9: who signed the certificate; an intercepting proxy shows here
	CertEnds       time.Time     `json:"cert_ends,omitzero"`         // M9
	Skew           time.Duration `json:"skew_ns,omitempty"`          // M9: local clock minus the mirror's; precise to a second
}

// Step is the step with the code; the zero Step for another.
func (r Report) Step(code string) Step {
	for _, s := range r.Steps {
		if s.Code == code {
			return s
		}
	}
	return Step{}
}

// Hosts are all hosts that were contacted, sorted: the list for a firewall.
func (r Report) Hosts() []string {
	var out []string
	for _, s := range r.Steps {
		out = append(out, s.Hosts...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Complete reports whether no step was cut off by the caller's deadline.
func (r Report) Complete() bool {
	return !slices.ContainsFunc(r.Steps, func(s Step) bool { return s.Status == StatusIncomplete })
}

// Probe asks a mirror. Each step is made once, all of them at the same time
// where they do not depend on each other, and each ends with its own limit or
// with ctx; what was found until then is in the report. It fails only when
// Base is not the URL of a mirror.
func Probe(ctx context.Context, o Options) (Report, error) {
	begin := time.Now()
	p, err := newProber(o)
	if err != nil {
		return Report{}, err
	}
	defer p.m.client.CloseIdleConnections()
	var all sync.WaitGroup
	for _, chain := range [][]step{
		{{"M1", p.pinnedMod}}, {{"M2", p.infoLatency}}, {{"M3", p.oldInList}}, {{"M4", p.zipRange}}, {{"M5", p.absent}},
		{{"M6", p.sumHead}, {"M7", p.sumProof}}, {{"M8", p.toolchain}}, {{"M9", p.tlsAndClock}}, {{"M10", p.dialBoth}},
	} {
		all.Go(func() {
			for _, s := range chain {
				p.run(ctx, s)
			}
		})
	}
	all.Wait()
	p.report.Took = time.Since(begin)
	return p.report, nil
}

type step struct {
	code string
	do   func(ctx context.Context, s *Step) error
}

type prober struct {
	Options
	pins Pins
	m    *Mirror
	db   *Database

	mu     sync.Mutex
	report Report
}

func newProber(o Options) (*prober, error) {
	o.StepTimeout = cmp.Or(o.StepTimeout, 2*time.Second)
	// A little before the step ends, so that a name server or a proxy that does
	// not answer is told as such.
	for _, limit := range []*time.Duration{&o.HTTP.Connect, &o.HTTP.TLSHandshake} {
		*limit = cmp.Or(*limit, o.StepTimeout*3/4)
	}
	o.HTTP.FirstByte = cmp.Or(o.HTTP.FirstByte, o.StepTimeout)
	pins := DefaultPins()
	if o.Pins != nil {
		pins = *o.Pins
	}
	o.GOOS, o.GOARCH, o.Toolchain = cmp.Or(o.GOOS, runtime.GOOS), cmp.Or(o.GOARCH, runtime.GOARCH), cmp.Or(o.Toolchain, pins.Version)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.LookupIP == nil {
		o.LookupIP = systemLookup
	}
	m, err := New(o.Base, httpx.New(o.HTTP))
	if err != nil {
		return nil, err
	}
	p := &prober{Options: o, pins: pins, m: m}
	name, err := databaseName(pins.Key)
	if err != nil {
		return nil, err
	}
	p.db, err = NewDatabase(DatabaseOptions{Key: pins.Key, Sources: []Source{m.Source(name)}})
	p.report = Report{Mirror: m.String(), Steps: make([]Step, 10)}
	for i, code := range []string{"M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8", "M9", "M10"} {
		p.report.Steps[i].Code = code
	}
	return p, err
}

// errSkip ends a step that has nothing to ask; Detail says why.
var errSkip = errors.New("skipped")

// run makes one step within its time and enters the result.
func (p *prober) run(ctx context.Context, st step) {
	s := Step{Code: st.code}
	var asked hostLog
	begin := time.Now()
	limited, cancel := context.WithTimeout(context.WithValue(ctx, hostLogKey{}, &asked), p.StepTimeout)
	err := st.do(limited, &s)
	cancel()
	s.Latency = cmp.Or(s.Latency, time.Since(begin))
	s.Hosts = asked.hosts
	switch {
	case errors.Is(err, errSkip):
		s.Status, s.Latency = StatusSkipped, 0
	case err == nil:
		s.Status = StatusOK
	default:
		s.Status, s.Class, s.Err = StatusFailed, ClassOf(err), err
		if ctx.Err() != nil && slices.Contains(cutOff, s.Class) {
			s.Status = StatusIncomplete
		}
		s.Detail = msg.Textf("%v", "%v", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range p.report.Steps {
		if p.report.Steps[i].Code == st.code {
			p.report.Steps[i] = s
		}
	}
}

// cutOff are the classes that the end of the caller's time may have caused.
var cutOff = []Class{Timeout, Slow, Canceled, DNS, Truncated}

// hostLog collects, through the context, the hosts that a step contacted.
type hostLog struct {
	mu    sync.Mutex
	hosts []string
}

type hostLogKey struct{}

func noteHosts(ctx context.Context, hosts []string) {
	log, ok := ctx.Value(hostLogKey{}).(*hostLog)
	if !ok {
		return
	}
	log.mu.Lock()
	defer log.mu.Unlock()
	for _, h := range hosts {
		if !slices.Contains(log.hosts, h) {
			log.hosts = append(log.hosts, h)
		}
	}
}

// figure enters a figure of the report.
func (p *prober) figure(set func(r *Report)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	set(&p.report)
}

// proxied reports whether an HTTP proxy stands between us and the mirror.
func (p *prober) proxied() bool {
	if p.HTTP.Proxy == nil {
		return false
	}
	u, err := p.HTTP.Proxy(p.m.base)
	return err != nil || u != nil
}
