package server

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

const renewEvery = 5 * time.Second

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

// state stands for what is in the files. Their times and sizes would not do: links are
// swapped, copies keep times, keys of one kind have one length, and a file that becomes
// readable looks as it did.
func (r *renewed) state() string {
	sum := sha256.New()
	for _, name := range r.files {
		fi, err := os.Stat(name)
		var data []byte
		if err == nil && fi.Mode().IsRegular() { // a pipe has nothing twice
			data, err = os.ReadFile(name)
		}
		fmt.Fprintf(sum, "%v %d %s\n", err, len(data), data)
	}
	return string(sum.Sum(nil))
}

// look reads the files again where they have changed since, or could not be used.
func (r *renewed) look(log *slog.Logger) {
	now := r.state()
	if now == r.seen {
		return
	}
	err := r.load()
	switch {
	case err != nil && err.Error() != r.fault:
		r.fault = err.Error()
		log.Error(r.what+" changed and cannot be used; the old one stays", "files", r.files, "error", err)
	case err == nil:
		r.seen, r.fault = now, ""
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
	if old := c.now.Load(); old != nil && !valid(&pair) && valid(old) {
		return msg.Errorf("read certificate: it is valid from %s to %s only, and the one before still is", "读取证书：其有效期为 %s 至 %s，而原有证书仍然有效",
			pair.Leaf.NotBefore.Format(time.RFC3339), pair.Leaf.NotAfter.Format(time.RFC3339))
	}
	c.now.Store(&pair)
	return nil
}

// valid reports whether it is, by the clock.
func valid(c *tls.Certificate) bool {
	now := time.Now()
	return !now.Before(c.Leaf.NotBefore) && !now.After(c.Leaf.NotAfter)
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
