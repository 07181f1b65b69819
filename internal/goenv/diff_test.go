package goenv

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// notFromSettings are the keys that "go env" prints and that do not follow from
// settings alone.
var notFromSettings = map[string]string{
	"GOGCCFLAGS":     "asks the C compiler",
	"GOMOD":          "depends on the folder",
	"GOWORK":         "depends on the folder, but for off",
	"GOTELEMETRY":    "a file of its own",
	"GOTELEMETRYDIR": "no setting",
	"GOVERSION":      "the toolchain itself",
	"GOTOOLCHAIN":    "forced while go runs; asked by itself",
}

// TestDifferential makes environments and compares what go env says with what we
// say. YINGZAO_GOENV_CASES and YINGZAO_GOENV_SEED change how many and which.
func TestDifferential(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("environments are made of links and Unix paths")
	}
	cases, seed := 250, uint64(1)
	if v := os.Getenv("YINGZAO_GOENV_CASES"); v != "" {
		cases, _ = strconv.Atoi(v)
	}
	if v := os.Getenv("YINGZAO_GOENV_SEED"); v != "" {
		seed, _ = strconv.ParseUint(v, 10, 64)
	}
	m := newMaker(t, seed)
	start, refused, compared := time.Now(), 0, make(map[string]int)
	for i := range cases {
		c := m.environment()
		if m.compare(t, c, compared) {
			refused++
		}
		if t.Failed() {
			t.Fatalf("case %d of seed %d", i, seed)
		}
	}
	t.Logf("seed %d: %d environments (go refused %d, as foretold), %d keys, %d values, 0 differences, %v",
		seed, cases, refused, len(compared), sum(compared), time.Since(start).Round(time.Millisecond))
	if cases >= 200 && len(compared) < 30 {
		t.Errorf("only %d keys were compared: %v", len(compared), slices.Sorted(maps.Keys(compared)))
	}
}

func sum(m map[string]int) (n int) {
	for _, v := range m {
		n += v
	}
	return n
}

// compare reports whether go refused to work, which is a difference unless its
// GOROOT is not there.
func (m *maker) compare(t *testing.T, c environment, compared map[string]int) (refused bool) {
	t.Helper()
	e, g := c.resolve(t)
	out, errOut, err := runGo(c.dir, c.exe, append(slices.Clone(c.environ), "GOTOOLCHAIN=local"), "env", "-json")
	if _, statErr := os.Stat(g.Dir); statErr != nil {
		if want := "go: cannot find GOROOT directory: " + g.Dir; err == nil || !strings.Contains(errOut, want) {
			t.Errorf("%s\nwant: %s", c.dump(errOut), want)
		}
		return true
	}
	if err != nil {
		t.Errorf("go env: %v\n%s", err, c.dump(errOut))
		return true
	}
	var theirs map[string]string
	if err := json.Unmarshal([]byte(out), &theirs); err != nil {
		t.Fatal(err)
	}
	for key, want := range theirs {
		if _, skip := notFromSettings[key]; skip && !(key == "GOWORK" && want == "off") {
			continue
		}
		got := e.Get(key)
		switch key {
		case "GOROOT":
			got = g.Dir
		case "GOTOOLDIR":
			got = filepath.Join(g.Dir, "pkg/tool", runtime.GOOS+"_"+runtime.GOARCH)
		case "GOHOSTOS", "GOHOSTARCH":
			got = map[string]string{"GOHOSTOS": runtime.GOOS, "GOHOSTARCH": runtime.GOARCH}[key]
		case "CGO_ENABLED":
			if got == "" {
				continue // no setting: whether there is a compiler decides
			}
		case "PKG_CONFIG": // go prints the program without its arguments
			got = strings.Join(words1(got)[:1], "")
		case "CGO_CFLAGS", "CGO_CPPFLAGS", "CGO_CXXFLAGS", "CGO_FFLAGS", "CGO_LDFLAGS": // and these quoted anew
			got, want = fmt.Sprintf("%q", words1(got)), fmt.Sprintf("%q", words1(want))
		}
		compared[key]++
		if got = throughJSON(got); got != want {
			t.Errorf("%s is %q for us, %q for go\n%s", key, got, want, c.dump(errOut))
		}
	}
	out, errOut, err = runGo(c.dir, c.exe, c.environ, "env", "GOTOOLCHAIN")
	if got := e.Get("GOTOOLCHAIN") + "\n"; err != nil || got != out {
		t.Errorf("GOTOOLCHAIN is %q for us, %q for go (%v)\n%s", got, out, err, c.dump(errOut))
	}
	compared["GOTOOLCHAIN"]++
	return false
}

func words1(v string) []string {
	out, _ := splitQuoted(v)
	return append(out, "")
}

func throughJSON(s string) (out string) {
	b, _ := json.Marshal(s)
	_ = json.Unmarshal(b, &out)
	return out
}

// environment is everything that one run of go sees.
type environment struct {
	dir, exe string
	environ  []string
}

// resolve does with the parts of this package what the go command does at its
// start.
func (c environment) resolve(t *testing.T) (*Env, Goroot) {
	t.Helper()
	process := Resolve(Sources{OS: runtime.GOOS, Environ: c.environ})
	getenv := func(key string) string { v, _ := process.Process(key); return v }
	read := func(path string) *File {
		if path == "" {
			return nil
		}
		if !filepath.IsAbs(path) {
			path = filepath.Join(c.dir, path)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return nil
		}
		return ParseFile(data)
	}
	path, _, _ := EnvFilePath(runtime.GOOS, getenv)
	src := Sources{OS: runtime.GOOS, Environ: c.environ, File: read(path)}
	q := GorootQuery{OS: runtime.GOOS, Process: getenv("GOROOT"), Exe: c.exe, Disk: osDisk{}}
	if src.File != nil {
		a, _ := src.File.Get("GOROOT")
		q.File = a.Value
	}
	g := FindGoroot(q)
	src.Goroot = read(filepath.Join(g.EnvDir, "go.env"))
	return Resolve(src), g
}

func (c environment) dump(stderr string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%q\n%s", c.exe, c.environ, stderr)
	e := Resolve(Sources{Environ: c.environ})
	path, _, _ := EnvFilePath(runtime.GOOS, func(k string) string { v, _ := e.Process(k); return v })
	data, err := os.ReadFile(path)
	fmt.Fprintf(&b, "\nenv file %s: %q (%v)\n", path, data, err)
	return b.String()
}

type osDisk struct{}

func (osDisk) Stat(p string) (fs.FileInfo, error)    { return os.Stat(p) }
func (osDisk) EvalSymlinks(p string) (string, error) { return filepath.EvalSymlinks(p) }

// maker makes environments.
type maker struct {
	*rand.Rand
	t                    *testing.T
	dir, homes           string
	real, own, linked    string // GOROOTs
	values               map[string][]string
	free, checked, other []string
}

func newMaker(t *testing.T, seed uint64) *maker {
	_, real := realGo(t)
	m := &maker{Rand: rand.New(rand.NewPCG(seed, 1)), t: t, dir: t.TempDir(), real: real,
		own: fakeGoroot(t, real, true), linked: fakeGoroot(t, real, false)}
	// A home whose go folder is a GOROOT has no default GOPATH.
	m.homes = t.TempDir()
	for _, home := range []string{filepath.Join(m.homes, "dev"), filepath.Join(m.homes, "root"), filepath.Join(m.dir, "rel")} {
		quietHome(t, home)
	}
	write(t, filepath.Join(m.homes, "xdg/go/telemetry/mode"), "off\n")
	if err := os.Symlink(m.own, filepath.Join(m.homes, "root/go")); err != nil {
		t.Fatal(err)
	}
	tmp := t.TempDir()
	m.free = strings.Fields(`AR GOAUTH GOBIN GOCACHEPROG GOFLAGS GOINSECURE GONOPROXY GONOSUMDB GOPRIVATE GOPROXY GOSUMDB GOTOOLCHAIN GOVCS
		GOMODCACHE GOCACHE CGO_ENABLED GCCGO`)
	m.values = map[string][]string{
		"GO111MODULE": {"on", "auto", "off", ""}, "GOOS": {"linux", "windows", "darwin", ""}, "GOARCH": {"amd64", "arm64", ""},
		"GOAMD64": {"v1", "v2", "v3", ""}, "GOARM64": {"v8.0", "v8.1", "v9.0,lse", ""}, "GOEXPERIMENT": {"none", "nogreenteagc", ""},
		"GOFIPS140": {"off", "latest", ""}, "GOPATH": {"/home/dev/go", "/home/dev/a:/home/dev/b", ":/home/dev/go", "/home/dev/x/../y/", ""},
		"GOTMPDIR": {tmp, ""}, "GOWORK": {"off", "auto", ""}, "CC": {"clang", "/opt/cc/bin/gcc -m64", `"/opt/c c/gcc" -x`, ""}, "CXX": {"clang++", ""},
		"CGO_CFLAGS": {"-O3", `-O2 "-I/opt/a b"`, "  ", ""}, "CGO_LDFLAGS": {"-L/opt/lib", "'-la b' -lc", ""}, "CGO_CPPFLAGS": {"-DX=1", ""}, "CGO_CXXFLAGS": {"-g", ""},
		"PKG_CONFIG": {"pkgconf", "pkg-config --static", ""}, "GODEBUG": {"netdns=go", ""},
		"GOROOT": {m.real, m.own, m.linked, m.own + "/", m.linked + "/./bin/..", filepath.Join(m.homes, "root/go"), "/home/dev/nowhere", "", "", ""},
	}
	m.checked = slices.Sorted(maps.Keys(m.values))
	m.other = []string{"GOPRVATE", "HTTPS_PROXY", "GONOSUMCHECK", "GOENV", "GODEBUG", "GOGC", "A"}
	return m
}

func pick[T any](m *maker, from ...T) T { return from[m.IntN(len(from))] }

func (m *maker) setting() (key, value string) {
	switch m.IntN(10) {
	case 0, 1, 2:
		key = pick(m, m.checked...)
		return key, pick(m, m.values[key]...)
	case 3:
		return pick(m, m.other...), "x"
	}
	return pick(m, m.free...), pick(m, "", " ", "off", "local", "auto", "0", "1", "true", "https://goproxy.cn,direct", "https://goproxy.cn|https://mirrors.aliyun.com/goproxy/,direct",
		"sum.golang.google.cn", "*.corp.test,git.corp.test/team", `"quoted"`, "$HOME/go", "/home/dev/x", "rel/ative", "a=b=c", "x # y", "git.corp.test ", "-mod=mod", "中文", "\xff\xfe", "https://u:p@h.test/")
}

// file makes the text of an env file.
func (m *maker) file(goroot bool) string {
	var b strings.Builder
	if m.IntN(12) == 0 {
		b.WriteString(bom)
	}
	for i := range m.IntN(8) {
		key, value := m.setting()
		if i == 0 && m.IntN(4) == 0 {
			key, value = "GOROOT", pick(m, m.values["GOROOT"]...)
		}
		if key == "GOROOT" && goroot {
			value = "/home/dev/ignored"
		}
		line := key + "=" + value
		switch m.IntN(14) {
		case 0:
			line = "export " + line
		case 1:
			line = " " + line
		case 2:
			line = key + " = " + value
		case 3:
			line = strings.ToLower(key) + "=" + value
		case 4:
			line = pick(m, "# comment", "", "=", "GOPROXY", "junk \x00\x01", "==", "Z", "[section]", "GO\x00PROXY=x")
		case 5:
			if slices.Contains(m.free, key) { // others would stop go
				line += "\r"
			}
		case 6:
			if slices.Contains(m.free, key) {
				line += "\x00"
			}
		case 7:
			line += "\n" + line // twice the same key
		}
		b.WriteString(line + "\n")
	}
	text := b.String()
	if m.IntN(5) == 0 {
		text = strings.TrimSuffix(text, "\n")
	}
	if m.IntN(25) == 0 {
		text = toUTF16(text)
	}
	return text
}

func toUTF16(s string) string {
	var b strings.Builder
	b.WriteString("\xff\xfe")
	for _, c := range []byte(s) {
		b.Write([]byte{c, 0})
	}
	return b.String()
}

func (m *maker) environment() environment {
	c := environment{dir: m.dir, exe: filepath.Join(pick(m, m.real, m.own, m.own, m.linked), "bin/go")}
	set := func(key, value string) { c.environ = append(c.environ, key+"="+value) }
	set("PATH", "/home/dev/empty")
	for range m.IntN(5) {
		if key, value := m.setting(); !slices.Contains([]string{"GOENV", "GOGC"}, key) {
			set(key, value)
		}
	}
	if m.IntN(4) == 0 {
		set("GOROOT", pick(m, m.values["GOROOT"]...))
	}
	for _, root := range []string{m.own, m.linked} {
		path := filepath.Join(root, "go.env")
		os.Remove(path)
		if m.IntN(4) > 0 {
			write(m.t, path, m.file(true)+pick(m, "", "\nGOPROXY=https://a.test,direct\nGOPROXY=https://b.test\nGOSUMDB=sum.golang.org\nGOTOOLCHAIN=auto\n"))
		}
	}
	home := pick(m, filepath.Join(m.homes, "dev"), filepath.Join(m.homes, "root"), "rel", "")
	if home != "" {
		set("HOME", home)
	}
	abs := home
	if home == "rel" {
		abs = filepath.Join(m.dir, home)
	}
	path := filepath.Join(m.homes, "any")
	switch m.IntN(8) {
	case 0:
		set("GOENV", "off")
	case 1:
		set("GOENV", m.homes) // a folder
	case 2:
		set("GOENV", filepath.Join(m.homes, "missing"))
	case 3:
		xdg := pick(m, filepath.Join(m.homes, "xdg"), "xdg")
		set("XDG_CONFIG_HOME", xdg)
		set("XDG_CACHE_HOME", xdg)
		path = filepath.Join(m.homes, "xdg/go/env")
	case 4:
		if abs != "" {
			path = filepath.Join(abs, ".config/go/env")
		}
	default:
		set("GOENV", path)
	}
	write(m.t, path, m.file(false))
	return c
}
