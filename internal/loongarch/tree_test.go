package loongarch

import (
	"io/fs"
	"slices"
	"testing"
)

func TestTreeWorld(t *testing.T) {
	for _, c := range []struct {
		name string
		tree []string
		want World
	}{
		{"Kylin V11, Debian: new", []string{"lib64/ld-linux-loongarch-lp64d.so.1", "lib64/libc.so.6"}, New},
		{"merged /usr, as layers hold it", []string{"usr/lib64/ld-linux-loongarch-lp64d.so.1"}, New},
		{"Kylin V10, Loongnix 20: old", []string{"lib64/ld.so.1"}, Old},
		{"old with merged /usr", []string{"usr/lib64/ld.so.1"}, Old},
		{"libLoL on a new system", []string{"lib64/ld.so.1", "usr/lib64/ld-linux-loongarch-lp64d.so.1"}, Both},
		{"musl has one name in both", []string{"lib/ld-musl-loongarch64.so.1"}, Unknown},
		{"static programs only", []string{"bin/busybox"}, Unknown},
		{"a loader somewhere else is no loader", []string{"opt/old/lib64/ld.so.1", "/lib64/ld.so.1"}, Unknown},
		{"nothing", nil, Unknown},
	} {
		asked := []string{}
		got := TreeWorld(func(path string) bool {
			asked = append(asked, path)
			return slices.Contains(c.tree, path)
		})
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		for _, path := range asked {
			if !fs.ValidPath(path) {
				t.Errorf("%s: asked for %q, which io/fs would refuse", c.name, path)
			}
		}
	}
}
