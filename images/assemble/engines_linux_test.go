package assemble

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
)

// run runs a tool with an environment of its own and returns what it says.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "BUILDAH_ISOLATION=chroot", "STORAGE_DRIVER=vfs", "TMPDIR=" + t.TempDir()}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// lowerDir is a temporary directory without capitals: buildah takes the path of a
// layout for a name.
func lowerDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "yz-images-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// hello is a static Go program for the architecture that notes who runs it where.
// It does not print it: buildah 1.28 loses output now and then under chroot
// isolation.
func hello(t *testing.T, arch string) string {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "go.mod"), []byte("module hello\n\ngo 1.26\n"))
	write(t, filepath.Join(dir, "main.go"), []byte(`package main

import (
	"fmt"
	"os"
	"runtime"
)

func main() {
	dir, _ := os.Getwd()
	said := fmt.Sprint(runtime.GOARCH, " ", os.Getuid(), " ", os.Getenv("GOTOOLCHAIN"), " ", os.Getenv("HOME"), " ", dir)
	if err := os.WriteFile(fmt.Sprint(os.Getenv("GOCACHE"), "/said-", os.Getuid()), []byte(said), 0o644); err != nil {
		println(err.Error())
		os.Exit(1)
	}
}
`))
	cmd := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-ldflags=-s -w", "-o", "hello", ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH="+arch, "CGO_ENABLED=0", "GOFLAGS=", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	b, err := os.ReadFile(filepath.Join(dir, "hello"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Images of three architectures, written, read by other people's tools, and run.
func TestEngines(t *testing.T) {
	needs(t, "skopeo", "buildah", "qemu-aarch64-static", "qemu-loongarch64-static", "qemu-x86_64-static")
	if os.Getuid() != 0 {
		absent(t, "buildah needs root for chroot isolation")
	}
	emulators := map[string]string{"amd64": "qemu-x86_64-static", "arm64": "qemu-aarch64-static", "loong64": "qemu-loongarch64-static"}
	var platforms []Platform
	for arch, emulator := range emulators {
		root := debianRoot(arch)
		if arch != runtime.GOARCH {
			path, err := exec.LookPath(emulator)
			if err != nil {
				t.Fatal(err)
			}
			qemu, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			// It lies in the base, so that nothing has to be registered with this
			// machine's kernel.
			root = append(root, entry{name: "./emulator", content: string(qemu)})
		}
		platforms = append(platforms, Platform{Base: writeRoot(t, root...), SDK: fakeSDK(arch, map[string]string{"bin/go": hello(t, arch)})})
	}
	h := newHub(t) // after go has built: it changes HOME
	o := options(t, platforms...)
	o.Output.Path, o.Output.Tag = filepath.Join(lowerDir(t), "out"), "1.26"
	o.Transport = h.rt
	r := build(t, o)
	outputs := []Output{
		{Kind: Tar, Path: filepath.Join(t.TempDir(), "go.tar"), Tag: "1.26"},
		{Kind: Registry, Ref: h.host + "/team/go:1.26"},
	}
	for _, out := range outputs {
		o.Output = out
		if got := build(t, o); got.Digest != r.Digest {
			t.Errorf("%s: %s, want %s", out, got.Digest, r.Digest)
		}
	}
	dir := strings.TrimSuffix(strings.TrimPrefix(r.Output, "oci:"), ":1.26")

	places := []string{"oci:" + dir + ":1.26", "oci-archive:" + outputs[0].Path + ":1.26", "docker://" + outputs[1].Ref}
	for _, place := range places {
		raw := run(t, "skopeo", "inspect", "--raw", "--tls-verify=false", place)
		if memory("", []byte(raw)).digest.String() != r.Digest {
			t.Errorf("skopeo sees another index at %s", place)
		}
	}
	copied := filepath.Join(t.TempDir(), "copy")
	run(t, "skopeo", "--insecure-policy", "copy", "--all", "--src-tls-verify=false", places[2], "oci:"+copied+":x")
	if got := digestOf(t, openIndex(t, copied, "x")); got != r.Digest {
		t.Errorf("pulled: %s", got)
	}
	for _, p := range r.Platforms {
		arch := strings.TrimPrefix(p.Platform, "linux/")
		var info struct {
			Architecture string
			Labels       map[string]string
			Layers       []string
		}
		if err := json.Unmarshal([]byte(run(t, "skopeo", "--override-arch", arch, "inspect", places[0])), &info); err != nil {
			t.Fatal(err)
		}
		if info.Architecture != arch || info.Labels["dev.yingzao.go.version"] != "1.26.8" || len(info.Layers) != 3 {
			t.Errorf("skopeo inspect %s: %+v", arch, info)
		}
		emulate := []string{"/emulator"}
		if arch == runtime.GOARCH {
			emulate = nil
		}
		runInImage(t, places[0], arch, emulate)
	}
	single := o
	single.Platforms = platforms[:1]
	single.Output = Output{Kind: DockerArchive, Path: filepath.Join(t.TempDir(), "d.tar"), Tag: "1.26"}
	one := build(t, single)
	if out := run(t, "skopeo", "inspect", "--raw", "docker-archive:"+single.Output.Path); !strings.Contains(out, "schemaVersion") || len(one.Platforms) != 1 {
		t.Errorf("docker archive: %s", out)
	}
}

// runInImage runs the SDK's "go" as the image's own user, and as one that a site
// might choose.
func runInImage(t *testing.T, image, arch string, emulate []string) {
	t.Helper()
	store := t.TempDir()
	buildah := func(args ...string) string {
		return run(t, "buildah", append([]string{"--root", filepath.Join(store, "root"), "--runroot", filepath.Join(store, "run")}, args...)...)
	}
	lines := strings.Fields(buildah("--log-level=error", "from", "--arch", arch, image))
	container := lines[len(lines)-1]
	defer buildah("rm", container)
	root := strings.TrimSpace(buildah("mount", container))
	for user, uid := range map[string]string{"": "65532", "123456:99": "123456"} {
		args := []string{"run"}
		if user != "" {
			args = append(args, "--user", user)
		}
		args = append(append(append(args, container, "--"), emulate...), "/usr/local/go/bin/go")
		if emulate == nil {
			args[len(args)-1] = "go" // by PATH
		}
		buildah(args...)
		said, err := os.ReadFile(filepath.Join(root, "cache", "go-build", "said-"+uid))
		if want := arch + " " + uid + " local /home/builder /src"; err != nil || string(said) != want {
			t.Errorf("%s as %q: %q, %v, want %q", arch, user, said, err, want)
		}
	}
}

// A disk that fills up is told as such and leaves nothing.
func TestNoSpace(t *testing.T) {
	small := t.TempDir()
	if err := syscall.Mount("tmpfs", small, "tmpfs", 0, "size=192k"); err != nil {
		absent(t, "mount of a small file system: "+err.Error())
	}
	defer func() {
		if err := syscall.Unmount(small, 0); err != nil {
			t.Error(err)
		}
	}()
	noise := make([]byte, 300<<10)
	for i, x := 0, uint32(1); i < len(noise); i++ {
		x ^= x << 13
		x ^= x >> 17
		x ^= x << 5
		noise[i] = byte(x)
	}
	p := Platform{Base: Source{Kind: Scratch}, SDK: fakeSDK("amd64", map[string]string{"lib/noise": string(noise)})}
	for _, kind := range []Kind{Layout, Tar, DockerArchive} {
		o := options(t, p)
		o.Output = Output{Kind: kind, Path: filepath.Join(small, "out")}
		_, err := Build(t.Context(), o)
		refused(t, err, "no space left")
		nothingIn(t, small)
	}
	o := options(t, p)
	o.Cache = filepath.Join(small, "cache")
	_, err := Build(t.Context(), o)
	refused(t, err, "no space left")
	nothingIn(t, filepath.Join(o.Cache, "tmp"))
	nothingIn(t, filepath.Join(o.Cache, "blobs", "sha256"))
	if err := os.RemoveAll(o.Cache); err != nil {
		t.Fatal(err)
	}

	// A layout with another image keeps that one, and nothing of the new one.
	o = options(t, Platform{Base: Source{Kind: Scratch}, SDK: fakeSDK("amd64", nil)})
	o.Output = Output{Kind: Layout, Path: filepath.Join(small, "out"), Tag: "small"}
	build(t, o)
	before := listing(t, small)
	o.Platforms, o.Output.Tag = []Platform{p}, "large"
	_, err = Build(t.Context(), o)
	refused(t, err, "no space left")
	if after := listing(t, small); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
}

func listing(t *testing.T, dir string) string {
	t.Helper()
	return run(t, "find", dir, "-type", "f", "-printf", "%P %s\n")
}

// The real SDK of this machine, on nothing: `go build` in an image that holds
// nothing else.
func TestRealSDK(t *testing.T) {
	needs(t, "buildah")
	if os.Getenv("YINGZAO_E2E") == "" {
		t.Skip("packs a whole Go: set YINGZAO_E2E")
	}
	if os.Getuid() != 0 {
		absent(t, "buildah needs root for chroot isolation")
	}
	sdk := installedSDK(t)
	o := options(t, Platform{Base: Source{Kind: Scratch}, SDK: sdk})
	o.Output.Path = filepath.Join(lowerDir(t), "out")
	r := build(t, o)
	for _, l := range r.Platforms[0].Layers {
		t.Logf("%s %s %d", l.Origin, l.Digest, l.Size)
	}
	t.Logf("%s: %.1f s", sdk.Release, r.Seconds)
	if size := r.Platforms[0].Layers[1].Size; size > 66_000_000 {
		t.Errorf("the SDK's layer has %d bytes", size)
	}
	again := build(t, o)
	if again.Digest != r.Digest || !again.Platforms[0].Layers[1].Reused {
		t.Errorf("second run: %+v", again)
	}
	t.Logf("second run: %.1f s", again.Seconds)
	store := t.TempDir()
	buildah := func(args ...string) string {
		return run(t, "buildah", append([]string{"--root", filepath.Join(store, "root"), "--runroot", filepath.Join(store, "run")}, args...)...)
	}
	lines := strings.Fields(buildah("--log-level=error", "from", "oci:"+o.Output.Path+":latest"))
	container := lines[len(lines)-1]
	buildah("copy", container, mirrortest.Home(t), "/home/builder")
	src := t.TempDir()
	write(t, filepath.Join(src, "go.mod"), []byte("module hello\n"))
	write(t, filepath.Join(src, "main.go"), []byte("package main\n\nimport (\n\t\"os\"\n\t\"runtime\"\n)\n\nfunc main() {\n\tif os.WriteFile(\"said\", []byte(runtime.Version()), 0o644) != nil {\n\t\tos.Exit(1)\n\t}\n}\n"))
	buildah("copy", "--chown", "4711:4711", container, src, "/src")
	buildah("run", "--user", "4711:4711", container, "--", "go", "build", "-o", "/src/hello", ".")
	buildah("run", "--user", "4711:4711", container, "--", "/src/hello") // its output may get lost, see hello
	said, err := os.ReadFile(filepath.Join(strings.TrimSpace(buildah("mount", container)), "src", "said"))
	if err != nil || string(said) != sdk.Release.Version {
		t.Errorf("built inside by %q, %v, want %q", said, err, sdk.Release.Version)
	}
	buildah("rm", container)
}
