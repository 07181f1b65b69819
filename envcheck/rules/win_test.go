package rules

import (
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
)

func TestWIN(t *testing.T) { reproduceAll(t, winReproductions()) }

// onWindows makes the snapshot that of a Windows desk where nothing is wrong,
// and then lets a test spoil it.
func onWindows(spoil func(*envcheck.Snapshot)) func(*testing.T, *envcheck.Snapshot) {
	return func(_ *testing.T, s *envcheck.Snapshot) {
		s.Machine = envcheck.Machine{OS: "windows", Arch: "amd64", UID: -1, Umask: -1}
		s.Dir, s.Home = `C:\src\app`, `C:\Users\dev`
		s.Environ = []string{`USERPROFILE=C:\Users\dev`, `ProgramFiles=C:\Program Files`, `Path=C:\Program Files\Go\bin`}
		s.EnvFile, s.GoEnv = envcheck.EnvFile{}, nil
		s.Gos = []envcheck.GoBinary{winGo(`C:\Program Files\Go\bin\go.exe`, "go1.26.8")}
		s.Registry = envcheck.Registry{LongPaths: 1, UserPath: `%USERPROFILE%\go\bin`, SysPath: `%ProgramFiles%\Go\bin;C:\Windows`}
		s.Dirs = []envcheck.Dir{{Name: "GOPATH", Path: `C:\Users\dev\go`}, {Name: "HOME", Path: `C:\Users\dev`}}
		s.Settings = nil
		spoil(s)
	}
}

func winGo(path, version string) envcheck.GoBinary {
	return envcheck.GoBinary{Path: path, Resolved: path, Version: version, OS: "windows", Arch: "amd64"}
}

func registry(s *envcheck.Snapshot, place envcheck.Place, key, value string) {
	s.Settings = append(s.Settings, envcheck.Setting{Key: key, Value: value, Place: place})
}

// inWSL makes the snapshot that of Linux inside Windows.
func inWSL(dir string, g envcheck.GoBinary) func(*testing.T, *envcheck.Snapshot) {
	return func(_ *testing.T, s *envcheck.Snapshot) {
		s.Machine.WSL, s.Dir, s.Gos = true, dir, []envcheck.GoBinary{g}
	}
}

func winReproductions() []reproduction {
	sdk := `C:\Users\dev\sdk\go1.26.8\bin`
	fine := onWindows(func(*envcheck.Snapshot) {})
	twoGos := func(userPath, second string) func(*testing.T, *envcheck.Snapshot) {
		return onWindows(func(s *envcheck.Snapshot) {
			s.Gos = []envcheck.GoBinary{winGo(`C:\Program Files\Go\bin\go.exe`, "go1.21.6"), winGo(sdk+`\go.exe`, second)}
			s.Registry.UserPath = userPath
		})
	}
	linux := envcheck.GoBinary{Path: "/usr/local/go/bin/go", Resolved: "/usr/local/go/bin/go", Version: "go1.26.8", OS: "linux", Arch: "amd64"}
	return []reproduction{
		{code: "WIN001", change: onWindows(func(s *envcheck.Snapshot) {
			registry(s, sysPathPlace, "GOPROXY", "https://goproxy.io,direct")
			registry(s, userPathPlace, "GOPROXY", "https://goproxy.cn,direct")
		}), finding: messageHas("services see the second")},
		{code: "WIN001", name: "the same, and what Windows sets twice", clean: true, change: onWindows(func(s *envcheck.Snapshot) {
			registry(s, sysPathPlace, "GOFLAGS", "-trimpath")
			registry(s, userPathPlace, "GOFLAGS", "-trimpath")
			registry(s, sysPathPlace, "TEMP", `%SystemRoot%\TEMP`)
			registry(s, userPathPlace, "TEMP", `%USERPROFILE%\AppData\Local\Temp`)
			registry(s, userPathPlace, "GOPROXY", "https://goproxy.cn,direct")
		})},

		{code: "WIN002", change: twoGos(`%USERPROFILE%\sdk\go1.26.8\bin\`, "go1.26.8"), finding: messageHas(`hides C:\Users\dev\sdk\go1.26.8\bin\go.exe (go1.26.8)`)},
		{code: "WIN002", name: "case and slashes do not count", change: twoGos(`c:/users/DEV/sdk/go1.26.8/bin;C:\x`, "go1.26.8")},
		{code: "WIN002", name: "the same version", clean: true, change: twoGos(sdk, "go1.21.6")},
		{code: "WIN002", name: "one of this window only", clean: true, change: twoGos(`C:\other`, "go1.26.8")},
		{code: "WIN002", name: "one Go", clean: true, change: fine},

		{code: "WIN003", name: "by its path", change: inWSL("/home/dev/app", envcheck.GoBinary{Path: "/mnt/c/Program Files/Go/bin/go", Error: "unrecognized file format"}), finding: messageHas("the one of Windows: /mnt/c/")},
		{code: "WIN003", name: "through a link", change: inWSL("/home/dev/app", envcheck.GoBinary{Path: "/usr/local/bin/go", Resolved: "/mnt/c/Program Files/Go/bin/go.exe", OS: "windows"})},
		{code: "WIN003", name: "the project on a drive", change: inWSL("/mnt/d/src/app", linux), finding: func(t *testing.T, f envcheck.Finding) {
			if f.Severity != envcheck.Info {
				t.Errorf("severity %s for what is only slow", f.Severity)
			}
		}},
		{code: "WIN003", name: "from the other side", change: onWindows(func(s *envcheck.Snapshot) { s.Dir = `\\wsl.localhost\Debian\home\dev\app` }), finding: messageHas("the project lies inside WSL")},
		{code: "WIN003", name: "all inside", clean: true, change: inWSL("/home/dev/app", linux)},
		{code: "WIN003", name: "a disk mounted at /mnt/data", clean: true, change: inWSL("/mnt/data/app", linux)},
		{code: "WIN003", name: "no WSL", clean: true, change: func(_ *testing.T, s *envcheck.Snapshot) { s.Dir = "/mnt/c/app" }},

		{code: "WIN004", name: "PATH", change: onWindows(func(s *envcheck.Snapshot) { s.Registry.UserPath = strings.Repeat(`C:\tools\bin;`, 160) }), finding: messageHas("is 2080 characters long")},
		{code: "WIN004", name: "a list of private hosts", change: onWindows(func(s *envcheck.Snapshot) {
			registry(s, userPathPlace, "GOPRIVATE", strings.Repeat("git.corp.example,", 130))
		}), finding: messageHas("GOPRIVATE in HKCU")},
		{code: "WIN004", name: "characters, not bytes", clean: true, change: onWindows(func(s *envcheck.Snapshot) { s.Registry.UserPath = strings.Repeat("张", windowsLimit) })},
		{code: "WIN004", name: "elsewhere any length is fine", clean: true, change: func(_ *testing.T, s *envcheck.Snapshot) { s.Registry.UserPath = strings.Repeat("x", 3000) }},

		{code: "WIN005", change: onWindows(func(s *envcheck.Snapshot) {
			registry(s, userPathPlace, "GOPATH", `%USERPROFILE%\go`)
			s.Registry.Expand = []string{"GOPATH"}
		}), finding: func(t *testing.T, f envcheck.Finding) {
			if len(f.Evidence) != 1 || f.Evidence[0].Value != `%USERPROFILE%\go` || !strings.Contains(f.Message.EN, "its %…% is not") {
				t.Errorf("%+v", f)
			}
		}},
		{code: "WIN005", name: "PATH of the system", change: onWindows(func(s *envcheck.Snapshot) { s.Registry.Expand = []string{"Path"} }), finding: messageHas("Path has the type REG_SZ")},
		{code: "WIN005", name: "of other programs", clean: true, change: onWindows(func(s *envcheck.Snapshot) { s.Registry.Expand = []string{"OneDrive", "ComSpec"} })},

		{code: "WIN006", name: "a Chinese user name", change: onWindows(func(s *envcheck.Snapshot) { s.Dirs[0].Path = `C:\Users\张三\go` }), finding: messageHas(`GOPATH is C:\Users\张三\go`)},
		{code: "WIN006", name: "a blank", change: onWindows(func(s *envcheck.Snapshot) {
			s.Dirs = append(s.Dirs, envcheck.Dir{Name: "GOCACHE", Path: `D:\build cache`})
		}),
			finding: func(t *testing.T, f envcheck.Finding) {
				if f.Severity != envcheck.Info {
					t.Errorf("severity %s for a blank", f.Severity)
				}
			}},
		{code: "WIN006", clean: true, change: fine},
		{code: "WIN006", name: "not on Linux", clean: true, change: func(_ *testing.T, s *envcheck.Snapshot) {
			s.Dirs = []envcheck.Dir{{Name: "GOPATH", Path: "/home/张三/my go"}}
		}},

		{code: "WIN007", change: onWindows(func(s *envcheck.Snapshot) { s.Registry.LongPaths = 0 }), finding: messageHas("git's core.longpaths is not set")},
		{code: "WIN007", name: "git is prepared", change: onWindows(func(s *envcheck.Snapshot) {
			s.Registry.LongPaths = 0
			s.Git.Config = []envcheck.GitEntry{{Key: "core.longpaths", Value: "true"}}
		}), finding: messageHas("C compilers are not")},
		{code: "WIN007", name: "on", clean: true, change: fine},
		{code: "WIN007", name: "not known", clean: true, change: onWindows(func(s *envcheck.Snapshot) { s.Registry.LongPaths = -1 })},
		{code: "WIN007", name: "not on Linux", clean: true},
	}
}

func TestExpandPercent(t *testing.T) {
	v := envcheck.NewView(&envcheck.Snapshot{Machine: envcheck.Machine{OS: "windows"}, Environ: []string{`UserProfile=C:\Users\dev`, "X=1"}}, envcheck.Profile{}, envcheck.Policy{})
	for in, want := range map[string]string{
		`%USERPROFILE%\go`: `C:\Users\dev\go`, "%x%%X%": "11", "%NONE%": "%NONE%", "100%": "100%", "%": "%", "%%": "%%",
		"%NONE%X%": "%NONE1", "a%X": "a%X", "": "",
	} {
		if got := expandPercent(v, in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
