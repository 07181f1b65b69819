package probe

import (
	"context"
	"errors"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/mirror"
)

// answer is what the database said at an address of its own.
type answer struct {
	probe  envcheck.SumDBProbe
	cutOff string // why there was no time to learn it; "" = it was learnt
}

// planDatabases lists the database's own addresses, where the go command could
// end up there (cmd/go/internal/modfetch, initBase): always where GOSUMDB has a
// URL, else when no mirror carries it. A list that ends in off, and a site without
// a way out, mean that it should not be dialled.
func (p *prober) planDatabases() {
	db := p.v.SumDB
	switch {
	case p.v.SumDBErr != nil || db.Off || db.Name == "":
	case db.URL != nil:
		p.direct = []string{db.URL.String()}
	case p.v.Profile.AirGap || p.v.Proxies.Last() == "off":
	case db.Public():
		p.direct = []string{"https://" + db.Name, "https://" + goenv.PublicSumDBAlias}
	default:
		p.direct = []string{"https://" + db.Name}
	}
	p.directs = make([]answer, len(p.direct))
}

func (p *prober) databaseJobs() []func(context.Context) {
	var jobs []func(context.Context)
	for i, base := range p.direct {
		jobs = append(jobs, func(ctx context.Context) { p.directs[i] = p.askDatabase(ctx, base) })
	}
	return jobs
}

// askDatabase asks the database itself for its signed head.
func (p *prober) askDatabase(ctx context.Context, base string) answer {
	out := answer{probe: envcheck.SumDBProbe{URL: httpx.Redact(base)}}
	client := httpx.New(p.HTTP)
	defer client.CloseIdleConnections()
	src, err := mirror.Direct(base, client)
	if err != nil {
		out.probe.Class = "refused" // a file:// URL, or none
		return out
	}
	db, err := mirror.NewDatabase(mirror.DatabaseOptions{Key: p.pins.Key, Sources: []mirror.Source{src}})
	if err != nil {
		out.probe.Class = "content"
		return out
	}
	begin := time.Now()
	limited, cancel := context.WithTimeout(ctx, p.StepTimeout)
	defer cancel()
	tree, err := db.Latest(limited)
	out.probe.MS = milliseconds(time.Since(begin))
	if err == nil {
		out.probe.Status, out.probe.Class, out.probe.Verified, out.probe.Size = 200, "ok", true, tree.N
		return out
	}
	if ctx.Err() != nil {
		out.cutOff = p.reason(ctx)
		return out
	}
	class := mirror.ClassOf(err)
	out.probe.Class, out.probe.Status = wordOf(class), statusOf(err)
	if tlsWord(class) != "" {
		p.noteTLS(hostOf(base), class)
	}
	return out
}

// statusOf is the status of the answer to the request that decides: bytes that
// lie came with 200.
func statusOf(err error) int {
	var e *mirror.Error
	switch {
	case !errors.As(err, &e):
		return 0
	case e.Class == mirror.WrongContent:
		return 200
	}
	return e.Status
}

// sumWord says whether a mirror carries the database: "yes", "no", the word for
// what went wrong, or "" when there was no time to learn it.
func sumWord(r mirror.Report) string {
	head, proof := r.Step("M6"), r.Step("M7")
	switch {
	case head.Status == mirror.StatusIncomplete:
		return ""
	case head.Class == mirror.NotFound && supported(head.Err):
		return "server" // it says that it carries the database, and has no head
	case head.Class == mirror.NotFound:
		return "no"
	case head.Status == mirror.StatusFailed:
		return wordOf(head.Class)
	case proof.Class == mirror.WrongContent:
		return "content"
	case proof.Status == mirror.StatusFailed && proof.Class != mirror.NotFound: // a private database need not know the pinned module
		return wordOf(proof.Class)
	}
	return "yes"
}

// supported reports whether M6 failed behind the question whether the mirror
// carries the database at all.
func supported(err error) bool {
	var e *mirror.Error
	return errors.As(err, &e) && !strings.Contains(e.URL, "/supported")
}

// finishDatabases lists the ways to the database: the mirrors in use, in the
// order of GOPROXY, then its own addresses.
func (p *prober) finishDatabases() {
	name := ""
	if v, err := note.NewVerifier(p.pins.Key); err == nil {
		name = v.Name()
	}
	for i, t := range p.targets {
		if !t.inUse || len(p.reports[i].Steps) == 0 {
			continue
		}
		r := p.reports[i]
		head := r.Step("M6")
		d := envcheck.SumDBProbe{URL: r.Mirror + "/sumdb/" + name, Through: r.Mirror, Class: sumWord(r), MS: milliseconds(head.Latency)}
		switch {
		case head.Status == mirror.StatusOK:
			d.Status, d.Verified, d.Size = 200, true, r.TreeSize
		case supported(head.Err):
			d.Status = 200
		default:
			d.Status = statusOf(head.Err)
		}
		if d.Class == "yes" {
			d.Class = "ok"
		}
		p.n.SumDBs = append(p.n.SumDBs, d)
	}
	for i, a := range p.directs {
		switch {
		case a.cutOff != "" && (i > 0 || p.carried()):
			continue // nobody needs it
		case a.cutOff != "":
			p.missing = append(p.missing, envcheck.Missing{What: "checksum database " + a.probe.URL, Reason: a.cutOff})
		}
		p.n.SumDBs = append(p.n.SumDBs, a.probe)
	}
}

// carried reports whether a mirror in use carries the database, so that the go
// command does not dial it.
func (p *prober) carried() bool {
	if p.v.SumDB.URL != nil {
		return false
	}
	for i, t := range p.targets {
		if t.inUse && p.n.Mirrors[i].SumDB == "yes" {
			return true
		}
	}
	return false
}
