package bundle

import (
	"context"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/gosdk/fetch"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

func TestMakeAndOpen(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.needGo()
	to := filepath.Join(t.TempDir(), "U 盘", "bundle")
	made, err := Make(t.Context(), s.options(to))
	if err != nil {
		t.Fatal(err)
	}
	if made.Manifest.Sequence != 1 || made.Unchanged || made.Size < 1000 {
		t.Errorf("%+v", made)
	}
	if left, _ := os.ReadDir(filepath.Dir(to)); len(left) != 1 {
		t.Errorf("beside the bundle: %v", left)
	}
	if out, err := exec.Command("sh", "-c", "command -v sha256sum >/dev/null || exit 0; cd \"$1\" && sha256sum -c --quiet SHA256SUMS", "sh", to).CombinedOutput(); err != nil {
		t.Errorf("SHA256SUMS: %v\n%s", err, out)
	}
	for name := range tree(t, to) {
		if strings.HasSuffix(name, ".lock") || strings.Contains(name, "v1.9.0") || strings.Contains(name, "ziphash") {
			t.Errorf("%s is of no use", name)
		}
	}
	s.mirror.Forget()
	b, err := Open(t.Context(), to, OpenOptions{SHA256: strings.ToUpper(made.SHA256)})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if string(b.Org()) != "version: 1\ncheck:\n  profile: airgap\n" || b.Yingzao != "0.3.0" || len(b.Programs) != 3 || b.SHA256 != made.SHA256 {
		t.Errorf("%+v", b.Manifest)
	}
	if script, _ := os.ReadFile(b.Path("bootstrap.sh")); !strings.Contains(string(script), "linux/loong64=") {
		t.Error("bootstrap.sh has no sums")
	}

	t.Run("SDKs without a network", func(t *testing.T) {
		proof, err := b.Proof(t.Context(), s.mirror.SumDBKey())
		if err != nil {
			t.Fatal(err)
		}
		for _, arch := range []string{"amd64", "arm64"} {
			sdk, err := fetch.Find(t.Context(), releaseOf(arch), "", fetch.Options{Dir: b.SDKDir(), Offline: true, Proof: proof})
			if err != nil {
				t.Fatal(err)
			}
			defer sdk.Close()
			if one, ok := b.SDK("linux", arch); !ok || one.H1 != sdk.H1 || sdk.Proof.By != fetch.ProofFile {
				t.Errorf("%+v, %+v", one, sdk.Proof)
			}
		}
		if _, ok := b.SDK("windows", "amd64"); ok {
			t.Error("an SDK that is not there")
		}
	})
	t.Run("tools without a network", func(t *testing.T) {
		bin := t.TempDir()
		cmd := exec.Command("go", "install", "example.com/tool/cmd/hello@v1.0.0")
		cmd.Dir = bin
		cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + mirrortest.Home(t), "GOPATH=" + bin, "GOBIN=" + bin, "GOENV=off", "GOFLAGS=-modcacherw", "GOTOOLCHAIN=local", "CGO_ENABLED=0",
			"GOCACHE=" + goCache(t), "GOPROXY=" + b.Proxy(), "GOSUMDB=" + s.mirror.SumDBKey()}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if out, err := exec.Command(bin + "/hello").CombinedOutput(); string(out) != "hello\n" {
			t.Errorf("%q %v", out, err)
		}
	})
	if asked := s.mirror.Requests(); len(asked) > 0 {
		t.Errorf("the network was asked: %v", asked)
	}
}

// goCache is the machine's own, so that the test does not compile the runtime.
func goCache(t *testing.T) string {
	out, err := exec.Command("go", "env", "GOCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// The same content is the same bytes and the same number, in a folder and a tar.
func TestSameBytes(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.needGo()
	dir := t.TempDir()
	one, two, packed := dir+"/1", dir+"/2", dir+"/b.tar"
	for _, to := range []string{one, two, packed} {
		if _, err := Make(t.Context(), s.options(to)); err != nil {
			t.Fatal(err)
		}
	}
	if a, b := tree(t, one), tree(t, two); !maps.Equal(a, b) {
		t.Errorf("folders differ: %v %v", slices.Sorted(maps.Keys(a)), slices.Sorted(maps.Keys(b)))
	}
	b, err := Open(t.Context(), packed, OpenOptions{Scratch: dir + "/scratch"})
	if err != nil {
		t.Fatal(err)
	}
	if a, b := tree(t, one), tree(t, b.dir); !maps.Equal(a, b) {
		t.Error("the tar holds something else than the folder")
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	if left, _ := os.ReadDir(dir + "/scratch"); len(left) > 0 {
		t.Errorf("left in scratch: %v", left)
	}
	before, _ := os.Stat(packed)
	made, err := Make(t.Context(), s.options(packed))
	after, _ := os.Stat(packed)
	if err != nil || !made.Unchanged || made.Manifest.Sequence != 1 || !os.SameFile(before, after) || before.ModTime() != after.ModTime() {
		t.Errorf("%+v %v: the same content replaced the tar", made, err)
	}
	for _, to := range []string{one, packed} { // less in it: the next number
		o := s.options(to)
		o.Tools = nil
		made, err := Make(t.Context(), o)
		if err != nil || made.Unchanged || made.Manifest.Sequence != 2 {
			t.Errorf("%+v %v", made, err)
		}
		b, err := Open(t.Context(), to, OpenOptions{Scratch: dir + "/scratch"})
		if err != nil {
			t.Fatal(err)
		}
		if b.Sequence != 2 || b.Proxy() != "" {
			t.Errorf("%+v", b.Manifest)
		}
		_ = b.Close()
	}
	o := s.options(one)
	o.Sequence = 1
	if _, err := Make(t.Context(), o); msg.KindOf(err) != msg.Usage {
		t.Errorf("a lower number: %v", err)
	}
}

// What is no zip is packed, to the same files.
func TestFromAnUnpackedGo(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	o := s.options(filepath.Join(t.TempDir(), "bundle"))
	for name, content := range demoGo("amd64") {
		write(t, filepath.Join(s.dir, "goroot", name), content)
	}
	o.SDK.Dir, o.Platforms, o.Tools = filepath.Join(s.dir, "goroot"), []string{"linux/amd64"}, nil
	made, err := Make(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if _, h1 := moduleZip(t, "amd64"); made.Manifest.SDKs[0].H1 != h1 {
		t.Errorf("%+v, want %s", made.Manifest.SDKs, h1)
	}
}

// What the program knows of a release vouches where no database can be asked, and
// only for that one.
func TestPins(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, h1 := moduleZip(t, "arm64")
	pins := func(version, platform string) (string, string) {
		return map[string]string{"go1.26.8 linux/arm64": h1, "go1.26.8 linux/amd64": h1}[version+" "+platform], ""
	}
	for platform, want := range map[string]msg.Kind{"linux/arm64": msg.Failed, "linux/amd64": msg.Findings, "linux/loong64": msg.Incomplete} {
		o := s.options(filepath.Join(t.TempDir(), "bundle"))
		o.Platforms, o.Tools, o.Pins, o.SDK.Log, o.SDK.Offline = []string{platform}, nil, pins, nil, true
		made, err := Make(t.Context(), o)
		if platform == "linux/arm64" {
			if err != nil || made.Manifest.Proof != "" || made.Manifest.SDKs[0].H1 != h1 {
				t.Errorf("%s: %v %+v", platform, err, made)
			}
		} else if err == nil || msg.KindOf(err) != want {
			t.Errorf("%s: %v", platform, err)
		}
	}
}

func TestMakeRefuses(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	other := filepath.Join(s.dir, "other")
	write(t, other+"/thesis.txt", "do not lose me")
	write(t, s.dir+"/other.tar", "not a tar")
	damaged := filepath.Join(s.dir, "damaged")
	for _, arch := range []string{"amd64", "arm64"} {
		data, _ := moduleZip(t, "amd64") // of another platform
		write(t, filepath.Join(damaged, releaseOf(arch).Module().Version+".zip"), string(data))
	}
	for _, tc := range []struct {
		name string
		edit func(*Options)
		kind msg.Kind
		text string
	}{
		{"nothing", func(o *Options) { *o = Options{To: o.To} }, msg.Usage, "nothing to put in"},
		{"a folder of somebody", func(o *Options) { o.To = other }, msg.Usage, "is no bundle"},
		{"a file of somebody", func(o *Options) { o.To = s.dir + "/other.tar" }, msg.Usage, "is no bundle"},
		{"a file where a folder goes", func(o *Options) { o.To = s.dir + "/org.yaml" }, msg.Usage, "is no bundle"},
		{"swapped programs", func(o *Options) { o.Programs = map[string]string{"linux/arm64": s.dir + "/amd64"} }, msg.Usage, "is built for linux/amd64"},
		{"no program", func(o *Options) { o.Programs = map[string]string{"linux/arm64": s.dir + "/org.yaml"} }, msg.Usage, "is built for ?/?"},
		{"old world", func(o *Options) { o.Platforms = []string{"linux/loong64-abi1.0"} }, msg.Usage, "no checksum database knows it"},
		{"senseless platform", func(o *Options) { o.Platforms = []string{"linux/amd46"} }, msg.Failed, "amd46"},
		{"another SDK", func(o *Options) { o.SDK.Dir = damaged }, msg.Findings, "linux-arm64"},
		{"latest", func(o *Options) { o.Tools = []string{"example.com/tool/cmd/hello@latest"} }, msg.Usage, "a whole version"},
		{"no version", func(o *Options) { o.Tools = []string{"example.com/tool/cmd/hello"} }, msg.Usage, "a whole version"},
		{"a flag", func(o *Options) { o.Tools = []string{"-x@v1.0.0"} }, msg.Usage, "a whole version"},
		{"a tool that is gone", func(o *Options) { o.Tools = []string{"example.com/bad@v1.0.0"} }, msg.Incomplete, "example.com/gone"},
		{"a lying mirror", func(o *Options) { o.Environ = append(o.Environ, "GOPROXY="+s.mirror.URL(mirrortest.BadZip)) }, msg.Incomplete, "SECURITY ERROR"},
		{"no go", func(o *Options) { o.Environ = []string{"PATH=/nonexistent"} }, msg.Failed, "find go command"},
		{"broken settings", func(o *Options) { o.Org = s.dir + "/amd64" }, msg.Usage, ""},
		{"a secret in an address", func(o *Options) { o.URLs = []string{"https://user:secret@dl.example/x"} }, msg.Usage, "https://dl.example"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			o := s.options(filepath.Join(t.TempDir(), "bundle"))
			tools := o.Tools
			o.Tools = nil
			tc.edit(&o)
			if strings.Contains(tc.name, "mirror") || tc.name == "no go" {
				o.Tools = tools
			}
			if o.Tools != nil {
				s.needGo()
			}
			_, err := Make(t.Context(), o)
			if err == nil || !strings.Contains(err.Error(), tc.text) || tc.kind != msg.Failed && msg.KindOf(err) != tc.kind || strings.Contains(err.Error(), "secret") {
				t.Errorf("%v (kind %v)", err, msg.KindOf(err))
			}
			if zh := msg.In(err, msg.Chinese); zh == err.Error() {
				t.Errorf("no Chinese: %s", zh)
			}
			if strings.HasSuffix(o.To, "bundle") {
				if left, _ := os.ReadDir(filepath.Dir(o.To)); len(left) > 0 {
					t.Errorf("left: %v", left)
				}
			}
		})
	}
	if got := tree(t, other); len(got) != 1 {
		t.Errorf("%v", got)
	}
}

// Whenever it is stopped, the old bundle is there and nothing beside it.
func TestCancelledAtEachStep(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	to := filepath.Join(t.TempDir(), "bundle")
	o := s.options(to)
	o.Tools, o.Org, o.Sequence = nil, "", 1
	if _, err := Make(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	before := tree(t, to)
	for n := 0; ; n++ {
		ctx, cancel := context.WithCancel(t.Context())
		o := s.options(to)
		o.Tools = nil
		steps := 0
		o.Progress = func(msg.Text) {
			if steps++; steps > n {
				cancel()
			}
		}
		_, err := Make(ctx, o)
		cancel()
		if steps <= n {
			if err != nil || n < 3 {
				t.Errorf("%d steps: %v", n, err)
			}
			break
		}
		if !errors.Is(err, context.Canceled) {
			t.Errorf("step %d: %v", n, err)
		}
		if left, _ := os.ReadDir(filepath.Dir(to)); len(left) != 1 || !maps.Equal(tree(t, to), before) {
			t.Errorf("step %d: the old bundle is no longer what it was; %v", n, left)
		}
	}
}

// Where folders cannot be exchanged there are two renames.
func TestReplace(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir+"/new/x", "new")
	write(t, dir+"/to/x", "old")
	if err := replace(dir+"/new", dir+"/to", dir+"/aside"); err != nil {
		t.Fatal(err)
	}
	if got := tree(t, dir); !strings.HasSuffix(got["to/x"], "new") || !strings.HasSuffix(got["aside/x"], "old") {
		t.Errorf("%q", got)
	}
	if err := replace(dir+"/gone", dir+"/to", dir+"/aside2"); err == nil || !strings.HasSuffix(tree(t, dir)["to/x"], "new") {
		t.Errorf("a rename that fails: %v %q", err, tree(t, dir))
	}
}
