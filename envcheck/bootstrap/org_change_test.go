//go:build unix

package bootstrap

import (
	"context"
	"encoding/pem"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/envcheck"
)

// An organisation's file that drops its hosts and its certificate leaves neither in
// git's configuration nor in the shells; a run without any file leaves all as it is.
func TestOrgChanges(t *testing.T) {
	w, dir := settled(t)
	w.Org.CA = string(siteCert(t))
	apply(t, look(t, dir), w)
	own := look(t, dir).join("git", "config")
	if text := read(t, own); !strings.Contains(text, "insteadOf") || !strings.Contains(text, "sslCAInfo") {
		t.Fatal(text)
	}
	none := w
	none.Org = nil
	if p, err := plan(t, look(t, dir), none); err != nil || !p.Empty() {
		t.Errorf("without an organisation's file: %v\n%s", err, p.Files().Diff())
	}
	fewer := *w.Org
	fewer.Git, fewer.CA, fewer.Sequence = nil, "", 8
	w.Org = &fewer
	apply(t, look(t, dir), w)
	if text := read(t, own); strings.Contains(text, "insteadOf") || strings.Contains(text, "sslCAInfo") {
		t.Errorf("git keeps\n%s", text)
	}
	if strings.Contains(read(t, filepath.Join(dir, ".profile")), "SSL_CERT_DIR") {
		t.Error("shells keep the certificate")
	}
	if p, err := plan(t, look(t, dir), w); err != nil || !p.Empty() {
		t.Errorf("a second plan: %v\n%s", err, p.Files().Diff())
	}
	if _, err := look(t, dir).Undo(true); err != nil {
		t.Fatal(err)
	}
	if got := tree(t, dir, false, ".local"); got != ". drwxr-xr-x\n.local drwxr-xr-x\n" && got != ". drwxr-xr-x\n" {
		t.Errorf("after undo of all:\n%s", got)
	}
}

// What an organisation's file set and a later one says nothing about goes back to what
// stood before any of them, which the plan shows; what somebody changed since stays and
// is named, and so does what a profile set.
func TestOrgFallsSilent(t *testing.T) {
	const (
		own     = "GOFLAGS=-mod=mod\nGOPROXY=https://own.example\n"
		corpOne = "https://one.corp.example,direct"
		corpTwo = "https://two.corp.example,direct"
	)
	all := Org{Name: "corp", GOPROXY: corpOne, GOSUMDB: "sum.golang.google.cn", GOTOOLCHAIN: "local", Private: []string{"git.corp.example"}}
	two := all
	two.GOPROXY = corpTwo
	silent := Org{Name: "corp", Private: []string{"git.corp.example"}}
	for name, c := range map[string]struct {
		have string
		runs []any // an Org that is applied, a profile, or what the env file becomes by hand
		want string
		diff string // of the plan that makes it so
		note string // what the note about a changed setting begins with
	}{
		"back to what stood":     {have: own, runs: []any{all, silent}, want: own + "GOPRIVATE=git.corp.example\n", diff: "+GOPROXY=https://own.example"},
		"taken away":             {runs: []any{all, silent}, want: "GOPRIVATE=git.corp.example\n", diff: "-GOPROXY=" + corpOne},
		"over two files":         {have: own, runs: []any{all, two, silent}, want: own + "GOPRIVATE=git.corp.example\n"},
		"said again, and silent": {have: own, runs: []any{all, silent, two, silent}, want: own + "GOPRIVATE=git.corp.example\n"},
		"the same as before":     {have: "GOPROXY=" + corpOne + "\n", runs: []any{Org{GOPROXY: corpOne}, Org{}}, want: "GOPROXY=" + corpOne + "\n"},
		"empty before":           {have: "GOPROXY=\n", runs: []any{all, silent}, want: "GOPRIVATE=git.corp.example\n", diff: "-GOPROXY=" + corpOne},
		"by hand since":          {have: own, runs: []any{all, "GOPROXY=https://u:geheim@hand.example\nGOSUMDB=sum.golang.google.cn\n", silent}, want: "GOPROXY=https://u:geheim@hand.example\nGOPRIVATE=git.corp.example\n", note: "GOPROXY is https://"},
		"by hand in between":     {have: own, runs: []any{all, "GOPROXY=https://hand.example\n", two, silent}, want: "GOPROXY=https://hand.example\nGOPRIVATE=git.corp.example\n"},
		"removed by hand":        {have: own, runs: []any{all, "GOFLAGS=-mod=mod\n", silent}, want: "GOFLAGS=-mod=mod\nGOPRIVATE=git.corp.example\n"},
		"off is not put back":    {have: "GOSUMDB=off\n", runs: []any{all, silent}, want: "GOPRIVATE=git.corp.example\n"},
		"a profile since":        {have: own, runs: []any{all, "cn", silent}, want: "GOFLAGS=-mod=mod\nGOPROXY=" + envcheck.MirrorsCN + "\nGOPRIVATE=git.corp.example\n"},
		"a profile before":       {runs: []any{"cn", all, silent}, want: "GOPROXY=" + envcheck.MirrorsCN + "\nGOPRIVATE=git.corp.example\n"},
		"after undo":             {have: own, runs: []any{all, undoLast, silent}, want: own + "GOPRIVATE=git.corp.example\n"},
	} {
		t.Run(name, func(t *testing.T) {
			w, dir := settled(t)
			env := filepath.Join(dir, ".config", "go", "env")
			if c.have != "" {
				write(t, env, c.have)
			}
			var p *Plan
			for _, run := range c.runs {
				w.Org, w.Profile = nil, envcheck.Profile{}
				switch run := run.(type) {
				case Org:
					w.Org = &run
				case string:
					if run != "cn" {
						write(t, env, run)
						continue
					}
					w.Profile = profile(t, run)
				case func(*Desk) error:
					if err := run(look(t, dir)); err != nil {
						t.Fatal(err)
					}
					continue
				}
				p = apply(t, look(t, dir), w)
			}
			if got := read(t, env); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
			if got := p.Files().Diff(); !strings.Contains(got, c.diff) {
				t.Errorf("the plan does not show %s:\n%s", c.diff, got)
			}
			var notes []string
			for _, n := range p.Notes {
				if n.Code == "by-hand" {
					notes = append(notes, n.Text.EN)
				}
			}
			if c.note == "" && notes != nil || c.note != "" && (len(notes) != 1 || !strings.HasPrefix(notes[0], c.note) || strings.Contains(notes[0], "geheim")) {
				t.Errorf("notes: %q", notes)
			}
			if p, err := plan(t, look(t, dir), w); err != nil || !p.Empty() {
				t.Errorf("a second plan: %v\n%s", err, p.Files().Diff())
			}
			if _, err := look(t, dir).Undo(true); err != nil {
				t.Error(err)
			}
		})
	}
}

// A journal that cannot be read is no hindrance where no setting is in question, and
// where one is, nobody guesses.
func TestOrgFallsSilentOverADamagedJournal(t *testing.T) {
	w, dir := settled(t)
	w.Org = &Org{Name: "corp", Private: []string{"git.corp.example"}}
	apply(t, look(t, dir), w)
	entries, err := filepath.Glob(filepath.Join(look(t, dir).Journal().Dir, "*"))
	if err != nil || len(entries) != 1 {
		t.Fatal(entries, err)
	}
	write(t, entries[0], `{"schema`)
	if p, err := plan(t, look(t, dir), w); err != nil || !p.Empty() {
		t.Errorf("nothing is in question: %v", err)
	}
	write(t, filepath.Join(dir, ".config", "go", "env"), "GOPROXY=https://one.corp.example\n")
	if _, err := plan(t, look(t, dir), w); err == nil || !strings.Contains(err.Error(), entries[0]) {
		t.Errorf("GOPROXY is in question: %v", err)
	}
}

func undoLast(d *Desk) error { _, err := d.Undo(false); return err }

// A tool that was taken out of the file stays on PATH, which is said.
func TestToolThatNobodyAsksFor(t *testing.T) {
	w, dir := settled(t)
	bin := look(t, dir).join("bin")
	for _, name := range []string{"gopls", "yingzao", ".tools-1"} {
		write(t, filepath.Join(bin, name), "")
	}
	named := func(w Wanted) (out []string) {
		p, err := plan(t, look(t, dir), w)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range p.Notes {
			if n.Code == "tool" {
				out = append(out, n.Text.EN)
			}
		}
		return out
	}
	if got := named(w); len(got) != 1 || !strings.HasPrefix(got[0], filepath.Join(bin, "gopls")+" ") {
		t.Errorf("%q", got)
	}
	w.Org.Tools = []Tool{{Module: "golang.org/x/tools/gopls", Version: "v0.20.0"}}
	if got := named(w); got != nil {
		t.Errorf("one that is asked for: %q", got)
	}
	w.Org = nil
	if got := named(w); got != nil {
		t.Errorf("without a file: %q", got)
	}
}

// A number counts for the file that has it, also one without a name.
func TestNoOrgAfterASequence(t *testing.T) {
	w, dir := settled(t)
	w.Org.Name = ""
	apply(t, look(t, dir), w)
	w.Org = nil
	if _, err := plan(t, look(t, dir), w); err != nil {
		t.Error(err)
	}
	w.Org = &Org{Sequence: 6}
	if _, err := plan(t, look(t, dir), w); err == nil {
		t.Error("an old file was accepted")
	}
}

// A start file that cannot be written: what to do instead is said, and the others are
// as they were.
func TestStartFileOfSomebodyElse(t *testing.T) {
	w, dir := settled(t)
	if err := os.Symlink("/proc/yingzao/profile", filepath.Join(dir, ".profile")); err != nil { // not for root either
		t.Fatal(err)
	}
	before := tree(t, dir, false, ".local")
	p, err := plan(t, look(t, dir), w)
	if err != nil {
		t.Fatal(err)
	}
	remedy(t, "a start file", p.Apply(context.Background(), now), "/proc/yingzao", "--no-modify-path")
	if got := tree(t, dir, false, ".local"); got != before {
		t.Errorf("after a failure:\n%s\nbefore:\n%s", got, before)
	}
}

func siteCert(t *testing.T) []byte {
	srv := httptest.NewTLSServer(nil)
	defer srv.Close()
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw})
}
