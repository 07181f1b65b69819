package rebuild

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

var product = map[string]string{"VERSION": "go1.26.8\n", "bin/go": "of riscv64", "src/_go.mod": "module std\n"}

func TestBuild(t *testing.T) {
	needBash(t)
	from, h1 := packed(t, product)
	// What the script sees is what it prints.
	goroot := tree(t, `echo "env $(env | grep -v -e ^_= -e ^SHLVL= -e ^PWD= -e ^OLDPWD= | cut -d= -f1 | LC_ALL=C sort | tr '\n' ' ')"
echo "args $* $GOOS/$GOARCH $GOTOOLCHAIN $GOPROXY $GOENV [$GOFLAGS] $GOROOT_BOOTSTRAP"
echo "files $(cd .. && find . -type f | LC_ALL=C sort | tr '\n' ' ')"
echo "bits $(cd .. && find . -type f -perm /111 | wc -l)"
cat ../go.env > ../pkg/goenv
cp `+from+`/* $DIST/
cp ../go.env $DIST/`+module+`.info
printf 'no end of line'
`, func(m map[string]string) {
		m["go.env"] = strings.Replace(m["go.env"], "GOTOOLCHAIN=auto", "GOTOOLCHAIN=local", 1)
	})
	want, err := gosdk.ReadTree(t.Context(), tree(t, "x"), gosdk.Release{})
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	o := options(t, goroot)
	o.Environ = append(os.Environ(), "GOFLAGS=-mod=mod", "GOROOT=/nowhere", "GOPROXY=https://u:hunter2@proxy.example", "CC=false", "HOME=/home/dev")
	o.Log = func(line string) { lines = append(lines, line) }
	r, err := Build(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if len(lines) != 5 || lines[4] != "no end of line" {
		t.Fatalf("%d lines: %q", len(lines), lines)
	}
	if got := strings.TrimSpace(lines[0]); got != "env GOARCH GOCACHE GOENV GOFLAGS GOOS GOPATH GOPROXY GOROOT_BOOTSTRAP GOTELEMETRY GOTOOLCHAIN GOWORK HOME LC_ALL PATH TMPDIR TZ" {
		t.Error(got)
	}
	if lines[1] != "args -distpack linux/riscv64 local off off [] "+goroot {
		t.Error(lines[1])
	}
	if got := strings.TrimSpace(lines[2]); got != "files ./VERSION ./api/go1.txt ./doc/x ./go.env ./lib/time/文.txt ./misc/go.mod ./src/fmt/print.go ./src/go.mod ./src/make.bash ./test/a.go" {
		t.Error(got)
	}
	if strings.Fields(lines[3])[1] != "0" {
		t.Error(lines[3])
	}
	if r.H1 != h1 || r.Go != "go1.26.8" || r.GOOS != "linux" || r.GOARCH != "riscv64" || !r.Whole || !r.GoEnv || r.Seconds <= 0 {
		t.Errorf("%+v, want h1 %s", r, h1)
	}
	// The source's h1 is that of the tree as released; only make.bash is another here.
	if official := strings.TrimPrefix(want.H1(), "h1:"); len(official) != 44 || r.Source == want.H1() {
		t.Errorf("source %s, %s", r.Source, want.H1())
	}
	checkOutcome(t, r, o.To, from)
	empty(t, o.Work)

	o.Vouched = r.Source
	if _, err := Build(t.Context(), o); err != nil { // over what is there
		t.Error(err)
	}
}

func checkOutcome(t *testing.T, r *Result, to, from string) {
	t.Helper()
	var names []string
	if err := filepath.WalkDir(to, func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(to, p)
			names = append(names, filepath.ToSlash(rel))
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	at := "golang.org/toolchain/@v/" + module
	if want := []string{"go1.26.8.linux-riscv64.tar.gz", at + ".info", at + ".mod", at + ".zip"}; !slices.Equal(names, want) {
		t.Errorf("%q", names)
	}
	for _, f := range []File{r.Zip, r.Archive} {
		b, err := os.ReadFile(f.Path)
		if err != nil {
			t.Fatal(err)
		}
		original, err := os.ReadFile(filepath.Join(from, filepath.Base(f.Path)))
		if err != nil {
			t.Fatal(err)
		}
		if string(b) != string(original) || f.Size != int64(len(b)) || f.SHA256 != fmt.Sprintf("%x", sha256.Sum256(b)) {
			t.Errorf("%+v", f)
		}
	}
	if info, _ := os.ReadFile(filepath.Join(to, filepath.FromSlash(at+".info"))); string(info) != goEnv(t) {
		t.Errorf("the build saw this go.env: %s", info)
	}
}

// The module cache keeps originals as _go.mod; the copy has them once, as go.mod.
func TestSourceFromTheModuleCache(t *testing.T) {
	needBash(t)
	from, _ := packed(t, product)
	goroot := tree(t, "find .. -name '*go.mod'\ncp "+from+"/* $DIST/", func(m map[string]string) {
		m["src/_go.mod"] = m["src/go.mod"]
		for _, name := range []string{"api/go1.txt", "doc/x", "misc/go.mod", "test/a.go"} {
			delete(m, name)
		}
	})
	o := options(t, goroot)
	var out []string
	o.Log = func(line string) { out = append(out, line) }
	r, err := Build(t.Context(), o)
	if err != nil || r.Whole || r.GoEnv || !slices.Equal(out, []string{"../src/go.mod"}) {
		t.Errorf("%+v, %q, %v", r, out, err)
	}
}

func TestRefusals(t *testing.T) {
	needBash(t)
	write := func(name, content string) func(map[string]string) {
		return func(m map[string]string) { m[name] = content }
	}
	for _, c := range []struct {
		name   string
		change func(map[string]string)
		set    func(*Options)
		kind   msg.Kind
		want   string
	}{
		{"no platform", nil, func(o *Options) { o.GOARCH = "" }, msg.Usage, "a platform and a folder are needed"},
		{"a platform that is none", nil, func(o *Options) { o.GOARCH = "../x" }, msg.Usage, `platform "linux/../x" is not one`},
		{"no bash", nil, func(o *Options) { o.Environ = []string{"PATH=" + filepath.Join(o.GOROOT, "bin")} }, msg.Failed, "no bash on PATH"},
		{"no environment", nil, func(o *Options) { o.Environ = nil }, msg.Failed, "no bash on PATH"},
		{"no sources", func(m map[string]string) { delete(m, "src/make.bash") }, nil, msg.Failed, "has no src/make.bash"},
		{"no programs", func(m map[string]string) { delete(m, "bin/go") }, nil, msg.Failed, "bin/go cannot be run"},
		{"another machine's", func(m map[string]string) {
			delete(m, "pkg/tool/"+runtime.GOOS+"_"+runtime.GOARCH+"/compile")
			m["pkg/tool/linux_mips/compile"] = ""
		}, nil, msg.Failed, "it is for linux/mips and cannot run"},
		{"not what was vouched for", write("src/fmt/print.go", "package fmt // backdoor\n"), func(o *Options) { o.Vouched = "h1:other=" }, msg.Findings, "but h1:other= was vouched for"},
		{"a devel version", write("VERSION", "devel go1.27-abc"), nil, msg.Usage, "is not one of an official release"},
		{"a go.env beyond repair", write("go.env", "GOPROXY=https://proxy.example\n"), nil, msg.Findings, "cannot be restored"},
		{"no go.env", func(m map[string]string) { delete(m, "go.env") }, nil, msg.Failed, "go.env"},
	} {
		t.Run(c.name, func(t *testing.T) {
			change := c.change
			if change == nil {
				change = func(map[string]string) {}
			}
			o := options(t, tree(t, "echo ran > $DIST/ran", change))
			if c.set != nil {
				c.set(&o)
			}
			_, err := Build(t.Context(), o)
			if err == nil || !strings.Contains(err.Error(), c.want) || msg.KindOf(err) != c.kind {
				t.Errorf("kind %v: %v", msg.KindOf(err), err)
			}
			t.Log(msg.In(err, msg.Chinese), msg.Hint(err).ZH)
			empty(t, o.To)
			empty(t, o.Work)
		})
	}
}

func TestLinksAreRefused(t *testing.T) {
	needBash(t)
	goroot := tree(t, "")
	if err := os.Symlink("/etc/passwd", filepath.Join(goroot, "src", "link")); err != nil {
		t.Skip(err)
	}
	if _, err := Build(t.Context(), options(t, goroot)); err == nil || msg.KindOf(err) != msg.Findings || !strings.Contains(err.Error(), "src/link: a symbolic link") {
		t.Error(err)
	}
}

func TestFailureShowsTheEndOfTheOutput(t *testing.T) {
	needBash(t)
	o := options(t, tree(t, "for i in $(seq 100); do echo line $i; done; echo 'no space left' >&2; exit 3"))
	_, err := Build(t.Context(), o)
	if err == nil || !strings.Contains(err.Error(), "exit status 3\nline 82\n") || !strings.HasSuffix(err.Error(), "line 100\nno space left") || strings.Contains(err.Error(), "line 81\n") {
		t.Error(err)
	}
	empty(t, o.To)
	empty(t, o.Work)

	// A build that ends well but brings nothing out, or something broken, fails too.
	for _, script := range []string{"true", "echo x > $DIST/" + module + ".zip"} {
		o := options(t, tree(t, script))
		if _, err := Build(t.Context(), o); err == nil || strings.Contains(err.Error(), "make.bash") {
			t.Errorf("%s: %v", script, err)
		}
		empty(t, o.To)
		empty(t, o.Work)
	}
}

func TestCancelEndsTheBuild(t *testing.T) {
	needBash(t)
	o := options(t, tree(t, "echo started\nsleep 60 & wait"))
	ctx, cancel := context.WithCancel(t.Context())
	o.Log = func(string) { cancel() }
	begun := time.Now()
	_, err := Build(ctx, o)
	if !errors.Is(err, context.Canceled) || time.Since(begun) > 30*time.Second {
		t.Errorf("%v after %v", err, time.Since(begun))
	}
	empty(t, o.To)
	empty(t, o.Work)
}

func TestLongLinesAreCut(t *testing.T) {
	var got []int
	l := &lines{log: func(s string) { got = append(got, len(s)) }}
	for range 3 {
		l.Write(make([]byte, 40<<10))
	}
	l.end()
	if !slices.Equal(got, []int{80 << 10, 40 << 10}) {
		t.Error(got)
	}
}
