package publish

import (
	"strconv"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// ParseAge reads an age as people write it: 30d, 2w, or hours and minutes as
// [time.ParseDuration] has them. It is never negative; 0 means no age at all.
func ParseAge(s string) (time.Duration, error) {
	const most = 36500 // days
	bad := msg.Errorf("it is an age such as 30d, 2w or 12h", "应为 30d、2w、12h 这样的时长")
	if s == "0" {
		return 0, nil
	}
	for unit, days := range map[string]int64{"d": 1, "w": 7} {
		if n, ok := strings.CutSuffix(s, unit); ok {
			v, err := strconv.ParseUint(n, 10, 32)
			if err != nil || int64(v)*days > most || n[0] == '+' {
				return 0, bad
			}
			return time.Duration(int64(v)*days) * 24 * time.Hour, nil
		}
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 || d > most*24*time.Hour {
		return 0, bad
	}
	return d, nil
}
