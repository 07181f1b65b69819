package term

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// step is one running piece of work.
type step struct {
	label string
	total int64 // 0 = unknown
	began time.Time
	done  atomic.Int64
	phase atomic.Pointer[string]
}

// steps are the running ones by id. The zero value is empty.
type steps struct {
	mu sync.Mutex
	m  map[string]*step
}

func (r *steps) start(id, label string, total int64) *step {
	s := &step{label: Clean(label), total: max(0, total), began: time.Now()}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.m == nil {
		r.m = map[string]*step{}
	}
	r.m[id] = s
	return s
}

func (r *steps) get(id string) *step {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.m[id]
}

func (r *steps) end(id string) *step {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.m[id]
	delete(r.m, id)
	return s
}

const (
	widestLine = 100 // a longer line only moves the numbers away from the label
	barCells   = 16
)

// line draws the step for a number of terminal columns. The last column stays
// free: some terminals wrap when it is written, and a terminal that draws one
// ambiguous character double still has room. Details go first where there is
// little room, then the label is cut; the time stays.
func (s *step) line(width int, elapsed time.Duration) string {
	room := min(width-1, widestLine)
	left := string(`|/-\`[elapsed/(150*time.Millisecond)%4]) + " " + s.label
	if p := s.phase.Load(); p != nil && *p != "" {
		left += "  " + *p
	}
	right := Duration(elapsed)
	for _, detail := range s.details(elapsed) {
		r := right
		if detail != "" {
			r = detail + "  " + right
		}
		if free := room - Width(left) - Width(r); free >= 2 {
			return left + strings.Repeat(" ", free) + r
		}
	}
	if free := room - Width(right) - 2; free >= 4 {
		return Pad(Truncate(left, free), free) + "  " + right
	}
	return Truncate(left, room)
}

// details are ways to say how far the step is, the most telling first.
func (s *step) details(elapsed time.Duration) []string {
	n := s.done.Load()
	switch {
	case n == 0 && s.total == 0:
		return []string{""}
	case s.total == 0:
		return []string{Size(n) + "  " + Rate(n, elapsed), Size(n), ""}
	}
	part := min(1, max(0, float64(n)/float64(s.total)))
	percent := fmt.Sprintf("%3.0f%%", part*100)
	filled := int(part * barCells)
	bar := "[" + strings.Repeat("=", filled) + strings.Repeat(" ", barCells-filled) + "]"
	sizes := Size(n) + "/" + Size(s.total)
	return []string{
		bar + percent + "  " + sizes + "  " + Rate(n, elapsed),
		bar + percent + "  " + sizes,
		percent + "  " + sizes,
		percent,
		"",
	}
}
