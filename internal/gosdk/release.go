package gosdk

import (
	"errors"
	"go/version"
	"io"
	"io/fs"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// modulePath is where every Go release is published as a module.
const modulePath = "golang.org/toolchain"

// firstRelease is the first Go that cmd/distpack packed; the toolchain modules
// of earlier ones were made afterwards by other means.
const firstRelease = "go1.21rc1"

// Release is one Go release for one platform. Any field may be empty where it is
// asked for; [Identify] fills it in.
type Release struct {
	Version string // as runtime.Version says it: "go1.26.8"
	GOOS    string
	GOARCH  string
}

// String gives "go1.26.8 linux/amd64".
func (r Release) String() string { return r.Version + " " + r.GOOS + "/" + r.GOARCH }

// Module is the module that holds the release:
// golang.org/toolchain@v0.0.1-go1.26.8.linux-amd64.
func (r Release) Module() module.Version {
	return module.Version{Path: modulePath, Version: "v0.0.1-" + r.Version + "." + r.GOOS + "-" + r.GOARCH}
}

// prefix stands before every file name in the module's zip and hash.
func (r Release) prefix() string { return r.Module().String() + "/" }

// errUnofficial marks a Go that cannot be in the log. Its version may be a
// company's own word, so it is not even asked for.
var errUnofficial = errors.New("not an official release")

// Check reports why the release cannot be one that the log knows, nil if it can.
func (r Release) Check() error {
	switch {
	case !version.IsValid(r.Version) || strings.Contains(r.Version, "-"):
		return unofficial("version %q is not one of an official release", "版本 %q 不是官方发行版的版本号", r.Version)
	case version.Compare(r.Version, firstRelease) < 0:
		return unofficial("%s is older than go1.21: its archives cannot be compared with the log", "%s 早于 go1.21：其安装包无法与校验日志比对", r.Version)
	case !word.Re().MatchString(r.GOOS) || !word.Re().MatchString(r.GOARCH):
		return unofficial("platform %q is not one of an official release", "平台 %q 不是官方发行版的平台", r.GOOS+"/"+r.GOARCH)
	}
	return nil
}

func unofficial(en, zh string, args ...any) error {
	return notOfficial{msg.Errorf(en, zh, args...)}
}

// notOfficial is one of our errors that also is errUnofficial.
type notOfficial struct{ error }

func (e notOfficial) Unwrap() []error { return []error{e.error, errUnofficial} }

var (
	word     = lazyre.New(`^[a-z0-9]+$`)
	platform = lazyre.New(`^([a-z0-9]+)_([a-z0-9]+)$`)
)

// identify fills the empty fields of want from the tree: the version from the
// file VERSION, the platform from the directory below pkg/tool. It fails for
// what is no GOROOT; Check tells whether the outcome is a release.
func identify(fsys fs.FS, want Release) (Release, error) {
	if want.Version == "" {
		v, err := readVersion(fsys)
		if err != nil {
			return want, err
		}
		want.Version = v
	}
	if want.GOOS != "" && want.GOARCH != "" {
		return want, nil
	}
	goos, goarch, err := readPlatform(fsys)
	if err != nil {
		return want, err
	}
	want.GOOS, want.GOARCH = goos, goarch
	return want, nil
}

var errNotRegular = msg.Errorf("not a regular file", "不是普通文件")

// readVersion gives the first line of VERSION, which is all of it that names the
// release: "go1.26.8", "devel go1.27-3f1c4 …", "go1.26.8 X:loopvar". A tree built
// from a checkout has no such file; its version is "devel".
func readVersion(fsys fs.FS) (string, error) {
	info, err := fs.Stat(fsys, "VERSION")
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := fs.Stat(fsys, "src/runtime"); err == nil {
			return "devel", nil
		}
		return "", msg.Errorf("read VERSION: %w", "读取 VERSION：%w", err).
			WithHint("this directory is not a GOROOT; `go env GOROOT` tells which one is in use", "该目录不是 GOROOT；用 `go env GOROOT` 查看实际使用的目录")
	}
	if err == nil && !info.Mode().IsRegular() {
		err = errNotRegular // opening a pipe would wait for ever
	}
	if err != nil {
		return "", msg.Errorf("read VERSION: %w", "读取 VERSION：%w", err)
	}
	f, err := fsys.Open("VERSION")
	if err != nil {
		return "", msg.Errorf("read VERSION: %w", "读取 VERSION：%w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, 256))
	if err != nil {
		return "", msg.Errorf("read VERSION: %w", "读取 VERSION：%w", err)
	}
	line, _, _ := strings.Cut(string(b), "\n")
	return strings.Join(strings.Fields(line), " "), nil
}

// readPlatform looks for the one directory of pkg/tool that holds a compiler.
// Trees where several were built are taken for this machine's platform if that
// is among them.
func readPlatform(fsys fs.FS) (goos, goarch string, err error) {
	dirs, err := fs.ReadDir(fsys, "pkg/tool")
	if err != nil {
		return "", "", msg.Errorf("find the platform of this Go: %w", "查找该 Go 的平台：%w", err).
			WithHint("this directory is not a complete GOROOT", "该目录不是完整的 GOROOT")
	}
	var found []string
	for _, d := range dirs {
		if platform.Re().MatchString(d.Name()) && hasCompiler(fsys, "pkg/tool/"+d.Name()) {
			found = append(found, d.Name())
		}
	}
	here := runtime.GOOS + "_" + runtime.GOARCH
	switch {
	case len(found) == 0:
		return "", "", msg.Errorf("find the platform of this Go: pkg/tool holds no compiler", "查找该 Go 的平台：pkg/tool 中没有编译器").
			WithHint("this directory is not a complete GOROOT", "该目录不是完整的 GOROOT")
	case slices.Contains(found, here):
		found[0] = here
	}
	goos, goarch, _ = strings.Cut(found[0], "_")
	return goos, goarch, nil
}

func hasCompiler(fsys fs.FS, dir string) bool {
	for _, name := range []string{"compile", "compile.exe"} {
		if _, err := fs.Stat(fsys, dir+"/"+name); err == nil {
			return true
		}
	}
	return false
}
