package bucket

import (
	"hash/fnv"
	"math/rand/v2"
	"time"
)

// Kind is a way to go wrong.
type Kind int

// The kinds of faults. "Refused" ones do not touch the bucket; "lost" ones do
// the work, and only the client does not learn of it.
const (
	None          Kind = iota
	ServiceBusy        // refused: 503, with Retry-After
	InternalError      // refused: 500
	AccessDenied       // refused: 403
	ErrorBody          // refused: 200 with an error as body, as at Complete
	ResetRequest       // refused: half of the request's body is read, then a reset
	ResetResponse      // lost: half of the answer's body is sent, then a reset
	LostAnswer         // lost: a reset instead of an answer
	Truncate           // lost: half of the answer's body, then a clean end
	Corrupt            // one bit of the answer's body is wrong
	CorruptUpload      // one bit of the request's body is wrong, and stored so
	StaleUpload        // the upload that the request names is forgotten first: NoSuchUpload
	Slow               // Delay before anything else
	Hang               // refused: no answer until the client gives up
	ClockSkew          // the server's clock is off by Skew for this request
)

// String names the kind for subtests.
func (k Kind) String() string {
	return [...]string{
		"none", "503", "500", "403", "200 with error", "reset in request", "reset in response", "lost answer",
		"truncated", "corrupt", "corrupt upload", "stale upload", "slow", "hang", "clock skew",
	}[k]
}

// Kinds lists all faults that strike by themselves, for exhaustive tests.
func Kinds() []Kind {
	return []Kind{
		ServiceBusy, InternalError, AccessDenied, ErrorBody, ResetRequest, ResetResponse, LostAnswer,
		Truncate, Corrupt, CorruptUpload, StaleUpload, Slow, Hang, ClockSkew,
	}
}

// Fault is one entry of a plan: which requests go wrong, and how.
type Fault struct {
	Kind Kind
	// Match chooses requests; nil is every request. Status, Code, Fault, SignedAs
	// and BodyBytes are not known yet.
	Match func(Request) bool
	// N is the number among those that Match chose, from 1; 0 is all of them.
	N int
	// Times is how many strike from N on; 0 is one, below 0 is all. It matters
	// only with N.
	Times int
	// P, if not 0, lets each strike only with this probability. Seed decides
	// which: the n-th request has the same fate in every run.
	P    float64
	Seed uint64
	// RetryAfter goes with ServiceBusy, in whole seconds; 0 is one second, below
	// 0 leaves the header out.
	RetryAfter time.Duration
	// Delay is for Slow; 0 is 200 ms.
	Delay time.Duration
	// Skew is for ClockSkew; 0 is one hour: the client is that much behind.
	Skew time.Duration
}

type armedFault struct {
	Fault
	seen int
}

// Faults replaces the plan; without arguments nothing goes wrong any more. The
// first entry that fits strikes, and each counts the requests it chose.
func (s *Server) Faults(plan ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plan, s.struck = nil, 0
	for _, f := range plan {
		if f.Kind == ClockSkew && f.Skew == 0 {
			f.Skew = time.Hour
		}
		if f.Kind == Slow && f.Delay == 0 {
			f.Delay = 200 * time.Millisecond
		}
		if f.RetryAfter == 0 {
			f.RetryAfter = time.Second
		}
		s.plan = append(s.plan, &armedFault{Fault: f})
	}
}

// Struck returns how many faults of the current plan happened.
func (s *Server) Struck() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.struck
}

// strike chooses the fault of a request; the caller holds the lock.
func (s *Server) strike(r Request) *Fault {
	var chosen *Fault
	for i, f := range s.plan {
		if f.Match != nil && !f.Match(r) {
			continue
		}
		f.seen++
		if chosen == nil && f.due(uint64(i)) {
			chosen = &f.Fault
		}
	}
	if chosen != nil {
		s.struck++
	}
	return chosen
}

func (f *armedFault) due(entry uint64) bool {
	if f.N > 0 {
		times := f.Times
		if times == 0 {
			times = 1
		}
		if f.seen < f.N || times > 0 && f.seen >= f.N+times {
			return false
		}
	}
	if f.P == 0 {
		return true
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte{byte(entry)}) // a hash does not fail
	return rand.New(rand.NewPCG(f.Seed^h.Sum64(), uint64(f.seen))).Float64() < f.P
}
