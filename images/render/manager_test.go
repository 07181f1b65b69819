package render

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// hostPrograms are the folders of this machine that a base without programs of its
// own borrows. Not /usr itself: the SDK goes to /usr/local.
var hostPrograms = []string{"/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib64", "/usr/libexec", "/usr/share"}

// borrowingBase makes a base whose programs are this machine's, mounted while RUN
// runs, and whose state (package databases, settings) is its own. It returns the
// flags that mount them.
func borrowingBase(t *testing.T, e *engine, tag string, files map[string]string) []string {
	t.Helper()
	root := e.dir + "/" + tag + "/tree"
	for _, d := range []string{"etc", "var/lib/dpkg", "var/lib/apt/lists/partial", "var/cache/apt/archives/partial", "var/log/apt", "tmp", "usr"} {
		if err := os.MkdirAll(root+"/"+d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"bin", "sbin", "lib", "lib64"} {
		if err := os.Symlink("usr/"+name, root+"/"+name); err != nil {
			t.Fatal(err)
		}
	}
	write(t, root+"/etc/passwd", "root:x:0:0::/:/bin/sh\n", 0o644)
	write(t, root+"/etc/group", "root:x:0:\n", 0o644)
	for name, data := range files {
		write(t, root+"/"+name, data, 0o644)
	}
	if out, err := e.build("localhost/"+tag, "FROM scratch\nCOPY tree/ /\n", filepath.Dir(root)); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var flags []string
	for _, dir := range hostPrograms {
		if _, err := os.Stat(dir); err == nil {
			flags = append(flags, "-v", dir+":"+dir+":ro")
		}
	}
	return append(flags, "-v", "/etc/alternatives:/etc/alternatives:ro")
}

// hostTool runs a program of this machine.
func hostTool(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	c := exec.CommandContext(t.Context(), name, args...)
	c.Dir = dir
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "LC_ALL=C"}
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}

var packages = []string{"git", "make", "ca-certificates", "tar"}

// managed builds a base's builder with real packages and returns the image's root.
func managed(t *testing.T, e *engine, base, tag string, flags []string) string {
	t.Helper()
	tree := fakeSDK(goProgram(t))
	ctx := e.dir + "/ctx-" + tag
	sdk := stage(t, ctx, runtime.GOARCH, tree)
	flags = append(flags, "--build-arg", "BASE=localhost/"+tag)
	out, err := e.build("localhost/out-"+tag, string(dockerfileFor(t, base, "builder", sdk)), ctx, flags...)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	root := e.must("mount", e.must("from", "--pull-never", "localhost/out-"+tag))
	for _, p := range packages {
		if _, err := os.Stat(root + "/opt/" + p); err != nil {
			t.Errorf("not installed: %v\n%s", err, out)
		}
	}
	return root
}

// The real dnf installs from a repository of packages that are named as the real
// ones, and leaves nothing in its caches.
func TestEngineWithRealDnf(t *testing.T) {
	e := newEngine(t)
	need(t, "dnf", "rpmbuild", "createrepo_c")
	repo := e.dir + "/repo"
	spec := ""
	for i, p := range packages {
		if i == 0 {
			spec = "Name: packages\nVersion: 1\nRelease: 1\nSummary: x\nLicense: x\nBuildArch: noarch\nAutoReqProv: no\n%description\nx\n%install\nmkdir -p %{buildroot}/opt\n"
		}
		spec += "touch %{buildroot}/opt/" + p + "\n"
	}
	for _, p := range packages {
		spec += "%package -n " + p + "\nSummary: x\n%description -n " + p + "\nx\n%files -n " + p + "\n/opt/" + p + "\n"
	}
	write(t, repo+"/packages.spec", spec, 0o644)
	hostTool(t, repo, "rpmbuild", "-bb", "--quiet", "--define", "_topdir "+repo+"/build", "--define", "_rpmdir "+repo+"/rpms", "packages.spec")
	hostTool(t, repo, "createrepo_c", "--quiet", repo+"/rpms")

	flags := borrowingBase(t, e, "dnf", map[string]string{
		"etc/dnf/dnf.conf":         "[main]\ngpgcheck=0\nmodule_platform_id=platform:el8\n",
		"etc/yum.repos.d/own.repo": "[own]\nname=own\nbaseurl=file:///repo\nenabled=1\n",
	})
	root := managed(t, e, "openeuler-24.03", "dnf", append(flags, "-v", repo+"/rpms:/repo:ro"))
	for _, dir := range []string{"var/cache/dnf", "var/cache/yum"} {
		if _, err := os.Stat(root + "/" + dir); err == nil {
			t.Errorf("/%s is left in the image", dir)
		}
	}
}

// The same with the real apt.
func TestEngineWithRealApt(t *testing.T) {
	e := newEngine(t)
	need(t, "apt-get", "dpkg-deb")
	repo := e.dir + "/repo"
	index := ""
	for _, p := range packages {
		tree, deb := repo+"/"+p, repo+"/"+p+".deb"
		control := "Package: " + p + "\nVersion: 1\nArchitecture: all\nMaintainer: x <x@mail.example>\nDescription: x\n"
		write(t, tree+"/opt/"+p, "x", 0o644)
		write(t, tree+"/DEBIAN/control", control, 0o644)
		hostTool(t, repo, "dpkg-deb", "--build", "--root-owner-group", "-Znone", tree, deb)
		data, err := os.ReadFile(deb)
		if err != nil {
			t.Fatal(err)
		}
		index += fmt.Sprintf("%sFilename: ./%s.deb\nSize: %d\nSHA256: %x\n\n", control, p, len(data), sha256.Sum256(data))
	}
	write(t, repo+"/Packages", index, 0o644)

	flags := borrowingBase(t, e, "apt", map[string]string{
		"etc/apt/sources.list": "deb [trusted=yes] file:/repo ./\n",
		"etc/apt/apt.conf":     "APT::Sandbox::User \"root\";\n",
		"var/lib/dpkg/status":  "",
	})
	root := managed(t, e, "debian", "apt", append(flags, "-v", repo+":/repo:ro"))
	if left, _ := filepath.Glob(root + "/var/lib/apt/lists/*"); len(left) > 0 {
		t.Errorf("left in the image: %v", left)
	}
	if status, err := os.ReadFile(root + "/var/lib/dpkg/status"); err != nil || strings.Count(string(status), "install ok installed") != len(packages) {
		t.Errorf("%v\n%s", err, status)
	}
}
