package publish

import (
	"testing"
	"time"
)

func TestParseAge(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]time.Duration{"0": 0, "30d": 720 * time.Hour, "2w": 336 * time.Hour, "12h": 12 * time.Hour, "1h30m": 90 * time.Minute, "0d": 0, "36500d": 876000 * time.Hour} {
		if got, err := ParseAge(s); err != nil || got != want {
			t.Errorf("%s: %v, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "d", "-1d", "+1d", "1.5d", "30", "36501d", "5218w", "99999999999w", "-5h", "1 d", "month"} {
		if got, err := ParseAge(s); err == nil {
			t.Errorf("%q is %v", s, got)
		}
	}
}

func FuzzParseAge(f *testing.F) {
	for _, s := range []string{"30d", "2w", "12h", "-1d", "9223372036854775807w", "1h1m"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := ParseAge(s); err == nil && (d < 0 || d > 36500*24*time.Hour) || err != nil && d != 0 {
			t.Errorf("%q: %v, %v", s, d, err)
		}
	})
}
