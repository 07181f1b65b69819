package mend

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
)

var now = time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)

func write(t *testing.T, path, data string, mode fs.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(data), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func content(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func finding(code string, safe bool, changes ...envcheck.Change) envcheck.Finding {
	return envcheck.Finding{Code: code, Fix: &envcheck.Fix{Safe: safe, Changes: changes}}
}

func TestApplyAndUndoRestoreByteForByte(t *testing.T) {
	base := t.TempDir()
	env, netrc, made := filepath.Join(base, "cfg", "go", "env"), filepath.Join(base, ".netrc"), filepath.Join(base, "tmp")
	const before = "GOPROXY=https://goproxy.cn;direct\r\n# a remark\nGOROOT=/nonexistent"
	write(t, env, before, 0o640)
	write(t, netrc, "machine git.corp.example login a password b\n", 0o644)
	p, err := New(env, []envcheck.Finding{
		finding("PRX004", true, envcheck.Change{Kind: envcheck.SetEnv, Key: "GOPROXY", Value: "https://goproxy.cn,direct"}),
		finding("PRX012", true, envcheck.Change{Kind: envcheck.SetEnv, Key: "GOPROXY", Value: "https://other.example"}),
		finding("ENV010", true, envcheck.Change{Kind: envcheck.UnsetEnv, Key: "GOROOT"}),
		finding("VCS002", true, envcheck.Change{Kind: envcheck.Chmod, File: netrc, Mode: 0o600}),
		finding("CCH003", true, envcheck.Change{Kind: envcheck.MakeDir, File: made, Mode: 0o700}),
		finding("SUM001", false, envcheck.Change{Kind: envcheck.UnsetEnv, Key: "GOSUMDB"}),
		{Code: "NOFIX1"},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(p.Codes(), " "); got != "CCH003 ENV010 PRX004 VCS002" {
		t.Errorf("the plan mends %s", got)
	}
	d := p.Diff()
	for _, want := range []string{"-GOPROXY=https://goproxy.cn;direct\r\n+GOPROXY=https://goproxy.cn,direct\n", " # a remark\n", "-GOROOT=/nonexistent", "mode " + netrc + " -rw-r--r-- -> -rw-------", "mkdir " + made} {
		if !strings.Contains(d, want) {
			t.Errorf("the diff lacks %q:\n%s", want, d)
		}
	}
	j := Journal{Dir: filepath.Join(base, "state", "journal")}
	if err := j.Apply(context.Background(), p, now); err != nil {
		t.Fatal(err)
	}
	if got := content(t, env); got != "GOPROXY=https://goproxy.cn,direct\n# a remark\n" {
		t.Errorf("env file is %q", got)
	}
	for path, mode := range map[string]fs.FileMode{env: 0o640, netrc: 0o600, made: 0o700, j.Dir: 0o700} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v %v, want mode %v", path, info.Mode(), err, mode)
		}
	}
	entries, _ := os.ReadDir(j.Dir)
	if len(entries) != 1 {
		t.Fatalf("journal holds %v", entries)
	}
	if info, _ := entries[0].Info(); info.Mode().Perm() != 0o600 {
		t.Errorf("journal entry has mode %v", info.Mode())
	}

	restored, err := j.Undo()
	if err != nil || len(restored) != 3 {
		t.Fatal(restored, err)
	}
	if got := content(t, env); got != before {
		t.Errorf("env file came back as %q", got)
	}
	if info, _ := os.Stat(netrc); info.Mode().Perm() != 0o644 {
		t.Errorf("netrc came back with %v", info.Mode())
	}
	if _, err := os.Stat(made); !os.IsNotExist(err) {
		t.Errorf("the folder stayed: %v", err)
	}
	if again, err := j.Undo(); err != nil || again != nil {
		t.Errorf("a second undo gives %v, %v", again, err)
	}
}

func TestUndoLeavesForeignChangesAlone(t *testing.T) {
	base := t.TempDir()
	a, b := filepath.Join(base, "a"), filepath.Join(base, "b")
	write(t, a, "old a", 0o644)
	write(t, b, "old b", 0o644)
	p, err := New("", []envcheck.Finding{finding("X1", true, envcheck.Change{Kind: envcheck.Rewrite, File: a, Data: []byte("new a")}, envcheck.Change{Kind: envcheck.Rewrite, File: b, Data: []byte("new b")})}, nil)
	if err != nil {
		t.Fatal(err)
	}
	j := Journal{Dir: filepath.Join(base, "j")}
	if err := j.Apply(context.Background(), p, now); err != nil {
		t.Fatal(err)
	}
	write(t, a, "mine", 0o644)
	restored, err := j.Undo()
	if err == nil || !strings.Contains(err.Error(), a) || len(restored) != 1 || restored[0] != b {
		t.Errorf("restored %v, %v", restored, err)
	}
	if content(t, a) != "mine" || content(t, b) != "old b" {
		t.Errorf("a is %q, b is %q", content(t, a), content(t, b))
	}
	write(t, a, "new a", 0o644) // put right: the entry can be tried again
	if restored, err := j.Undo(); err != nil || len(restored) != 1 || content(t, a) != "old a" {
		t.Errorf("second try: %v %v", restored, err)
	}
}

func TestApplyRefusesWhatItHasNotSeen(t *testing.T) {
	base := t.TempDir()
	a := filepath.Join(base, "a")
	write(t, a, "old", 0o644)
	p, err := New("", []envcheck.Finding{finding("X1", true, envcheck.Change{Kind: envcheck.Rewrite, File: a, Data: []byte("new")})}, nil)
	if err != nil {
		t.Fatal(err)
	}
	write(t, a, "somebody else's", 0o644)
	j := Journal{Dir: filepath.Join(base, "j")}
	if err := j.Apply(context.Background(), p, now); err == nil || content(t, a) != "somebody else's" {
		t.Errorf("%v; the file is %q", err, content(t, a))
	}
	if _, err := os.Stat(j.Dir); !os.IsNotExist(err) {
		t.Error("a refused plan left a journal")
	}
	if err := j.Apply(context.Background(), &Plan{}, now); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(j.Dir); !os.IsNotExist(err) {
		t.Error("an empty plan left a journal")
	}
}

// stopAfter is a context that ends after so many looks.
type stopAfter struct {
	context.Context
	left int
}

func (c *stopAfter) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}

func TestFailureInBetweenTakesBack(t *testing.T) {
	for n := range 3 {
		base := t.TempDir()
		var changes []envcheck.Change
		for _, name := range []string{"a", "b", "c"} {
			write(t, filepath.Join(base, name), "old "+name, 0o644)
			changes = append(changes, envcheck.Change{Kind: envcheck.Rewrite, File: filepath.Join(base, name), Data: []byte("new " + name)})
		}
		p, err := New("", []envcheck.Finding{finding("X1", true, changes...)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		j := Journal{Dir: filepath.Join(base, "j")}
		if err := j.Apply(&stopAfter{context.Background(), n}, p, now); err == nil {
			t.Fatalf("stopped after %d: no error", n)
		}
		for _, name := range []string{"a", "b", "c"} {
			if got := content(t, filepath.Join(base, name)); got != "old "+name {
				t.Errorf("stopped after %d: %s is %q", n, name, got)
			}
		}
		if again, err := j.Undo(); err != nil || again != nil {
			t.Errorf("stopped after %d: undo gives %v, %v", n, again, err)
		}
	}
}

// A kill between the journal and the last file leaves any mixture of old and
// new files; undo knows both.
func TestUndoAfterAKill(t *testing.T) {
	for done := range 3 {
		base := t.TempDir()
		a, b := filepath.Join(base, "a"), filepath.Join(base, "b")
		write(t, a, "old a", 0o644)
		p, err := New("", []envcheck.Finding{finding("X1", true, envcheck.Change{Kind: envcheck.Rewrite, File: a, Data: []byte("new a")}, envcheck.Change{Kind: envcheck.Rewrite, File: b, Data: []byte("new b")})}, nil)
		if err != nil {
			t.Fatal(err)
		}
		j := Journal{Dir: filepath.Join(base, "j")}
		if _, err := j.record(p, now); err != nil {
			t.Fatal(err)
		}
		for _, f := range p.Files[:done] {
			if err := goenv.WriteFile(f.Path, f.After, f.NewMode); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := j.Undo(); err != nil {
			t.Errorf("after %d: %v", done, err)
		}
		if content(t, a) != "old a" {
			t.Errorf("after %d: a is %q", done, content(t, a))
		}
		if _, err := os.Stat(b); !os.IsNotExist(err) {
			t.Errorf("after %d: b is there", done)
		}
	}
}

func TestSettleFollowsWhatItUncovers(t *testing.T) {
	env := filepath.Join(t.TempDir(), "env")
	write(t, env, "A=1\n", 0o644)
	s := &envcheck.Snapshot{EnvFile: envcheck.EnvFile{TextFile: envcheck.TextFile{Path: env, Exists: true, Data: []byte("A=1\n")}}}
	chain := map[string]string{"1": "2", "2": "3"}
	check := func(s *envcheck.Snapshot) *envcheck.Report {
		a, _ := goenv.ParseFile(s.EnvFile.Data).Get("A")
		r := &envcheck.Report{}
		if to, ok := chain[a.Value]; ok {
			r.Findings = append(r.Findings, finding("A"+a.Value, true, envcheck.Change{Kind: envcheck.SetEnv, Key: "A", Value: to}))
		}
		return r
	}
	p, after, err := Settle(s, nil, check)
	if err != nil || len(after.Findings) != 0 || string(p.Files[0].After) != "A=3\n" || strings.Join(p.Codes(), " ") != "A1 A2" {
		t.Fatalf("%v %+v %v", err, p, after.Findings)
	}
	if string(s.EnvFile.Data) != "A=1\n" {
		t.Error("settling changed the snapshot")
	}
	chain["3"] = "1" // fixes that fight each other end all the same
	if _, _, err := Settle(s, nil, check); err != nil {
		t.Error(err)
	}
}

func TestNamedFixAndMissingEnvFile(t *testing.T) {
	unsafe := finding("SUM001", false, envcheck.Change{Kind: envcheck.UnsetEnv, Key: "GOSUMDB"})
	env := filepath.Join(t.TempDir(), "env")
	write(t, env, "GOSUMDB=off\n", 0o644)
	if p, err := New(env, []envcheck.Finding{unsafe}, []string{"SUM001"}); err != nil || len(p.Files) != 1 || len(p.Files[0].After) != 0 {
		t.Error(p, err)
	}
	if _, err := New("", []envcheck.Finding{unsafe}, []string{"SUM001"}); err == nil {
		t.Error("an env file without a place was accepted")
	}
	if p, err := New(filepath.Join(t.TempDir(), "new", "env"), []envcheck.Finding{finding("X1", true, envcheck.Change{Kind: envcheck.UnsetEnv, Key: "GOSUMDB"})}, nil); err != nil || !p.Empty() {
		t.Errorf("removing a line from a file that is not there is a change: %+v %v", p, err)
	}
}
