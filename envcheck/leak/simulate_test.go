package leak

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/goenv"
)

func config(t testing.TB, goproxy, gosumdb, noProxy, noSumDB string) Config {
	t.Helper()
	ps, _ := goenv.ParseProxies(goproxy)
	db, err := goenv.ParseSumDB(gosumdb)
	if err != nil && gosumdb != "broken" {
		t.Fatal(err)
	}
	return Config{Proxies: ps, SumDB: db, NoProxy: noProxy, NoSumDB: noSumDB}
}

func lines(e Exposure) string {
	var out []string
	for _, a := range e.Asks {
		ours := ""
		if a.Ours {
			ours = " ours"
		}
		out = append(out, fmt.Sprintf("%s %s %s%s", a.Kind, a.When, a.URL, ours))
	}
	return strings.Join(out, "\n")
}

func TestSimulate(t *testing.T) {
	lib := Module{Path: "git.corp.example/team/lib", Version: "v1.0.0", Why: "require"}
	k := Knowledge{Own: []string{"git.corp.example"}}
	with := func(m Module, change func(*Module)) Module { change(&m); return m }
	for _, tc := range []struct {
		name    string
		c       Config
		m       Module
		others  []Module
		want    string
		outside int // asks that are leaks
	}{
		{name: "mirror, then direct", c: config(t, "https://goproxy.cn,direct", "off", "", ""), m: lib, outside: 1, want: `mirror always https://goproxy.cn/git.corp.example/team/lib/@v/
direct not-found https://git.corp.example/team/lib?go-get=1 ours`},
		{name: "pipes, the database too", c: config(t, "https://goproxy.cn|https://mirrors.aliyun.com/goproxy/,direct", "sum.golang.org", "", ""), m: lib, outside: 5, want: `mirror always https://goproxy.cn/git.corp.example/team/lib/@v/
mirror failure https://mirrors.aliyun.com/goproxy/git.corp.example/team/lib/@v/
direct not-found https://git.corp.example/team/lib?go-get=1 ours
sumdb always https://goproxy.cn/sumdb/sum.golang.org/lookup/git.corp.example/team/lib@v1.0.0
sumdb failure https://mirrors.aliyun.com/goproxy/sumdb/sum.golang.org/lookup/git.corp.example/team/lib@v1.0.0
sumdb not-found https://sum.golang.org/lookup/git.corp.example/team/lib@v1.0.0`},
		{name: "GOPRIVATE", c: config(t, "https://goproxy.cn,direct", "sum.golang.org", "git.corp.example", "git.corp.example"), m: lib, want: `direct always https://git.corp.example/team/lib?go-get=1 ours`},
		{name: "GOPRIVATE against off", c: config(t, "off", "sum.golang.org", "git.corp.example", "git.corp.example"), m: lib, want: `direct always https://git.corp.example/team/lib?go-get=1 ours`},
		{name: "off still verifies", c: config(t, "off", "sum.golang.org", "", ""), m: lib, outside: 1, want: `sumdb cached https://sum.golang.org/lookup/git.corp.example/team/lib@v1.0.0`},
		{name: "database past the mirrors", c: config(t, "https://goproxy.cn,off", "sum.golang.google.cn", "", ""), m: lib, outside: 2, want: `mirror always https://goproxy.cn/git.corp.example/team/lib/@v/
sumdb always https://sum.golang.google.cn/lookup/git.corp.example/team/lib@v1.0.0`},
		{name: "pipe and nothing behind", c: config(t, "https://goproxy.cn|off", "sum.golang.org", "*", ""), m: lib, outside: 2, want: `direct always https://git.corp.example/team/lib?go-get=1 ours
sumdb always https://goproxy.cn/sumdb/sum.golang.org/lookup/git.corp.example/team/lib@v1.0.0
sumdb not-found https://sum.golang.org/lookup/git.corp.example/team/lib@v1.0.0`},
		{name: "go.sum has it", c: config(t, "https://goproxy.cn", "sum.golang.org", "", ""), m: with(lib, func(m *Module) { m.Verified = true }), outside: 1, want: `mirror always https://goproxy.cn/git.corp.example/team/lib/@v/`},
		{name: "replaced", c: config(t, "https://goproxy.cn", "sum.golang.org", "", ""), m: with(lib, func(m *Module) { m.Local = true })},
		{name: "vendored", c: Config{Proxies: config(t, "https://goproxy.cn", "off", "", "").Proxies, Vendored: true}, m: lib},
		{name: "a GOPROXY that go refuses", c: config(t, "https://goproxy.cn,Direct", "off", "", ""), m: lib},
		{name: "no GOPROXY", c: Config{}, m: lib},
		{name: "the house's mirror", c: config(t, "http://nexus.corp.example:8081/go/,direct", "off", "", ""), m: lib, want: `mirror always http://nexus.corp.example:8081/go/git.corp.example/team/lib/@v/ ours
direct not-found https://git.corp.example/team/lib?go-get=1 ours`},
		{name: "a folder and secrets", c: config(t, "file:///srv/go,https://user:pw@goproxy.cn/x?token=abc", "off", "", ""), m: lib, outside: 1, want: `mirror always file:///srv/go/git.corp.example/team/lib/@v/
mirror not-found https://goproxy.cn/x/git.corp.example/team/lib/@v/`},
		{name: "upper case is escaped", c: config(t, "https://goproxy.cn,direct", "off", "", ""), m: Module{Path: "github.com/Corp/Lib/v2/x", Version: "v2.0.0", Why: "require"}, want: `mirror always https://goproxy.cn/github.com/%21corp/%21lib/v2/x/@v/
direct not-found https://github.com/Corp/Lib ours`},
		{name: "no dot", c: config(t, "https://goproxy.cn,direct", "sum.golang.org", "", ""), m: Module{Path: "corp/lib", Version: "v1.0.0", Why: "require"}},
		{name: "a toolchain is verified always", c: config(t, "direct", "sum.golang.org", "", "golang.org/toolchain"), m: Module{Path: toolchain, Version: "v0.0.1-go1.26.8.linux-amd64", Why: "require"}, want: `direct always https://golang.org/toolchain?go-get=1 ours
sumdb always https://sum.golang.org/lookup/golang.org/toolchain@v0.0.1-go1.26.8.linux-amd64`},
		{name: "a tool of nobody", c: config(t, "https://goproxy.cn", "off", "", ""), m: Module{Path: "git.corp.example/team/lib/v2/cmd", Why: "tool"}, outside: 5, want: `mirror always https://goproxy.cn/git.corp.example/team/lib/v2/cmd/@v/
mirror always https://goproxy.cn/git.corp.example/team/lib/v2/@v/
mirror always https://goproxy.cn/git.corp.example/team/lib/@v/
mirror always https://goproxy.cn/git.corp.example/team/@v/
mirror always https://goproxy.cn/git.corp.example/@v/`},
		{name: "a tool of a required module", c: config(t, "https://goproxy.cn", "off", "", ""), m: Module{Path: "git.corp.example/team/lib/cmd", Why: "tool"}, others: []Module{lib}, outside: 1, want: `mirror always https://goproxy.cn/git.corp.example/team/lib/@v/`},
		{name: "a tool of the project", c: config(t, "https://goproxy.cn", "off", "", ""), m: Module{Path: "git.corp.example/team/app/cmd", Why: "tool"}, others: []Module{{Path: "git.corp.example/team/app", Why: "main", Local: true}}},
	} {
		got := Simulate(tc.c, k, append([]Module{tc.m}, tc.others...))
		if s := lines(got[0]); s != tc.want {
			t.Errorf("%s: asks\n%s\nwant\n%s", tc.name, s, tc.want)
		}
		if n := len(got[0].Outside("")); n != tc.outside {
			t.Errorf("%s: %d asks outside, want %d", tc.name, n, tc.outside)
		}
		if len(got) != 1+len(tc.others) {
			t.Errorf("%s: %d exposures", tc.name, len(got))
		}
	}
}

func TestOutsideByKind(t *testing.T) {
	e := Simulate(config(t, "https://goproxy.cn", "sum.golang.org", "", ""), Knowledge{}, []Module{{Path: "git.corp.example/x", Version: "v1.0.0", Why: "require"}})[0]
	if e.Class != Unknown || len(e.Outside(Mirror)) != 1 || len(e.Outside(Database)) != 2 {
		t.Errorf("%s, %v", e.Class, e.Asks)
	}
	e.Class = Public
	if len(e.Outside("")) > 0 {
		t.Error("a public module leaks")
	}
}

// A thousand modules along three mirrors are part of every check.
func BenchmarkSimulate(b *testing.B) {
	var ms []Module
	for i := range 1000 {
		ms = append(ms, Module{Path: fmt.Sprintf("git.corp.example/team/lib%d", i), Version: "v1.0.0", Why: "require"})
	}
	c := config(b, "https://goproxy.cn|https://mirrors.aliyun.com/goproxy/|https://goproxy.io,direct", "sum.golang.org", "git.other.example", "git.other.example")
	for b.Loop() {
		Simulate(c, Knowledge{Own: []string{"git.corp.example"}}, ms)
	}
}

func FuzzSimulate(f *testing.F) {
	f.Add("https://goproxy.cn|direct", "sum.golang.org", "git.corp.example", "git.corp.example/team/lib", "v1.0.0", "tool")
	f.Add("file:///x,off", "off", "", "corp", "", "require")
	f.Fuzz(func(t *testing.T, goproxy, gosumdb, private, path, version, why string) {
		ps, _ := goenv.ParseProxies(goproxy)
		db, _ := goenv.ParseSumDB(gosumdb)
		e := Simulate(Config{Proxies: ps, SumDB: db, NoProxy: private, NoSumDB: private}, Knowledge{}, []Module{{Path: path, Version: version, Why: why}})[0]
		if goenv.MatchPatterns(private, path) && why != "tool" && slices.ContainsFunc(e.Asks, func(a Ask) bool { return a.Kind == Mirror }) {
			t.Errorf("a private module is asked of a mirror: %v", e.Asks)
		}
		for _, a := range e.Asks {
			if strings.Contains(a.URL, "@"+a.Host) && a.Host != "" {
				t.Errorf("userinfo in %s", a.URL)
			}
		}
	})
}
