package release

import (
	"math"
	"testing"
)

func TestAvailableMemory(t *testing.T) {
	const meminfo = "MemTotal:       16384 kB\nMemFree:         1000 kB\nMemAvailable:    8192 kB\n"
	for _, tc := range []struct {
		name  string
		files files
		want  int64
	}{
		{"nothing is known", nil, math.MaxInt64},
		{"no container", files{"proc/meminfo": meminfo}, 8 << 20},
		{"a container without a limit", files{"proc/meminfo": meminfo, "sys/fs/cgroup/memory.max": "max\n", "sys/fs/cgroup/memory.current": "99\n"}, 8 << 20},
		{"a container's limit", files{"proc/meminfo": meminfo, "sys/fs/cgroup/memory.max": "4194304\n", "sys/fs/cgroup/memory.current": "1048576\n"}, 3 << 20},
		{"its page cache is free", files{"proc/meminfo": meminfo, "sys/fs/cgroup/memory.max": "4194304\n", "sys/fs/cgroup/memory.current": "4194304\n",
			"sys/fs/cgroup/memory.stat": "anon 1\ninactive_file 2097152\nactive_file 5\n"}, 2 << 20},
		{"cgroup 1", files{"proc/meminfo": meminfo, "sys/fs/cgroup/memory/memory.limit_in_bytes": "4194304\n", "sys/fs/cgroup/memory/memory.usage_in_bytes": "2097152\n",
			"sys/fs/cgroup/memory/memory.stat": "inactive_file 5\ntotal_inactive_file 1048576\n"}, 3 << 20},
		{"a limit that is used up", files{"sys/fs/cgroup/memory.max": "1024\n", "sys/fs/cgroup/memory.current": "2048\n"}, 0},
		{"nonsense", files{"proc/meminfo": "MemAvailable: much\n", "sys/fs/cgroup/memory.max": "\n", "sys/fs/cgroup/memory.current": "1\n"}, math.MaxInt64},
	} {
		if got := availableIn(folder(t, tc.files)); got != tc.want {
			t.Errorf("%s: %d, want %d", tc.name, got, tc.want)
		}
	}
	if n := availableMemory(); n < 0 { // a full container has none
		t.Errorf("this machine has %d bytes", n)
	}
}
