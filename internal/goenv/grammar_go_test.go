package goenv

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestFlagsAgainstGo asks the real go which flags it knows: all of ours at once,
// and one by one every word of its source that could be a flag and is not ours.
func TestFlagsAgainstGo(t *testing.T) {
	g := newGoModules(t)
	_, root := realGo(t)
	var all []string
	for name := range maps.Keys(knownFlag) {
		all = append(all, "-"+name)
	}
	// That -C wants a value, and what the others mean together, comes later.
	if stderr, _ := g.run([]string{"GOFLAGS=" + strings.Join(all, " ")}, "version"); strings.Contains(stderr, "unknown flag") || strings.Contains(stderr, "non-flag") {
		t.Fatalf("a flag of ours is unknown to go: %s", stderr)
	}
	candidates := sourceWords(t, filepath.Join(root, "src/cmd/go"), regexp.MustCompile(`(?:Flag|cf|fs|flags)\.[A-Z][A-Za-z0-9]*\(.*?"([A-Za-z][A-Za-z0-9.-]*)"`))
	asked := 0
	for _, name := range append(candidates, "bogus", "why", "graph", "test.bogus", "vettools", "V", "h", "help") {
		if knownFlag[name] {
			continue
		}
		asked++
		if stderr, err := g.run([]string{"GOFLAGS=-" + name}, "version"); err == nil || !strings.Contains(stderr, "go: parsing $GOFLAGS: unknown flag -"+name) {
			t.Errorf("go knows -%s, we do not: %s", name, stderr)
		}
	}
	t.Logf("%d known flags, %d words of the source, %d unknown ones asked", len(all), len(candidates), asked)
}

func sourceWords(t *testing.T, dir string, re *regexp.Regexp) []string {
	if _, err := os.Stat(dir); err != nil {
		t.Log("no source of the go command: ", err)
		return nil
	}
	seen := make(map[string]bool)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, m := range re.FindAllSubmatch(text, -1) {
			seen[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return slices.Sorted(maps.Keys(seen))
}

// TestSettingsAgainstGo compares the list of settings with the go command's.
func TestSettingsAgainstGo(t *testing.T) {
	_, root := realGo(t)
	text, err := os.ReadFile(filepath.Join(root, "src/internal/cfg/cfg.go"))
	if err != nil {
		t.Skip("no source of the go command: ", err)
	}
	_, list, _ := strings.Cut(string(text), "const KnownEnv = `")
	list, _, _ = strings.Cut(list, "`")
	// What go env shows and nobody can set, or of the process alone.
	reported := set("GOEXE GOGCCFLAGS GOHOSTARCH GOHOSTOS GOMOD GOTOOLDIR GOVERSION GOTELEMETRY GOTELEMETRYDIR")
	theirs := slices.DeleteFunc(strings.Fields(list), func(k string) bool { return k == "GOENV" || reported[k] })
	if slices.Sort(theirs); !slices.Equal(theirs, Settings()) {
		t.Errorf("ours %q\ntheirs %q", Settings(), theirs)
	}
}

// TestGrammarsAgainstGo gives values to the real go and compares its refusals,
// word for word.
func TestGrammarsAgainstGo(t *testing.T) {
	g := newGoModules(t)
	auth := func(v string) error { _, err := ParseAuth(v); return err }
	vcs := func(v string) error { _, err := ParseVCS(v); return err }
	toolchain := func(v string) error { _, err := ParseToolchain(v); return err }
	for _, tt := range []struct {
		key    string
		prefix string // before our text in go's
		more   []string
		args   []string
		parse  func(string) error
		fine   []string
		bad    []string
		marks  string // a text of every refusal of this kind
	}{
		{key: "GOFLAGS", prefix: "go: parsing $GOFLAGS: ", args: []string{"version"}, parse: CheckFlags, marks: "$GOFLAGS",
			fine: []string{"-mod=mod", "--mod=mod -v", "'-ldflags=-s -w'", `"-ldflags=-s -w"`, "-ldflags=-s -w", "\t-v\r\n-x ", "-insecure", "-test.v", "-mod", "'-v'-x"},
			bad:  []string{"-mod vendor", "-bogus", "-", "--", "---v", "-=x", "--=x", "vendor", "-v 'open", `"`, "x 'open", "-bogus x", "x -bogus", "''", "''-v", "-v'x", "-ldflags=-s -X main.v=1", "-test.bogus", "-MOD=mod"}},
		{key: "GOTOOLCHAIN", prefix: "go: ", args: []string{"version"}, parse: toolchain, marks: "invalid GOTOOLCHAIN", more: []string{"GOPROXY=off"},
			fine: []string{"local", "auto", "path", "go1.21.0", "go1.99.0", "go1.21.0+auto", "local+path", "go1.26.8-custom", "go1.22rc1", "go1.99.0\tx", "go1"},
			bad:  []string{"foo", "Local", "local+", "local+x", "auto+path", "1.26.8", "go1.26.8+", "go2.0", "go2+auto", "go01.2", "go1.26.x", "go1.2/x", "gccgo-go1.20.3", " local", "local ", "go"}},
		{key: "GOVCS", prefix: "", args: []string{"mod", "download", "github.com/none/none@v1.0.0"}, parse: vcs, marks: " GOVCS", more: []string{"GOPROXY=direct"},
			fine: []string{"*:all", "public:git|hg,private:all", " github.com : git | hg ", "a.test:git,public:all"},
			bad:  []string{",", "git", ":git", "a:", "./a:git", "..:git", "a:git,a:hg", "a:git||hg", "a:git,,b:hg", "private:all,private:git"}},
		{key: "GOAUTH", prefix: "go: ", args: []string{"mod", "download", "auth.test/x@v1.0.0"}, parse: auth, marks: "GOAUTH", more: []string{"GOPROXY=https://127.0.0.1:1"},
			fine: []string{"off", "netrc", " netrc ", "netrc;/home/dev/none 'a b'", " off", "/home/dev/none 'open"},
			bad:  []string{" ", ";", "netrc;", "off;netrc", ";off", "off;;", "git", "git rel", "git /a /b", "git rel;off", "netrc;git rel"}},
	} {
		for i, v := range append(slices.Clone(tt.fine), tt.bad...) {
			err := tt.parse(v)
			if want := i >= len(tt.fine); (err != nil) != want {
				t.Errorf("%s=%q: %v", tt.key, v, err)
				continue
			}
			stderr, runErr := g.run(append([]string{tt.key + "=" + v}, tt.more...), tt.args...)
			switch {
			case err == nil && strings.Contains(stderr, tt.marks) && !strings.Contains(stderr, "needs an argument"):
				t.Errorf("%s=%q: we accept it, go says %q", tt.key, v, stderr)
			case err != nil && (runErr == nil || !strings.Contains(stderr, tt.prefix+err.Error())):
				t.Errorf("%s=%q: we say %q, go says %q", tt.key, v, err, stderr)
			}
		}
	}
}

// TestFlagsOfEnv shows that go env itself obeys GOFLAGS: the -w of a scattered
// -ldflags turns it into go env -w.
func TestFlagsOfEnv(t *testing.T) {
	g := newGoModules(t)
	flags, err := ParseFlags("-ldflags=-s -w")
	if err != nil || CheckFlags("-ldflags=-s -w") != nil {
		t.Fatal(err)
	}
	traps := FlagTraps(flags)
	if len(traps) != 1 || traps[0].Kind != FlagDetached || traps[0].Flag.Name != "w" || traps[0].Of.Name != "ldflags" {
		t.Errorf("traps: %+v", traps)
	}
	if stderr, err := g.run([]string{"GOFLAGS=-ldflags=-s -w"}, "env", "GOPROXY"); err == nil || !strings.Contains(stderr, "arguments must be KEY=VALUE") {
		t.Errorf("go env: %v %s", err, stderr)
	}
	if stderr, err := g.run([]string{"GOFLAGS=-mod"}, "list"); err == nil || !strings.Contains(stderr, "flag needs an argument: -mod (from $GOFLAGS)") {
		t.Errorf("go list: %v %s", err, stderr)
	}
}

func TestFlagTraps(t *testing.T) {
	for value, want := range map[string]string{
		"-ldflags=-s -w -X main.a=b": "detached w, detached X", "'-ldflags=-s -w'": "", "-ldflags=-s -v -trimpath": "", "-ldflags=-s -count=1": "",
		"-mod": "needs-value mod", "-tags=a -w": "", "-gcflags=-N -l -v": "detached l", "-ldflags= -w": "", "-mod=mod --trimpath": "",
	} {
		flags, _ := ParseFlags(value)
		var got []string
		for _, trap := range FlagTraps(flags) {
			got = append(got, string(trap.Kind)+" "+trap.Flag.Name)
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
}

// TestSetAgainstGo compares with what go env -w writes.
func TestSetAgainstGo(t *testing.T) {
	g := newGoModules(t)
	for _, kv := range []string{"GOPROXY=anything at all", "GOSUMDB=x", "GOFLAGS=junk", "GO111MODULE=auto", "GO111MODULE=", "GOPATH=/home/dev/go", "GOPATH=", "GOTMPDIR=", "CC=gcc -m64"} {
		key, value, _ := strings.Cut(kv, "=")
		file := filepath.Join(t.TempDir(), "env")
		if stderr, err := g.run([]string{"GOENV=" + file}, "env", "-w", kv); err != nil {
			t.Errorf("%q: %s", kv, stderr)
			continue
		}
		f := ParseFile(nil)
		f.Set(key, value)
		if data, _ := os.ReadFile(file); string(data) != string(f.Bytes()) {
			t.Errorf("%q: we write %q, go %q", kv, f.Bytes(), data)
		}
	}
}
