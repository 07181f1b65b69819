package render

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/images/matrix"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
)

// fakeGo stands for the go command: it leaves a file where it was asked for its
// version (buildah 1.28 loses output now and then under chroot isolation), and
// shows that a build could write wherever builds write.
const fakeGo = `package main

import "os"

func main() {
	if os.Args[1] == "version" {
		file := os.Getenv("GOCACHE") + "/asked-for-version"
		if os.WriteFile(file, nil, 0o644) != nil {
			os.Exit(1)
		}
		return
	}
	for _, dir := range []string{os.Getenv("HOME"), os.Getenv("GOCACHE"), os.Getenv("GOMODCACHE"), os.Getenv("GOPATH"), "."} {
		if err := os.WriteFile(dir+"/written", []byte("x"), 0o644); err != nil {
			println(err.Error())
			os.Exit(1)
		}
	}
}
`

// engine is buildah with a store of its own.
type engine struct {
	t   *testing.T
	dir string
	env []string
}

// newEngine makes an empty store, or skips. It needs root: a rootless store needs
// ranges in /etc/subuid, which few machines have.
func newEngine(t *testing.T) *engine {
	if testing.Short() {
		t.Skip("slow")
	}
	onlyLinux(t)
	need(t, "buildah", "busybox", "go")
	if os.Getuid() != 0 {
		t.Skip("needs root")
	}
	dir := t.TempDir()
	write(t, dir+"/policy.json", `{"default": [{"type": "insecureAcceptAnything"}]}`, 0o644)
	write(t, dir+"/registries.conf", "unqualified-search-registries = []\n", 0o644) // no name may lead to a network
	for _, d := range []string{"home", "run", "tmp"} {
		if err := os.Mkdir(dir+"/"+d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return &engine{t, dir, []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir + "/home", "TMPDIR=" + dir + "/tmp", "XDG_RUNTIME_DIR=" + dir + "/run",
		"BUILDAH_ISOLATION=chroot", "CONTAINERS_REGISTRIES_CONF=" + dir + "/registries.conf",
	}}
}

// run runs buildah and returns all it printed.
func (e *engine) run(args ...string) (string, error) {
	ctx, stop := context.WithTimeout(e.t.Context(), timeout)
	defer stop()
	var global []string
	if slices.Contains([]string{"bud", "from"}, args[0]) {
		global = []string{"--signature-policy", e.dir + "/policy.json"}
	}
	c := exec.CommandContext(ctx, "buildah", append(append([]string{"--root", e.dir + "/store", "--runroot", e.dir + "/runroot", "--storage-driver", "vfs", args[0]}, global...), args[1:]...)...)
	c.Env = e.env
	c.Dir = e.dir
	out, err := c.CombinedOutput()
	return string(out), err
}

func (e *engine) must(args ...string) string {
	e.t.Helper()
	out, err := e.run(args...)
	if err != nil {
		e.t.Fatalf("buildah %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(out)
}

// build builds a Dockerfile in a context.
func (e *engine) build(tag, dockerfile, context string, flags ...string) (string, error) {
	name := filepath.Join(e.dir, strings.NewReplacer("/", "-", ":", "-").Replace(tag)+".Dockerfile")
	write(e.t, name, dockerfile, 0o644)
	return e.run(append(append([]string{"bud", "-f", name, "-t", tag}, flags...), context)...)
}

// busyboxRoot makes a root of a file system out of busybox, with package managers
// that note what they are asked.
func busyboxRoot(t *testing.T, dir string, managers ...string) {
	t.Helper()
	busybox, err := exec.LookPath("busybox")
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(busybox)
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir+"/bin/busybox", string(data), 0o755)
	applets, err := exec.Command(busybox, "--list").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range strings.Fields(string(applets)) {
		if name != "busybox" && !slices.Contains(managers, name) {
			if err := os.Symlink("busybox", dir+"/bin/"+name); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, pm := range managers {
		write(t, dir+"/usr/bin/"+pm, "#!/bin/sh\necho \"${0##*/} $*\" >>/var/log/asked\n", 0o755)
	}
	write(t, dir+"/etc/passwd", "root:x:0:0::/:/bin/sh\n", 0o644)
	write(t, dir+"/etc/group", "root:x:0:\n", 0o644)
	for _, d := range []string{"var/log", "var/cache/dnf/x", "var/cache/yum/x", "var/lib/apt/lists/x", "usr/local/go/src/leftover"} {
		if err := os.MkdirAll(dir+"/"+d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

// goProgram compiles fakeGo for this machine.
func goProgram(t *testing.T) []byte {
	t.Helper()
	dir := t.TempDir()
	write(t, dir+"/main.go", fakeGo, 0o644)
	cache, err := exec.Command("go", "env", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command("go", "build", "-ldflags=-s -w", "-o", "go", "main.go")
	c.Dir = dir
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + mirrortest.Home(t), "GOENV=off", "GOTOOLCHAIN=local", "CGO_ENABLED=0", "GOCACHE=" + strings.TrimSpace(string(cache))}
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	data, err := os.ReadFile(dir + "/go")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// asked is what each package manager has to be asked for the variant builder.
var asked = map[matrix.Family]string{
	matrix.RPM: "dnf install -y git make ca-certificates tar\ndnf clean all\n",
	matrix.Deb: "apt-get update\napt-get install -y --no-install-recommends git make ca-certificates tar\napt-get clean\n",
	matrix.APK: "apk add --no-cache git make ca-certificates tar\n",
}

// Each committed Dockerfile is built by a real engine on a stand-in for its base,
// with nothing exchanged but the sums of the SDK.
func TestEngineBuildsCommitted(t *testing.T) {
	e := newEngine(t)
	if runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" {
		t.Skip("the files are for amd64 and arm64")
	}
	managers := []string{"dnf", "microdnf", "yum", "apt-get", "apk"}
	busyboxRoot(t, e.dir+"/base/tree", managers...)
	if out, err := e.build("localhost/base", "FROM scratch\nCOPY tree/ /\n", e.dir+"/base"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	tree := fakeSDK(goProgram(t))
	ctx := e.dir + "/ctx"
	fake := stage(t, ctx, runtime.GOARCH, tree)
	stage(t, ctx, "loong64", tree) // the same program: the ABI1.0 files are run here too

	// exchange gives a Dockerfile the sums of the fake SDK.
	exchange := func(f File) (string, []string) {
		text := string(f.Data)
		flags := []string{"--build-arg", "BASE=localhost/base", "--build-arg", "TOOLS=localhost/base", "--build-arg", "REVISION=abc"}
		for _, b := range f.Builds {
			if b.SDK.ABI != "" {
				flags = append(flags, "--build-arg", "TARGETARCH="+b.SDK.Arch)
			}
			if b.SDK.Arch == runtime.GOARCH {
				text = strings.ReplaceAll(text, hexOf(b.SDK.H1), hexOf(fake.H1))
			}
		}
		return text, flags
	}
	all := files(t)
	built := map[string]bool{}
	for _, f := range all {
		for key, want := range fixedLabels(f) {
			if !strings.Contains(string(f.Data), key+"=\""+want+"\"") {
				t.Errorf("%s: label %s is not %q", f.Path, key, want)
			}
		}
		if built[work(f)] { // the same but for what was just read
			continue
		}
		built[work(f)] = true
		t.Run(f.Path, func(t *testing.T) {
			e := &engine{t, e.dir, e.env}
			tag := "localhost/" + strings.ToLower(f.Path)
			text, flags := exchange(f)
			out, err := e.build(tag, text, ctx, flags...)
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			e.check(f, e.must("from", "--pull-never", tag))
		})
	}

	// What the engine or the base lacks.
	pick := func(path string) File {
		i := slices.IndexFunc(all, func(f File) bool { return f.Path == path })
		return all[i]
	}
	rpm := pick("openeuler-24.03/builder/Dockerfile")
	for _, c := range []struct {
		name, remove string // package managers that the base has not
		flags        []string
		asked        string
		fails        bool
	}{
		{"microdnf", "dnf", nil, "microdnf install -y git make ca-certificates tar\nmicrodnf clean all\n", false},
		{"yum", "dnf microdnf", []string{"--build-arg", "PACKAGES=git-core patch"}, "yum install -y git-core patch\nyum clean all\n", false},
		{"nothing to install", "dnf microdnf yum", []string{"--build-arg", "PACKAGES="}, "", false},
		{"no manager", "dnf microdnf yum", nil, "", true},
		{"an engine without TARGETARCH", "", []string{"--build-arg", "TARGETARCH="}, asked[matrix.RPM], false},
		{"an architecture without SDK", "", []string{"--build-arg", "TARGETARCH=s390x"}, "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := &engine{t, e.dir, e.env}
			tag := "localhost/" + strings.ReplaceAll(strings.ToLower(c.name), " ", "-")
			text, flags := exchange(rpm)
			flags = append(flags, c.flags...)
			if c.remove != "" {
				if out, err := e.build(tag+"-base", "FROM localhost/base\nRUN cd /usr/bin && rm "+c.remove+"\n", e.dir+"/base"); err != nil {
					t.Fatalf("%v\n%s", err, out)
				}
				flags = append(flags, "--build-arg", "BASE="+tag+"-base")
			}
			out, err := e.build(tag, text, ctx, flags...)
			switch {
			case c.fails != (err != nil):
				t.Errorf("fails: %v, want %v\n%s", err, c.fails, out)
			case err == nil:
				root := e.must("mount", e.must("from", "--pull-never", tag))
				if got, _ := os.ReadFile(root + "/var/log/asked"); string(got) != c.asked {
					t.Errorf("asked:\n%swant:\n%s", got, c.asked)
				}
			}
		})
	}
}

// work is what a Dockerfile does, without its base's name and its labels.
func work(f File) string {
	return strings.Join(slices.DeleteFunc(instructions(f.Data), func(in string) bool {
		return strings.HasPrefix(in, "LABEL ") || strings.HasPrefix(in, "ARG BASE=")
	}), "")
}

// fixedLabels are those of a file that do not depend on who builds it.
func fixedLabels(f File) map[string]string {
	build := f.Builds[0]
	return map[string]string{
		matrix.LabelGoVersion:            build.SDK.Go,
		matrix.LabelFamily:               string(build.Base.Family),
		"org.opencontainers.image.title": build.Base.Title.EN + ": " + build.Variant.Title.EN,
	}
}

// check looks into a container of a built image and runs it as somebody.
func (e *engine) check(f File, container string) {
	t := e.t
	var info struct {
		OCIv1 struct {
			Config struct {
				User, WorkingDir string
				Env              []string
				Labels           map[string]string
			} `json:"config"`
		}
	}
	if err := json.Unmarshal([]byte(e.must("inspect", container)), &info); err != nil {
		t.Fatal(err)
	}
	got := info.OCIv1.Config
	if got.User != "65532:65532" || got.WorkingDir != matrix.WorkDir {
		t.Errorf("user %q, folder %q", got.User, got.WorkingDir)
	}
	if env := matrix.Env(); len(got.Env) != len(env) || fmt.Sprint(slices.Sorted(slices.Values(got.Env))) != fmt.Sprint(slices.Sorted(slices.Values(env))) {
		t.Errorf("environment %v, want %v", got.Env, env)
	}
	build := f.Builds[0]
	wanted := fixedLabels(f)
	wanted["org.opencontainers.image.version"] = build.SDK.Go
	wanted["org.opencontainers.image.revision"] = "abc"
	wanted["org.opencontainers.image.base.name"] = map[bool]string{true: "", false: "localhost/base"}[build.Base.Family == matrix.None]
	for key, want := range wanted {
		if got.Labels[key] != want {
			t.Errorf("label %s is %q, want %q", key, got.Labels[key], want)
		}
	}
	root := e.must("mount", container)
	want := ""
	if build.Variant.Packages != nil {
		want = asked[build.Base.Family]
	}
	if asked, _ := os.ReadFile(root + "/var/log/asked"); string(asked) != want {
		t.Errorf("asked:\n%swant:\n%s", asked, want)
	}
	for _, left := range map[matrix.Family][]string{matrix.RPM: {"var/cache/dnf", "var/cache/yum"}, matrix.Deb: {"var/lib/apt/lists/x"}}[build.Base.Family] {
		if _, err := os.Stat(root + "/" + left); (err == nil) != (build.Variant.Packages == nil) {
			t.Errorf("%s: %v", left, err)
		}
	}
	if info, err := os.Stat(root + "/cache/go-build/asked-for-version"); err != nil || owner(info) != "65532:65532" {
		t.Errorf("go version: %v", err)
	}
	for _, gone := range []string{"usr/local/go/src/leftover", "stage", "out"} {
		if _, err := os.Lstat(root + "/" + gone); err == nil {
			t.Errorf("/%s is in the image", gone)
		}
	}
	for _, dir := range matrix.Writable() {
		if info, err := os.Stat(root + dir); err != nil || info.Mode()&0o777 != 0o777 || info.Mode()&os.ModeSticky == 0 {
			t.Errorf("%s: %v", dir, info.Mode())
		}
	}
	if passwd, err := os.ReadFile(root + "/etc/passwd"); err != nil || !strings.Contains(string(passwd), "\nbuilder:x:65532:65532::/home/builder:/bin/sh\n") {
		t.Errorf("passwd: %q, %v", passwd, err)
	}
	if out, err := e.run("run", "--user", "123456:0", container, "--", "go", "probe"); err != nil {
		t.Errorf("as any user: %v: %s", err, out)
	}
	for _, dir := range matrix.Writable() {
		info, err := os.Stat(root + dir + "/written")
		if err != nil {
			t.Errorf("as any user: %v", err)
		} else if owner(info) != "123456:0" {
			t.Errorf("%s/written is of %s", dir, owner(info))
		}
	}
}

// owner is a file's owner and group. The fields are read by name, so that the test
// compiles where there are none.
func owner(info os.FileInfo) string {
	sys := reflect.Indirect(reflect.ValueOf(info.Sys()))
	return fmt.Sprint(sys.FieldByName("Uid"), ":", sys.FieldByName("Gid"))
}
