package rules

import (
	"os"

	"github.com/yingzao-dev/yingzao/envcheck"
)

// mountReproductions are about file systems: small, read-only, without programs.
func mountReproductions() []reproduction {
	build := []string{"build", "-o", os.DevNull, "."}
	main := map[string]string{"go.mod": plainMod, "main.go": plainMain}
	free := func(n int64) func(*envcheck.Dir) { return func(d *envcheck.Dir) { d.Free = n } }
	inodes := func(n int64) func(*envcheck.Dir) { return func(d *envcheck.Dir) { d.Inodes = n } }
	readOnly := func(d *envcheck.Dir) { d.ReadOnly, d.Writable = true, false }
	noExec := func(d *envcheck.Dir) { d.NoExec = true }
	return []reproduction{
		{code: "CCH002", environ: map[string]string{"GOTMPDIR": "{home}/small"}, files: main, prepare: mounted("small", "", "size=600k"), change: folder("GOTMPDIR", "small", free(600<<10)),
			run: build, fails: true, says: "no space left on device", finding: findingWeighs(envcheck.Error)},
		{code: "CCH002", name: "a full build cache is silent", change: folder("GOCACHE", "cache", free(0)), finding: findingWeighs(envcheck.Warning)},
		{code: "CCH002", name: "tight", change: folder("GOMODCACHE", "mod", free(200<<20)), finding: findingWeighs(envcheck.Warning)},
		{code: "CCH002", name: "the folder for temporary files", change: folder("TMPDIR", "/tmp", free(0)), finding: findingSays("TMPDIR")},
		{code: "CCH002", name: "not known", clean: true, change: allOf(folder("GOCACHE", "cache", free(-1)), folder("GOMODCACHE", "mod"), folder("TMPDIR", "/tmp"))},

		{code: "CCH003", environ: map[string]string{"GOTMPDIR": "{home}/tmp"}, files: main, prepare: mounted("tmp", "noexec", ""), change: folder("GOTMPDIR", "tmp", noExec),
			run: []string{"run", "."}, fails: true, says: "permission denied", finding: fixSays("GOTMPDIR=")},
		{code: "CCH003", name: "GOTMPDIR is elsewhere", clean: true, change: allOf(folder("TMPDIR", "/tmp", noExec), folder("GOTMPDIR", "tmp"))},
		{code: "CCH003", name: "a cache may be so", clean: true, change: allOf(folder("GOMODCACHE", "mod", noExec), folder("TMPDIR", "/tmp"))},

		{code: "CCH007", environ: map[string]string{"GOCACHE": "{home}/ro/cache"}, files: main, prepare: mounted("ro", "ro", ""), change: folder("GOCACHE", "ro/cache", readOnly, func(d *envcheck.Dir) { d.Exists = false }),
			run: build, fails: true, says: "read-only file system", finding: findingWeighs(envcheck.Error)},
		{code: "CCH007", name: "modules", change: folder("GOMODCACHE", "mod", readOnly), finding: findingWeighs(envcheck.Warning)},
		{code: "CCH007", clean: true, change: allOf(folder("GOCACHE", "cache"), folder("GOMODCACHE", "mod"), folder("TMPDIR", "/tmp"))},

		{code: "CCH008", environ: map[string]string{"GOCACHE": "{home}/few"}, files: main, prepare: mounted("few", "", "nr_inodes=40"), change: folder("GOCACHE", "few", inodes(39)),
			run: build, fails: true, says: "no space left on device", finding: findingWeighs(envcheck.Error)},
		{code: "CCH008", name: "unlimited", clean: true, change: allOf(folder("GOCACHE", "cache", inodes(-1)), folder("GOMODCACHE", "mod"), folder("TMPDIR", "/tmp"))},
	}
}
