package gosdk

import (
	"errors"
	"io/fs"
	"os"
	"runtime"
	"testing"
	"testing/fstest"
)

func TestIdentify(t *testing.T) {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	here := runtime.GOOS + "_" + runtime.GOARCH
	for _, c := range []struct {
		name     string
		tree     fstest.MapFS
		want     Release
		official bool
	}{
		{"release", fstest.MapFS{"VERSION": file("go1.26.8\ntime 2026-08-28T16:20:06Z\n"), "pkg/tool/linux_loong64/compile": file("")}, Release{"go1.26.8", "linux", "loong64"}, true},
		{"old VERSION without newline", fstest.MapFS{"VERSION": file("go1.21.0"), "pkg/tool/linux_arm64/compile": file("")}, Release{"go1.21.0", "linux", "arm64"}, true},
		{"candidate, CRLF", fstest.MapFS{"VERSION": file("go1.27rc3\r\ntime x\r\n"), "pkg/tool/windows_amd64/compile.exe": file("")}, Release{"go1.27rc3", "windows", "amd64"}, true},
		{"experiments", fstest.MapFS{"VERSION": file("go1.26.8 X:loopvar,rangefunc\n"), "pkg/tool/linux_amd64/compile": file("")}, Release{"go1.26.8 X:loopvar,rangefunc", "linux", "amd64"}, false},
		{"devel", fstest.MapFS{"VERSION": file("devel go1.27-3f1c4 Thu Nov 5\n"), "pkg/tool/linux_amd64/compile": file("")}, Release{"devel go1.27-3f1c4 Thu Nov 5", "linux", "amd64"}, false},
		{"checkout", fstest.MapFS{"src/runtime/proc.go": file(""), "pkg/tool/linux_amd64/compile": file("")}, Release{"devel", "linux", "amd64"}, false},
		{"a company's", fstest.MapFS{"VERSION": file("go1.26.8-bigcorp\n"), "pkg/tool/linux_amd64/compile": file("")}, Release{"go1.26.8-bigcorp", "linux", "amd64"}, false},
		{"older than the modules", fstest.MapFS{"VERSION": file("go1.20.14"), "pkg/tool/linux_amd64/compile": file("")}, Release{"go1.20.14", "linux", "amd64"}, false},
		{"escape in the version", fstest.MapFS{"VERSION": file("go1.26.8/../x"), "pkg/tool/linux_amd64/compile": file("")}, Release{"go1.26.8/../x", "linux", "amd64"}, false},
		{"empty VERSION", fstest.MapFS{"VERSION": file(""), "pkg/tool/linux_amd64/compile": file("")}, Release{"", "linux", "amd64"}, false},
		{"several tools, one compiler", fstest.MapFS{"VERSION": file("go1.26.8"), "pkg/tool/aix_ppc64/vet": file(""), "pkg/tool/linux_s390x/compile": file("")}, Release{"go1.26.8", "linux", "s390x"}, true},
		{"several compilers, one is ours", fstest.MapFS{"VERSION": file("go1.26.8"), "pkg/tool/aix_ppc64/compile": file(""), "pkg/tool/" + here + "/compile": file("")}, Release{"go1.26.8", runtime.GOOS, runtime.GOARCH}, true},
		{"not a platform", fstest.MapFS{"VERSION": file("go1.26.8"), "pkg/tool/Linux_../compile": file(""), "pkg/tool/plan9_386/compile": file("")}, Release{"go1.26.8", "plan9", "386"}, true},
	} {
		got, err := identify(c.tree, Release{})
		if err != nil || got != c.want {
			t.Errorf("%s: %q, %v", c.name, got, err)
			continue
		}
		if err := got.Check(); (err == nil) != c.official || err != nil && !errors.Is(err, errUnofficial) {
			t.Errorf("%s: official %v, Check says %v", c.name, c.official, err)
		}
	}
}

func TestIdentifyRefuses(t *testing.T) {
	file := &fstest.MapFile{Data: []byte("go1.26.8\n")}
	for name, tree := range map[string]fstest.MapFS{
		"empty":          {},
		"no pkg/tool":    {"VERSION": file},
		"no compiler":    {"VERSION": file, "pkg/tool/linux_amd64/vet": file},
		"VERSION a dir":  {"VERSION/x": file, "pkg/tool/linux_amd64/compile": file},
		"VERSION a pipe": {"VERSION": {Mode: fs.ModeNamedPipe}, "pkg/tool/linux_amd64/compile": file},
	} {
		if r, err := identify(tree, Release{}); err == nil {
			t.Errorf("%s: taken for %s", name, r)
		}
	}
	if _, err := identify(os.DirFS(t.TempDir()+"/none"), Release{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no directory: %v", err)
	}
	asked := Release{"go1.25.0", "darwin", "arm64"}
	if r, err := identify(fstest.MapFS{}, asked); err != nil || r != asked {
		t.Errorf("what is given is not looked for: %v, %v", r, err)
	}
}

func TestModule(t *testing.T) {
	if got := demo.Module().String(); got != "golang.org/toolchain@v0.0.1-go1.26.8.linux-amd64" {
		t.Error(got)
	}
}
