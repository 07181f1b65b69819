package fill

import (
	"sync"

	"github.com/yingzao-dev/yingzao/proxy"
)

// silence is which routes' sources did not answer when they were asked last. An
// answer of any kind ends it.
type silence struct {
	mu sync.Mutex
	of map[*proxy.Route]bool
}

func (s *silence) set(r *proxy.Route, silent bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of == nil {
		s.of = map[*proxy.Route]bool{}
	}
	s.of[r] = silent
}

func (s *silence) is(r *proxy.Route) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.of[r]
}
