package term

import (
	"math"
	"testing"
	"time"
)

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0 B", 1: "1 B", 999: "999 B", 1000: "1.00 kB", 1234: "1.23 kB",
		12_345_678: "12.3 MB", 999_499: "999 kB", 999_500: "1.00 MB", 9_994_999: "9.99 MB", 9_995_000: "10.0 MB",
		123_456_789_012: "123 GB", -1500: "-1.50 kB", math.MaxInt64: "9.22 EB", math.MinInt64: "-9.22 EB",
	} {
		if got := Size(n); got != want {
			t.Errorf("Size(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                                "0 s",
		450 * time.Microsecond:           "0.45 ms",
		123 * time.Millisecond:           "123 ms",
		999_600 * time.Microsecond:       "1.00 s",
		1230 * time.Millisecond:          "1.23 s",
		12_345 * time.Millisecond:        "12.3 s",
		59_960 * time.Millisecond:        "1m00s",
		125 * time.Second:                "2m05s",
		time.Hour - 400*time.Millisecond: "1h00m",
		time.Hour + 2*time.Minute:        "1h02m",
		26*time.Hour + 59*time.Minute:    "26h59m",
		-1500 * time.Millisecond:         "-1.50 s",
		time.Duration(math.MinInt64):     "-2562047h47m",
	} {
		if got := Duration(d); got != want {
			t.Errorf("Duration(%d) = %q, want %q", d, got, want)
		}
	}
}

func TestRate(t *testing.T) {
	for _, tc := range []struct {
		n    int64
		d    time.Duration
		want string
	}{
		{12_300_000, time.Second, "12.3 MB/s"},
		{1000, 2 * time.Second, "500 B/s"},
		{0, time.Second, "0 B/s"},
		{5, 0, ""},
		{5, -time.Second, ""},
	} {
		if got := Rate(tc.n, tc.d); got != tc.want {
			t.Errorf("Rate(%d, %v) = %q, want %q", tc.n, tc.d, got, tc.want)
		}
	}
}
