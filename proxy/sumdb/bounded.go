package sumdb

import "sync"

// bounded is a map that forgets something when it is full.
type bounded[K comparable, V any] struct {
	max int
	mu  sync.RWMutex
	m   map[K]V
}

func (b *bounded[K, V]) get(k K) (v V, ok bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	v, ok = b.m[k]
	return v, ok
}

func (b *bounded[K, V]) put(k K, v V) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.m == nil {
		b.m = map[K]V{}
	}
	for other := range b.m {
		if len(b.m) < b.max {
			break
		}
		delete(b.m, other)
	}
	b.m[k] = v
}
