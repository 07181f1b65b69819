package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
)

const sumName = "sum.soak.test"

// world is what the proxy asks: two names of one mirror, each with a temper of its own.
type world struct {
	mirror *mirrortest.Server
	ids    []string // path@version
	faces  []*face
}

// face is a mirror as the proxy sees it.
type face struct {
	server *http.Server
	url    string
	mode   atomic.Value // mirrortest.Mode
}

func newWorld(n int) (*world, error) {
	w := &world{}
	modules := mirrortest.Modules{}
	for i := range n {
		path := fmt.Sprintf("example.com/group%d/module%d", i%17, i/3)
		id := fmt.Sprintf("%s@v1.%d.0", path, i%3)
		size := 4 << 10
		switch {
		case i%40 == 7:
			size = 2 << 20
		case i%5 == 1:
			size = 100 << 10
		}
		modules[id] = map[string]string{"a.go": "package a\n", "data.txt": noise(i, size)}
		w.ids = append(w.ids, id)
	}
	var err error
	if w.mirror, err = mirrortest.Start(mirrortest.Options{Modules: modules, SumDB: sumName, Delay: 300 * time.Millisecond}); err != nil {
		return nil, err
	}
	for range 2 {
		f, err := newFace(w.mirror)
		if err != nil {
			w.close()
			return nil, err
		}
		w.faces = append(w.faces, f)
	}
	return w, nil
}

// noise does not compress, and is the same each time.
func noise(seed, size int) string {
	r := rand.New(rand.NewPCG(uint64(seed), 1))
	var b strings.Builder
	for b.Len() < size {
		fmt.Fprintf(&b, "%016x\n", r.Uint64())
	}
	return b.String()
}

func newFace(m *mirrortest.Server) (*face, error) {
	to, err := url.Parse("http://" + m.Addr())
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	f := &face{url: "http://" + l.Addr().String()}
	f.mode.Store(mirrortest.OK)
	pass := &httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(to)
			p.Out.URL.Path = "/" + string(f.mode.Load().(mirrortest.Mode)) + p.In.URL.Path
			p.Out.URL.RawPath = ""
		},
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
		ErrorLog:     quiet,
	}
	f.server = &http.Server{Handler: pass, ErrorLog: quiet}
	go func() { _ = f.server.Serve(l) }()
	return f, nil
}

func (w *world) close() {
	for _, f := range w.faces {
		_ = f.server.Close()
	}
	w.mirror.Close()
}

// trouble changes the mirrors' temper every few seconds: mostly good, sometimes one
// of them is bad in one way, sometimes both.
func (w *world) trouble(ctx context.Context) {
	bad := []mirrortest.Mode{mirrortest.ServerError, mirrortest.Unavailable, mirrortest.Reset, mirrortest.Forbidden, mirrortest.Truncated,
		mirrortest.Slow, mirrortest.HTML, mirrortest.NoSumDB, mirrortest.Cut(50_000), mirrortest.BadZip, mirrortest.NoRange}
	tick := time.NewTicker(7 * time.Second)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		w.mirror.Forget() // its log would grow
		for i, f := range w.faces {
			mode := mirrortest.OK
			if n%4 == 1+i || n%12 == 11 {
				mode = bad[rand.IntN(len(bad))]
			}
			f.mode.Store(mode)
		}
	}
}
