package leak

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/internal/goenv"
)

// toolchain is the module that toolchains come as; it is always verified.
const toolchain = "golang.org/toolchain"

// Simulate says who would be asked about each module, in the order given.
func Simulate(c Config, k Knowledge, modules []Module) []Exposure {
	live := c.Proxies.Live()
	if slices.ContainsFunc(live, func(p goenv.Proxy) bool { return p.Err != nil }) {
		live = nil
	}
	s := simulation{c: c, k: k, live: live, known: map[string][]Module{}, inside: map[string]bool{}}
	for _, m := range modules {
		if m.Why != "tool" && m.Why != "go.sum" {
			s.known[m.Path] = append(s.known[m.Path], m)
		}
	}
	var out []Exposure
	for _, m := range modules {
		class, reason := Classify(m.Path, k)
		out = append(out, Exposure{Module: m, Class: class, Reason: reason, Asks: s.asks(m)})
	}
	return out
}

type simulation struct {
	c     Config
	k     Knowledge
	live  goenv.Proxies
	known map[string][]Module // that may hold packages

	inside map[string]bool // Ours by host: few hosts, many modules
}

func (s simulation) asks(m Module) []Ask {
	if m.Local || s.c.Vendored || len(s.live) == 0 {
		return nil
	}
	if m.Why != "tool" {
		return s.both(m)
	}
	var out []Ask
	for _, c := range s.candidates(m.Path) {
		out = append(out, s.both(c)...)
	}
	return out
}

// both is who is asked for a module and for its checksum.
func (s simulation) both(m Module) []Ask {
	out := s.fetch(m)
	when := Always
	if len(out) == 0 {
		when = Cached
	}
	return append(out, s.verify(m, when)...)
}

// candidates are the modules in which the go command looks for a package: those
// that are known, else every prefix of its path, the longest first.
func (s simulation) candidates(pkg string) []Module {
	var known, guessed []Module
	for p := pkg; ; p = p[:strings.LastIndexByte(p, '/')] {
		for _, m := range s.known[p] {
			if !m.Local {
				known = append(known, m)
			}
		}
		if _, _, ok := module.SplitPathVersion(p); ok && s.known[p] == nil {
			guessed = append(guessed, Module{Path: p, Why: "tool"})
		}
		if s.holds(p) && len(known) == 0 {
			return nil // in a folder of this machine
		}
		if !strings.Contains(p, "/") {
			break
		}
	}
	if len(known) > 0 {
		return known
	}
	return guessed
}

// holds reports whether a module of this path is local.
func (s simulation) holds(p string) bool {
	return slices.ContainsFunc(s.known[p], func(m Module) bool { return m.Local })
}

// fetch is who is asked for the module itself.
func (s simulation) fetch(m Module) []Ask {
	if goenv.MatchPatterns(s.c.NoProxy, m.Path) {
		return s.direct(m, Always)
	}
	var out []Ask
	when := Always
	for _, p := range s.live {
		switch p.Word {
		case "off":
			return out
		case "direct":
			return append(out, s.direct(m, when)...)
		}
		if escaped, err := module.EscapePath(m.Path); err == nil {
			out = append(out, s.ask(Mirror, p.URL, escaped+"/@v/", m.Path, when))
		}
		when = after(p)
	}
	return out
}

// after is the condition under which the entry behind p is asked.
func after(p goenv.Proxy) string {
	if p.Fallback() {
		return Failure
	}
	return NotFound
}

// direct is who is asked when the module comes from its own host.
func (s simulation) direct(m Module, when string) []Ask {
	host, rest, _ := strings.Cut(m.Path, "/")
	if !strings.Contains(host, ".") {
		return nil
	}
	u := &url.URL{Scheme: "https", Host: host, Path: "/" + rest, RawQuery: "go-get=1"}
	if host == "github.com" || host == "bitbucket.org" {
		// The go command knows what their repositories look like.
		parts := strings.SplitN(rest, "/", 3)
		if len(parts) < 2 {
			return nil
		}
		u.Path, u.RawQuery = "/"+parts[0]+"/"+parts[1], ""
	}
	return []Ask{{Kind: Direct, Host: host, URL: u.String(), Path: m.Path, When: when, Ours: true}}
}

// verify is who is asked for the module's checksum; when is said of the first.
func (s simulation) verify(m Module, when string) []Ask {
	db := s.c.SumDB
	escaped, err := module.EscapePath(m.Path)
	if err != nil || db.Off || db.Name == "" || m.Verified {
		return nil
	}
	if goenv.MatchPatterns(s.c.NoSumDB, m.Path) && m.Path != toolchain {
		return nil
	}
	name := "lookup/" + escaped + "@" + m.Version
	if v, err := module.EscapeVersion(m.Version); err == nil {
		name = "lookup/" + escaped + "@" + v
	}
	if db.URL != nil {
		return []Ask{s.ask(Database, db.URL, name, m.Path, when)}
	}
	var out []Ask
	for _, p := range s.live {
		if p.Word != "" {
			break
		}
		out = append(out, s.ask(Database, p.URL, "sumdb/"+db.Name+"/"+name, m.Path, when))
		when = after(p)
	}
	if n := len(out); n > 0 && s.live.Last() != "direct" {
		// The last mirror's failure is final; only "not there" leads past it.
		when = NotFound
	}
	host, path, _ := strings.Cut(db.Name, "/")
	return append(out, s.ask(Database, &url.URL{Scheme: "https", Host: host, Path: path}, name, m.Path, when))
}

// ask is a request below a base address.
func (s simulation) ask(kind string, base *url.URL, below, path, when string) Ask {
	u := *base
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	u.Path, u.RawPath = strings.TrimSuffix(u.Path, "/")+"/"+below, ""
	inside, asked := s.inside[base.Host]
	if !asked {
		inside = base.Host != "" && Ours(base.Host, s.k)
		s.inside[base.Host] = inside
	}
	return Ask{Kind: kind, Host: base.Host, URL: u.String(), Path: path, When: when, Ours: inside}
}
