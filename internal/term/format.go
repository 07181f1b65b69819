package term

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// Size writes a number of bytes with three significant digits in decimal
// units: 512 B, 1.23 kB, 12.3 MB.
func Size(n int64) string {
	if n < 0 {
		return "-" + size(-float64(n))
	}
	return size(float64(n))
}

// Rate writes bytes over a time as bytes a second: 12.3 MB/s; "" when no time
// has passed.
func Rate(n int64, d time.Duration) string {
	if d <= 0 {
		return ""
	}
	return size(float64(n)/d.Seconds()) + "/s"
}

// Duration writes a time with three significant digits below a minute (0.45 ms,
// 123 ms, 1.23 s, 12.3 s), then as 2m05s and 1h02m.
func Duration(d time.Duration) string {
	switch {
	case d < 0:
		return "-" + Duration(-max(d, -math.MaxInt64))
	case d == 0:
		return "0 s"
	case d < 999500*time.Microsecond: // 999.5 ms would be written 1000 ms
		return three(d.Seconds()*1e3) + " ms"
	case d < 59950*time.Millisecond:
		return three(d.Seconds()) + " s"
	}
	d = d.Round(time.Second)
	if d < time.Hour {
		return fmt.Sprintf("%dm%02ds", d/time.Minute, d%time.Minute/time.Second)
	}
	d = d.Round(time.Minute)
	return fmt.Sprintf("%dh%02dm", d/time.Hour, d%time.Hour/time.Minute)
}

func size(f float64) string {
	units := []string{"B", "kB", "MB", "GB", "TB", "PB", "EB"}
	i := 0
	for f >= 999.5 && i < len(units)-1 {
		f, i = f/1000, i+1
	}
	if i == 0 {
		return strconv.FormatFloat(math.Round(f), 'f', 0, 64) + " B"
	}
	return three(f) + " " + units[i]
}

// three writes 0 ≤ f < 1000 with three significant digits, at most two of them
// after the point.
func three(f float64) string {
	switch {
	case f < 9.995:
		return strconv.FormatFloat(f, 'f', 2, 64)
	case f < 99.95:
		return strconv.FormatFloat(f, 'f', 1, 64)
	}
	return strconv.FormatFloat(f, 'f', 0, 64)
}
