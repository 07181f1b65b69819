package mirrortest

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Mode is the first element of the path: the manner in which the mirror
// answers everything below it.
type Mode string

// The modes. Those that serve the checksum database below /sumdb/ truthfully
// are marked (db); the others answer there as they answer everywhere.
const (
	OK           Mode = "ok"           // well behaved (db)
	NotFound     Mode = "404"          // 404 for everything
	Gone         Mode = "410"          // 410 for everything
	ServerError  Mode = "500"          // 500 for everything
	Unavailable  Mode = "503"          // 503 for everything
	Forbidden    Mode = "403"          // 403 for everything
	Unauthorized Mode = "401"          // 401 for everything
	Auth         Mode = "auth"         // 401 unless an Authorization header came, then as OK (db)
	HTML         Mode = "html"         // 200 with a login page, text/html: a captive portal
	Login        Mode = "login"        // 302 to a login page on another host
	Redirect     Mode = "redirect"     // 302 to OK on the same host (db)
	RedirectZip  Mode = "redirectzip"  // as OK, but zips are 302 to another host (db)
	Loop         Mode = "loop"         // 302 to itself, for ever
	Slow         Mode = "slow"         // as OK after Options.Delay (db)
	Drip         Mode = "drip"         // as OK, one byte per Options.Tick (db)
	Truncated    Mode = "truncated"    // half of the body, then the connection breaks
	Reset        Mode = "reset"        // the connection breaks before any answer
	BadZip       Mode = "badzip"       // as OK, zips with one more line in a .go file (db)
	BadMod       Mode = "badmod"       // as OK, go.mod files with one more line (db)
	Stale        Mode = "stale"        // as OK, but lists only the newest version (db)
	NoRange      Mode = "norange"      // as OK, Range headers are ignored (db)
	NoSumDB      Mode = "nosumdb"      // as OK, 404 below /sumdb/
	BadKey       Mode = "badkey"       // as OK, the database is signed with another key
	BadRecord    Mode = "badrecord"    // as OK, the database's records do not belong to its tree
	AllForbidden Mode = "allforbidden" // as OK, but what is not there is 403 and not 404 (db)
)

// Cut is the mode that answers as OK, but breaks the connection after n bytes of
// a body that has more (db).
func Cut(n int64) Mode { return Mode("cut" + strconv.FormatInt(n, 10)) }

// cut is the n of Cut.
func (m Mode) cut() (n int64, ok bool) {
	digits, ok := strings.CutPrefix(string(m), "cut")
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	return n, err == nil && n >= 0
}

// plain are the modes that are nothing but a status.
func (m Mode) plain() (status int, ok bool) {
	status, err := strconv.Atoi(string(m))
	return status, err == nil
}

// serve answers one request in the mode; rest is the path below it.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, mode Mode, rest string) {
	if status, ok := mode.plain(); ok && http.StatusText(status) != "" {
		http.Error(w, http.StatusText(status), status)
		return
	}
	if n, ok := mode.cut(); ok {
		w, mode = &cuttingWriter{ResponseWriter: w, left: n}, OK
	}
	switch mode {
	case Auth:
		if r.Header.Get("Authorization") == "" {
			w.Header().Set("WWW-Authenticate", `Basic realm="mirror"`)
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
	case HTML:
		loginPage(w)
		return
	case Login:
		http.Redirect(w, r, s.OtherURL()+"/login", http.StatusFound)
		return
	case Redirect:
		http.Redirect(w, r, s.URL(OK)+"/"+rest, http.StatusFound)
		return
	case RedirectZip:
		if strings.HasSuffix(rest, ".zip") {
			http.Redirect(w, r, s.OtherURL()+"/"+string(OK)+"/"+rest+"?token=signed-for-this-request", http.StatusFound)
			return
		}
	case Loop:
		http.Redirect(w, r, r.URL.Path, http.StatusFound)
		return
	case Reset:
		panic(http.ErrAbortHandler)
	case Slow:
		select {
		case <-time.After(s.delay):
		case <-r.Context().Done():
			return
		}
	case Drip:
		w = &dripWriter{w: w, tick: s.tick, done: r.Context().Done()}
	case Truncated:
		w = &truncatingWriter{ResponseWriter: w}
	case NoRange:
		r = r.Clone(r.Context())
		r.Header.Del("Range")
	case OK, BadZip, BadMod, Stale, NoSumDB, BadKey, BadRecord, AllForbidden:
	default:
		http.Error(w, "no such mode: "+string(mode), http.StatusNotFound)
		return
	}
	if name, ok := strings.CutPrefix(rest, "sumdb/"); ok {
		s.serveSumDB(w, r, mode, name)
		return
	}
	s.serveModule(w, r, mode, rest)
}

func loginPage(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte("<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><form>Please sign in</form></body></html>\n"))
}

// cuttingWriter breaks the connection after some bytes.
type cuttingWriter struct {
	http.ResponseWriter
	left int64
}

func (c *cuttingWriter) Write(p []byte) (int, error) {
	if int64(len(p)) <= c.left {
		c.left -= int64(len(p))
		return c.ResponseWriter.Write(p)
	}
	_, _ = c.ResponseWriter.Write(p[:c.left])
	_ = http.NewResponseController(c.ResponseWriter).Flush()
	panic(http.ErrAbortHandler)
}

// dripWriter sends one byte per tick.
type dripWriter struct {
	w    http.ResponseWriter
	tick time.Duration
	done <-chan struct{}
}

func (d *dripWriter) Header() http.Header    { return d.w.Header() }
func (d *dripWriter) WriteHeader(status int) { d.w.WriteHeader(status) }

func (d *dripWriter) Write(p []byte) (int, error) {
	for i := range p {
		if _, err := d.w.Write(p[i : i+1]); err != nil {
			return i, err
		}
		_ = http.NewResponseController(d.w).Flush()
		select {
		case <-time.After(d.tick):
		case <-d.done:
			return i, http.ErrAbortHandler
		}
	}
	return len(p), nil
}

// truncatingWriter promises the whole body, sends half of the first write and
// breaks the connection.
type truncatingWriter struct{ http.ResponseWriter }

func (t *truncatingWriter) Write(p []byte) (int, error) {
	if t.Header().Get("Content-Length") == "" {
		t.Header().Set("Content-Length", strconv.Itoa(len(p)))
	}
	_, _ = t.ResponseWriter.Write(p[:len(p)/2])
	_ = http.NewResponseController(t.ResponseWriter).Flush()
	panic(http.ErrAbortHandler)
}
