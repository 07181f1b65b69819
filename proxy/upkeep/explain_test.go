package upkeep

import (
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/server"
)

func TestParseVersion(t *testing.T) {
	for word, want := range map[string]proxy.File{
		"example.com/a@v1.0.0":                             {Module: "example.com/a", Version: "v1.0.0"},
		"example.com/a@v1.0.0.zip":                         {Kind: proxy.Zip, Module: "example.com/a", Version: "v1.0.0"},
		"example.com/a@v1.0.0.mod":                         {Kind: proxy.Mod, Module: "example.com/a", Version: "v1.0.0"},
		"example.com/a@v1.0.0.info":                        {Kind: proxy.Info, Module: "example.com/a", Version: "v1.0.0"},
		"golang.org/toolchain@v0.0.1-go1.26.8.linux-amd64": {Module: "golang.org/toolchain", Version: "v0.0.1-go1.26.8.linux-amd64"},
	} {
		if got, err := ParseVersion(word); err != nil || got != want {
			t.Errorf("%s: %+v, %v", word, got, err)
		}
	}
	for _, word := range []string{"", "example.com/a", "example.com/a@", "example.com/a@v1", "example.com/a@main", "@v1.0.0", "../a@v1.0.0", "example.com/a@v2.0.0"} {
		if _, err := ParseVersion(word); msg.KindOf(err) != msg.Usage || msg.Hint(err).IsZero() {
			t.Errorf("%q: %v", word, err)
		}
	}
}

func TestExplain(t *testing.T) {
	up, c := world(t)
	filled(t, c, "example.com/a@v1.0.0", team+"@v1.0.0")
	up.Forget()
	before := snapshot(t, c.Cache.Dir)
	explain := func(word string) Explanation {
		t.Helper()
		f, err := ParseVersion(word)
		if err != nil {
			t.Fatal(err)
		}
		e, err := Explain(t.Context(), c, server.Deps{}, f, ExplainOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	e := explain("example.com/a@v1.0.0")
	zip, mod := up.Sums("example.com/a", "v1.0.0")
	if e.Route.Name != "mirrors" || len(e.Files) != 3 || e.Record == nil || e.Record.Zip != zip || e.Record.Mod != mod || !e.Record.Unknown.IsZero() {
		t.Errorf("%+v", e)
	}
	if f := e.Files[2]; f.Answer != Cached || f.H1 != zip || !strings.HasPrefix(f.Proof, "sumdb:sum.mirror.test#") || len(f.Pieces) != 1 || f.Pieces[0].From != c.Mirrors[0] || f.Time.IsZero() {
		t.Errorf("%+v", f)
	}
	if e = explain("example.com/b@v1.1.0.mod"); len(e.Files) != 1 || e.Files[0].Answer != Fetched || e.Record.Unknown.IsZero() || e.Record.Number != -1 {
		t.Errorf("%+v", e)
	}
	if e = explain("example.com/evil@v1.0.0"); e.Files[0].Answer != Blocked || e.Route.Block != "it is evil" || e.Record != nil {
		t.Errorf("%+v", e)
	}
	if e = explain(team + "@v1.0.0"); !e.Route.Private || e.Record != nil || e.Files[2].Proof != "none" {
		t.Errorf("%+v", e)
	}
	c.Offline = true
	if e = explain("example.com/b@v1.1.0"); e.Files[0].Answer != Absent || len(e.Route.From) > 0 {
		t.Errorf("%+v", e)
	}
	if asked := up.Requests(); len(asked) > 0 || snapshot(t, c.Cache.Dir) != before {
		t.Errorf("it asked %v, or changed something", asked)
	}
}

// P20: asked with a network, a private module's name goes to its own source alone, and
// never to a checksum database.
func TestExplainOnline(t *testing.T) {
	up, c := world(t)
	f, _ := ParseVersion(team + "@v1.0.0")
	e, err := Explain(t.Context(), c, server.Deps{}, f, ExplainOptions{Online: true})
	if err != nil || e.Online == nil || !strings.Contains(e.Online.Info, "v1.0.0") {
		t.Fatalf("%v: %+v", err, e)
	}
	for _, r := range up.Requests() {
		if strings.Contains(r.Path, "sumdb") {
			t.Errorf("asked %s", r.Path)
		}
	}
	f, _ = ParseVersion("example.com/a@v1.9.0")
	if e, err = Explain(t.Context(), c, server.Deps{}, f, ExplainOptions{Online: true}); err != nil || e.Online.Trouble.IsZero() || e.Record.Unknown.IsZero() {
		t.Fatalf("%v: %+v", err, e)
	}
}
