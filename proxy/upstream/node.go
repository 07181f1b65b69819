package upstream

import (
	"cmp"
	"math"
	"sync"
	"time"

	"github.com/yingzao-dev/yingzao/internal/mirror"
)

const (
	breakAfter  = 5                // failures
	breakWithin = 30 * time.Second // open the breaker
	weight      = 0.2              // of a new sample in the moving averages
	memory      = 10 * time.Minute // then a mirror's past is forgotten
	givenUp     = 5 * time.Minute  // then an open breaker no longer makes "not there" uncertain
	maxHold     = 2 * time.Minute  // of a Retry-After
	goodEnough  = 100 * time.Millisecond
)

// node is what the pool knows of one mirror.
type node struct {
	m    *mirror.Mirror
	name string
	now  func() time.Time

	mu       sync.Mutex
	latency  time.Duration // moving average; 0 = not known
	spread   time.Duration // moving average of the distance from it
	success  float64       // moving average, 0 to 1
	rank     int           // see rerank
	asked    time.Time     // when it was last heard of
	failed   []time.Time   // the last failures that count for the breaker
	open     bool
	said     error     // what people are told while it is open; nil = not made yet
	since    time.Time // when it got into its state
	held     time.Time // left alone until then at its own wish
	last     mirror.Class
	lastAt   time.Time
	good     string            // path of the last answer; "" = there was none
	whole    bool              // ignores Range
	no       map[string]misses // checksum databases that it seems not to serve
	requests int64
	failures int64
	bytes    int64
}

// forget makes a mirror one that nothing is known of. The caller holds the lock or
// is alone.
func (n *node) forget() {
	n.latency, n.spread, n.success, n.rank = 0, 0, 1, 0
	n.asked = n.now()
	if n.since.IsZero() {
		n.since = n.asked
	}
}

// usual is the time within which the mirror answers nearly always.
func (n *node) usual() time.Duration {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.latency == 0 {
		return time.Second
	}
	return min(max(n.latency+4*n.spread, 200*time.Millisecond), 2*time.Second)
}

// order is the rank for sorting; a long silence makes it that of a new mirror.
func (n *node) order() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.open && n.now().Sub(n.asked) > memory {
		n.forget()
	}
	return n.rank
}

// usable reports whether the mirror may be asked, and if not, from when on: zero
// where nobody knows.
func (n *node) usable() (ok bool, from time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case n.open:
		return false, time.Time{}
	case n.now().Before(n.held):
		return false, n.held
	}
	return true, time.Time{}
}

// gone reports whether the mirror has been left alone for so long that nobody
// waits for its opinion.
func (n *node) gone() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.open && n.now().Sub(n.since) >= givenUp
}

// answered notes an answer that was one, be it "not there", and how long it took.
func (n *node) answered(took time.Duration, path string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.requests++
	n.good = path
	n.sample(took)
	n.success += weight * (1 - n.success)
	n.failed = n.failed[:0]
	n.rerank()
}

// slow notes that an answer would have taken longer than it was waited for.
func (n *node) slow(waited time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.requests++
	if waited > n.latency {
		n.sample(waited)
		n.rerank()
	}
}

// refused notes a failure that counts for the order but says that the mirror lives:
// a 403, one wrong file, a transfer that broke after it brought something.
func (n *node) refused(class mirror.Class) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.failure(class)
}

// broke notes a failure and reports whether it opens the breaker.
func (n *node) broke(class mirror.Class) (opens bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.failure(class)
	now := n.now()
	if n.failed = append(n.failed, now); len(n.failed) > breakAfter {
		n.failed = n.failed[len(n.failed)-breakAfter:]
	}
	if n.open || len(n.failed) < breakAfter || now.Sub(n.failed[0]) > breakWithin {
		return false
	}
	n.open, n.since, n.said = true, now, nil
	return true
}

// answers is a path that the mirror did answer, if there is one.
func (n *node) answers() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return cmp.Or(n.good, anywhere)
}

// closes ends the breaker's being open.
func (n *node) closes() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.open, n.since, n.failed = false, n.now(), n.failed[:0]
	n.forget()
}

// hold leaves the mirror alone for a time, and reports whether that is any.
func (n *node) hold(d time.Duration) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if d <= 0 {
		return false
	}
	n.held = n.now().Add(min(d, maxHold))
	return true
}

func (n *node) failure(class mirror.Class) {
	n.requests++
	n.failures++
	n.asked = n.now()
	n.last, n.lastAt, n.said = class, n.asked, nil
	n.success -= weight * n.success
	n.rerank()
}

func (n *node) sample(took time.Duration) {
	n.asked = n.now()
	if n.latency == 0 {
		n.latency, n.spread = max(took, 1), took/2
		return
	}
	off := took - n.latency
	n.latency += time.Duration(weight * float64(off))
	n.spread += time.Duration(weight * (math.Abs(float64(off)) - float64(n.spread)))
}

// rerank is the order of mirrors: 0 for an ordinary one, one more for each time
// that latency divided by the square of success doubles beyond 200 ms. A rank is left only
// when its border is clearly behind, so that two mirrors do not change places all
// the time.
func (n *node) rerank() {
	const slack = 0.25
	cost := float64(max(n.latency, goodEnough)) / (n.success * n.success)
	at := math.Log2(cost / float64(goodEnough))
	if at >= float64(n.rank)+1+slack || at < float64(n.rank)-slack {
		n.rank = int(max(at, 0))
	}
}

// received counts bytes of bodies.
func (n *node) received(bytes int64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.bytes += bytes
}

// ignoresRange and sendsWhole are whether a mirror answers a Range with the whole
// file: learned, and asked.
func (n *node) ignoresRange(yes bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.whole = yes
}

func (n *node) sendsWhole() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.whole
}
