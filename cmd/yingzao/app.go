package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/subproc"
	"github.com/yingzao-dev/yingzao/internal/term"
)

// app is what every command shares: where to talk, in which language, and what
// the environment was.
type app struct {
	in       io.Reader
	out, err io.Writer
	environ  []string
	lang     msg.Lang
	style    term.Style
	keys     keys
	args     []string // as they were given; nil = not known, every command is made in full
}

// The exit codes are an API (see the README).
const (
	exitOK         = 0
	exitFailed     = 1
	exitUsage      = 2
	exitFindings   = 3
	exitIncomplete = 4
)

// run is the whole program without its process.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer, environ []string) int {
	a := &app{in: stdin, out: stdout, err: stderr, environ: environ, args: append([]string{}, args...)}
	a.style = term.NewStyle(stderr, a.getenv)
	lang, err := msg.Choose(langFlag(args), a.getenv)
	a.lang = lang
	if err != nil {
		return a.fail(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	root := a.root()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err = root.ExecuteContext(ctx)
	if err != nil && ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = msg.Errorf("interrupted", "已中断")
		if publishing(args) {
			err = msg.Errorf("interrupted: nothing was published", "已中断：没有发布任何内容")
		}
	}
	return a.fail(err)
}

// publishing reports whether a command line asks for a release, as a whole or to
// be published.
func publishing(args []string) bool {
	words := slices.DeleteFunc(slices.Clone(args), func(arg string) bool { return strings.HasPrefix(arg, "-") })
	return len(words) > 0 && words[0] == "release" && (len(words) == 1 || words[1] == "publish" || slices.Contains(args, "--to"))
}

// langFlag finds --lang before the commands are made, for their help speaks the
// chosen language.
func langFlag(args []string) string {
	for i, arg := range args {
		if arg == "--" {
			break
		}
		if v, ok := strings.CutPrefix(arg, "--lang="); ok {
			return v
		}
		if arg == "--lang" && i+1 < len(args) {
			return args[i+1]
		}
	}
	return ""
}

// fail prints an error with its remedy and returns the exit code; nil is 0.
func (a *app) fail(err error) int {
	if err == nil {
		return exitOK
	}
	if quiet := (silent{}); errors.As(err, &quiet) {
		return quiet.code
	}
	for i, line := range strings.Split(strings.TrimRight(msg.In(err, a.lang), "\n"), "\n") {
		if i == 0 {
			line = a.style.Red(a.say("error: ", "错误：")) + term.Clean(line)
		} else {
			line = "  " + term.Clean(line)
		}
		fmt.Fprintln(a.err, line)
	}
	if h := msg.Hint(err); !h.IsZero() {
		fmt.Fprintln(a.err, a.style.Cyan(a.say("hint: ", "提示："))+term.Clean(h.In(a.lang)))
	}
	switch msg.KindOf(err) {
	case msg.Usage:
		return exitUsage
	case msg.Findings:
		return exitFindings
	case msg.Incomplete:
		return exitIncomplete
	}
	return exitFailed
}

// silent is an exit code whose reason has been printed already.
type silent struct{ code int }

func (s silent) Error() string { return fmt.Sprintf("exit %d", s.code) }

// outStyle is the style of what goes to standard output.
func (a *app) outStyle() term.Style { return term.NewStyle(a.out, a.getenv) }

func (a *app) say(en, zh string) string { return msg.Text{EN: en, ZH: zh}.In(a.lang) }

func (a *app) getenv(key string) string {
	v, _ := subproc.Getenv(a.environ, key)
	return v
}

// printf writes data to standard output.
func (a *app) printf(en, zh string, args ...any) {
	fmt.Fprint(a.out, msg.Textf(en, zh, args...).In(a.lang))
}

// note writes talk to standard error.
func (a *app) note(en, zh string, args ...any) {
	fmt.Fprint(a.err, msg.Textf(en, zh, args...).In(a.lang))
}
