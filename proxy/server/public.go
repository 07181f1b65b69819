package server

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

// public is the side for clients.
type public Server

// ServeHTTP answers from memory where it can and goes the long way otherwise.
func (p *public) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s := (*Server)(p)
	s.count.inflight.Add(1)
	defer s.count.inflight.Add(-1)
	v := visit{start: time.Now(), cache: fromNowhere, kind: "other"}
	if !plain(r) {
		// the long way
	} else if a := s.hot.get(r.URL.Path); a != nil {
		defer a.letGo()
		v.kind, v.file, v.route = a.kind, a.what, a.route
		if s.gate.open && s.o.Access == nil || s.enter(w, r, &v, a.route) {
			s.fromMemory(w, r, &v, a)
		}
		s.report(r, &v)
		return
	}
	rec := &recorder{ResponseWriter: w}
	s.serve(rec, r, &v)
	v.status, v.bytes = rec.status, rec.bytes
	if v.status == 0 {
		v.status = http.StatusOK
	}
	s.report(r, &v)
}

// clientLeft is no failure of ours.
var clientLeft = msg.Text{EN: "client left", ZH: "客户端已离开"}

// plain reports whether a request is one that finished answers are for.
func plain(r *http.Request) bool {
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) && r.ContentLength == 0
}

// fromMemory sends a finished answer.
func (s *Server) fromMemory(w http.ResponseWriter, r *http.Request, v *visit, a *answer) {
	v.cache, v.status = fromMemory, http.StatusOK
	s.tell(a, v.start)
	if !conditional(r.Header) {
		n, err := a.write(w, r.Method == http.MethodHead)
		v.bytes = n
		if err != nil {
			v.failed = clientLeft
		}
		return
	}
	a.headers(w.Header())
	delete(w.Header(), "Content-Length")
	rec := &recorder{ResponseWriter: w}
	sendContent(rec, r, a.modified, a.content())
	v.status, v.bytes = rec.status, rec.bytes
}

// tell lets the cache know of a use, now and then.
func (s *Server) tell(a *answer, now time.Time) {
	if s.o.Cache == nil || a.what.Kind == "" {
		return
	}
	if last := a.told.Load(); now.Unix()-last > int64(hotUse.Seconds()) && a.told.CompareAndSwap(last, now.Unix()) {
		s.o.Cache.Used(a.path[1:])
	}
}

// enter decides whether the asker may have what a route has, and answers if not.
func (s *Server) enter(w http.ResponseWriter, r *http.Request, v *visit, route *proxy.Route) bool {
	v.who, v.route = s.gate.who(r), route
	name, no := s.gate.admit(v.who, route)
	if v.name = name; no == nil {
		return true
	}
	if no.status == http.StatusUnauthorized {
		w.Header().Set("Www-Authenticate", `Basic realm="yingzao", charset="UTF-8"`)
	}
	v.failed, v.status = no.why, no.status
	s.say(w, no.status, noStore, no.why)
	return false
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request, v *visit) {
	if r.ContentLength != 0 {
		// Nothing we answer has a body; nobody waits for one that drips.
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(5 * time.Second))
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		v.who = s.gate.who(r)
		w.Header().Set("Allow", "GET, HEAD")
		s.say(w, http.StatusMethodNotAllowed, noStore, msg.Text{EN: "this server answers GET and HEAD only", ZH: "本服务只响应 GET 与 HEAD"})
		return
	}
	path := r.URL.Path
	switch {
	case path == "/healthz":
		v.kind, v.who = "healthz", s.gate.who(r)
		alive(w)
	case path == "/":
		v.kind, v.who = "page", s.gate.who(r)
		s.home(w, r)
	case strings.HasPrefix(path, "/sumdb/"):
		v.kind = "sumdb"
		s.sumdb(w, r, v, path[len("/sumdb/"):])
	case path == "/dl" || strings.HasPrefix(path, "/dl/"):
		v.kind = "dl"
		if s.enter(w, r, v, nil) {
			s.archive(w, r, v, strings.TrimPrefix(path[len("/dl"):], "/"))
		}
	default:
		s.module(w, r, v, strings.TrimPrefix(path, "/"))
	}
}

// alive answers for as long as anything does.
func alive(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", noStore)
	_, _ = io.WriteString(w, "ok\n")
}

// say answers with a sentence in both languages, which the go command prints.
func (s *Server) say(w http.ResponseWriter, status int, caching string, what msg.Text) {
	body := what.EN + "\n"
	if what.ZH != "" {
		body += what.ZH + "\n"
	}
	h := w.Header()
	h["Content-Type"] = []string{"text/plain; charset=utf-8"}
	h["X-Content-Type-Options"] = []string{"nosniff"}
	h.Set("Cache-Control", caching)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// fail answers with an error by its class.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, v *visit, err error) {
	status, caching := http.StatusInternalServerError, noStore
	switch {
	case r.Context().Err() != nil && errors.Is(err, context.Canceled):
		v.failed, status = clientLeft, 499 // nobody reads it; the log does
	case errors.Is(err, proxy.ErrBlocked), errors.Is(err, proxy.ErrContent):
		status = http.StatusForbidden
	case errors.Is(err, proxy.ErrUnavailable), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		status = http.StatusServiceUnavailable
		w.Header().Set("Retry-After", "10")
	case errors.Is(err, proxy.ErrNotFound):
		status, caching = http.StatusNotFound, mutable(s.gate.scope(v.route))
	}
	text := msg.Text{EN: msg.In(err, msg.English), ZH: msg.In(err, msg.Chinese)}
	if h := msg.Hint(err); !h.IsZero() {
		text.EN, text.ZH = text.EN+" ("+h.EN+")", text.ZH+"（"+h.In(msg.Chinese)+"）"
	}
	told := s.withoutPlaces(text, err)
	if v.failed.IsZero() {
		v.failed = text
	}
	if status == http.StatusInternalServerError || v.failed == text && (told != text || len(places(err)) > 0) {
		s.log.Error("answer failed", "path", kept(r.URL.Path), "error", text.EN)
	}
	s.say(w, status, caching, told)
}

// recorder remembers what was sent. It passes on ReadFrom, so that files go to the
// socket by themselves.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(p []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(p)
	r.bytes += int64(n)
	return n, err
}

// ReadFrom is io.ReaderFrom.
func (r *recorder) ReadFrom(src io.Reader) (int64, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := io.Copy(r.ResponseWriter, src)
	r.bytes += n
	return n, err
}

// Unwrap is for http.ResponseController.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
