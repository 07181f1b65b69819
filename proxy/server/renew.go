package server

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

const (
	renewEvery = 5 * time.Second
	// A file that changed just now may change again without looking changed: clocks of
	// file systems tick, and keys of one kind have one length.
	unsettled = 2 * time.Second
)

// renewed is what was read from files and is read again when they change. What is
// broken does not take the place of what was good: certbot and people write one file
// after the other, and a mistake must not shut anybody out.
type renewed struct {
	what  string // for the log
	files []string
	load  func() error

	seen  string
	fault string // that was told already
}

// state is how the files look; two that are equal mean that nothing has changed.
func (r *renewed) state() string {
	s := ""
	for _, name := range r.files {
		switch fi, err := os.Stat(name); { // behind links, as certbot and Kubernetes lay them
		case err != nil:
			s += fmt.Sprintf("%v;", err)
		case time.Since(fi.ModTime()).Abs() < unsettled:
			s += fmt.Sprint(time.Now().UnixNano(), ";")
		default:
			s += fmt.Sprint(fi.ModTime().UnixNano(), " ", fi.Size(), ";")
		}
	}
	return s
}

// look reads the files again where they have changed since.
func (r *renewed) look(log *slog.Logger) {
	now := r.state()
	if now == r.seen {
		return
	}
	r.seen = now
	err := r.load()
	switch {
	case err != nil && err.Error() != r.fault:
		r.fault = err.Error()
		log.Error(r.what+" changed and cannot be used; the old one stays", "files", r.files, "error", err)
	case err == nil:
		r.fault = ""
		log.Info(r.what+" read again", "files", r.files)
	}
}

// renew looks at all of them now and then.
func renew(ctx context.Context, every time.Duration, log *slog.Logger, all ...*renewed) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for _, r := range all {
			r.look(log)
		}
	}
}

// certificate is the public side's, of two files.
type certificate struct {
	cert, key string
	now       atomic.Pointer[tls.Certificate]
}

func (c *certificate) load() error {
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return msg.Errorf("read certificate: %w", "读取证书：%w", err)
	}
	c.now.Store(&pair)
	return nil
}

// config is of TLS with the certificate as it is at each handshake.
func (c *certificate) config() *tls.Config {
	return &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.now.Load(), nil }}
}

// renewed is how it is read again.
func (c *certificate) renewed() *renewed {
	r := &renewed{what: "certificate", files: []string{c.cert, c.key}, load: c.load}
	r.seen = r.state()
	return r
}
