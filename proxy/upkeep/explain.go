package upkeep

import (
	"context"
	"errors"
	"path"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/cache"
	"github.com/yingzao-dev/yingzao/proxy/config"
	"github.com/yingzao-dev/yingzao/proxy/server"
	"github.com/yingzao-dev/yingzao/proxy/sumdb"
)

// Answer is what a client would get.
type Answer string

// The answers.
const (
	Cached  Answer = "cached"  // 200, out of the cache, without a network
	Fetched Answer = "fetched" // the route's source is asked, then as it answers
	Blocked Answer = "blocked" // 403 with the rule's reason
	Absent  Answer = "absent"  // 404: it is not in the cache, and nobody is asked
)

// Explanation tells about a version of a module.
type Explanation struct {
	Module  string    `json:"module"`
	Version string    `json:"version"`
	Route   RouteInfo `json:"route"`
	Files   []About   `json:"files"` // .info, .mod, .zip, or the one that was asked about
	Record  *Record   `json:"record,omitempty"`
	// Online is what the route's source says now; nil = it was not asked.
	Online *Online `json:"online,omitempty"`
}

// RouteInfo is the route that counts for the version.
type RouteInfo struct {
	Name    string   `json:"name"`
	Match   string   `json:"match"` // the patterns
	Private bool     `json:"private"`
	Block   string   `json:"block,omitempty"`  // why nobody gets it
	From    []string `json:"from,omitempty"`   // who is asked: the bucket, then mirrors in their order or a repository
	Access  []string `json:"access,omitempty"` // whose tokens may have it; none = everybody's
}

// About tells about one file.
type About struct {
	Kind     proxy.Kind         `json:"kind"`
	Key      string             `json:"key"`
	Answer   Answer             `json:"answer"`
	Size     int64              `json:"size,omitempty"`
	H1       string             `json:"h1,omitempty"`
	Proof    string             `json:"proof,omitempty"` // see cache.Record
	Proven   time.Time          `json:"proven,omitzero"` // when the proof came, if later than the file
	Pieces   []proxy.Piece      `json:"pieces,omitempty"`
	Time     time.Time          `json:"time,omitzero"` // when it came
	Aside    *cache.Quarantined `json:"aside,omitempty"`
	Recorded bool               `json:"recorded"` // how it came is known, though it may be gone
}

// Record is what a checksum database says.
type Record struct {
	Database string   `json:"database"`
	Number   int64    `json:"number"`
	Zip      string   `json:"zip,omitempty"`
	Mod      string   `json:"mod,omitempty"`
	Tree     int64    `json:"tree"` // records under the site's head
	Unknown  msg.Text `json:"unknown,omitzero"`
}

// Online is what a source says.
type Online struct {
	Info    string   `json:"info,omitempty"` // the .info as it came
	Trouble msg.Text `json:"trouble,omitzero"`
}

// ExplainOptions say how much is looked at.
type ExplainOptions struct {
	// Online asks the database for the record, and the route's source for the .info;
	// what is proven is kept. false = nobody is asked.
	Online bool
}

// ParseVersion reads path@version, with .info, .mod or .zip behind it for that file
// alone; the Kind is "" for all three.
func ParseVersion(s string) (proxy.File, error) {
	name, version, _ := strings.Cut(s, "@")
	f := proxy.File{Module: name, Version: version}
	if ext := path.Ext(version); ext == ".info" || ext == ".mod" || ext == ".zip" {
		f.Kind, f.Version = proxy.Kind(ext[1:]), strings.TrimSuffix(version, ext)
	}
	if !f.Canonical() {
		return f, msg.Errorf("explain %q: it needs a path and a whole version", "说明 %q：需要路径和完整的版本号", s).WithKind(msg.Usage).
			WithHint("like golang.org/x/text@v0.14.0, or golang.org/x/text@v0.14.0.zip", "例如 golang.org/x/text@v0.14.0 或 golang.org/x/text@v0.14.0.zip")
	}
	return f, nil
}

// Explain tells what a client would get for a version, by which route and rule, and
// how what is in the cache came there and was proven. A Kind of "" means all three.
func Explain(ctx context.Context, c config.Config, d server.Deps, f proxy.File, o ExplainOptions) (Explanation, error) {
	from := c
	if !o.Online {
		c = quiet(c)
	}
	p, err := server.Assemble(ctx, c, d, server.Other{ReadOnly: !o.Online})
	if err != nil {
		return Explanation{}, err
	}
	out := Explanation{Module: f.Module, Version: f.Version}
	out.Route = route(from, p.Routes, f)
	route := p.Routes.For(f.Module, f.Version)
	for _, kind := range []proxy.Kind{proxy.Info, proxy.Mod, proxy.Zip} {
		if f.Kind == "" || f.Kind == kind {
			one := proxy.File{Kind: kind, Module: f.Module, Version: f.Version}
			out.Files = append(out.Files, about(ctx, p.Cache, one, out.Route))
		}
	}
	if out.Route.Block == "" && !out.Route.Private {
		out.Record = record(ctx, p.Proves(), f)
	}
	if o.Online && out.Route.Block == "" && route.Source != nil {
		body, err := route.Source.Info(ctx, f.Module, f.Version)
		out.Online = &Online{Info: strings.TrimSpace(string(body))}
		if err != nil {
			out.Online.Trouble = msg.Textf("%v", "%v", err)
		}
	}
	return out, msg.Join(ctx.Err(), p.Close(ctx))
}

// route is the one that counts; there always is one, for that of the mirrors is the
// last. Assembled offline, routes have no sources: the configuration knows them.
func route(c config.Config, routes proxy.Routes, f proxy.File) RouteInfo {
	r := routes.For(f.Module, f.Version)
	i := 0
	for r != &routes[i] {
		i++
	}
	out := RouteInfo{Name: r.Name, Match: r.Pattern, Private: r.Private, Block: r.Block}
	from := c.Mirrors
	if i < len(c.Routes) {
		out.Access, from = c.Routes[i].Access, c.Routes[i].Mirrors
		if url := c.Routes[i].Git.URL; url != "" {
			from = []string{url}
		}
	}
	if c.Offline {
		from = nil
	}
	if c.Cache.Store != "" {
		from = append([]string{c.Cache.Store}, from...)
	}
	for _, u := range from {
		out.From = append(out.From, httpx.Redact(u))
	}
	return out
}

// about looks into the cache, into its records, and into quarantine.
func about(ctx context.Context, c *cache.Cache, f proxy.File, r RouteInfo) About {
	a := About{Kind: f.Kind, Key: f.Path(), Answer: Absent}
	if rec, err := c.Record(ctx, a.Key); err == nil {
		a.Recorded, a.H1, a.Proof, a.Proven, a.Pieces, a.Time = true, rec.H1, rec.Proof, rec.Proven, rec.Pieces, rec.Time
	}
	if q, err := c.Aside(ctx, a.Key); err == nil {
		a.Aside = &q
	}
	if o, err := c.Get(ctx, a.Key); err == nil {
		a.Answer, a.Size = Cached, o.Size
		if a.Time.IsZero() {
			a.Time = o.Modified
		}
		_ = o.Close()
	} else if len(r.From) > 0 {
		a.Answer = Fetched
	}
	if r.Block != "" {
		a.Answer = Blocked
	}
	return a
}

// record is what the database that proves has; nil when none does.
func record(ctx context.Context, db *sumdb.DB, f proxy.File) *Record {
	if db == nil {
		return nil
	}
	out := &Record{Database: db.Name()}
	sums, n, err := db.Sums(ctx, f.Module, f.Version)
	if err == nil {
		out.Number, out.Zip, out.Mod = n, sums.Zip, sums.Mod
	} else if out.Number = -1; errors.Is(err, proxy.ErrNotFound) || errors.Is(err, proxy.ErrContent) {
		out.Unknown = msg.Textf("%v", "%v", err)
	} else {
		out.Unknown = msg.Textf("its record is not here (%v)", "本地没有其记录（%v）", err)
	}
	out.Tree, _ = db.Head()
	return out
}
