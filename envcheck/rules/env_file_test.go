package rules

import (
	"bytes"
	"encoding/binary"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/yingzao-dev/yingzao/envcheck"
)

// envFileReproductions are states of the user's env file.
func envFileReproductions() []reproduction {
	return []reproduction{
		{code: "ENV003", name: "carriage returns", envFile: "GOPRIVATE=git.corp.example\r\nGOPATH={home}/go\r\n", run: []string{"env", "GOPRIVATE"}, says: "git.corp.example\r\n", finding: rewrites("GOPRIVATE=git.corp.example\nGOPATH=")},
		{code: "ENV003", name: "carriage return in GOTOOLCHAIN", envFile: "GOTOOLCHAIN=local\r\n", run: []string{"version"}, fails: true, says: `invalid GOTOOLCHAIN "local\r"`},
		{code: "ENV003", name: "byte order mark", envFile: "\ufeffGOPRIVATE=git.corp.example\nGONOPROXY=none\n", run: []string{"env", "GOPRIVATE"}, verify: saysExactly("\n"), finding: rewrites("GOPRIVATE=git.corp.example\nGONOPROXY=none\n")},
		{code: "ENV003", name: "UTF-16", prepare: writeEnvFile(utf16File("GOPRIVATE=git.corp.example\r\nGOFLAGS=-mod=mod\r\n")), run: []string{"env", "GOPRIVATE", "GOFLAGS"}, verify: saysExactly("\n\n"), finding: rewrites("GOPRIVATE=git.corp.example\nGOFLAGS=-mod=mod\n")},
		{code: "ENV003", name: "a program", prepare: writeEnvFile([]byte("\x7fELF\x02\x01\x00\x00")), finding: byHand},
		{code: "ENV003", name: "nothing is laxer unasked", envFile: "GOSUMDB=off\r\n", finding: unsafe},
		{code: "ENV003", clean: true, envFile: "# 私有模块\nGOPRIVATE=git.corp.example\n\nGOFLAGS=\n"},

		{code: "ENV004", name: "export", envFile: "export GOPRIVATE=git.corp.example\n", run: []string{"env", "GOPRIVATE"}, verify: saysExactly("\n"), finding: rewrites("GOPRIVATE=git.corp.example\n")},
		{code: "ENV004", name: "PowerShell", envFile: `$env:GOPRIVATE="git.corp.example"` + "\n", run: []string{"env", "GOPRIVATE"}, verify: saysExactly("\n"), finding: rewrites("GOPRIVATE=git.corp.example\n")},
		{code: "ENV004", name: "indented", envFile: "  GOPRIVATE=git.corp.example\n", run: []string{"env", "GOPRIVATE"}, verify: saysExactly("\n"), finding: rewrites("GOPRIVATE=git.corp.example\n")},
		{code: "ENV004", name: "space before =", envFile: "GOPRIVATE = git.corp.example\n", run: []string{"env", "GOPRIVATE"}, verify: saysExactly("\n"), finding: rewrites("GOPRIVATE=git.corp.example\n")},
		{code: "ENV004", name: "quotes", envFile: "GOBIN=\"{home}/bin\"\n", run: []string{"env", "GOBIN"}, says: `"{home}/bin"`, finding: rewrites("GOBIN=/")},
		{code: "ENV004", name: "home", envFile: "GOBIN=$HOME/bin\n", run: []string{"env", "GOBIN"}, says: "$HOME/bin", finding: rewrites("GOBIN=/")},
		{code: "ENV004", name: "another variable", envFile: "GOBIN=$CORP/bin\n", run: []string{"env", "GOBIN"}, says: "$CORP/bin", finding: byHand},
		{code: "ENV004", name: "comment", envFile: "GOINSECURE=git.corp.example # old server\n", run: []string{"env", "GOINSECURE"}, says: "git.corp.example # old server", finding: rewrites("GOINSECURE=git.corp.example\n")},
		{code: "ENV004", name: "lower case", envFile: "goprivate=git.corp.example\n", run: []string{"env", "GOPRIVATE"}, verify: saysExactly("\n"), finding: rewrites("GOPRIVATE=git.corp.example\n")},
		{code: "ENV004", name: "no assignment", envFile: "GOPRIVATE git.corp.example\n", run: []string{"env", "GOPRIVATE"}, verify: saysExactly("\n"), finding: byHand},
		{code: "ENV004", name: "encoding and form at once", envFile: "export GOPRIVATE=git.corp.example\r\n", finding: rewrites("GOPRIVATE=git.corp.example\n")},
		{code: "ENV004", clean: true, envFile: "# export GOPRIVATE=x\n\nGOPRIVATE=git.corp.example,*.corp.example\nGOFLAGS='-ldflags=-s -w'\nGOPROXY=https://goproxy.cn|direct\n"},

		{code: "ENV005", name: "shown all the same", environ: map[string]string{"HTTPS_PROXY": ""}, envFile: "HTTPS_PROXY=http://proxy.corp.example:3128\n", run: []string{"env", "HTTPS_PROXY"}, says: "http://proxy.corp.example:3128"},
		{code: "ENV005", name: "GODEBUG", envFile: "GODEBUG=http2client=0\n", run: []string{"env", "GODEBUG"}, verify: saysExactly("\n")},
		{code: "ENV005", name: "not Go's", envFile: "JAVA_HOME=/usr/lib/jvm\n", run: []string{"env", "-w", "JAVA_OPTS=-x"}, fails: true, says: "unknown go command variable JAVA_OPTS"},
		{code: "ENV005", clean: true, envFile: "GOPROXY=https://goproxy.cn,direct\nCGO_ENABLED=0\nCC=gcc\n"},

		{code: "ENV006", envFile: "GOPATH={home}/a\nGOPATH={home}/b\n", run: []string{"env", "GOPATH"}, says: "{home}/b", silent: "/a\n"},
		{code: "ENV006", clean: true, envFile: "GOPATH={home}/a\n# GOPATH={home}/b\n"},

		{code: "ENV007", environ: map[string]string{"GOENV": "off"}, envFile: "GOPRIVATE=git.corp.example\n", run: []string{"env", "GOPRIVATE"}, verify: saysExactly("\n")},
		{code: "ENV007", name: "a build machine does so on purpose", clean: true, profile: "ci", environ: map[string]string{"GOENV": "off"}},
		{code: "ENV007", clean: true, environ: map[string]string{"GOENV": "{home}/settings"}},

		{code: "ENV009", name: "in the file", envFile: "GOPRVATE=git.corp.example\n", run: []string{"env", "GOPRIVATE"}, verify: saysExactly("\n")},
		{code: "ENV009", name: "go env -w refuses it", environ: map[string]string{"GOPRVATE": "x"}, run: []string{"env", "-w", "GOPRVATE=git.corp.example"}, fails: true, says: "unknown go command variable GOPRVATE"},
		{code: "ENV009", name: "in the environment", environ: map[string]string{"GOPROXYS": "off", "GOPROXY": "{mirror}/ok", "GONOSUMDB": "*"}, run: []string{"mod", "download", "example.com/hello@v1.0.0"}, verify: func(*testing.T, *world, string) {}},
		{code: "ENV009", name: "in a CI file", change: setting(envcheck.FromGitLab, ".gitlab-ci.yml", 3, "GOSUMBD", "sum.golang.org")},
		{code: "ENV009", name: "other people's names", clean: true, environ: map[string]string{"GO_VERSION": "1.26", "GOLANG_VERSION": "1.26.8", "GO_ENV": "test", "GOOGLE_CLOUD_PROJECT": "x", "GOSU": "1", "GOTELEMETRY": "off", "GOPACKAGESDRIVER": "off", "GOGS_CUSTOM": "x"}},

		{code: "ENV010", name: "GOROOT", envFile: "GOROOT={home}/absent\n", run: []string{"env", "-u", "GOROOT"}, fails: true, says: "go: cannot find GOROOT directory: {home}/absent", finding: unsets("GOROOT")},
		{code: "ENV010", name: "GOTOOLCHAIN", envFile: "GOTOOLCHAIN=1.26.8\n", run: []string{"env", "-u", "GOTOOLCHAIN"}, fails: true, says: `go: invalid GOTOOLCHAIN "1.26.8"`, finding: unsets("GOTOOLCHAIN")},
		{code: "ENV010", name: "the way out for GOTOOLCHAIN", envFile: "GOTOOLCHAIN=1.26.8\n", run: []string{"env", "-w", "GOTOOLCHAIN=auto"}, verify: func(*testing.T, *world, string) {}},
		{code: "ENV010", name: "GOFLAGS", envFile: "GOFLAGS=-bogus\n", run: []string{"version"}, fails: true, says: "go: parsing $GOFLAGS: unknown flag -bogus", finding: unsets("GOFLAGS")},
		{code: "ENV010", name: "the way out for GOFLAGS", envFile: "GOFLAGS=-bogus\n", run: []string{"env", "-u", "GOFLAGS"}, verify: func(*testing.T, *world, string) {}},
		{code: "ENV010", name: "what was meant is clear", envFile: "GOFLAGS=-mod readonly\n", run: []string{"build"}, fails: true, says: `go: parsing $GOFLAGS: non-flag "readonly"`, finding: sets("GOFLAGS", "-mod=readonly")},
		{code: "ENV010", name: "shadowed, so it does no harm", clean: true, environ: map[string]string{"GOFLAGS": "-v"}, envFile: "GOFLAGS=-bogus\n"},
		{code: "ENV010", clean: true, envFile: "GOTOOLCHAIN=go1.26.8+auto\nGOFLAGS=-mod=readonly -trimpath\n"},

		{code: "ENV015", change: func(_ *testing.T, s *envcheck.Snapshot) { s.EnvFile.Writable = false }},
		{code: "ENV015", clean: true},
		{code: "ENV018", name: "a folder", environ: map[string]string{"GOENV": "{home}"}, run: []string{"env", "GOPRIVATE"}, verify: saysExactly("\n")},
		{code: "ENV018", name: "no permission", envFile: "GOPRIVATE=x\n", change: func(_ *testing.T, s *envcheck.Snapshot) { s.EnvFile.Data, s.EnvFile.Error = nil, "permission denied" }},
		{code: "ENV018", clean: true, envFile: "GOPRIVATE=x\n"},
		{code: "ENV019", name: "root's", envFile: "GOPRIVATE=x\n", change: func(_ *testing.T, s *envcheck.Snapshot) { s.Machine.UID, s.EnvFile.UID = 1000, 0 }, finding: severity(envcheck.Warning)},
		{code: "ENV019", name: "a stranger's", envFile: "GOPRIVATE=x\n", change: func(_ *testing.T, s *envcheck.Snapshot) { s.Machine.UID, s.EnvFile.UID = 1000, 1001 }, finding: severity(envcheck.Security)},
		{code: "ENV019", clean: true, envFile: "GOPRIVATE=x\n", change: func(_ *testing.T, s *envcheck.Snapshot) { s.Machine.UID, s.EnvFile.UID = 1000, 1000 }},
		{code: "ENV020", environ: map[string]string{"GOENV": "settings"}, files: map[string]string{"settings": "GOPRIVATE=git.corp.example\n"}, run: []string{"env", "GOPRIVATE"}, says: "git.corp.example"},
		{code: "ENV020", clean: true, environ: map[string]string{"GOENV": "{dir}/settings"}},
	}
}

func writeEnvFile(data []byte) func(*testing.T, *world) {
	return func(t *testing.T, w *world) { w.write(t, filepath.Join(w.home, ".config", "go", "env"), string(data)) }
}

func utf16File(text string) []byte {
	var b bytes.Buffer
	b.WriteString("\xff\xfe")
	for _, u := range utf16.Encode([]rune(text)) {
		_ = binary.Write(&b, binary.LittleEndian, u)
	}
	return b.Bytes()
}

// saysExactly asserts all that the go command prints.
func saysExactly(want string) func(*testing.T, *world, string) {
	return func(t *testing.T, _ *world, out string) {
		if out != want {
			t.Errorf("go says %q, want %q", out, want)
		}
	}
}

// rewrites asserts that the fix writes a file that begins with the text.
func rewrites(want string) func(*testing.T, envcheck.Finding) {
	return func(t *testing.T, f envcheck.Finding) {
		if f.Fix == nil || len(f.Fix.Changes) != 1 || f.Fix.Changes[0].Kind != envcheck.Rewrite || !strings.HasPrefix(string(f.Fix.Changes[0].Data), want) {
			t.Errorf("the fix is %+v, want one that writes %q", f.Fix, want)
		}
	}
}

func unsets(key string) func(*testing.T, envcheck.Finding) {
	return func(t *testing.T, f envcheck.Finding) {
		if f.Subject != key || f.Fix == nil || !f.Fix.Safe || len(f.Fix.Changes) != 1 || f.Fix.Changes[0].Kind != envcheck.UnsetEnv || f.Fix.Changes[0].Key != key {
			t.Errorf("%s: the fix is %+v, want a safe one that unsets %s", f.Subject, f.Fix, key)
		}
	}
}

func byHand(t *testing.T, f envcheck.Finding) {
	if f.Fix != nil && len(f.Fix.Changes) > 0 {
		t.Errorf("the fix is %+v, but only a person can know", f.Fix)
	}
}

func unsafe(t *testing.T, f envcheck.Finding) {
	if f.Fix == nil || f.Fix.Safe {
		t.Errorf("the fix is %+v, want one that has to be asked for", f.Fix)
	}
}

func severity(want envcheck.Severity) func(*testing.T, envcheck.Finding) {
	return func(t *testing.T, f envcheck.Finding) {
		if f.Severity != want {
			t.Errorf("severity %s, want %s: %s", f.Severity, want, f.Message.EN)
		}
	}
}

// setting adds a value that some file gives to a setting.
func setting(origin, file string, line int, key, value string) func(*testing.T, *envcheck.Snapshot) {
	return func(_ *testing.T, s *envcheck.Snapshot) {
		s.Settings = append(s.Settings, envcheck.Setting{Key: key, Value: value, Place: envcheck.Place{Origin: origin, File: file, Line: line}})
	}
}

// Each line that stops go is a finding of its own: to mend one is not enough.
func TestBrickedTwice(t *testing.T) {
	s := envcheck.Snapshot{EnvFile: envcheck.EnvFile{TextFile: envcheck.TextFile{Path: "/home/dev/.config/go/env", Exists: true, Data: []byte("GOTOOLCHAIN=1.26.8\nGOFLAGS=-bogus -v\nGOPRIVATE=x\n")}, Writable: true}}
	findings := env010.Find(envcheck.NewView(&s, envcheck.Profile{}, envcheck.Policy{}))
	if len(findings) != 2 {
		t.Fatalf("%d findings, want one for each line that stops go", len(findings))
	}
}

// FuzzCleanEnvFile: whatever the file holds, cleaning it ends, a second time
// changes nothing, and a line that is said to be mended is.
func FuzzCleanEnvFile(f *testing.F) {
	for _, s := range []string{"export GOPROXY='a' # b\r\n", "\xff\xfeG\x00O\x00", "$env:GOBIN = \"x\"\nGOBIN=~/a\n", "GOFLAGS=\"-v\" x", " = \n=\n", "\xef\xbb\xbfGOOS=linux"} {
		f.Add([]byte(s))
	}
	clean := func(data []byte) (*envcheck.View, cleaning) {
		s := &envcheck.Snapshot{Home: "/home/dev", EnvFile: envcheck.EnvFile{TextFile: envcheck.TextFile{Path: "/home/dev/.config/go/env", Exists: true, Data: data}}}
		v := envcheck.NewView(s, envcheck.Profile{}, envcheck.Policy{})
		return v, cleanEnvFile(v)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		_, once := clean(data)
		if once.data == nil {
			return
		}
		v, twice := clean(once.data)
		if !bytes.Equal(once.data, twice.data) {
			t.Errorf("%q becomes %q, then %q", data, once.data, twice.data)
		}
		for _, n := range formNotes(v.EnvText) {
			if !once.left[n.Line] {
				t.Errorf("%q: line %d of %q is said to be mended", data, n.Line, once.data)
			}
		}
	})
}
