package goenv

import (
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestEnvFilePath(t *testing.T) {
	for _, tt := range []struct {
		goos, environ string
		path          string
		off           bool
		err           string
	}{
		{"linux", "HOME=/home/dev", "/home/dev/.config/go/env", false, ""},
		{"linux", "HOME=/home/dev XDG_CONFIG_HOME=/x/", "/x/go/env", false, ""},
		{"linux", "HOME=/home/dev XDG_CONFIG_HOME=x", "", false, "path in $XDG_CONFIG_HOME is relative"},
		{"linux", "", "", false, "neither $XDG_CONFIG_HOME nor $HOME are defined"},
		{"linux", "HOME=/home/dev GOENV=off", "", true, ""},
		{"linux", "GOENV=rel/env", "rel/env", false, ""},
		{"linux", "GOENV=OFF", "OFF", false, ""},
		{"darwin", "HOME=/Users/dev XDG_CONFIG_HOME=/x", "/Users/dev/Library/Application Support/go/env", false, ""},
		{"darwin", "", "", false, "$HOME is not defined"},
		{"windows", `AppData=C:\Users\dev\AppData\Roaming HOME=/x`, `C:\Users\dev\AppData\Roaming\go\env`, false, ""},
		{"windows", `AppData=\\srv\home\dev/`, `\\srv\home\dev\go\env`, false, ""},
		{"windows", "HOME=/x", "", false, "%AppData% is not defined"},
		{"plan9", "home=/usr/glenda", "/usr/glenda/lib/go/env", false, ""},
	} {
		e := Resolve(Sources{OS: tt.goos, Environ: strings.Fields(tt.environ)})
		path, off, err := EnvFilePath(tt.goos, func(k string) string { v, _ := e.Process(k); return v })
		text := ""
		if err != nil {
			text = err.Error()
		}
		if path != tt.path || off != tt.off || text != tt.err {
			t.Errorf("%s %s: %q %v %q", tt.goos, tt.environ, path, off, text)
		}
		if p := e.Paths(); p.EnvFile != tt.path || (p.EnvErr != nil) != (tt.err != "") {
			t.Errorf("%s %s: %q %v", tt.goos, tt.environ, p.EnvFile, p.EnvErr)
		}
	}
}

func TestPaths(t *testing.T) {
	for _, tt := range []struct {
		goos    string
		environ []string
		want    Paths
		err     string
	}{
		{"linux", []string{"HOME=/home/dev"}, Paths{Gopath: []string{"/home/dev/go"}, Bin: "/home/dev/go/bin", ModCache: "/home/dev/go/pkg/mod", SumDB: "/home/dev/go/pkg/sumdb", Cache: "/home/dev/.cache/go-build"}, ""},
		{"linux", []string{"HOME=/home/dev", "GOPATH=/a:/b", "GOBIN=/bin", "GOCACHE=/c"}, Paths{Gopath: []string{"/a", "/b"}, Bin: "/bin", ModCache: "/a/pkg/mod", SumDB: "/a/pkg/sumdb", Cache: "/c"}, ""},
		{"linux", []string{"GOPATH=:/b", "GOMODCACHE=/m"}, Paths{Gopath: []string{"", "/b"}, ModCache: "/m", Cache: "off"}, "GOCACHE is not defined and neither $XDG_CACHE_HOME nor $HOME are defined"},
		{"linux", []string{"HOME=/home/dev", "GOROOT=/home/dev/go/", "GOCACHE=rel"}, Paths{Cache: "off"}, "GOCACHE is not an absolute path"},
		{"linux", []string{"HOME=/home/dev", "GOROOT=/home/dev/go", "GOCACHE=off"}, Paths{Cache: "off"}, "build cache is disabled by GOCACHE=off, but required as of Go 1.12"},
		{"darwin", []string{"HOME=/Users/dev", "GOPATH=/a"}, Paths{Gopath: []string{"/a"}, Bin: "/a/bin", ModCache: "/a/pkg/mod", SumDB: "/a/pkg/sumdb", Cache: "/Users/dev/Library/Caches/go-build"}, ""},
		{"windows", []string{`userprofile=C:\Users\dev`, `LOCALAPPDATA=C:\L`}, Paths{Gopath: []string{`C:\Users\dev\go`}, Bin: `C:\Users\dev\go\bin`, ModCache: `C:\Users\dev\go\pkg\mod`, SumDB: `C:\Users\dev\go\pkg\sumdb`, Cache: `C:\L\go-build`}, ""},
		{"windows", []string{`GOPATH="D:\a;b";E:\c`, `LOCALAPPDATA=C:\L`}, Paths{Gopath: []string{`D:\a;b`, `E:\c`}, Bin: `D:\a;b\bin`, ModCache: `D:\a;b\pkg\mod`, SumDB: `D:\a;b\pkg\sumdb`, Cache: `C:\L\go-build`}, ""},
	} {
		p := Resolve(Sources{OS: tt.goos, Environ: tt.environ}).Paths()
		text := ""
		if p.CacheErr != nil {
			text = p.CacheErr.Error()
		}
		if strings.Join(p.Gopath, "|") != strings.Join(tt.want.Gopath, "|") || p.Bin != tt.want.Bin || p.ModCache != tt.want.ModCache || p.SumDB != tt.want.SumDB || p.Cache != tt.want.Cache || text != tt.err {
			t.Errorf("%s %q:\n got %+v\nwant %+v %s", tt.goos, tt.environ, p, tt.want, tt.err)
		}
	}
}

func TestIsAbs(t *testing.T) {
	for _, tt := range []struct {
		goos, path string
		want       bool
	}{
		{"linux", "/a", true}, {"linux", `C:\a`, false}, {"linux", "", false}, {"darwin", "a/b", false},
		{"windows", `C:\a`, true}, {"windows", "c:/a", true}, {"windows", "C:a", false}, {"windows", "C:", false}, {"windows", `\a`, false}, {"windows", "/a", false},
		{"windows", `\\srv\share\x`, true}, {"windows", `\\srv\share`, true}, {"windows", "//srv/share", true}, {"windows", "a", false},
	} {
		if got := IsAbs(tt.goos, tt.path); got != tt.want {
			t.Errorf("%s %q: %v", tt.goos, tt.path, got)
		}
	}
}

func TestJoin(t *testing.T) {
	for _, tt := range []struct{ goos, dir, rel, want string }{
		{"linux", "/a/", "b/../c", "/a/c"}, {"linux", "", "go-build", "go-build"}, {"windows", `C:\a\`, "b/c", `C:\a\b\c`}, {"windows", "C:/a/bin/go.exe", "../..", `C:\a`},
		{"windows", `\\srv\share`, "x", `\\srv\share\x`}, {"windows", `C:\`, "..", `C:\`}, {"windows", `rel`, "x", `rel\x`},
	} {
		if got := join(tt.goos, tt.dir, tt.rel); got != tt.want {
			t.Errorf("%s %q %q: %q, want %q", tt.goos, tt.dir, tt.rel, got, tt.want)
		}
		if tt.goos == runtime.GOOS {
			if std := filepath.Join(tt.dir, tt.rel); std != tt.want {
				t.Errorf("filepath.Join says %q", std)
			}
		}
	}
}

func TestResolve(t *testing.T) {
	user := ParseFile([]byte("GOPROXY=\nGOFLAGS=-v\nHTTPS_PROXY=http://p.test\nGODEBUG=x=1\nGOPRVATE=typo\nGOFLAGS=-x\nGOPRIVATE=a.test"))
	goroot := ParseFile([]byte("GOPROXY=https://first.test\nGOPROXY=https://second.test\nGOSUMDB=sum.golang.org\nGOSUMDB=off\nGOROOT=/x\n"))
	e := Resolve(Sources{Environ: []string{"GOFLAGS=", "GOBIN=/a", "GOBIN=/b", "junk", "=C:=C:\\x"}, File: user, Goroot: goroot})
	for key, want := range map[string]Value{
		"GOPROXY":     {"GOPROXY", "", FromFile, 1}, // empty, and still it hides GOROOT/go.env
		"GOFLAGS":     {"GOFLAGS", "-x", FromFile, 6},
		"GOSUMDB":     {"GOSUMDB", "sum.golang.org", FromGoroot, 3},
		"GOBIN":       {"GOBIN", "/b", FromProcess, 0},
		"GOPRVATE":    {"GOPRVATE", "typo", FromFile, 5},
		"HTTPS_PROXY": {"HTTPS_PROXY", "", BuiltIn, 0},
		"GODEBUG":     {"GODEBUG", "", BuiltIn, 0},
		"GOROOT":      {"GOROOT", "", BuiltIn, 0},
		"GOAUTH":      {"GOAUTH", "", BuiltIn, 0},
	} {
		if got := e.Lookup(key); got != want {
			t.Errorf("%s: %+v, want %+v", key, got, want)
		}
	}
	if all := e.All("GOPROXY"); len(all) != 2 || all[1].Value != "https://first.test" {
		t.Errorf("%+v", all)
	}
	for key, want := range map[string]string{"GOPROXY": "", "GONOPROXY": "a.test", "GOAUTH": "netrc", "GOOS": "linux", "CC": "gcc"} {
		if got := e.Get(key); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
	win := Resolve(Sources{OS: "windows", Arch: "arm64", Environ: []string{"goproxy=off", "Https_Proxy=http://p.test"}})
	if v := win.Get("GOPROXY"); v != "off" || win.Get("GOEXE") != ".exe" || win.Get("GOARCH") != "arm64" {
		t.Errorf("Windows tells case apart: %q", v)
	}
	if v := win.HTTPProxies(); v.HTTPS.Value != "http://p.test" {
		t.Errorf("%+v", v)
	}
}
