package gather

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/envcheck/gather/sources"
	"github.com/yingzao-dev/yingzao/internal/subproc"
)

const maxOutput = 4 << 20 // of a command

var (
	errSilent  = errors.New("no answer")
	errEndless = fmt.Errorf("more than %d bytes of output", maxOutput)
)

// exec runs a command in the project folder and returns its output. It is ended
// together with its children when the time is up, when the context ends, and
// when it talks without end. The error holds the first line of what the command
// said, without secrets.
func (l *look) exec(ctx context.Context, dir string, environ []string, argv ...string) ([]byte, error) {
	l.mu.Lock()
	l.snapshot.Execs++
	l.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, l.Patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	out, talk := &limited{max: maxOutput, over: cancel}, &limited{max: 64 << 10, over: cancel}
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, environ, out, talk
	cmd.WaitDelay = 2 * time.Second // for pipes that a grandchild holds open
	err := subproc.Run(cmd)
	switch {
	case err == nil:
		return out.kept.Bytes(), nil
	case out.full || talk.full:
		return nil, errEndless
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil, fmt.Errorf("%w within %s", errSilent, l.Patience)
	}
	for line := range strings.Lines(talk.kept.String()) {
		if line = strings.TrimSpace(line); line != "" {
			return nil, errors.New(sources.Scrub(line))
		}
	}
	return nil, errors.New(reason(err))
}

// limited keeps the beginning of an output. The buffer is not embedded: its
// ReadFrom would take everything.
type limited struct {
	kept bytes.Buffer
	max  int
	full bool
	over func()
}

func (w *limited) Write(p []byte) (int, error) {
	if w.kept.Len()+len(p) > w.max {
		if !w.full {
			w.full = true
			w.over()
		}
		return len(p), nil
	}
	return w.kept.Write(p)
}
