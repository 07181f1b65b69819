package fill

import (
	"crypto/sha256"
	"sync"
	"time"
)

// generation is how many names one half of misses remembers.
const generation = 8 << 10

// misses remembers for a short time what is not there or failed its proof. Its
// memory is bounded whatever is asked for: names are kept as digests, in two
// halves, of which the older is dropped when the younger is full.
type misses struct {
	mu         sync.Mutex
	young, old map[[32]byte]miss
}

type miss struct {
	until time.Time
	err   error // nil = not found; the words for it are made anew, names may be long
}

func (m *misses) add(key string, until time.Time, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.young) >= generation || m.young == nil {
		m.young, m.old = make(map[[32]byte]miss), m.young
	}
	m.young[sha256.Sum256([]byte(key))] = miss{until, err}
}

func (m *misses) find(key string, now time.Time) (miss, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.young) == 0 {
		return miss{}, false
	}
	sum := sha256.Sum256([]byte(key))
	found, ok := m.young[sum]
	if !ok {
		found, ok = m.old[sum]
	}
	return found, ok && now.Before(found.until)
}

func (m *misses) forget(key string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	sum := sha256.Sum256([]byte(key))
	delete(m.young, sum)
	delete(m.old, sum)
}
