package upstream

import (
	"io"
	"time"
)

// watch reads a body and says when it is too slow: each stretch of bytes that fills
// the window at the slowest rate has to come within the window.
type watch struct {
	body   io.Reader
	window time.Duration
	timer  *time.Timer
	got    int64
	enough int64
}

func newWatch(body io.Reader, window time.Duration, stalled func()) *watch {
	return &watch{body: body, window: window, enough: int64(float64(slowest) * window.Seconds()), timer: time.AfterFunc(window, stalled)}
}

func (w *watch) Read(p []byte) (int, error) {
	n, err := w.body.Read(p)
	if w.got += int64(n); w.got >= w.enough {
		w.got = 0
		w.timer.Reset(w.window)
	}
	return n, err
}

func (w *watch) stop() { w.timer.Stop() }
