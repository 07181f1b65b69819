package server

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"runtime/trace"
	"sync"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

const (
	flightAge   = 5 * time.Second
	flightBytes = 8 << 20
	flightFiles = 5
	slowRequest = 30 * time.Second
)

// flight is the flight recorder: the last seconds of what the program did, written
// down when something is odd. A nil flight records nothing.
type flight struct {
	dir  string
	log  *slog.Logger
	rec  *trace.FlightRecorder
	wake chan struct{}

	mu sync.Mutex
	n  int
}

// newFlight records into dir, which is the caller's to remove.
func newFlight(dir string, log *slog.Logger) (*flight, error) {
	f := &flight{dir: dir, log: log, wake: make(chan struct{}, 1),
		rec: trace.NewFlightRecorder(trace.FlightRecorderConfig{MinAge: flightAge, MaxBytes: flightBytes})}
	if err := f.rec.Start(); err != nil {
		return nil, msg.Errorf("start the flight recorder: %w", "启动飞行记录器：%w", err)
	}
	return f, nil
}

func (f *flight) stop() {
	if f != nil {
		f.rec.Stop()
	}
}

// slow asks for a dump when a request took very long.
func (f *flight) slow(took time.Duration) {
	if f == nil || took < slowRequest {
		return
	}
	select {
	case f.wake <- struct{}{}:
	default: // one is asked for already
	}
}

// run dumps when asked to, by a slow request or a signal, until ctx ends.
func (f *flight) run(ctx context.Context, signals <-chan os.Signal) {
	if f == nil {
		return
	}
	for {
		why := "slow request"
		select {
		case <-ctx.Done():
			return
		case <-signals:
			why = "signal"
		case <-f.wake:
		}
		name, err := f.dump()
		if err != nil {
			f.log.Error("flight recorder failed", "error", err)
			continue
		}
		f.log.Warn("flight recorder dumped", "file", name, "why", why)
	}
}

// dump writes a file, and removes the oldest one of more than five.
func (f *flight) dump() (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.n++
	name := filepath.Join(f.dir, fmt.Sprintf("flight-%d.trace", f.n))
	out, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return "", err
	}
	_, err = f.rec.WriteTo(out)
	if e := out.Close(); err == nil {
		err = e
	}
	if f.n > flightFiles {
		_ = os.Remove(filepath.Join(f.dir, fmt.Sprintf("flight-%d.trace", f.n-flightFiles)))
	}
	return name, err
}

// flightNow sends the last seconds.
func (s *Server) flightNow(w http.ResponseWriter, r *http.Request) {
	if s.flight == nil {
		http.NotFound(w, r)
		return
	}
	_, _ = s.flight.rec.WriteTo(binary(w, "flight.trace"))
}
