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
