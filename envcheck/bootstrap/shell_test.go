//go:build unix

package bootstrap

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// New shells, login and interactive, find the right go, whatever the home folder
// is called.
func TestRealShells(t *testing.T) {
	sdks, h1 := sdkDir(t, "go1.26.8")
	for _, shell := range []string{"dash", "bash", "zsh", "fish", "busybox"} {
		t.Run(shell, func(t *testing.T) {
			program := tool(t, shell)
			var first []string
			if shell == "busybox" {
				first = []string{"sh"}
			}
			dir := home(t, "开 发 'x\"$y`\\")
			env := append(environ(dir), "SHELL=/bin/"+shell, "LC_ALL=C.UTF-8")
			if shell == "bash" { // Debian's: what is not interactive leaves early
				write(t, filepath.Join(dir, ".bashrc"), "case $- in\n  *i*) ;;\n    *) return;;\nesac\n")
			}
			before := tree(t, dir, false)
			apply(t, look(t, dir, env[2:]...), Wanted{SDK: sdks, Offline: true, Pins: pins(h1), Newest: "1.26.8"})
			want := look(t, dir).join("go", "current", "bin", "go")
			modes := [][]string{{"-l", "-c"}}
			switch shell {
			case "bash", "zsh", "fish":
				modes = append(modes, []string{"-i", "-c"}, []string{"-l", "-i", "-c"})
			}
			for _, mode := range modes {
				// A shell inside the shell must not add it twice.
				inner := "command -v go; echo $PATH; sh -l -c 'echo $PATH'; go version"
				cmd := exec.Command(program, append(append(first, mode...), inner)...)
				cmd.Env, cmd.Dir = env, dir
				out, err := cmd.Output()
				lines := strings.Split(strings.TrimSpace(string(out)), "\n")
				if err != nil || len(lines) != 4 || lines[0] != want {
					t.Errorf("%s %v: %q %v", shell, mode, out, err)
					continue
				}
				if n := strings.Count(lines[2], "/current/bin"); n != 1 {
					t.Errorf("%s %v: PATH has it %d times: %s", shell, mode, n, lines[2])
				}
				if !strings.HasPrefix(lines[3], "go version go1.26.8 ") {
					t.Errorf("%s %v: %s", shell, mode, lines[3])
				}
			}
			if _, err := look(t, dir, env[2:]...).Undo(false); err != nil {
				t.Fatal(err)
			}
			if got := strings.ReplaceAll(tree(t, dir, false, ".local", ".cache"), ".local drwxr-xr-x\n", ""); got != strings.ReplaceAll(before, ".local drwxr-xr-x\n", "") && shell != "fish" {
				t.Errorf("after undo:\n%s\nbefore:\n%s", got, before)
			}
			if shell == "fish" && exists(filepath.Join(dir, ".config/fish/conf.d/yingzao.fish")) {
				t.Error("fish's file stayed")
			}
		})
	}
}

func TestStartFiles(t *testing.T) {
	for name, c := range map[string]struct {
		have []string
		env  []string
		want string
	}{
		"bare":           {nil, nil, ".profile"},
		"bash":           {nil, []string{"SHELL=/bin/bash"}, ".profile .bashrc"},
		"bash, login":    {[]string{".bash_login", ".bashrc"}, nil, ".profile .bash_login .bashrc"},
		"bash, profile":  {[]string{".bash_login", ".bash_profile"}, nil, ".profile .bash_profile"},
		"zsh":            {nil, []string{"SHELL=/usr/bin/zsh"}, ".profile .zprofile .zshrc"},
		"zsh elsewhere":  {nil, []string{"SHELL=/bin/zsh", "ZDOTDIR=$HOME/z"}, ".profile z/.zprofile z/.zshrc"},
		"fish":           {nil, []string{"SHELL=/bin/fish"}, ".profile .config/fish/conf.d/yingzao.fish"},
		"fish elsewhere": {nil, []string{"SHELL=/bin/fish", "XDG_CONFIG_HOME=$HOME/c"}, ".profile c/fish/conf.d/yingzao.fish"},
	} {
		dir := home(t, "dev")
		for _, f := range c.have {
			write(t, filepath.Join(dir, f), "")
		}
		var env []string
		for _, kv := range c.env {
			env = append(env, os.Expand(kv, func(k string) string {
				if k == "HOME" {
					return dir
				}
				return "$" + k
			}))
		}
		var got []string
		for _, f := range look(t, dir, env...).startFiles() {
			rel, _ := filepath.Rel(dir, f.path)
			got = append(got, filepath.ToSlash(rel))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", name, got, c.want)
		}
	}
	dir := home(t, "dev")
	sdks, h1 := sdkDir(t, "go1.26.8")
	p, err := plan(t, look(t, dir, "SHELL=/bin/tcsh"), Wanted{SDK: sdks, Offline: true, Pins: pins(h1), Newest: "1.26.8"})
	if err != nil || len(p.Notes) != 1 || p.Notes[0].Code != "shell" {
		t.Errorf("tcsh: %v %v", p.Notes, err)
	}
	p, err = plan(t, look(t, dir), Wanted{SDK: sdks, Offline: true, Pins: pins(h1), Newest: "1.26.8", KeepPath: true})
	if err != nil || len(p.Files().Files) != 1 || p.Notes[0].Code != "path" {
		t.Errorf("--no-modify-path: %v %v", p.Files(), err)
	}
}
