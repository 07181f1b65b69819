//go:build unix

package workdir

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"
)

// The test binary is also the process that gets killed: with this variable set
// it takes a work directory in the base that it names, prints the path, and
// waits for a signal or the end of its input.
const childBase = "YINGZAO_TEST_WORKDIR_BASE"

func TestMain(m *testing.M) {
	if base := os.Getenv(childBase); base != "" {
		if err := child(base); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

func child(base string) (err error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	d, err := New(base)
	if err != nil {
		return err
	}
	defer func() {
		if e := d.Close(); err == nil {
			err = e
		}
	}()
	if err := fillWithModules(d.Path()); err != nil {
		return err
	}
	fmt.Println(d.Path())
	eof := make(chan struct{})
	go func() { _, _ = io.Copy(io.Discard, os.Stdin); close(eof) }()
	select {
	case <-ctx.Done():
	case <-eof:
	}
	return nil
}

// fillWithModules leaves what a module cache leaves: read-only directories.
func fillWithModules(dir string) error {
	deep := filepath.Join(dir, "mod", "example.com", "m@v1.0.0", "internal")
	if err := os.MkdirAll(deep, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(deep, "m.go"), []byte("package m"), 0o444); err != nil {
		return err
	}
	if err := os.Chmod(deep, 0o555); err != nil {
		return err
	}
	return os.Chmod(filepath.Dir(deep), 0o500)
}

type process struct {
	*exec.Cmd
	stdin io.Closer
	path  string
}

// start runs a child and returns once it has its directory. Whatever the test
// does, the child is gone at its end.
func start(t *testing.T, base string, alter ...func(*exec.Cmd)) *process {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childBase+"="+base)
	cmd.Stderr = os.Stderr
	for _, a := range alter {
		a(cmd)
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if cmd.ProcessState == nil {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the child said nothing: %v", err)
	}
	return &process{cmd, in, strings.TrimSpace(line)}
}

func (p *process) signal(t *testing.T, sig syscall.Signal) {
	t.Helper()
	if err := p.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
	err := p.Wait()
	if sig != syscall.SIGKILL && err != nil {
		t.Errorf("the child ended with %v", err)
	}
}

// holds fails unless base contains exactly these leases.
func holds(t *testing.T, base string, paths ...string) {
	t.Helper()
	entries, err := os.ReadDir(base)
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for _, e := range entries {
		got = append(got, filepath.Join(base, e.Name()))
	}
	for _, p := range paths {
		want = append(want, p, p+suffix)
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("the base holds %q, want %q", got, want)
	}
}
