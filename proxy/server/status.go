package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// mirrorDown is the state of a mirror that is left alone.
const mirrorDown = "down"

// readiness is the answer of /readyz.
type readiness struct {
	Ready bool `json:"ready"`
	// Mode is online, or cache-only while every mirror is left alone or there is none.
	Mode     string `json:"mode"`
	Problem  said   `json:"problem,omitzero"`
	Draining bool   `json:"draining,omitempty"`
	Degraded bool   `json:"degraded,omitempty"` // the last write failed for lack of room
}

// status is everything on the status page.
type status struct {
	readiness
	Schema    int       `json:"schema"`
	Version   string    `json:"version,omitempty"`
	Started   time.Time `json:"started"`
	Totals    totals    `json:"totals"`
	Inflight  int64     `json:"inflight"`
	Cache     usage     `json:"cache"`
	Memory    usage     `json:"memory"`
	Mirrors   []Mirror  `json:"mirrors"`
	Databases []head    `json:"databases"`
	Denials   []denial  `json:"denials"`
	Fetched   int64     `json:"fetched"`
	Bad       int64     `json:"quarantined"`
}

type usage struct {
	Bytes int64 `json:"bytes"`
	Free  int64 `json:"free_bytes,omitempty"`
	Files int64 `json:"entries,omitempty"`
}

// head is a checksum database's signed tree.
type head struct {
	Name  string    `json:"name"`
	Size  int64     `json:"records"`
	Since time.Time `json:"since,omitzero"`
}

func (s *Server) mirrors() []Mirror {
	if s.o.Mirrors == nil {
		return nil
	}
	return s.o.Mirrors()
}

func (s *Server) heads() []head {
	var out []head
	for name, db := range s.o.Databases {
		if name == alias {
			continue
		}
		size, since := db.Head()
		out = append(out, head{name, size, since})
	}
	slices.SortFunc(out, func(a, b head) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func (s *Server) status(ctx context.Context) status {
	st := status{
		Schema: 1, Version: s.o.Version, Started: s.started.UTC().Truncate(time.Second), Totals: s.count.totals(),
		Inflight: s.count.inflight.Load(), Mirrors: s.mirrors(), Databases: s.heads(), Denials: s.denials.latest(),
		Memory:  usage{Bytes: s.hot.bytes.Load(), Files: s.hot.count.Load()},
		Fetched: s.count.event("fetched"), Bad: s.count.event("quarantined"),
	}
	st.Draining = s.draining.Load()
	st.Mode = "cache-only"
	if slices.ContainsFunc(st.Mirrors, func(m Mirror) bool { return m.State != mirrorDown }) {
		st.Mode = "online"
	}
	if c := s.o.Cache; c != nil {
		free, full := c.Free()
		st.Cache, st.Degraded = usage{Bytes: c.Usage(), Free: free}, full
	}
	if s.o.Ready != nil {
		ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
		defer cancel()
		if err := s.o.Ready(ctx); err != nil {
			st.Problem = said{msg.Text{EN: msg.In(err, msg.English), ZH: msg.In(err, msg.Chinese)}}
		}
	}
	st.Ready = st.Problem.IsZero() && !st.Draining
	return st
}

//go:embed page/status.html.tmpl
var statusText string

//go:embed page/home.html.tmpl
var homeText string

//go:embed page/page.css
var css string

// page is an HTML page in both languages.
type page struct {
	template *template.Template
	policy   string
}

// newPage parses a page. fn beside the usual ones: t chooses a language's half.
func newPage(name, text string) page {
	funcs := template.FuncMap{"size": size, "ago": ago, "css": func() template.CSS { return template.CSS(css) }, "percent": percent, "stamp": stamp, "ms": millis}
	sum := sha256.Sum256([]byte(css))
	return page{
		template: template.Must(template.New(name).Funcs(funcs).Parse(text)),
		policy:   "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	}
}

// view is what a page is made of.
type view struct {
	Lang  string // en or zh
	Other string // the other one
	Now   time.Time
	Data  any
}

// T is the half of a text in the page's language.
func (v view) T(en, zh string) string {
	if v.Lang == "zh" {
		return zh
	}
	return en
}

// Say is a sentence in the page's language.
func (v view) Say(s said) string { return v.T(s.EN, s.In(msg.Chinese)) }

// Failure is what a mirror's class of failure means, in few words.
func (v view) Failure(class string) string {
	word, ok := failures[mirror.Class(class)]
	if !ok {
		return class
	}
	return v.T(word.EN, word.ZH)
}

func (p page) write(w http.ResponseWriter, r *http.Request, data any) {
	v := view{Lang: "en", Other: "zh", Now: time.Now(), Data: data}
	if speaks(r) == msg.Chinese {
		v.Lang, v.Other = "zh", "en"
	}
	var b bytes.Buffer
	if err := p.template.Execute(&b, v); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", v.Lang)
	h.Set("Content-Security-Policy", p.policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Vary", "Accept-Language")
	h.Set("Cache-Control", noStore)
	_, _ = w.Write(b.Bytes())
}

// speaks is the language of a page: the switch's, or the browser's first of ours.
func speaks(r *http.Request) msg.Lang {
	switch r.URL.Query().Get("lang") {
	case "zh":
		return msg.Chinese
	case "en":
		return msg.English
	}
	for word := range strings.SplitSeq(r.Header.Get("Accept-Language"), ",") {
		word = strings.ToLower(strings.TrimSpace(word))
		switch {
		case strings.HasPrefix(word, "zh"):
			return msg.Chinese
		case strings.HasPrefix(word, "en"):
			return msg.English
		}
	}
	return msg.English
}

func (s *Server) statusPage(w http.ResponseWriter, r *http.Request) {
	s.pages.status.write(w, r, s.status(r.Context()))
}
