package gather

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/goenv"
)

// asked are what go env is asked for beside goenv's settings: what it only
// reports.
var asked = []string{"GOENV", "GOEXE", "GOHOSTARCH", "GOHOSTOS", "GOMOD", "GODEBUG", "GOTOOLDIR", "GOVERSION"}

// costly are answered by running the C compiler and making a folder for it: they
// would cost more than everything else together.
const costly = " CGO_CFLAGS CGO_CPPFLAGS CGO_CXXFLAGS CGO_FFLAGS CGO_LDFLAGS PKG_CONFIG GOGCCFLAGS "

// goEnv runs go env -json in the project folder. GOTOOLCHAIN, which has to be
// local for this, is answered from the files.
func (l *look) goEnv(ctx context.Context) (map[string]string, string) {
	s := l.snapshot
	if len(s.Gos) == 0 || !l.runnable() {
		return nil, ""
	}
	argv := []string{s.Gos[0].Path, "env", "-json"}
	for _, name := range append(goenv.Settings(), asked...) {
		if !strings.Contains(costly, " "+name+" ") {
			argv = append(argv, name)
		}
	}
	dir := s.Dir
	if !enterable(dir) {
		l.missing("project folder", "it cannot be entered: go env ran elsewhere")
		dir = filepath.VolumeName(dir) + string(filepath.Separator)
	}
	out, err := l.exec(ctx, dir, l.goEnviron(dir), argv...)
	if err != nil {
		if errors.Is(err, errSilent) {
			l.missing("go env", err.Error())
		}
		return nil, err.Error()
	}
	var env map[string]string
	if err := json.Unmarshal(out, &env); err != nil {
		return nil, "its answer is no JSON" // go before 1.9, or no go at all
	}
	if delete(env, "GOTOOLCHAIN"); l.env.Lookup("GOTOOLCHAIN").Value != "" {
		env["GOTOOLCHAIN"] = l.env.Lookup("GOTOOLCHAIN").Value
	}
	return env, ""
}

// runnable: what stands first on PATH can be started at all.
func (l *look) runnable() bool {
	f, ok := candidate(l.snapshot.Gos[0].Path)
	return ok && f.runs
}

// goEnviron is the user's environment for the go command, which must download
// nothing and leave nothing behind. Its telemetry lives below the user's
// configuration folder; a place that cannot be a folder keeps it silent, and the
// env file that would be there too is named instead.
func (l *look) goEnviron(dir string) []string {
	env := append(l.Environ[:len(l.Environ):len(l.Environ)], "GOTOOLCHAIN=local", "PWD="+dir)
	if s := l.snapshot; s.Gos[0].Version != "" && s.EnvFile.Path != "" && xdg {
		env = append(env, "GOENV="+s.EnvFile.Path, "XDG_CONFIG_HOME="+os.DevNull)
	} else if s.EnvFile.Off && s.Gos[0].Version != "" && xdg {
		env = append(env, "XDG_CONFIG_HOME="+os.DevNull)
	}
	return env
}

// xdg: the configuration folder follows XDG_CONFIG_HOME here.
const xdg = runtime.GOOS != "windows" && runtime.GOOS != "darwin" && runtime.GOOS != "ios" && runtime.GOOS != "plan9"
