package loongarch

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// shells are the strict ones among those that a target may have.
func shells(t *testing.T) (found [][]string) {
	for _, s := range [][]string{{"dash"}, {"busybox", "sh"}, {"bash", "--posix"}} {
		if path, err := exec.LookPath(s[0]); err == nil {
			found = append(found, append([]string{path}, s[1:]...))
		} else if os.Getenv("YINGZAO_E2E") == "require" && s[0] != "bash" {
			t.Errorf("%s is required", s[0])
		}
	}
	if len(found) == 0 {
		t.Skip("needs dash, busybox or bash")
	}
	return found
}

// stage makes a PATH on which uname and readlink say what a test wants, and returns
// the environment with a TMPDIR of its own.
func stage(t *testing.T, machine, exe, realExe string) (env []string, tmp string) {
	t.Helper()
	bin, tmp := t.TempDir(), t.TempDir()
	for name, body := range map[string]string{
		"uname":    `case $1 in -s) echo Linux ;; -m) echo ` + machine + ` ;; esac`,
		"readlink": `case $1 in /proc/self/exe) echo ` + exe + ` ;; /proc/thread-self/exe) echo ` + realExe + ` ;; esac`,
	} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+body+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	// busybox prefers its own applets to PATH, so the function form is given as well.
	return append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "TMPDIR="+tmp, "HOME="+tmp, "BIN="+bin), tmp
}

// ask runs the snippet. The prelude makes busybox, too, take the staged programs.
func ask(t *testing.T, shell, env []string, script string) (string, string) {
	t.Helper()
	const prelude = "set -eu\nuname() { sh \"$BIN/uname\" \"$@\"; }\nreadlink() { sh \"$BIN/readlink\" \"$@\"; }\n"
	cmd := exec.CommandContext(t.Context(), shell[0], append(shell[1:], "-c", prelude+script+"\nloong_world\n")...)
	cmd.Env = env
	var out, talk strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &talk
	if err := cmd.Run(); err != nil {
		t.Errorf("%v: %v\n%s", shell, err, &talk)
	}
	return out.String(), talk.String()
}

func TestShellProbe(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no POSIX shell to expect")
	}
	// The probe does not run on this machine; native programs stand in for its
	// answers, so that all else is the text as users get it.
	answering := func(code string) string {
		return strings.Replace(ShellProbe(), `("$file")`, `(test -s "$file" && exit `+code+`)`, 1)
	}
	for _, shell := range shells(t) {
		for _, tc := range []struct {
			name, machine, realExe, script, want string
		}{
			{"another machine", "x86_64", "/bin/sh", ShellProbe(), ""},
			{"an old name of another", "loongarch32", "/bin/sh", ShellProbe(), ""},
			{"emulated", "loongarch64", "/usr/bin/qemu-loongarch64-static", ShellProbe(), "unknown\n"},
			{"new", "loongarch64", "/bin/sh", answering("0"), "new\n"},
			{"old", "loongarch64", "/bin/sh", answering("10"), "old\n"},
			{"neither", "loongarch64", "/bin/sh", answering("20"), "unknown\n"},
			{"noexec everywhere", "loongarch64", "/bin/sh", answering("126"), "unknown\n"},
			{"killed", "loongarch64", "/bin/sh", answering("159"), "unknown\n"},
			{"no base64", "loongarch64", "/bin/sh", "base64() { return 127; }\n" + answering("0"), "unknown\n"},
			{"no readlink", "loongarch64", "/bin/sh", "readlink() { return 127; }\n" + answering("0"), "unknown\n"},
			{"no mktemp", "loongarch64", "/bin/sh", "mktemp() { return 127; }\n" + answering("0"), "unknown\n"},
		} {
			env, tmp := stage(t, tc.machine, "/bin/sh", tc.realExe)
			script := tc.script
			if tc.want == "" || tc.name == "emulated" { // nothing may be run, nor written
				script = "mktemp() { echo ran >\"$BIN/ran\"; return 1; }\n" + script
			}
			got, talk := ask(t, shell, env, script)
			if got != tc.want || talk != "" {
				t.Errorf("%v, %s: %q, want %q; said %q", shell, tc.name, got, tc.want, talk)
			}
			if left, _ := os.ReadDir(tmp); len(left) != 0 {
				t.Errorf("%v, %s: left %v behind", shell, tc.name, left)
			}
			if bin, found := strings.CutPrefix(env[len(env)-1], "BIN="); !found {
				t.Fatal("the environment's order changed")
			} else if _, err := os.Stat(filepath.Join(bin, "ran")); err == nil {
				t.Errorf("%v, %s: it went on to the probe", shell, tc.name)
			}
		}
	}
}

// The text carries the very bytes, and a folder mounted noexec is passed over.
func TestShellProbeWritesTheProbe(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no POSIX shell to expect")
	}
	for _, shell := range shells(t) {
		env, tmp := stage(t, "loongarch64", "/bin/sh", "/bin/sh")
		kept := filepath.Join(tmp, "kept")
		script := strings.Replace(ShellProbe(), `("$file")`, `(cp "$file" '`+kept+`' && [ -x "$file" ] && exit 10)`, 1)
		if got, _ := ask(t, shell, env, script); got != "old\n" {
			t.Errorf("%v: %q", shell, got)
		}
		if b, err := os.ReadFile(kept); err != nil || string(b) != string(Probe(newSigset, oldSigset)) {
			t.Errorf("%v: the file has %d bytes, %v", shell, len(b), err)
		}
		second := t.TempDir()
		env = append(env, "HOME="+second)
		script = strings.Replace(ShellProbe(), `("$file")`, `(case $file in '`+second+`'/*) exit 10 ;; esac; exit 126)`, 1)
		if got, _ := ask(t, shell, env, script); got != "old\n" {
			t.Errorf("%v: not the last folder: %q", shell, got)
		}
	}
}

// The real probe, started by the shell's own means, through the emulator: what
// runs on a machine but for the name of the kernel's architecture.
func TestShellProbeRuns(t *testing.T) {
	qemu := needs(t, "qemu-loongarch64-static")
	for _, shell := range shells(t) {
		env, _ := stage(t, "loongarch64", "/bin/sh", "/bin/sh")
		script := strings.Replace(ShellProbe(), `("$file")`, `(`+qemu+` "$file")`, 1)
		if got, _ := ask(t, shell, env, script); got != "new\n" {
			t.Errorf("%v: %q", shell, got)
		}
	}
}

func TestShellProbeIsClean(t *testing.T) {
	shellcheck := needs(t, "shellcheck")
	cmd := exec.Command(shellcheck, "--shell=sh", "-")
	cmd.Stdin = strings.NewReader(ShellProbe())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
