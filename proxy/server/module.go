package server

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/cache"
	"github.com/yingzao-dev/yingzao/proxy/fill"
)

// maxText is what a list or an answer to a query may have, in bytes, when it is
// read from the cache alone.
const maxText = 64 << 20

// module answers for the module protocol; path has no leading slash.
func (s *Server) module(w http.ResponseWriter, r *http.Request, v *visit, path string) {
	f, err := proxy.Parse(path)
	if err != nil {
		v.kind, v.who = "invalid", s.gate.who(r)
		s.fail(w, r, v, err)
		return
	}
	v.file, v.kind = f, string(f.Kind)
	version := ""
	if f.Immutable() {
		version = f.Version
	}
	route := s.o.Routes.For(f.Module, version)
	if !s.enter(w, r, v, route) {
		return
	}
	if err := blocked(f, route); err != nil {
		s.fail(w, r, v, err)
		return
	}
	only := strings.EqualFold(r.Header.Get("Disable-Module-Fetch"), "true")
	if f.Immutable() {
		s.file(w, r, v, only)
	} else {
		s.text(w, r, v, only)
	}
}

// blocked is the error of a route that says no.
func blocked(f proxy.File, route *proxy.Route) error {
	if route == nil || route.Block == "" {
		return nil
	}
	return proxy.Fail(proxy.ErrBlocked, f.String(), msg.Errorf("the rule says: %s", "规则说明：%s", route.Block))
}

// file answers with what never changes.
func (s *Server) file(w http.ResponseWriter, r *http.Request, v *visit, only bool) {
	key := v.file.Path()
	var o *cache.Object
	var err error
	v.cache = fromSource
	if s.o.Cache != nil && s.o.Cache.Has(key) {
		v.cache = fromCache
	}
	switch {
	case !only:
		o, err = s.o.Files.Get(r.Context(), v.file)
	case s.o.Cache == nil:
		err = proxy.Fail(proxy.ErrNotFound, v.file.String(), nil)
	default:
		o, err = s.o.Cache.Get(r.Context(), key)
	}
	if err != nil {
		s.fail(w, r, v, err)
		return
	}
	s.object(w, r, v, o, contentType(v.file.Kind))
}

// object sends an open file and closes it, or keeps it for the next who asks: its
// content when it is small, itself when it is large.
func (s *Server) object(w http.ResponseWriter, r *http.Request, v *visit, o *cache.Object, contentType string) {
	a := &answer{path: r.URL.Path, what: v.file, route: v.route, kind: v.kind, size: o.Size}
	caching := immutable(s.gate.scope(v.route))
	if s.hot.fits(o.Size) && !o.Passing {
		defer o.Close()
		a.body = make([]byte, o.Size)
		if _, err := io.ReadFull(o, a.body); err != nil {
			s.fail(w, r, v, proxy.Fail(proxy.ErrUnavailable, v.file.String(), err))
			return
		}
		if o.ETag == "" {
			o.ETag = sumTag(a.body)
		}
		s.keep(w, r, v, a.finish(contentType, o.ETag, caching, o.Modified))
		return
	}
	if to := s.redirect(r, v, o); to != "" {
		_ = o.Close()
		v.cache = fromRedirect
		h := w.Header()
		h.Set("Location", to)
		h.Set("Cache-Control", noStore)
		w.WriteHeader(http.StatusFound)
		return
	}
	a.file = o
	a.refs.Store(1) // ours
	defer a.letGo()
	a.finish(contentType, o.ETag, caching, o.Modified)
	if s.hot.opens() && s.o.Redirect.To == nil && !o.Passing {
		s.keep(w, r, v, a)
		return
	}
	a.headers(w.Header())
	delete(w.Header(), "Content-Length")
	sendContent(w, r, o.Modified, o.File)
}

// keep keeps a finished answer and sends it.
func (s *Server) keep(w http.ResponseWriter, r *http.Request, v *visit, a *answer) {
	a.told.Store(v.start.Unix())
	s.hot.put(a)
	if !conditional(r.Header) {
		_, _ = a.write(w, r.Method == http.MethodHead)
		return
	}
	a.headers(w.Header())
	delete(w.Header(), "Content-Length")
	sendContent(w, r, a.modified, a.content())
}

// text answers with what may change.
func (s *Server) text(w http.ResponseWriter, r *http.Request, v *visit, only bool) {
	var a fill.Answer
	var err error
	switch {
	case !only:
		a, err = s.o.Files.Text(r.Context(), v.file)
	case s.o.Cache == nil:
		err = proxy.Fail(proxy.ErrNotFound, v.file.String(), nil)
	default:
		a.Body, a.Age, err = s.o.Cache.Read(r.Context(), v.file.Path(), maxText)
		a.Stale = a.Age > fresh
	}
	if err != nil {
		s.fail(w, r, v, err)
		return
	}
	h := w.Header()
	scope := s.gate.scope(v.route)
	h.Set("Cache-Control", mutable(scope))
	switch {
	case a.Stale:
		v.cache = fromStale
		seconds := strconv.FormatInt(int64(a.Age.Seconds()), 10)
		h.Set("Cache-Control", scope+", max-age=0")
		h.Set("X-Stale", seconds)
		h.Set("Warning", `110 - "Response is Stale"`)
		h.Set("Age", seconds)
	case a.Age >= time.Second:
		v.cache = fromCache
		h.Set("Age", strconv.FormatInt(int64(a.Age.Seconds()), 10))
	default:
		v.cache = fromSource
	}
	h["Content-Type"] = []string{contentType(v.file.Kind)}
	h["Etag"] = []string{sumTag(a.Body)}
	sendContent(w, r, time.Time{}, strings.NewReader(string(a.Body)))
}
