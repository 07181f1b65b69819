package transfer

import "time"

// rate tells how fast bytes went of late. The zero value has seen nothing.
type rate struct{ marks []mark }

type mark struct {
	at  time.Time
	sum int64
}

// recent is how much of the past counts.
const recent = 5 * time.Second

// start makes the time before the first part count.
func (r *rate) start() {
	if len(r.marks) == 0 {
		r.marks = []mark{{time.Now(), 0}}
	}
}

// add counts bytes that are through at a time.
func (r *rate) add(now time.Time, n int64) {
	if len(r.marks) == 0 {
		r.marks = []mark{{now, n}}
		return
	}
	r.marks = append(r.marks, mark{now, r.marks[len(r.marks)-1].sum + n})
	for len(r.marks) > 2 && now.Sub(r.marks[1].at) >= recent {
		r.marks = r.marks[1:]
	}
}

// perSecond is 0 until there is something to tell.
func (r *rate) perSecond() int64 {
	if len(r.marks) < 2 {
		return 0
	}
	first, last := r.marks[0], r.marks[len(r.marks)-1]
	took := last.at.Sub(first.at)
	if took <= 0 {
		return 0
	}
	return int64(float64(last.sum-first.sum) / took.Seconds())
}

// eta is the time for so many bytes more; 0 is not known: one small file that
// went first says nothing about hours.
func (r *rate) eta(left int64) time.Duration {
	perSecond := r.perSecond()
	if perSecond <= 0 {
		return 0
	}
	first, last := r.marks[0], r.marks[len(r.marks)-1]
	if last.at.Sub(first.at) < recent && last.sum-first.sum < left/100 {
		return 0
	}
	return time.Duration(float64(left) / float64(perSecond) * float64(time.Second))
}
