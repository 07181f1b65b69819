package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// bundle makes the bundle of the platform: program, SDK, a tool with its modules. An
// SDK that the checksum database does not have is taken without its word; what
// yingzao itself knows of it decides on the desk.
func (s *site) bundle(ctx context.Context) error {
	sdks := s.path("sdk")
	if found, _ := os.ReadDir(sdks); len(found) == 0 {
		sdks = s.path("dl")
	}
	args := []string{"bootstrap", "bundle", "--to", s.path("bundle"), "--platform", s.platform, "--binary", s.platform + "=" + s.path("bin/yingzao_linux_"+s.arch),
		"--go", s.o.version, "--sdk", sdks, "--org", s.path("org/bundle.yaml"), "--url", s.url + "/bin", "--tools", s.o.tool}
	if s.o.h1 != "" {
		args = append(args, "--sdk-h1", s.o.h1)
	}
	_, err := s.yingzao(ctx, args...)
	if err != nil {
		s.o.log("%s: no bundle with proofs: %s", s.platform, lastLines(err.Error(), 3))
		_, err = s.yingzao(ctx, append(args, "--offline")...)
	}
	return err
}

// project writes a module with one dependency as it lies in a repository, its go.sum
// proven by the checksum database.
func (s *site) project(ctx context.Context) error {
	mod, version, _ := strings.Cut(s.o.dep, "@")
	for name, text := range map[string]string{
		"go.mod":  "module app.example/app\n\ngo 1.24\n\nrequire " + mod + " " + version + "\n",
		"main.go": "package main\n\nimport \"" + s.o.pkg + "\"\n\nfunc main() {\n\t_ = " + s.o.use + "\n\tprintln(\"built\")\n}\n",
	} {
		if err := os.MkdirAll(s.path("app"), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(s.path("app/"+name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-mod=mod", "-o", s.path("maker/app"), ".")
	cmd.Dir = s.path("app")
	cmd.Env = append(os.Environ(), "GOENV=off", "GOFLAGS=-modcacherw", "GOPROXY="+s.url+"/proxy", "GOPATH="+s.path("maker/go"), "GOTOOLCHAIN=local", "GOWORK=off")
	if s.o.sumdb != "" {
		cmd.Env = append(cmd.Env, "GOSUMDB="+s.o.sumdb)
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("prepare the module: %w\n%s", err, out)
	}
	return nil
}

// measure goes the whole way once, in a root of its own. The reference is how long
// tar takes there for the archive.
func (s *site) measure(ctx context.Context, source string) (out result, reference time.Duration) {
	out = result{platform: s.platform, source: source}
	fail := func(err error) (result, time.Duration) { out.err = err; return out, 0 }
	dir := s.path("root-" + source)
	defer removeAll(dir)
	r, err := newRoot(dir, s.arch, s.o.roots[s.platform])
	if err != nil {
		return fail(err)
	}
	if err := os.CopyFS(r.path("home/dev/app"), os.DirFS(s.path("app"))); err != nil {
		return fail(err)
	}
	task := task{args: r.script("apply", "--yes")}
	build := "go build -o app ."
	if source == "bundle" {
		task.offline = true
		if err := os.CopyFS(r.path("media"), os.DirFS(s.path("bundle"))); err != nil {
			return fail(err)
		}
		out.program, out.sdk, out.modules = size(r.path("media/bin")), size(r.path("media/sdk")), size(r.path("media/modules"))
	} else {
		task.args = append(task.args, "--org", s.url+"/org/"+source+".yaml", "--org-sha256", s.org[source])
		build = "rm go.sum && go build -mod=mod -o app ."
		if err := copyFile(s.path("bundle/bootstrap.sh"), r.path("media/bootstrap.sh")); err != nil {
			return fail(err)
		}
	}
	for i := range s.sent {
		s.sent[i].Store(0)
	}
	s.noToolchain.Store(source == "archive")
	start := time.Now()
	if _, err := r.must(ctx, task); err != nil {
		return fail(err)
	}
	out.apply = time.Since(start)
	// A new login shell, as the next morning.
	task.args = []string{"sh", "-l", "-c", "cd ~/app && command -v go && go version && " + build + " && ./app"}
	start = time.Now()
	text, err := r.must(ctx, task)
	if err == nil && (!strings.HasPrefix(text, "/home/dev/.local/share/yingzao/go/current/bin/go\ngo version go"+s.o.version+" "+s.platform+"\n") || !strings.HasSuffix(text, "\nbuilt\n")) {
		err = fmt.Errorf("built something else: %s", text)
	}
	if err != nil {
		return fail(err)
	}
	out.build = time.Since(start)
	if source != "bundle" {
		out.program, out.sdk, out.modules = s.sent[program].Load(), s.sent[sdkBytes].Load(), s.sent[modules].Load()
	}
	if source != "archive" {
		return out, 0
	}
	if err := copyFile(s.path(s.archive()), r.path("tmp/go.tar.gz")); err != nil {
		return fail(err)
	}
	start = time.Now()
	if _, err := r.must(ctx, taskOf("busybox", "tar", "-xzf", "/tmp/go.tar.gz", "-C", "/tmp")); err != nil {
		return fail(err)
	}
	return out, time.Since(start)
}

func taskOf(args ...string) task { return task{args: args} }

// size is that of all files below a folder, 0 where there is none.
func size(dir string) (n int64) {
	_ = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && path.Base(d.Name()) != ".lock" {
			if info, err := d.Info(); err == nil {
				n += info.Size()
			}
		}
		return nil
	})
	return n
}
