package server

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"math"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Listen says where a server listens. Only Public is needed.
type Listen struct {
	// Public and Admin are host:port; port 0 takes a free one. Admin "" = no
	// administrator's side.
	Public, Admin string
	// CertFile and KeyFile turn on TLS for the public side. They are read again when
	// they change. "" = none.
	CertFile, KeyFile string
	// Drain is how long requests and fetches may take to end after the first
	// signal. 0 = 30 s.
	Drain time.Duration
	// AdminMayFail goes on without an administrator's side when its port is taken.
	AdminMayFail bool
	// Listening is told the real addresses; admin is "" where there is none. An error
	// ends it. nil = nobody is told.
	Listening func(public, admin string) error

	before               func()        // is called when nothing is answered any more; nil = nothing to do
	header, stall, renew time.Duration // for tests; 0 = the usual ones
}

const (
	defaultDrain  = 30 * time.Second
	headerTimeout = 10 * time.Second
	idleTimeout   = 2 * time.Minute
	maxHeader     = 64 << 10 // bytes
)

// Serve answers on both listeners until ctx ends, then ends what is on its way:
// requests may finish for Drain, a signal ends them at once. It is called once.
func (s *Server) Serve(ctx context.Context, l Listen) error {
	s.warnMemory()
	again := s.again
	var cert *certificate
	if l.CertFile != "" {
		cert = &certificate{cert: l.CertFile, key: l.KeyFile}
		again = append(again, cert.renewed())
		if err := cert.load(); err != nil {
			return err
		}
	}
	public, err := listen(l.Public, "--listen")
	if err != nil {
		return err
	}
	defer public.Close()
	servers := []*http.Server{l.server(s.Public(), s.log)}
	stall, clock := cmp.Or(l.stall, stallTimeout), newClock()
	listeners := []net.Listener{patient{public, stall, clock}}
	adminAddr := ""
	if l.Admin != "" {
		admin, err := listen(l.Admin, "--admin")
		switch {
		case err != nil && l.AdminMayFail:
			s.log.Warn("no administrator's side", "error", err)
		case err != nil:
			return err
		default:
			defer admin.Close()
			adminAddr = admin.Addr().String()
			servers, listeners = append(servers, l.server(s.Admin(), s.log)), append(listeners, admin)
		}
	}
	s.log.Info("listening", "public", public.Addr().String(), "admin", adminAddr, "tls", l.CertFile != "")
	if l.Listening != nil {
		if err := l.Listening(public.Addr().String(), adminAddr); err != nil {
			return err
		}
	}

	var all sync.WaitGroup
	failed := make(chan error, len(servers))
	for i, srv := range servers {
		all.Go(func() {
			serve := func() error { return srv.Serve(listeners[i]) }
			if i == 0 && cert != nil {
				srv.TLSConfig = cert.config()
				serve = func() error { return srv.ServeTLS(listeners[i], "", "") }
			}
			if err := serve(); !errors.Is(err, http.ErrServerClosed) {
				failed <- msg.Errorf("serve: %w", "提供服务：%w", err)
			}
		})
	}
	beside, stopBeside := context.WithCancel(context.WithoutCancel(ctx))
	all.Go(func() { clock.run(beside, min(stall/20, time.Second)) })
	if len(again) > 0 {
		all.Go(func() { renew(beside, cmp.Or(l.renew, renewEvery), s.log, again...) })
	}
	all.Go(func() {
		signals := make(chan os.Signal, 1)
		notifyDump(signals)
		defer signal.Stop(signals)
		s.flight.run(beside, signals)
	})
	defer all.Wait()
	defer stopBeside()

	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	s.draining.Store(true)
	if l.Drain == 0 {
		l.Drain = defaultDrain
	}
	hurry, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.Drain)
	defer cancel()
	hurry, stop := signal.NotifyContext(hurry, os.Interrupt, syscall.SIGTERM) // the second one
	defer stop()
	s.log.Info("draining", "requests", s.count.inflight.Load(), "limit", l.Drain.String())
	s.drain(hurry, servers)
	if l.before != nil {
		l.before()
	}
	s.hot.purge()
	err = msg.Join(err, s.Close(hurry))
	s.log.Info("stopped", "broken_off", s.count.inflight.Load())
	return err
}

func (l Listen) server(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: cmp.Or(l.header, headerTimeout), IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// drain lets requests end until hurry does.
func (s *Server) drain(hurry context.Context, servers []*http.Server) {
	ctx, stop := context.WithCancel(hurry)
	defer stop()
	// A connection on which nothing was asked yet counts as busy for 5 s: when no
	// request is left, nobody is waited for.
	idle := make(chan struct{})
	go func() {
		defer close(idle)
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for quiet := 0; quiet < 10 && ctx.Err() == nil; quiet++ {
			if s.count.inflight.Load() > 0 {
				quiet = -1
			}
			select {
			case <-ctx.Done():
			case <-tick.C:
			}
		}
		stop()
	}()
	var all sync.WaitGroup
	for _, srv := range servers {
		all.Go(func() {
			if srv.Shutdown(ctx) != nil {
				_ = srv.Close()
			}
		})
	}
	all.Wait()
	stop()
	<-idle
}

// warnMemory tells when what is kept in memory and the limit of memory do not go
// together. The runtime itself obeys GOMEMLIMIT.
func (s *Server) warnMemory() {
	limit := debug.SetMemoryLimit(-1)
	if limit != math.MaxInt64 && s.hot.limit > limit/2 {
		s.log.Warn("finished answers may take more than half of GOMEMLIMIT", "memory", s.hot.limit, "gomemlimit", limit)
	}
}

// listen opens a port; flag is the one that says which.
func listen(addr, flag string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err == nil {
		return l, nil
	}
	e := msg.Errorf("listen on %s: %w", "监听 %s：%w", addr, err)
	var bad *net.AddrError
	var name *net.DNSError
	if errors.As(err, &bad) || errors.As(err, &name) {
		return nil, e.WithKind(msg.Usage).WithHint("write %s host:port: 127.0.0.1:8081, or :8081 for all interfaces", "请写 %s 主机:端口，例如 127.0.0.1:8081；:8081 表示所有网卡", flag)
	}
	return nil, e.WithHint("another program may have the port; %s takes another one", "端口可能已被占用；可用 %s 换一个", flag)
}
