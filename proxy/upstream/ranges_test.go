package upstream

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

func TestContentRange(t *testing.T) {
	for _, tc := range []struct {
		in          string
		first, size int64
		ok          bool
	}{
		{"bytes 5-9/10", 5, 10, true}, {"bytes 0-0/1", 0, 1, true}, {"Bytes 5-9/*", 5, -1, true}, {"bytes */10", -1, 10, true},
		{"bytes */*", 0, 0, false}, {"bytes 5-10/10", 0, 0, false}, {"bytes 9-5/10", 0, 0, false}, {"bytes -5-9/10", 0, 0, false}, {"bytes 5-/10", 0, 0, false},
		{"bytes +5-9/10", 0, 0, false}, {"items 5-9/10", 0, 0, false}, {"bytes 5-9", 0, 0, false}, {"", 0, 0, false}, {"bytes 5-9/99999999999999999999", 0, 0, false},
	} {
		if first, size, ok := contentRange(tc.in); ok != tc.ok || ok && (first != tc.first || size != tc.size) {
			t.Errorf("%q: %d, %d, %v", tc.in, first, size, ok)
		}
	}
}

func TestParseRetryAfter(t *testing.T) {
	now := newClock().Now()
	for in, want := range map[string]time.Duration{
		"": 0, "7": 7 * time.Second, " 7 ": 7 * time.Second, "-7": 0, "soon": 0, "86400": maxHold, "9999999999999": maxHold, "99999999999999999999999": 0,
		now.Add(30 * time.Second).Format(http.TimeFormat): 30 * time.Second,
		now.Add(-time.Hour).Format(http.TimeFormat):       0,
		now.Add(time.Hour).Format(http.TimeFormat):        maxHold,
	} {
		if got := parseRetryAfter(in, now); got != want {
			t.Errorf("%q: %v, want %v", in, got, want)
		}
	}
}

// Whatever a header says, what is made of it is in order.
func FuzzHeaders(f *testing.F) {
	for _, s := range []string{"bytes 5-9/10", "bytes */10", "bytes 0-0/*", "7", "Fri, 01 May 2026 08:00:30 GMT", "bytes 18446744073709551615-1/2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, v string) {
		if first, size, ok := contentRange(v); ok {
			if first < -1 || size < -1 || first < 0 && size < 0 || size >= 0 && first >= size && size > 0 {
				t.Errorf("%q: %d, %d", v, first, size)
			}
			if first >= 0 && size >= 0 {
				again := fmt.Sprintf("bytes %d-%d/%d", first, first, size)
				if f2, s2, ok := contentRange(again); !ok || f2 != first || s2 != size {
					t.Errorf("%q: %q", v, again)
				}
			}
		}
		if d := parseRetryAfter(v, newClock().Now()); d < 0 || d > maxHold {
			t.Errorf("%q: %v", v, d)
		}
	})
}
