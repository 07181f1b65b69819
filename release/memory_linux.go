package release

import (
	"bufio"
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// availableMemory is what new processes may use without swapping, in bytes: the
// kernel's estimate, or what is left of the container's limit if that is less.
func availableMemory() int64 { return availableIn("/") }

// availableIn reads below root; math.MaxInt64 when nothing is known.
func availableIn(root string) int64 {
	avail := int64(math.MaxInt64)
	if kb, ok := field(filepath.Join(root, "proc/meminfo"), "MemAvailable:"); ok {
		avail = kb << 10
	}
	for _, c := range []struct{ dir, limit, used, cache string }{
		{"sys/fs/cgroup", "memory.max", "memory.current", "inactive_file"},
		{"sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"},
	} {
		limit, known := number(filepath.Join(root, c.dir, c.limit))
		used, ok := number(filepath.Join(root, c.dir, c.used))
		if !known || !ok {
			continue
		}
		// What was read from disk counts as used and is given back on demand; a
		// builder that has run for a while would look full otherwise.
		cache, _ := field(filepath.Join(root, c.dir, "memory.stat"), c.cache)
		avail = min(avail, max(0, limit-max(0, used-cache)))
	}
	return avail
}

// number reads a file of one number; "max" is none.
func number(path string) (int64, bool) {
	b, err := os.ReadFile(path)
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64)
	return n, err == nil
}

// field reads the number behind a word at the beginning of a line.
func field(path, word string) (int64, bool) {
	b, err := os.ReadFile(path)
	if err != nil {
		return 0, false
	}
	for sc := bufio.NewScanner(bytes.NewReader(b)); sc.Scan(); {
		if f := strings.Fields(sc.Text()); len(f) > 1 && f[0] == word {
			n, err := strconv.ParseInt(f[1], 10, 64)
			return n, err == nil
		}
	}
	return 0, false
}
