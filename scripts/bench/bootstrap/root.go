package main

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// root is a small system in a folder.
type root struct {
	dir, arch string
	bare      bool // busybox of this machine and nothing else
}

// newRoot unpacks a tar, or makes a root of nothing but this machine's busybox,
// whatever arch is. There is no Go in it, and home/dev is empty.
func newRoot(dir, arch, from string) (*root, error) {
	r := &root{dir, arch, from == ""}
	for _, d := range []string{"dev", "proc", "home/dev", "media", "tmp"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			return nil, err
		}
	}
	if from != "" {
		if err := r.unpack(from); err != nil {
			return nil, fmt.Errorf("unpack %s: %w", from, err)
		}
	} else if err := copyProgram("busybox", r.path("bin/busybox")); err != nil {
		return nil, err
	}
	for _, name := range []string{"usr/local/go", "usr/bin/go", "bin/go", "usr/lib/go"} {
		if _, err := os.Lstat(r.path(name)); err == nil {
			return nil, fmt.Errorf("there is a Go in %s: %s", from, name)
		}
	}
	if err := r.applets(); err != nil {
		return nil, err
	}
	return r, os.WriteFile(r.path("dev/null"), nil, 0o644) // mounted over
}

// script is how bootstrap.sh, in /media, is run. Where the shell is this machine's it is
// told what uname would say on the platform.
func (r *root) script(args ...string) []string {
	const name = "/media/bootstrap.sh"
	if r.bare && r.arch != runtime.GOARCH {
		uname := `uname() { if [ "$*" = -m ]; then echo ` + emulators[r.arch].uname + `; else busybox uname "$@"; fi; }; . ` + name
		return append([]string{"sh", "-c", uname, name}, args...)
	}
	return append([]string{"sh", name}, args...)
}

func (r *root) path(name string) string { return filepath.Join(r.dir, filepath.FromSlash(name)) }

// unpack writes files, folders and links; what has other owners becomes ours, and
// devices are left out.
func (r *root) unpack(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	for t := tar.NewReader(f); ; {
		h, err := t.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		to := r.path(strings.TrimPrefix(h.Name, "./"))
		switch h.Typeflag {
		case tar.TypeDir:
			err = os.MkdirAll(to, 0o755)
		case tar.TypeSymlink:
			err = os.Symlink(h.Linkname, to)
		case tar.TypeLink:
			err = os.Link(r.path(strings.TrimPrefix(h.Linkname, "./")), to)
		case tar.TypeReg:
			err = writeFrom(t, to, os.FileMode(h.Mode&0o777|0o600)) //nolint:gosec // nine bits
		}
		if err != nil && !errors.Is(err, os.ErrExist) {
			return err
		}
	}
}

func writeFrom(src io.Reader, to string, mode os.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	if _, err = io.Copy(f, src); err != nil { //nolint:gosec // the user's own file
		_ = f.Close()
		return err
	}
	return f.Close()
}

// copyProgram copies a program from PATH.
func copyProgram(name, to string) error {
	from, err := exec.LookPath(name)
	if err != nil {
		return err
	}
	return copyFile(from, to)
}

func copyFile(from, to string) error {
	f, err := os.Open(from)
	if err != nil {
		return err
	}
	defer f.Close()
	return writeFrom(f, to, 0o755)
}

// applets gives the root the commands that it has not, by its busybox. A root
// without one, as debootstrap makes it, gets this machine's for wget, since it has
// nothing at all to download with.
func (r *root) applets() error {
	box := ""
	for _, b := range []string{"bin/busybox", "usr/bin/busybox"} {
		if _, err := os.Stat(r.path(b)); err == nil {
			box = "/" + b
		}
	}
	all := []string{"wget", "tar"}
	if box == "" {
		if r.arch != runtime.GOARCH {
			return errors.New("the root has no busybox")
		}
		box = "/usr/bin/busybox"
		if err := copyProgram("busybox", r.path("usr/bin/busybox")); err != nil {
			return err
		}
	}
	if out, err := exec.Command("busybox", "--list").Output(); err == nil {
		all = strings.Fields(string(out))
	}
	for _, name := range all {
		if !slices.ContainsFunc([]string{"bin/", "usr/bin/", "sbin/", "usr/sbin/"}, func(d string) bool { _, err := os.Lstat(r.path(d + name)); return err == nil }) {
			if err := os.Symlink(box, r.path("bin/"+name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// enter is run in new namespaces: $1 is the root, $2 what the kernel shall know of
// another processor, $3 a command of the test's own for before.
const enter = `set -e
root=$1 binfmt=$2 before=$3
shift 3
mount --bind /dev/null "$root/dev/null"
mount -t proc proc "$root/proc" 2>/dev/null || mount --rbind /proc "$root/proc"
if [ -n "$binfmt" ]; then
	mount -t binfmt_misc none "$root/proc/sys/fs/binfmt_misc"
	printf '%s' "$binfmt" >"$root/proc/sys/fs/binfmt_misc/register"
fi
eval "$before"
exec env -i HOME=/home/dev PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin LANG=C USER=dev SHELL=/bin/sh chroot "$root" "$@"
`

// task is something to be run in a root.
type task struct {
	offline bool     // no network, not even loopback
	before  string   // shell commands outside of the root, with $root; mounts stay the root's
	env     []string // NAME=value
	args    []string
}

// run runs a task and returns what it wrote and its exit code.
func (r *root) run(ctx context.Context, t task) (out string, code int, err error) {
	binfmt, err := r.binfmt()
	if err != nil {
		return "", 0, err
	}
	args := []string{"--user", "--map-root-user", "--mount", "--pid", "--fork", "--kill-child"}
	if t.offline {
		args = append(args, "--net")
	}
	args = append(args, "sh", "-c", enter, "sh", r.dir, binfmt, t.before, "/bin/sh", "-c", `cd && exec env "$@"`, "sh")
	args = append(append(args, t.env...), t.args...)
	cmd := exec.CommandContext(ctx, "unshare", args...)
	b, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) && ctx.Err() == nil {
		return string(b), exit.ExitCode(), nil
	}
	return string(b), 0, err
}

// must runs a task that has to succeed.
func (r *root) must(ctx context.Context, t task) (string, error) {
	out, code, err := r.run(ctx, t)
	if err == nil && code != 0 {
		err = fmt.Errorf("exit %d\n%s", code, out)
	}
	return out, err
}

// emulators are the programs of another processor; their bytes are its ELF headers'.
var emulators = map[string]struct{ qemu, machine, uname string }{
	"amd64":   {"qemu-x86_64-static", `\x3e\x00`, "x86_64"},
	"arm64":   {"qemu-aarch64-static", `\xb7\x00`, "aarch64"},
	"loong64": {"qemu-loongarch64-static", `\x02\x01`, "loongarch64"},
}

// binfmt is the line for the kernel, which opens qemu at once (F) and so finds it from
// inside the root, and lets a program know its own name (P), by which busybox goes.
func (r *root) binfmt() (string, error) {
	if r.arch == runtime.GOARCH {
		return "", nil
	}
	e := emulators[r.arch]
	qemu, err := exec.LookPath(e.qemu)
	if err != nil {
		return "", err
	}
	return `:bench:M::\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00` + e.machine +
		`:\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff:` + qemu + `:PF`, nil
}
