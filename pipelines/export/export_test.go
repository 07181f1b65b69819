package export

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/target"
	"github.com/yingzao-dev/yingzao/pipelines"
	"github.com/yingzao-dev/yingzao/pipelines/jenkins"
)

func params(t *testing.T) []pipelines.Param {
	t.Helper()
	all, err := pipelines.Params()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// some are options with programs that say for which target they are.
func some(t *testing.T, targets ...string) Options {
	t.Helper()
	dir := t.TempDir()
	o := Options{To: filepath.Join(t.TempDir(), "out"), Version: "1.2.3", Library: jenkins.Library}
	for _, name := range targets {
		to, err := target.Parse(name)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, to.Slug())
		if err := os.WriteFile(path, []byte("#!/bin/sh\necho yingzao of "+name+", $*\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		o.Binaries = append(o.Binaries, Binary{to, path})
	}
	return o
}

func write(t *testing.T, o Options) *Result {
	t.Helper()
	r, err := Write(context.Background(), params(t), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// listing is a folder as a person would compare it: names, modes, bytes.
func listing(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		var sum [32]byte
		if info.Mode().IsRegular() {
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			sum = sha256.Sum256(data)
		}
		fmt.Fprintf(&b, "%s %v %x\n", filepath.ToSlash(rel), info.Mode(), sum[:4])
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func read(t *testing.T, names ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(names...))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

var five = []string{"linux/amd64", "linux/arm64", "linux/loong64", "linux/loong64-abi1.0", "windows/amd64"}

func TestExport(t *testing.T) {
	o := some(t, five...)
	o.ToolURL = "https://dl.example.cn/yingzao"
	r := write(t, o)
	if len(r.Pins) != 5 || !strings.HasPrefix(r.Pins[0], "linux/amd64=") || r.Replaced {
		t.Errorf("%+v", r)
	}
	// Each system's files hold the address and each sum, but those of Gitee and
	// BlueKing's form, which carry the binaries or an export line.
	for _, name := range []string{"gitlab/templates/go-release.yml", "gitlab/templates/go-build.yml", "gitlab/templates/go-env-check.yml", "gitlab/legacy/go-release.gitlab-ci.yml",
		"gitlab/README.md", "gitlab/README.zh-CN.md", "jenkins/src/dev/yingzao/Known.groovy", "jenkins/vars/goRelease.txt", "bkci/task.json", "bkci/templates/go-release.yml",
		"yunxiao/step.yaml", "gitee/go-release.yml"} {
		text := read(t, o.To, name)
		for _, want := range append(slices.Clone(r.Pins), o.ToolURL) {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not have %s", name, want)
			}
		}
	}
	for _, name := range []string{"README.md", "README.zh-CN.md"} {
		if text := read(t, o.To, name); !strings.Contains(text, "1.2.3") || !strings.Contains(text, o.ToolURL) || strings.Contains(text, "{{") {
			t.Errorf("%s: %s", name, text)
		}
	}
	for _, name := range []string{"gitlab/.gitlab-ci.yml", "gitlab/example/go.mod", "jenkins/vars/goRelease.groovy", "jenkins/src/dev/yingzao/Pipeline.groovy",
		"jenkins/resources/yingzao/install.cmd", "yunxiao/dist/index.js", "bin/yingzao_windows_amd64.exe", "bin/yingzao_linux_loong64-abi1.0", Marker} {
		read(t, o.To, name)
	}
	if strings.Contains(listing(t, filepath.Join(o.To, "jenkins")), "test") {
		t.Error("the library's tests are not for its users")
	}

	// The list of sums is what sha256sum -c reads, and complete.
	sums := strings.Split(strings.TrimSuffix(read(t, o.To, SumsName), "\n"), "\n")
	if len(sums) != len(r.Files)-1 || r.Files[len(r.Files)-1].Name != SumsName {
		t.Errorf("%d sums, %d files", len(sums), len(r.Files))
	}
	for _, line := range sums {
		want, name, _ := strings.Cut(line, "  ")
		if got := sha256.Sum256([]byte(read(t, o.To, name))); fmt.Sprintf("%x", got) != want {
			t.Errorf("%s has another sum", name)
		}
	}
}

// Equal inputs, equal folder: names, modes and bytes, in another zone, with another
// umask, in another place, with the binaries in another order.
func TestReproducible(t *testing.T) {
	o := some(t, five...)
	write(t, o)
	want := listing(t, o.To)
	again := o
	again.To = filepath.Join(t.TempDir(), "other")
	again.Binaries = slices.Clone(o.Binaries)
	slices.Reverse(again.Binaries)
	for i, b := range again.Binaries {
		again.Binaries[i].Path = filepath.Join(t.TempDir(), "x")
		if err := os.WriteFile(again.Binaries[i].Path, []byte(read(t, b.Path)), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	elsewhere(t, again)
	if got := listing(t, again.To); got != want {
		t.Errorf("another folder:\n%s\nfirst:\n%s", got, want)
	}
}

// elsewhere writes an export in a process of its own, whose zone and umask are
// others.
func elsewhere(t *testing.T, o Options) {
	t.Helper()
	if runtime.GOOS == "windows" {
		write(t, o)
		return
	}
	spec := []string{o.To}
	for _, b := range o.Binaries {
		spec = append(spec, b.Target.String()+"="+b.Path)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sh", "-c", `umask 077; exec "$0" -test.run '^TestElsewhere$' -test.v`, self)
	cmd.Env = append(os.Environ(), "TZ=Asia/Shanghai", "EXPORT_ELSEWHERE="+strings.Join(spec, "\n"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// TestElsewhere is the other process.
func TestElsewhere(t *testing.T) {
	spec := strings.Split(os.Getenv("EXPORT_ELSEWHERE"), "\n")
	if spec[0] == "" {
		return // not the other process
	}
	o := Options{To: spec[0], Version: "1.2.3", Library: jenkins.Library}
	for _, s := range spec[1:] {
		name, path, _ := strings.Cut(s, "=")
		to, err := target.Parse(name)
		if err != nil {
			t.Fatal(err)
		}
		o.Binaries = append(o.Binaries, Binary{to, path})
	}
	write(t, o)
}

// The plug-in's upload holds task.json and the package that it names; what is in the
// package starts here.
func TestPlugin(t *testing.T) {
	o := some(t, five...)
	write(t, o)
	outer := unzip(t, []byte(read(t, o.To, "bkci/yingzao_release.zip")))
	var task struct {
		Execution struct{ PackagePath, Target string }
	}
	if err := json.Unmarshal(outer["task.json"], &task); err != nil {
		t.Fatal(err)
	}
	if string(outer["task.json"]) != read(t, o.To, "bkci/task.json") || len(outer) != 2 {
		t.Errorf("the upload has %d files", len(outer))
	}
	inner := unzip(t, outer[task.Execution.PackagePath])
	if len(inner) != 5 || inner["yingzao_windows_amd64.exe"] != nil {
		t.Errorf("the package has %d files", len(inner))
	}
	program, args, _ := strings.Cut(task.Execution.Target, " ")
	dir := t.TempDir()
	for name, data := range inner {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil { // as an unpacker without modes does
			t.Fatal(err)
		}
	}
	if runtime.GOOS != "linux" || !slices.Contains([]string{"amd64", "arm64"}, runtime.GOARCH) {
		t.Skip("the binary's name is known for Linux on two processors")
	}
	if err := os.Chmod(filepath.Join(dir, program), 0o755); err != nil { // demands
		t.Fatal(err)
	}
	cmd := exec.Command(filepath.Join(dir, program), strings.Fields(args)...)
	cmd.Dir = t.TempDir()
	out, err := cmd.CombinedOutput()
	if want := "yingzao of linux/" + runtime.GOARCH + ", pipeline atom\n"; err != nil || string(out) != want {
		t.Errorf("%v: %s", err, out)
	}

	none := some(t, "windows/amd64")
	write(t, none)
	if _, err := os.Stat(filepath.Join(none.To, "bkci", "yingzao_release.zip")); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a plug-in without a binary for Linux")
	}
}

func unzip(t *testing.T, data []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if all[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func TestRefusals(t *testing.T) {
	twice := some(t, "linux/amd64", "linux/arm64")
	twice.Binaries[1].Target = twice.Binaries[0].Target
	gone := some(t, "linux/amd64")
	gone.Binaries[0].Path += ".gone"
	parent := some(t, "linux/amd64")
	parent.To = filepath.Join(parent.To, "deeper", "still")
	for _, c := range []struct {
		o    Options
		want string
		kind msg.Kind
	}{
		{some(t), "no binary to export", msg.Usage},
		{some(t, "linux/amd64", "linux/riscv64"), "no job would look for a binary for linux/riscv64", msg.Usage},
		{some(t, "linux/amd64/v3"), "linux/amd64/v3", msg.Usage},
		{twice, "two binaries are for linux/amd64", msg.Usage},
		{gone, ".gone", msg.KindOf(errors.New(""))},
		{parent, "no such file or directory", msg.KindOf(errors.New(""))},
	} {
		_, err := Write(context.Background(), params(t), c.o)
		if err == nil || !strings.Contains(err.Error(), c.want) || msg.KindOf(err) != c.kind {
			t.Errorf("%v, want %s", err, c.want)
		}
		if left, _ := filepath.Glob(filepath.Join(filepath.Dir(c.o.To), "*")); len(left) > 0 {
			t.Errorf("%s: left %v", c.want, left)
		}
		if left, _ := filepath.Glob(filepath.Join(filepath.Dir(c.o.To), ".*")); len(left) > 0 {
			t.Errorf("%s: left %v", c.want, left)
		}
	}
}
