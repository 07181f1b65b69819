package goenv

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
)

// mapDisk is a disk of any system: paths in slashes, links resolved by hand.
type mapDisk struct {
	files fstest.MapFS
	links map[string]string
}

func (d mapDisk) Stat(p string) (fs.FileInfo, error) {
	return d.files.Stat(strings.TrimPrefix(slashed(p), "/"))
}

func (d mapDisk) EvalSymlinks(p string) (string, error) {
	if to, ok := d.links[p]; ok {
		return to, nil
	}
	return p, nil
}

func TestFindGoroot(t *testing.T) {
	disk := mapDisk{files: fstest.MapFS{
		"usr/local/go/pkg/tool/linux_amd64/compile": {}, "opt/go/pkg/tool/x": {}, `C:/Program Files/Go/pkg/tool/x`: {}, "home/dev/fake/pkg/tool": {},
	}, links: map[string]string{"/usr/bin/go": "/usr/local/go/bin/go", "/opt/go/bin/go": "/usr/local/go/bin/go", `C:\bin\go.exe`: `C:\Program Files\Go\bin\go.exe`}}
	for name, tt := range map[string]struct {
		q    GorootQuery
		want Goroot
	}{
		"nothing":        {GorootQuery{}, Goroot{}},
		"beside":         {GorootQuery{Exe: "/usr/local/go/bin/go"}, both("/usr/local/go", GorootExecutable)},
		"cross-built":    {GorootQuery{Exe: "/usr/local/go/bin/linux_arm64/go"}, both("/usr/local/go", GorootExecutable)},
		"link":           {GorootQuery{Exe: "/usr/bin/go"}, both("/usr/local/go", GorootLink)},
		"link in a tree": {GorootQuery{Exe: "/opt/go/bin/go"}, both("/usr/local/go", GorootLink)}, // Linux resolves first
		"same on macOS":  {GorootQuery{OS: "darwin", Exe: "/opt/go/bin/go"}, both("/opt/go", GorootExecutable)},
		"link on macOS":  {GorootQuery{OS: "darwin", Exe: "/usr/bin/go"}, both("/usr/local/go", GorootLink)},
		"windows":        {GorootQuery{OS: "windows", Exe: `C:\Program Files\Go\bin\go.exe`}, both(`C:\Program Files\Go`, GorootExecutable)},
		"windows link":   {GorootQuery{OS: "windows", Exe: `C:\bin\go.exe`}, both(`C:\Program Files\Go`, GorootLink)},
		"alone":          {GorootQuery{Exe: "/home/dev/bin/go"}, Goroot{}},
		"tool a file":    {GorootQuery{Exe: "/home/dev/fake/bin/go"}, Goroot{}},
		"built in":       {GorootQuery{Exe: "/home/dev/bin/go", BuiltIn: "/usr/lib/go/"}, both("/usr/lib/go", GorootBuiltIn)},
		"process":        {GorootQuery{Exe: "/usr/bin/go", Process: "/a/../b/"}, Goroot{"/a/../b/", GorootProcess, "/b", GorootProcess}},
		"file":           {GorootQuery{Exe: "/usr/bin/go", File: "/c/"}, both("/c", GorootFile)},
		"both":           {GorootQuery{Process: "/b", File: "/c"}, Goroot{"/b", GorootProcess, "/c", GorootFile}},
	} {
		tt.q.Disk = disk
		if name == "nothing" {
			tt.q.Disk = nil
		}
		if got := FindGoroot(tt.q); got != tt.want {
			t.Errorf("%s: %+v, want %+v", name, got, tt.want)
		}
	}
}

func both(dir string, why GorootWhy) Goroot { return Goroot{dir, why, dir, why} }

// TestFindGorootAgainstGo starts go in the ways that people install it.
func TestFindGorootAgainstGo(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("installed by links")
	}
	exe, real := realGo(t)
	own, linked := fakeGoroot(t, real, true), fakeGoroot(t, real, false)
	dir := t.TempDir()
	link := filepath.Join(dir, "go")
	if err := os.Symlink(filepath.Join(own, "bin/go"), link); err != nil {
		t.Fatal(err)
	}
	alone := filepath.Join(t.TempDir(), "go")
	copyFile(t, exe, alone)
	for _, exe := range []string{exe, filepath.Join(own, "bin/go"), filepath.Join(linked, "bin/go"), link, alone} {
		g := FindGoroot(GorootQuery{OS: runtime.GOOS, Exe: exe, Disk: osDisk{}})
		cmd := exec.Command(exe, "env", "GOROOT")
		cmd.Env = []string{"HOME=" + quietHome(t, t.TempDir()), "GOENV=off", "GOTOOLCHAIN=local"}
		out, err := cmd.CombinedOutput()
		got := strings.TrimSpace(string(out))
		if g.Why == GorootNone && (err == nil || !strings.Contains(got, "'go' binary is trimmed and GOROOT is not set")) || g.Why != GorootNone && got != g.Dir {
			t.Errorf("%s: we find %+v, go says %q", exe, g, got)
		}
	}
}
