package vuln

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// database makes one with a report against golang.org/x/mod's semver.IsValid, in
// versions below v0.99.0.
func database(t testing.TB, modified string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "漏洞 db")
	for name, text := range map[string]string{
		"index/db.json":      `{"modified":"` + modified + `"}`,
		"index/modules.json": `[{"path":"golang.org/x/mod","vulns":[{"id":"GO-2099-0001","modified":"` + modified + `","fixed":"0.99.0"}]}]`,
		"index/vulns.json":   `[{"id":"GO-2099-0001","modified":"` + modified + `","aliases":["CVE-2099-1"]}]`,
		"ID/GO-2099-0001.json": `{"schema_version":"1.3.1","id":"GO-2099-0001","modified":"` + modified + `","published":"` + modified + `","aliases":["CVE-2099-1"],
"summary":"made up for a test","affected":[{"package":{"name":"golang.org/x/mod","ecosystem":"Go"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"0.99.0"}]}],
"ecosystem_specific":{"imports":[{"path":"golang.org/x/mod/semver","symbols":["IsValid"]}]}}]}`,
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// program builds one that calls IsValid, or only another function of the package.
func program(t testing.TB, call string) string {
	t.Helper()
	dir := t.TempDir()
	sums, err := os.ReadFile(filepath.Join("..", "..", "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"go.mod": "module example.cn/app\n\ngo 1.24\n\nrequire golang.org/x/mod v0.42.0\n", "go.sum": string(sums),
		"main.go": "package main\n\nimport (\n\t\"os\"\n\n\t\"golang.org/x/mod/" + strings.Split(call, ".")[0] + "\"\n)\n\nfunc main() { println(" + call + "(os.Args[0])) }\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", "app", ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off", "GOFLAGS=-mod=mod", "GOENV=off", "GOTOOLCHAIN=local")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return filepath.Join(dir, "app")
}

func govulncheck(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("govulncheck"); err != nil {
		if os.Getenv("YINGZAO_E2E") == "require" {
			t.Fatal(err)
		}
		t.Skip("govulncheck is not installed")
	}
}

func TestRealGovulncheck(t *testing.T) {
	govulncheck(t)
	s, err := New(Options{DB: database(t, "2026-01-02T03:04:05Z"), Now: time.Date(2026, 2, 10, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	if !s.Stale() || s.Days() != 38 {
		t.Errorf("%d days, stale %v", s.Days(), s.Stale())
	}
	for call, want := range map[string]string{
		"semver.IsValid":   "error GO-2099-0001 (CVE-2099-1) in golang.org/x/mod@v0.42.0, fixed in v0.99.0: golang.org/x/mod/semver.IsValid is in the program",
		"module.CheckPath": "",
	} {
		start := time.Now()
		file := program(t, call)
		built := time.Now()
		found, err := s.Scan(t.Context(), file)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: built in %v, scanned in %v", call, built.Sub(start), time.Since(built))
		if call == "module.CheckPath" { // links semver too; whether the function is inside is the linker's affair
			if len(found) != 1 || found[0].Module != "golang.org/x/mod" {
				t.Errorf("%+v", found)
			}
			continue
		}
		if len(found) != 1 || found[0].Severity()+" "+found[0].Text().EN != want || found[0].Summary == "" {
			t.Errorf("%s: %+v", call, found)
		}
	}
	text := filepath.Join(t.TempDir(), "no program")
	if err := os.WriteFile(text, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Scan(t.Context(), text); msg.KindOf(err) != msg.Incomplete {
		t.Errorf("a script: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Scan(ctx, text); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestWhatCannotBeAsked(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	broken := t.TempDir()
	if err := os.MkdirAll(filepath.Join(broken, "index"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(broken, "index", "db.json"), []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, o := range map[string]Options{
		"no tool": {Tool: filepath.Join(broken, "gone"), DB: database(t, "2026-01-02T03:04:05Z")}, "no database": {Tool: self, DB: t.TempDir()}, "a broken database": {Tool: self, DB: broken},
	} {
		if _, err := New(o); msg.KindOf(err) != msg.Incomplete || msg.Hint(err).ZH == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

const config = `{"config":{"protocol_version":"v1.0.0","scan_mode":"binary"}}`

func TestParse(t *testing.T) {
	osv := `{"osv":{"id":"GO-1","aliases":["CVE-1"],"summary":"s"}}`
	finding := func(fixed, trace string) string {
		return `{"finding":{"osv":"GO-1","fixed_version":"` + fixed + `","trace":[` + trace + `]}}`
	}
	mod := `{"module":"m","version":"v1.0.0"}`
	pkg := `{"module":"m","version":"v1.0.0","package":"m/p"}`
	sym := `{"module":"m","version":"v1.0.0","package":"m/p","function":"F","receiver":"*T"}`
	for name, tc := range map[string]struct{ stream, want string }{
		"nothing found": {config, ""},
		"module":        {config + osv + finding("v1.1.0", mod), "warning GO-1 (CVE-1) in m@v1.0.0, fixed in v1.1.0: the module is linked, not the vulnerable package"},
		"package":       {config + finding("", mod) + finding("", pkg), "warning GO-1 in m@v1.0.0, there is no fixed version yet: package m/p is linked, the vulnerable function is not"},
		"symbol":        {config + finding("", sym) + finding("", mod) + finding("", sym), "error GO-1 in m@v1.0.0, there is no fixed version yet: m/p.*T.F is in the program"},
	} {
		found, err := Parse([]byte(tc.stream))
		got := ""
		for _, f := range found {
			got += f.Severity() + " " + f.Text().EN
			if f.Text().ZH == f.Text().EN {
				t.Errorf("%s: not told in Chinese", name)
			}
		}
		if err != nil || got != tc.want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for name, stream := range map[string]string{
		"nothing": "", "cut short": config + `{"finding":{"osv":"G`, "another mode": `{"config":{"scan_mode":"source"}}`, "no head": finding("", sym), "not JSON": "No vulnerabilities found.\n",
	} {
		if found, err := Parse([]byte(stream)); err == nil {
			t.Errorf("%s is read: %+v", name, found)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(config + `{"finding":{"osv":"GO-1","trace":[{"module":"m","function":"F"}]}}`))
	f.Add([]byte(config))
	f.Fuzz(func(t *testing.T, b []byte) {
		found, err := Parse(b)
		for _, x := range found {
			if x.Text().EN == "" || err != nil {
				t.Error("a finding without a text, or with an error")
			}
		}
	})
}
