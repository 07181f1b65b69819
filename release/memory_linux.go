package release

import (
	"bufio"
	"bytes"
	"math"
	"os"
	"strconv"
	"strings"
)

// availableMemory is what new processes may use without swapping, in bytes: the
// kernel's estimate, or what is left of the container's limit if that is less.
func availableMemory() int64 {
	avail := int64(math.MaxInt64)
	if b, err := os.ReadFile("/proc/meminfo"); err == nil {
		for sc := bufio.NewScanner(bytes.NewReader(b)); sc.Scan(); {
			if rest, ok := strings.CutPrefix(sc.Text(), "MemAvailable:"); ok {
				if kb, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64); err == nil {
					avail = kb << 10
				}
			}
		}
	}
	for _, pair := range [][2]string{
		{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"},
		{"/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"},
	} {
		limit, err1 := readInt(pair[0])
		used, err2 := readInt(pair[1])
		if err1 == nil && err2 == nil {
			avail = min(avail, max(0, limit-used))
		}
	}
	return avail
}

// readInt reads a file of one number; "max" is an error like any other text.
func readInt(path string) (int64, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64)
}
