package deploy

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestPod does what the kubelet would with base/deployment.yaml: runs the script of
// the initContainer and then the program with its arguments, environment and
// configuration, as a user without a name who can write to /cache and /run/yingzao
// alone, and asks what the probes ask.
func TestPod(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("pods have Unix in them")
	}
	p := one(t, "base/deployment.yaml").Spec.Template.Spec
	c := p.Containers[0]
	dir, err := os.MkdirTemp("", "pod") // a user without a name has to get there
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	for name, mode := range map[string]os.FileMode{".": 0o755, "cache": 0o777, "run": 0o777, "secrets": 0o755, "etc": 0o755, "bin": 0o755} {
		_ = os.Mkdir(filepath.Join(dir, name), 0o755) // . is there
		if err := os.Chmod(filepath.Join(dir, name), mode); err != nil {
			t.Fatal(err)
		}
	}
	place := strings.NewReplacer("/etc/yingzao", dir+"/etc", "/run/yingzao", dir+"/run", "/secrets/", dir+"/secrets/", "/cache", dir+"/cache").Replace
	write(t, dir+"/etc/proxy.yaml", place(strings.ReplaceAll(string(read(t, "base/proxy.yaml")), "# token_file", "token_file")))
	const token = "0123456789abcdefghijklmnopqrstuv"
	write(t, dir+"/secrets/..data/admin.token", token+"\n") // as Kubernetes mounts them
	if err := os.Symlink("..data/admin.token", dir+"/secrets/admin.token"); err != nil {
		t.Fatal(err)
	}
	bin := dir + "/bin/yingzao"
	b, err := os.ReadFile(build(t))
	if err == nil {
		err = os.WriteFile(bin, b, 0o755) //nolint:gosec // a program
	}
	if err != nil {
		t.Fatal(err)
	}

	script := exec.CommandContext(t.Context(), p.InitContainers[0].Command[0], append(p.InitContainers[0].Command[1:], place(p.InitContainers[0].Args[0]))...)
	asNobody(script)
	if out, err := script.CombinedOutput(); err != nil {
		t.Fatalf("the initContainer's script: %v\n%s", err, out)
	}
	if fi, err := os.Stat(dir + "/run/admin.token"); err != nil || fi.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", fi, err)
	}

	r := &replica{t: t, dir: dir + "/cache", env: []string{}}
	r.change = func(cmd *exec.Cmd) {
		cmd.Path, cmd.Args = bin, []string{bin}
		for _, a := range c.Args {
			cmd.Args = append(cmd.Args, place(a))
		}
		cmd.Args = append(cmd.Args, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--address-file", dir+"/cache/address")
		cmd.Dir, cmd.Env = "/", []string{"PATH=/nowhere"}
		for _, e := range c.Env {
			cmd.Env = append(cmd.Env, e.Name+"="+place(e.Value))
		}
		asNobody(cmd)
	}
	r.start()
	t.Cleanup(func() {
		if r.cmd.ProcessState == nil {
			_ = r.cmd.Process.Kill()
			<-r.done
		}
	})
	_, admin, _ := strings.Cut(strings.TrimSpace(string(read(t, dir+"/cache/address"))), "\n")
	for path, header := range map[string]string{
		c.StartupProbe.HTTPGet.Path: "", c.ReadinessProbe.HTTPGet.Path: "", c.LivenessProbe.HTTPGet.Path: "", "/metrics": "", "/debug/flight": "Bearer " + token,
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+admin+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", header)
		resp, err := client.Do(req)
		if err != nil {
			t.Fatalf("%s: %v\n%s", path, err, r.log())
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", path, resp.Status)
		}
	}
	if _, err := os.Stat(dir + "/cache/mod/.yingzao"); err != nil {
		t.Errorf("the cache is elsewhere: %v", err)
	}
	if err := r.end(terminate); err != nil {
		t.Errorf("%v\n%s", err, r.log())
	}
	if strings.Contains(r.log(), "level=ERROR") || strings.Contains(r.log(), `"level":"ERROR"`) || !strings.Contains(r.log(), fmt.Sprintf("%q:%q", "msg", "stopped")) {
		t.Errorf("log:\n%s", r.log())
	}
}
