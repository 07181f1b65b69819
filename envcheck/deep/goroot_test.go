package deep

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

func look(t *testing.T, s *envcheck.Snapshot, o Options) (envcheck.GorootProof, []envcheck.Missing) {
	t.Helper()
	d, missing, err := Run(t.Context(), s, o)
	if err != nil {
		t.Fatal(err)
	}
	return d.Goroot, missing
}

func TestGenuineOnline(t *testing.T) {
	s := serve(t, h1(t, released()))
	g, missing := look(t, snapshot(put(t, released())), online(s, mirrortest.OK))
	if g.Verdict != "genuine" || g.H1 != g.Logged || g.Logged != h1(t, released()) || g.Via != s.URL(mirrortest.OK) || g.Files != nil || g.GoEnv != nil || g.Detail != "" || len(missing) > 0 || g.Seconds <= 0 || g.Version != "go1.26.8" {
		t.Errorf("%+v, %v", g, missing)
	}
}

func TestEditedGoEnv(t *testing.T) {
	s := serve(t, h1Official(t, released()))
	g, missing := look(t, snapshot(put(t, released())), online(s, mirrortest.OK))
	if g.Verdict != "go.env" || !slices.Contains(g.GoEnv, "GOTOOLCHAIN=local instead of auto") || g.H1 == g.Logged || len(missing) > 0 {
		t.Errorf("%+v, %v", g, missing)
	}
}

// A tampered tool is found without any list, and named with one.
func TestTamperedTool(t *testing.T) {
	s := serve(t, h1(t, released()))
	files := maps.Clone(released())
	files[compiler] = strings.Replace(files[compiler], "compile", "c0mpile", 1)
	files["src/fmt/extra.go"] = "package fmt\n"
	delete(files, "src/fmt/print.go")
	snap := snapshot(put(t, files))
	g, missing := look(t, snap, online(s, mirrortest.OK))
	if g.Verdict != "differs" || g.Files != nil || !strings.Contains(g.Detail, "no list of the official files") || len(missing) > 0 {
		t.Errorf("%+v, %v", g, missing)
	}
	snap.GoEnv = map[string]string{"GOMODCACHE": cacheWith(t, released())}
	g, _ = look(t, snap, online(s, mirrortest.OK))
	if want := []string{"changed " + compiler, "missing src/fmt/print.go", "added src/fmt/extra.go"}; g.Verdict != "differs" || !slices.Equal(g.Files, want) || g.Detail != "" {
		t.Errorf("%+v", g)
	}
	// A list that was tampered with as well is of no use, and said to be none.
	snap.GoEnv["GOMODCACHE"] = cacheWith(t, files)
	if g, _ = look(t, snap, online(s, mirrortest.OK)); g.Verdict != "differs" || g.Files != nil || !strings.Contains(g.Detail, "does not hash to what the log says") {
		t.Errorf("%+v", g)
	}
}

// A link is named without any list: no release holds one.
func TestLink(t *testing.T) {
	s := serve(t, h1(t, released()))
	dir := put(t, released())
	if err := os.Symlink("/home/dev/evil", filepath.Join(dir, "bin", "gofmt")); err != nil {
		t.Skip(err)
	}
	if g, _ := look(t, snapshot(dir), online(s, mirrortest.OK)); g.Verdict != "differs" || len(g.Files) != 1 || !strings.HasPrefix(g.Files[0], "odd bin/gofmt: ") {
		t.Errorf("%+v", g)
	}
}

// A proof that was written online decides offline, with no request.
func TestProofFile(t *testing.T) {
	s := serve(t, h1(t, released()))
	dir := put(t, released())
	file := filepath.Join(t.TempDir(), "go.proof")
	o := online(s, mirrortest.OK)
	o.WriteProof = file
	if g, _ := look(t, snapshot(dir), o); g.Verdict != "genuine" {
		t.Fatalf("%+v", g)
	}
	info, err := os.Stat(file)
	if err != nil || info.Size() == 0 || info.Size() > 64<<10 || info.Mode().Perm() != 0o644 {
		t.Fatalf("%v, %v", info, err)
	}
	s.Forget()
	offline := Options{Proof: file, Key: s.SumDBKey()}
	g, missing := look(t, snapshot(dir), offline)
	if g.Verdict != "genuine" || g.Via != "proof "+file || len(missing) > 0 || len(s.Requests()) > 0 {
		t.Errorf("%+v, %v, asked %v", g, missing, s.Requests())
	}
	// The proof wins over the network, so that what was decided stays decided.
	both := online(s, mirrortest.Forbidden)
	both.Proof = file
	if g, _ := look(t, snapshot(dir), both); g.Verdict != "genuine" || len(s.Requests()) > 0 {
		t.Errorf("%+v, asked %v", g, s.Requests())
	}
	tampered := maps.Clone(released())
	tampered["bin/go"] += "!"
	if g, missing := look(t, snapshot(put(t, tampered)), offline); g.Verdict != "differs" || len(missing) > 0 {
		t.Errorf("%+v, %v", g, missing)
	}
	// For another release it says nothing, and that is not "unknown".
	other := maps.Clone(released())
	other["VERSION"] = "go1.26.7\n"
	if g, missing := look(t, snapshot(put(t, other)), offline); g.Verdict != "incomplete" || len(missing) != 1 || !strings.Contains(g.Detail, "does not cover") {
		t.Errorf("%+v, %v", g, missing)
	}
	// Another database's key makes nothing of it.
	if g, missing := look(t, snapshot(dir), Options{Proof: file}); g.Verdict != "incomplete" || len(missing) != 1 {
		t.Errorf("%+v, %v", g, missing)
	}
	// A tree that differs has a proof as well: of the log.
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if g, _ := look(t, snapshot(put(t, tampered)), o); g.Verdict != "differs" {
		t.Errorf("%+v", g)
	}
	if g, _ := look(t, snapshot(dir), offline); g.Verdict != "genuine" {
		t.Errorf("%+v", g)
	}
}

func TestUnusableOptions(t *testing.T) {
	s := serve(t, h1(t, released()))
	dir := put(t, released())
	garbage := filepath.Join(t.TempDir(), "garbage")
	write(t, garbage, "not a proof")
	writing := online(s, mirrortest.OK)
	writing.WriteProof = filepath.Join(garbage, "x", "go.proof")
	for name, o := range map[string]Options{
		"no such proof":   {Proof: filepath.Join(dir, "none")},
		"not a proof":     {Proof: garbage},
		"a folder":        {Proof: dir},
		"key":             {Online: true, HTTP: onlyLoopback, Key: "sum.golang.google.cn+1"},
		"cannot be saved": writing,
	} {
		d, missing, err := Run(t.Context(), snapshot(dir), o)
		if err == nil || d != nil || missing != nil {
			t.Errorf("%s: %+v, %v, %v", name, d, missing, err)
			continue
		}
		if kind := msg.KindOf(err); o.Proof != "" && kind != msg.Usage {
			t.Errorf("%s: kind %v", name, kind)
		}
	}
}

func TestNoAccess(t *testing.T) {
	dir := put(t, released())
	g, missing := look(t, snapshot(dir), Options{})
	if g.Verdict != "incomplete" || !strings.Contains(g.Detail, "--write-proof") || len(missing) != 1 || missing[0].What != "genuine Go" || missing[0].Reason != g.Detail {
		t.Errorf("%+v, %v", g, missing)
	}
	if g, missing := look(t, snapshot(""), Options{}); g.Verdict != "incomplete" || g.Detail != "there is no GOROOT" || len(missing) != 1 {
		t.Errorf("%+v, %v", g, missing)
	}
	if g, missing := look(t, snapshot(t.TempDir()), Options{}); g.Verdict != "incomplete" || !strings.Contains(g.Detail, "VERSION") || len(missing) != 1 {
		t.Errorf("not a GOROOT: %+v, %v", g, missing)
	}
	own := maps.Clone(released())
	own["VERSION"] = "devel go1.27-3f1c4\n"
	if g, missing := look(t, snapshot(put(t, own)), Options{}); g.Verdict != "unknown" || len(missing) > 0 {
		t.Errorf("a version that is no release: %+v, %v", g, missing)
	}
}

// One mirror that is dead, lacks the database or lies stops nobody as long as
// another one proves what it says; alone it decides nothing.
func TestTroubledMirrors(t *testing.T) {
	s := serve(t, h1(t, released()))
	dir := put(t, released())
	for mode, says := range map[mirrortest.Mode]string{
		mirrortest.BadKey:      "does not prove itself",
		mirrortest.BadRecord:   "does not prove itself",
		mirrortest.NoSumDB:     "sum.mirror.test", // the last word is that of the database's own host
		mirrortest.Forbidden:   "403",
		mirrortest.ServerError: "500",
		mirrortest.HTML:        "web page",
		mirrortest.Login:       "web page",
		mirrortest.Reset:       "closed",
	} {
		g, missing := look(t, snapshot(dir), online(s, mode))
		if g.Verdict != "incomplete" || !strings.Contains(g.Detail, says) || len(missing) != 1 || g.Via != "" {
			t.Errorf("%s: %+v, %v", mode, g, missing)
		}
		if g, missing := look(t, snapshot(dir), online(s, mode, mirrortest.OK)); g.Verdict != "genuine" || g.Via != s.URL(mirrortest.OK) || len(missing) > 0 {
			t.Errorf("%s, then a good one: %+v, %v", mode, g, missing)
		}
	}
	// "Not there" of everybody that has the database: no release that it knows.
	other := maps.Clone(released())
	other["VERSION"] = "go1.26.9\n"
	g, _ := look(t, snapshot(put(t, other)), online(s, mirrortest.OK))
	if g.Verdict != "incomplete" { // its own host was not reached, so it is not certain
		t.Errorf("%+v", g)
	}
	// Entries of GOPROXY that are no mirrors are passed over.
	o := online(s, mirrortest.OK)
	var err error
	if o.Mirrors, err = goenv.ParseProxies("file:///home/dev/mirror,http://u:C0FFEE@plain.example," + s.URL(mirrortest.OK)); err != nil {
		t.Fatal(err)
	}
	if g, _ := look(t, snapshot(dir), o); g.Verdict != "genuine" {
		t.Errorf("%+v", g)
	}
}

func TestCancelled(t *testing.T) {
	s := mirrortest.New(t, mirrortest.Options{SumDB: database, Delay: time.Minute})
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	d, _, err := Run(ctx, snapshot(put(t, released())), online(s, mirrortest.Slow))
	if !errors.Is(err, context.Canceled) || d != nil {
		t.Errorf("%+v, %v", d, err)
	}
}
