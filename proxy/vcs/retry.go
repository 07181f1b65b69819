package vcs

import (
	"context"
	"errors"
	"io"
	"syscall"
	"time"

	"github.com/yingzao-dev/yingzao/internal/httpx"
)

// pauses are how long is waited before each repetition.
var pauses = [...]time.Duration{200 * time.Millisecond, time.Second}

// repeat does something with a server again when the connection broke or the server
// was out of order, which on weak networks goes away by itself.
func repeat(ctx context.Context, f func() error) error {
	err := f()
	for _, pause := range pauses {
		if err == nil || !passing(err) {
			return err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return err
		}
		err = f()
	}
	return err
}

// passing reports whether an error may be gone at the next try. A server that keeps
// silent is not asked again: that took long enough.
func passing(err error) bool {
	var re *remoteError
	var guard *httpx.GuardError
	var timeout interface{ Timeout() bool }
	switch {
	case !errors.As(err, &re) || re.kind != trouble || errors.As(err, &guard) || errors.Is(err, errStalled):
		return false
	case errors.Is(err, errOutOfOrder), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.EPIPE):
		return true
	}
	return errors.As(err, &timeout) && timeout.Timeout()
}
