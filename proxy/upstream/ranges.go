package upstream

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/mirror"
)

// contentRange reads the Content-Range of one part of a file: "bytes 5-9/10", or
// "bytes */10" of a 416. size is -1 for "*", first is -1 where no part is told.
// RFC 9110, section 14.4.
func contentRange(v string) (first, size int64, ok bool) {
	unit, rest, _ := strings.Cut(strings.TrimSpace(v), " ")
	span, total, slash := strings.Cut(rest, "/")
	if !strings.EqualFold(unit, "bytes") || !slash {
		return 0, 0, false
	}
	first, size = -1, -1
	if total != "*" {
		if size, ok = number(total); !ok {
			return 0, 0, false
		}
	}
	if span == "*" {
		return first, size, size >= 0
	}
	from, to, dash := strings.Cut(span, "-")
	first, ok = number(from)
	last, okLast := number(to)
	if !dash || !ok || !okLast || last < first || size >= 0 && last >= size {
		return 0, 0, false
	}
	return first, size, true
}

// number reads digits alone: no sign, no space.
func number(s string) (int64, bool) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}

// retryAfter is how long a mirror that failed wants to be left alone; 0 when it did
// not say.
func retryAfter(err error, now time.Time) time.Duration {
	var e *mirror.Error
	if !errors.As(err, &e) || e.Status != http.StatusServiceUnavailable && e.Status != http.StatusTooManyRequests {
		return 0
	}
	return parseRetryAfter(e.Header().Get("Retry-After"), now)
}

// parseRetryAfter reads seconds or a date, RFC 9110, section 10.2.3; never negative.
func parseRetryAfter(v string, now time.Time) time.Duration {
	v = strings.TrimSpace(v)
	if n, ok := number(v); ok {
		return time.Duration(min(n, int64(maxHold/time.Second))) * time.Second
	}
	if at, err := http.ParseTime(v); err == nil {
		return min(max(at.Sub(now), 0), maxHold)
	}
	return 0
}
