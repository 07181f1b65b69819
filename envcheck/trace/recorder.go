package trace

import (
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/envcheck/leak"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// recorder stands for all mirrors of GOPROXY at once, and for an HTTP proxy that
// refuses everything.
type recorder struct {
	course  course
	mirrors goenv.Proxies
	db      *database
	dbHost  string // of the checksum database
	dbURL   bool   // GOSUMDB names its address
	content *content

	servers         []*http.Server
	addr, forwardAt string

	mu  sync.Mutex
	log map[leak.Asked]bool
}

func startRecorder(t *tracer, c course) (*recorder, error) {
	r := &recorder{course: c, db: t.db, content: t.content, dbHost: databaseHost(t.sumdb), dbURL: t.sumdb.URL != nil, log: map[leak.Asked]bool{}}
	if !t.broken {
		r.mirrors = t.proxies.Mirrors()
	}
	var err error
	if r.addr, err = r.listen(r.serveMirror); err == nil {
		r.forwardAt, err = r.listen(r.refuse)
	}
	if err != nil {
		r.close()
		return nil, msg.Errorf("listen on loopback: %w", "在本机回环地址监听：%w", err)
	}
	return r, nil
}

func (r *recorder) listen(h http.HandlerFunc) (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	r.servers = append(r.servers, srv)
	go func() { _ = srv.Serve(l) }()
	return l.Addr().String(), nil
}

func (r *recorder) close() {
	for _, s := range r.servers {
		_ = s.Close()
	}
}

// note writes down who was asked; a mirror that is a folder is nobody.
func (r *recorder) note(a leak.Asked) {
	if a.Host == "" {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.log[a] = true
}

func (r *recorder) asked() []leak.Asked {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []leak.Asked
	for a := range r.log {
		out = append(out, a)
	}
	return out
}

// goproxy is the user's GOPROXY with the recorder in the place of each mirror.
func (r *recorder) goproxy(t *tracer) string {
	if t.broken {
		return t.env["GOPROXY"]
	}
	var b strings.Builder
	n := 0
	for _, p := range t.proxies.Live() {
		if p.URL != nil {
			b.WriteString("http://" + r.addr + "/" + strconv.Itoa(n))
			n++
		} else {
			b.WriteString(p.Word)
		}
		if p.Sep != 0 {
			b.WriteByte(p.Sep)
		}
	}
	return b.String()
}

func (r *recorder) databaseURL() string { return "http://" + r.addr + "/db" }

func (r *recorder) forwardURL() string { return "http://" + r.forwardAt }

// databaseHost is the host that is asked for checksums past the mirrors.
func databaseHost(db goenv.SumDB) string {
	if db.URL != nil {
		return db.URL.Host
	}
	host, _, _ := strings.Cut(db.Name, "/")
	return host
}

// refuse is the HTTP proxy: it writes down the host and says no.
func (r *recorder) refuse(w http.ResponseWriter, q *http.Request) {
	host := q.Host
	if name, port, err := net.SplitHostPort(host); err == nil && (port == "443" || port == "80") {
		host = name
	}
	kind := leak.Direct
	if r.db != nil && host == r.dbHost {
		kind = leak.Database
	}
	r.note(leak.Asked{Kind: kind, Host: host})
	http.Error(w, "nothing leaves this machine", http.StatusForbidden)
}

// serveMirror answers /<n>/… as the n-th mirror and /db/… as the checksum
// database.
func (r *recorder) serveMirror(w http.ResponseWriter, q *http.Request) {
	first, rest, _ := strings.Cut(strings.TrimPrefix(q.URL.Path, "/"), "/")
	if first == "db" && r.db != nil {
		r.serveDatabase(w, q, r.dbHost, rest)
		return
	}
	n, err := strconv.Atoi(first)
	if err != nil || n < 0 || n >= len(r.mirrors) {
		http.NotFound(w, q)
		return
	}
	host := r.mirrors[n].URL.Host
	if below, ok := strings.CutPrefix(rest, "sumdb/"); ok && r.db != nil {
		below = strings.TrimPrefix(below, r.db.name+"/")
		switch {
		case n < r.course.databaseAt:
			http.NotFound(w, q)
		case below == "supported":
			w.WriteHeader(http.StatusOK)
		default:
			r.serveDatabase(w, q, host, below)
		}
		return
	}
	escaped, file, _ := strings.Cut(rest, "/@")
	path, err := module.UnescapePath(escaped)
	if err != nil {
		http.NotFound(w, q)
		return
	}
	r.note(leak.Asked{Kind: leak.Mirror, Host: host, Path: path})
	if n < r.course.modulesAt {
		http.NotFound(w, q)
		return
	}
	r.content.serve(w, q, path, file)
}

func (r *recorder) serveDatabase(w http.ResponseWriter, q *http.Request, host, below string) {
	if id, ok := strings.CutPrefix(below, "lookup/"); ok {
		escaped, _, _ := strings.Cut(id, "@")
		if path, err := module.UnescapePath(escaped); err == nil {
			r.note(leak.Asked{Kind: leak.Database, Host: host, Path: path})
		}
	}
	q = q.Clone(q.Context())
	q.URL = &url.URL{Path: "/" + below}
	r.db.handler.ServeHTTP(w, q)
}
