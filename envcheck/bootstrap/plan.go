package bootstrap

import (
	"cmp"
	"context"
	"net/http"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/envcheck/mend"
	"github.com/yingzao-dev/yingzao/internal/gosdk/fetch"
	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Wanted is what a desk shall have. The zero value asks for a Go of the version
// Newest and for PATH, and leaves every setting as it is.
type Wanted struct {
	Profile envcheck.Profile
	Org     *Org    // nil = none
	Bundle  *Bundle // nil = none; otherwise nothing comes from a network

	// Go is the version that was asked for, "1.26.8"; "" = that of Org, of Bundle,
	// or Newest, in this order.
	Go, Newest string
	// AllowDowngrade lets an older Go take the place of a newer one.
	AllowDowngrade bool
	// SDK is a folder with the SDK; see fetch.Options. "" = the usual places.
	SDK string
	// CA is a certificate of the site in PEM form; nil = Org's.
	CA []byte
	// KeepPath leaves the start files, or the registry's PATH, alone.
	KeepPath bool
	Offline  bool
	// Fetch is where SDKs come from beside what follows from the above: pins, Log,
	// Archives, Progress and Proof are taken from it. The zero value asks the
	// checksum database in force and the usual archives.
	Fetch fetch.Options
	// Pins gives what the program itself knows of a release, where neither Fetch
	// nor Org pins it: "" = nothing. nil = it knows none.
	Pins func(version, platform string) (h1, sha256 string)
}

// Plan is all that Apply would do. It is empty on a desk that has everything.
type Plan struct {
	SDK   SDK
	Tools []ToolState // those of Org; only some need work
	Notes []Note
	// Applied says that Apply has done everything but tools.
	Applied bool

	desk   *Desk
	wanted Wanted
	org    bool // an organisation's file was given
	files  mend.Plan
	env    map[string]string // the settings that will be in force, for tools
	client *http.Client
	state  state
}

// Files are the changes to files.
func (p *Plan) Files() *mend.Plan { return &p.files }

// Empty reports whether there is nothing to do.
func (p *Plan) Empty() bool {
	for _, t := range p.Tools {
		if !t.Ready {
			return false
		}
	}
	return p.SDK.State == Keep && p.files.Empty() && len(p.state.raised) == 0
}

// Raised are the sequence numbers that are higher than the desk has seen, by the name
// of the organisation's file, or of the bundle. nil = none.
func (p *Plan) Raised() map[string]int64 { return p.state.raised }

func (p *Plan) note(code, en, zh string, args ...any) {
	p.Notes = append(p.Notes, Note{Code: code, Text: msg.Textf(en, zh, args...)})
}

// Close releases the connections of the plan.
func (p *Plan) Close() {
	if p.client != nil {
		p.client.CloseIdleConnections()
	}
}

// Make compares the desk with what is wanted. It reads, and asks the checksum
// database and the size of a download where a network may be used; it changes
// nothing. The error has the kind msg.Findings for a downgrade that nobody allowed.
func Make(ctx context.Context, d *Desk, w Wanted) (*Plan, error) {
	org := w.Org != nil
	if !org {
		w.Org = &Org{}
	}
	if w.CA == nil && w.Org.CA != "" {
		w.CA = []byte(w.Org.CA)
	}
	w.Offline = w.Offline || w.Bundle != nil
	p := &Plan{desk: d, wanted: w, org: org}
	if err := p.make(ctx); err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}

func (p *Plan) make(ctx context.Context) (err error) {
	d, w := p.desk, &p.wanted
	if p.client, err = Client(d.environ, w.CA); err != nil {
		return err
	}
	if p.state, err = d.readState(); err != nil {
		return err
	}
	if err := p.state.raise(p.org, w.Org, w.Bundle); err != nil {
		return err
	}
	if broken, err := d.Journal().Broken(); err == nil && broken {
		p.note("broken-off", "an earlier apply or undo was broken off; apply takes its files back first, so what it changes may differ from this", "之前的 apply 或 undo 被中断；apply 会先恢复其文件，因此实际改动可能与此处不同")
	}
	p.notes()
	if err := p.planSettings(); err != nil {
		return err
	}
	if err := p.planSDK(ctx); err != nil {
		return err
	}
	certs, err := p.planCA()
	if err != nil {
		return err
	}
	if err := p.planGit(); err != nil {
		return err
	}
	p.planTools()
	switch {
	case w.KeepPath:
		p.note("path", "PATH is left alone; put %s and %s before it", "PATH 保持不变；请把 %s 与 %s 放到最前面", p.goBin(), d.join("bin"))
		return nil
	case isWindows():
		return p.planRegistry()
	}
	return p.planShells(certs)
}

// Client makes the one client for an organisation's file and for SDKs. pem is a
// site's certificate; nil = the system's alone.
func Client(environ []string, pem []byte) (*http.Client, error) {
	o := httpx.Options{Proxy: httpx.ProxyFromEnviron(environ)}
	if len(pem) > 0 {
		pool, err := httpx.Pool(pem)
		if err != nil {
			return nil, msg.Errorf("read the site's certificate: %w", "读取站点证书：%w", err).WithKind(msg.Usage)
		}
		o.RootCAs = pool
	}
	return httpx.New(o), nil
}

// goVersion is the version that is wanted, without "go".
func (w *Wanted) goVersion() string {
	bundled := ""
	if w.Bundle != nil {
		bundled = w.Bundle.Go
	}
	return cmp.Or(w.Go, w.Org.Go.Version, bundled, w.Newest)
}
