package server

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/cache"
)

// running is a server that listens for real.
type running struct {
	public, admin string
	stop          context.CancelFunc
	done          chan error
	log           *lockedBuffer
}

func run(t testing.TB, s *Server, l Listen) *running {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	r := &running{stop: stop, done: make(chan error, 1), log: &lockedBuffer{}}
	s.log = slog.New(slog.NewTextHandler(r.log, nil))
	l.Public, l.Admin = "127.0.0.1:0", "127.0.0.1:0"
	ready := make(chan struct{})
	l.Listening = func(public, admin string) error {
		r.public, r.admin = "http://"+public, "http://"+admin
		close(ready)
		return nil
	}
	go func() { r.done <- s.Serve(ctx, l) }()
	select {
	case <-ready:
	case err := <-r.done:
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(); _ = r.wait(t, 40*time.Second) })
	return r
}

func (r *running) wait(t testing.TB, limit time.Duration) error {
	t.Helper()
	select {
	case err := <-r.done:
		r.done <- err
		return err
	case <-time.After(limit):
		t.Fatal("it does not end")
		return nil
	}
}

// slowFiles answer when they are let go.
type slowFiles struct {
	*fakeFiles
	asked, answer chan struct{}
}

func (f *slowFiles) Get(ctx context.Context, x proxy.File) (*cache.Object, error) {
	f.asked <- struct{}{}
	select {
	case <-f.answer:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return f.fakeFiles.Get(ctx, x)
}

// Idle, with connections kept alive and one on which nothing was ever said: nobody is
// waited for.
func TestEndsAtOnceWhenIdle(t *testing.T) {
	f := files(t)
	r := run(t, New(Options{Files: f, Cache: f.c}), Listen{})
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	resp, err := client.Get(r.public + infoPath)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	c, err := net.Dial("tcp", strings.TrimPrefix(r.public, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	time.Sleep(50 * time.Millisecond) // accepted
	start := time.Now()
	r.stop()
	if err := r.wait(t, 40*time.Second); err != nil || time.Since(start) > 15*time.Second { // the limit is 30 s
		t.Errorf("%v after %v", err, time.Since(start))
	}
}

// What is being answered is answered; new connections are not taken, and who
// sends traffic here learns it.
func TestDrains(t *testing.T) {
	f := &slowFiles{files(t), make(chan struct{}, 1), make(chan struct{})}
	s := New(Options{Files: f})
	r := run(t, s, Listen{})
	got := make(chan answered, 1)
	go func() { got <- get(t, r.public+bigPath) }()
	<-f.asked
	r.stop()
	for !strings.Contains(r.log.String(), "draining") {
		time.Sleep(time.Millisecond)
	}
	time.Sleep(700 * time.Millisecond) // longer than an idle server takes
	select {
	case err := <-r.done:
		t.Fatalf("it ended with a request on its way: %v", err)
	default:
	}
	if c, err := net.Dial("tcp", strings.TrimPrefix(r.public, "http://")); err == nil {
		c.Close()
		t.Error("a new connection was taken")
	}
	close(f.answer)
	if a := <-got; a.StatusCode != 200 || a.body != string(big) {
		t.Errorf("%s, %d bytes", a.Status, len(a.body))
	}
	if err := r.wait(t, 40*time.Second); err != nil {
		t.Error(err)
	}
}

// A signal while it drains ends it at once, and so does the limit.
func TestSecondSignal(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no such signals")
	}
	for name, limit := range map[string]time.Duration{"signal": time.Minute, "limit": 300 * time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			f := &slowFiles{files(t), make(chan struct{}, 1), make(chan struct{})}
			s := New(Options{Files: f})
			r := run(t, s, Listen{Drain: limit})
			go func() {
				req, _ := http.NewRequest("GET", r.public+bigPath, nil)
				tr := &http.Transport{DisableKeepAlives: true}
				if resp, err := tr.RoundTrip(req); err == nil {
					resp.Body.Close()
				}
			}()
			<-f.asked
			start := time.Now()
			r.stop()
			for !strings.Contains(r.log.String(), "draining") {
				time.Sleep(time.Millisecond)
			}
			if name == "signal" {
				self, err := os.FindProcess(os.Getpid())
				if err == nil {
					err = self.Signal(syscall.SIGTERM)
				}
				if err != nil {
					t.Error(err)
				}
			}
			if err := r.wait(t, 50*time.Second); err != nil || time.Since(start) > 25*time.Second {
				t.Errorf("%v after %v", err, time.Since(start))
			}
		})
	}
}

func TestPortInUse(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	err = New(Options{Files: files(t)}).Serve(t.Context(), Listen{Public: l.Addr().String()})
	if !errors.Is(err, syscall.EADDRINUSE) {
		t.Error(err)
	}
}

// P18: a client that sends its header byte by byte, one that sends a body byte by
// byte, and one that does not read what it asked for: each is let go, and no
// goroutine stays (TestMain looks).
func TestP18SlowClients(t *testing.T) {
	t.Parallel()
	f := files(t)
	s := New(Options{Files: f, Cache: f.c})
	r := run(t, s, Listen{header: 300 * time.Millisecond, stall: 200 * time.Millisecond})
	dial := func(r *running) net.Conn {
		c, err := net.Dial("tcp", strings.TrimPrefix(r.public, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	start := time.Now()
	slow := dial(r)
	for _, b := range []byte("GET " + infoPath + " HTTP/1.1\r\nHost: x\r\nX: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa") {
		if _, err := slow.Write([]byte{b}); err != nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	_ = slow.SetReadDeadline(time.Now().Add(20 * time.Second))
	b, err := io.ReadAll(slow) // the end, after whatever the server has to say
	if errors.Is(err, os.ErrDeadlineExceeded) || strings.Contains(string(b), "200 OK") || time.Since(start) > 25*time.Second {
		t.Errorf("a slow header: %q %v after %v", b, err, time.Since(start))
	}

	// The file is larger than what the kernel takes for a client that does not read.
	huge := filepath.Join(f.c.Dir(), "example.com/huge/@v/v1.0.0.zip")
	put(t, huge, nil)
	put(t, huge+"hash", []byte("h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="))
	if err := os.Truncate(huge, 256<<20); err != nil {
		t.Fatal(err)
	}
	deaf := dial(r)
	start = time.Now()
	fmt.Fprintf(deaf, "GET /example.com/huge/@v/v1.0.0.zip HTTP/1.1\r\nHost: x\r\n\r\n")
	for s.count.totals().Requests == 0 && time.Since(start) < 25*time.Second {
		time.Sleep(10 * time.Millisecond)
	}
	if took := time.Since(start); took > 20*time.Second || took < 200*time.Millisecond {
		t.Errorf("a client that does not read was let go after %v", took)
	}

	// One that reads slowly, but reads, gets everything.
	r = run(t, New(Options{Files: f, Cache: f.c}), Listen{stall: 4 * time.Second})
	patientOne, start := dial(r), time.Now()
	fmt.Fprintf(patientOne, "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", bigPath)
	resp, err := http.ReadResponse(bufio.NewReaderSize(patientOne, 16), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	buf, n := make([]byte, 64<<10), 0
	for {
		m, err := io.ReadFull(resp.Body, buf)
		n += m
		if err != nil {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if took := time.Since(start); n != len(big) || took < 4*time.Second {
		t.Errorf("a slow reader got %d of %d bytes in %v", n, len(big), took)
	}
}

// Real clients, large files: what comes is what is there, and the deadline is not
// in the way of the next request on the connection.
func TestKeepAlive(t *testing.T) {
	t.Parallel()
	f := files(t)
	r := run(t, New(Options{Files: f, Cache: f.c}), Listen{stall: 4 * time.Second})
	client := &http.Client{Transport: &http.Transport{MaxConnsPerHost: 1}}
	defer client.CloseIdleConnections()
	for i := range 3 {
		path, want := bigPath, big
		if i%2 == 1 {
			path, want = zipPath, small
		}
		resp, err := client.Get(r.public + path)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || string(b) != string(want) {
			t.Fatalf("time %d: %d bytes, %v", i, len(b), err)
		}
		time.Sleep(5 * time.Second)
	}
}
