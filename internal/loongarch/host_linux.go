package loongarch

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"

	"golang.org/x/sys/unix"

	"github.com/yingzao-dev/yingzao/internal/subproc"
)

func thisMachine() machine {
	m := machine{os: "linux", pageSize: os.Getpagesize(), proc: os.DirFS("/"), run: runProgram}
	var u unix.Utsname
	if unix.Uname(&u) == nil {
		m.name, m.release = unix.ByteSliceToString(u.Machine[:]), unix.ByteSliceToString(u.Release[:])
	}
	// qemu-user answers for /proc/self/exe and /proc/PID/exe with the program that
	// it emulates; the third way to the same link leads past it.
	m.exe, _ = os.Readlink("/proc/self/exe")
	m.realExe, _ = os.Readlink("/proc/thread-self/exe")
	return m
}

// runProgram starts a program from memory: no folder has to be writable, and none
// mounted without noexec. An error means that it did not start.
func runProgram(ctx context.Context, program []byte) (int, error) {
	fd, err := unix.MemfdCreate("probe", unix.MFD_CLOEXEC|unix.MFD_EXEC)
	if errors.Is(err, unix.EINVAL) { // kernels before 6.3 do not know MFD_EXEC, and need no leave
		fd, err = unix.MemfdCreate("probe", unix.MFD_CLOEXEC)
	}
	if err != nil {
		return 0, fmt.Errorf("memfd_create: %w", err)
	}
	f := os.NewFile(uintptr(fd), "probe")
	defer f.Close()
	if _, err := f.Write(program); err != nil {
		return 0, err
	}
	// Some kernels refuse to run what is open for writing (ETXTBSY), so the program
	// is opened once more, for reading, and the first handle is closed.
	readOnly, err := os.Open(fmt.Sprintf("/proc/self/fd/%d", fd))
	if err != nil {
		return 0, err
	}
	defer readOnly.Close()
	if err := f.Close(); err != nil {
		return 0, err
	}
	cmd := exec.CommandContext(ctx, fmt.Sprintf("/proc/self/fd/%d", readOnly.Fd()))
	cmd.Env = []string{}
	err = subproc.Run(cmd)
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.Exited() {
		return exit.ExitCode(), nil
	}
	return 0, err
}
