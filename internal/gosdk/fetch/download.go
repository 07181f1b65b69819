package fetch

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// attempts is how often one mirror is asked again after it broke off, each time
// for what is missing. One that brings nothing at all is not asked again.
const attempts = 10

// download is one file of the cache that any of several mirrors may bring.
type download struct {
	path     string // of the finished file; the part lies beside it
	magic    string // how such a file begins
	stall    time.Duration
	progress func(source string, done, total int64)
	// accept decides about the complete part. An error of kind msg.Findings means
	// wrong content.
	accept func(ctx context.Context, part, source string) error
}

func (d *download) part() string { return d.path + ".part" }

// from brings what is missing from one mirror. When it fails, the part is still
// there for the next mirror or the next run, unless its content was wrong.
//
// Parts of several mirrors may make one file: the hash decides. When it says no
// and the mirror did not bring all of it, the mirror gets one more chance.
func (d *download) from(ctx context.Context, m *mirror.Mirror, rel string) error {
	alone := size(d.part()) == 0
	for n := 1; ; n++ {
		before := size(d.part())
		err := d.transfer(ctx, m, rel)
		if err == nil {
			if err = d.accept(ctx, d.part(), m.String()+rel); err == nil || !isWrong(err) {
				return err
			}
			if e := d.forget(); e != nil || alone {
				return msg.Join(err, e)
			}
			alone = true
			continue
		}
		gained := size(d.part()) > before
		if ctx.Err() != nil || noSpace(err) || !gained || n >= attempts {
			return err
		}
		pause(ctx, time.Duration(n)*100*time.Millisecond)
	}
}

// forget removes the part and what was noted about it.
func (d *download) forget() error {
	return msg.Join(ignoreAbsent(os.Remove(d.part())), ignoreAbsent(os.Remove(d.part()+".json")))
}

func pause(ctx context.Context, t time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(t):
	}
}

// size is 0 for a file that is not there.
func size(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// watchdog ends a context when too little comes for too long.
type watchdog struct {
	stop  context.CancelCauseFunc
	timer *time.Timer
	stall time.Duration
	fed   int
}

// enough is how many bytes within the time keep a download alive.
const enough = 4 << 10

var errStalled = errors.New("stalled")

func watch(ctx context.Context, stall time.Duration) (context.Context, *watchdog) {
	ctx, stop := context.WithCancelCause(ctx)
	return ctx, &watchdog{stop: stop, stall: stall, timer: time.AfterFunc(stall, func() { stop(errStalled) })}
}

func (w *watchdog) feed(n int) {
	if w.fed += n; w.fed >= enough {
		w.fed = 0
		w.timer.Reset(w.stall)
	}
}

func (w *watchdog) close() {
	w.timer.Stop()
	w.stop(nil)
}
