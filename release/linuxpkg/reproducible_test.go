package linuxpkg

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestHelperPack is not a test: run by TestReproducible in a process of its
// own, it packs the fixture in every format and compression and prints digests.
func TestHelperPack(t *testing.T) {
	dir, bin := os.Getenv("LINUXPKG_HELPER_DIR"), os.Getenv("LINUXPKG_HELPER_BIN")
	if dir == "" {
		t.Skip("run by TestReproducible")
	}
	for _, c := range []struct{ format, compression string }{
		{Deb, ""}, {Deb, "zstd"}, {Deb, "none"}, {RPM, ""}, {RPM, "gzip:6"}, {RPM, "xz"}, {RPM, "zstd"}, {APK, ""}, {ArchLinux, ""},
	} {
		p := fixture(t, dir, bin, c.format, tgt(t, "linux/loong64"))
		p.Deb.Compression, p.RPM.Compression = c.compression, c.compression
		p.Temp = dir
		if c.compression == "xz" {
			p.Contents = p.Contents[1:] // it is slow; the library has no parallelism to go wrong
		}
		fmt.Printf("DIGEST %s %q %x\n", c.format, c.compression, sha256.Sum256(pack(t, p)))
	}
}

// Two hosts in one: another folder, umask, time zone, number of processors,
// time of day of the files, and variables that nfpm would listen to.
func TestReproducible(t *testing.T) {
	if testing.Short() {
		t.Skip("packs 18 times")
	}
	bin := buildDemo(t, tgt(t, "linux/loong64"))
	run := func(dir, umask string, env ...string) string {
		t.Helper()
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		copied := filepath.Join(dir, "the-binary")
		if out, err := exec.Command("cp", bin, copied).CombinedOutput(); err != nil {
			t.Fatalf("%v %s", err, out)
		}
		cmd := exec.Command("sh", "-c", "umask "+umask+` && exec "$0" -test.run='^TestHelperPack$' -test.v`, os.Args[0])
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), append(env, "LINUXPKG_HELPER_DIR="+dir, "LINUXPKG_HELPER_BIN="+copied)...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		var digests []string
		for line := range strings.Lines(string(out)) {
			if i := strings.Index(line, "DIGEST "); i >= 0 {
				digests = append(digests, line[i:])
			}
		}
		if len(digests) != 9 {
			t.Fatalf("%d digests in\n%s", len(digests), out)
		}
		if left, _ := filepath.Glob(filepath.Join(quoteMeta(dir), "linuxpkg-*")); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
		return strings.Join(digests, "")
	}
	first := run(filepath.Join(t.TempDir(), "a"), "022", "TZ=UTC")
	time.Sleep(1100 * time.Millisecond) // files of another second
	second := run(filepath.Join(t.TempDir(), "目录 [b]", "deeper"), "077", "TZ=Asia/Shanghai", "GOMAXPROCS=1", "SOURCE_DATE_EPOCH=123456789", "LC_ALL=zh_CN.UTF-8")
	if first != second {
		t.Errorf("the bytes differ:\n%s\n%s", first, second)
	}
}
