package upkeep

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy/bundle"
	"github.com/yingzao-dev/yingzao/proxy/server"
)

// What was exported here comes in there, with nobody to ask; private modules only on
// somebody's word.
func TestExportImport(t *testing.T) {
	up, c := world(t)
	from := filled(t, c, "example.com/a@v1.0.0", team+"@v1.0.0")
	up.Close()
	there := c
	there.Cache.Dir = filepath.Join(t.TempDir(), "there")
	if _, err := Import(t.Context(), there, server.Deps{}, ImportOptions{Path: from}); msg.KindOf(err) != msg.Findings || msg.Hint(err).IsZero() {
		t.Fatalf("a private module came in without a word: %v", err)
	}
	got, err := Import(t.Context(), there, server.Deps{}, ImportOptions{Path: from, TrustPrivate: true})
	if err != nil || got.Bundle == nil || got.Bundle.Files != 6 || got.Tree != nil {
		t.Fatalf("%v: %+v", err, got)
	}
	// The word is about private routes, not about everything.
	there.Routes, there.Cache.Dir = nil, filepath.Join(t.TempDir(), "elsewhere")
	if _, err := Import(t.Context(), there, server.Deps{}, ImportOptions{Path: from, TrustPrivate: true}); msg.KindOf(err) != msg.Findings {
		t.Fatalf("%v", err)
	}
	if left, _ := os.ReadDir(filepath.Join(there.Cache.Dir, ".yingzao", "import")); len(left) > 0 {
		t.Errorf("left %v", left)
	}
}

// The bundle's own folder is a foreign cache too.
func TestImportTree(t *testing.T) {
	up, c := world(t)
	from := filled(t, c, "example.com/a@v1.0.0")
	there := c
	there.Cache.Dir = filepath.Join(t.TempDir(), "there")
	var last int
	got, err := Import(t.Context(), there, server.Deps{}, ImportOptions{Path: from, Layout: "goproxy", Progress: func(n int) { last = n }})
	if err != nil || got.Tree == nil || got.Tree.Imported != 3 || last != 3 || len(got.Tree.Refused) > 0 {
		t.Fatalf("%v: %+v", err, got.Tree)
	}
	_, err = Import(t.Context(), there, server.Deps{}, ImportOptions{Path: from, Layout: "goproxy", SHA256: strings.Repeat("0", 64)})
	if msg.KindOf(err) != msg.Usage {
		t.Errorf("%v", err)
	}
	// With nobody to ask, nothing can be proven, and nothing is copied.
	up.Close()
	there.Cache.Dir, there.Offline = filepath.Join(t.TempDir(), "nothing"), true
	got, err = Import(t.Context(), there, server.Deps{}, ImportOptions{Path: from, Layout: "goproxy"})
	if err != nil || got.Tree.Imported != 0 || len(got.Tree.Unproven) != 3 {
		t.Fatalf("%v: %+v", err, got.Tree)
	}
	if left, err := os.ReadDir(filepath.Join(there.Cache.Dir, ".yingzao", "partial")); err != nil || len(left) > 0 {
		t.Errorf("left %v, %v", left, err)
	}
}

func TestExportFails(t *testing.T) {
	_, c := world(t)
	to := filepath.Join(t.TempDir(), "b")
	for name, o := range map[string]ExportOptions{
		"nothing":     {To: to},
		"no manifest": {To: to, Base: filepath.Join(t.TempDir(), "absent"), From: bundle.From{Modules: []string{"example.com/a@v1.0.0"}}},
		"no earlier":  {To: to, Earlier: []string{t.TempDir()}, From: bundle.From{Modules: []string{"example.com/a@v1.0.0"}}},
		"no version":  {To: to, From: bundle.From{Modules: []string{"example.com/a"}}},
		"no log":      {To: to, From: bundle.From{Logs: []string{"absent.log"}}},
	} {
		if _, err := Export(t.Context(), c, server.Deps{}, o); msg.KindOf(err) != msg.Usage {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := os.Stat(to); !os.IsNotExist(err) {
		t.Error("something was written")
	}
}

func TestProbe(t *testing.T) {
	up, c := world(t)
	c.Mirrors = append(c.Mirrors, "http://127.0.0.1:1/")
	r, err := Probe(t.Context(), c, server.Deps{}, ProbeOptions{})
	if err != nil || len(r.Mirrors) != 2 || !r.Failed() || !r.Complete() || r.Mirrors[0].TreeSize == 0 || r.Mirrors[1].Mirror != "http://127.0.0.1:1" {
		t.Fatalf("%v: %+v", err, r)
	}
	if !strings.Contains(strings.Join(r.Hosts, " "), strings.TrimPrefix(up.Addr(), "http://")) {
		t.Errorf("%v", r.Hosts)
	}
	if r, err = Probe(t.Context(), c, server.Deps{}, ProbeOptions{Mirrors: []string{up.URL(mirrortest.BadKey)}}); err != nil || r.Mirrors[0].Step("M6").Class != "wrong-content" {
		t.Errorf("%v: %+v", err, r)
	}
	for _, mirrors := range [][]string{{}, {"ftp://canary:canary@mirror.test"}} {
		if _, err := Probe(t.Context(), c, server.Deps{}, ProbeOptions{Mirrors: mirrors}); msg.KindOf(err) != msg.Usage || msg.Hint(err).IsZero() || strings.Contains(err.Error(), "canary") {
			t.Errorf("%v: %v", mirrors, err)
		}
	}
	c.Offline = true
	up.Forget()
	if _, err := Probe(t.Context(), c, server.Deps{}, ProbeOptions{}); msg.KindOf(err) != msg.Usage || len(up.Requests()) > 0 {
		t.Errorf("%v, asked %v", err, up.Requests())
	}
}
