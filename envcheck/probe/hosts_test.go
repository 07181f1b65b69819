package probe

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/envcheck/leak"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
)

func TestAddressClass(t *testing.T) {
	for addrs, want := range map[string]string{
		"203.0.113.7":                    "ok",
		"0.0.0.0":                        "blocked",
		"127.0.0.1 ::1":                  "blocked",
		"::":                             "blocked",
		"10.1.2.3":                       "private",
		"192.168.1.1 0.0.0.0":            "private",
		"fd00::1 fe80::1 169.254.1.1":    "private",
		"100.100.2.3":                    "private",
		"::ffff:10.0.0.1":                "private",
		"10.1.2.3 203.0.113.7":           "ok",
		"198.18.0.12":                    "ok",
		"2001:db8::1 172.16.0.1 0.0.0.0": "ok",
	} {
		var list []netip.Addr
		for _, a := range strings.Fields(addrs) {
			list = append(list, netip.MustParseAddr(a))
		}
		if got := addressClass(list); got != want {
			t.Errorf("%s: %q, want %q", addrs, got, want)
		}
	}
}

// names is a name server: what it does not know does not exist.
func names(known map[string]string) func(context.Context, string) ([]netip.Addr, error) {
	return func(ctx context.Context, host string) ([]netip.Addr, error) {
		switch addr := known[host]; addr {
		case "":
			return nil, errors.New("no such host")
		case "hangs":
			<-ctx.Done()
			return nil, ctx.Err()
		default:
			return []netip.Addr{netip.MustParseAddr(addr)}, nil
		}
	}
}

// Hosts of private modules that are fetched directly are resolved and not asked
// for anything; those behind a mirror, and public ones, are left alone.
func TestPrivateHosts(t *testing.T) {
	t.Parallel()
	s := serve(t, mirrortest.Options{})
	expose := func(class leak.Class, kind, when, host string) leak.Exposure {
		return leak.Exposure{Class: class, Asks: []leak.Ask{{Kind: kind, When: when, Host: host}}}
	}
	v := view("GOPROXY="+s.URL(mirrortest.OK)+",off", "GOSUMDB="+s.SumDBKey())
	v.Exposures = []leak.Exposure{
		expose("private", "direct", "always", "git.corp.example"),
		expose("private", "direct", "always", "git.corp.example:8443"),
		expose("private", "direct", "always", "gone.corp.example"),
		expose("private", "direct", "always", "blocked.example"),
		expose("private", "direct", "always", "slow.corp.example"),
		expose("private", "direct", "not-found", "vanity.corp.example"),
		expose("private", "mirror", "always", "mirror.corp.example"),
		expose("public", "direct", "always", "github.com"),
		expose("unknown", "direct", "always", "who.example"),
	}
	lookup := names(map[string]string{"git.corp.example": "10.0.0.7", "blocked.example": "0.0.0.0", "slow.corp.example": "hangs"})
	n, missing := run(t, Options{View: v, Pins: pins(s), LookupIP: lookup, StepTimeout: hangs})
	want := map[string]string{"127.0.0.1": "ok", "git.corp.example": "private", "gone.corp.example": "dns", "blocked.example": "blocked", "slow.corp.example": "dns"}
	for _, h := range n.Hosts {
		if class, ok := want[h.Host]; !ok || h.Class != class {
			t.Errorf("%+v", h)
		}
		delete(want, h.Host)
	}
	if len(want) > 0 || len(missing) > 0 || hostNamed(n, "git.corp.example").Addresses[0] != "10.0.0.7" {
		t.Errorf("missing %v %v; %+v", want, missing, n.Hosts)
	}
	// A name server that hangs longer than the whole check is not the name's fault.
	n, missing = run(t, Options{View: v, Pins: pins(s), LookupIP: lookup, Timeout: hangs})
	if len(missing) != 1 || missing[0].What != "resolve slow.corp.example" || !n.Deadline || hostNamed(n, "slow.corp.example").Class != "" || hostNamed(n, "gone.corp.example").Class != "dns" {
		t.Errorf("%v %+v", missing, n.Hosts)
	}
}

// What is blocked is no trouble when nobody dials it: a mirror carries the
// database.
func TestDatabaseHostOnlyWhenNeeded(t *testing.T) {
	s := serve(t, mirrortest.Options{})
	for mode, want := range map[mirrortest.Mode]string{mirrortest.OK: "", mirrortest.NoSumDB: "sum.mirror.test"} {
		v := view("GOPROXY="+s.URL(mode), "GOSUMDB="+s.SumDBKey())
		p := newProber(Options{View: v, Pins: pins(s), LookupIP: names(nil), HTTP: onlyLoopback, StepTimeout: time.Minute})
		p.Timeout = time.Minute
		for _, job := range append(append(p.mirrorJobs(), p.databaseJobs()...), p.hostJobs()...) {
			job(t.Context())
		}
		p.finish()
		if got := hostNamed(p.n, "sum.mirror.test").Host; got != want {
			t.Errorf("%s: %q, want %q: %+v", mode, got, want, p.n.Hosts)
		}
		if last := p.n.SumDBs[len(p.n.SumDBs)-1]; last.URL != "https://sum.mirror.test" || last.Class == "ok" {
			t.Errorf("%s: %+v", mode, p.n.SumDBs)
		}
	}
}

// The explicit URL of GOSUMDB is always dialled, so its host always counts.
func TestDatabaseOfItsOwn(t *testing.T) {
	s := serve(t, mirrortest.Options{TLS: mirrortest.TLSExpired})
	plain := serve(t, mirrortest.Options{})
	n, _ := run(t, Options{View: view("GOPROXY="+strings.Replace(plain.URL(mirrortest.OK), "127.0.0.1", "localhost", 1), "GOSUMDB="+s.SumDBKey()+" "+s.SumDBURL(), trusting(t, s)), Pins: pins(s)})
	if h := hostNamed(n, "127.0.0.1"); h.TLS != "expired" {
		t.Errorf("%+v", n.Hosts)
	}
	if d := n.SumDBs[1]; d.Class != "tls" || d.Status != 0 || d.Verified {
		t.Errorf("%+v", d)
	}
}

func TestPlanHosts(t *testing.T) {
	v := view("GOPROXY=https://goproxy.cn,http://plain.example,https://skip.example,direct", "GOSUMDB=sum.golang.org", "HTTPS_PROXY=http://127.0.0.1:1", "NO_PROXY=skip.example")
	p := newProber(Options{View: v, Candidates: []string{"https://mirrors.aliyun.com/goproxy/"}})
	want := map[string]bool{"goproxy.cn": false, "plain.example": true, "skip.example": true, "sum.golang.org": false}
	for _, h := range p.n.Hosts {
		if dialled, ok := want[h.Host]; !ok || p.dialled[h.Host] != dialled {
			t.Errorf("%s: dialled %v", h.Host, p.dialled[h.Host])
		}
		delete(want, h.Host)
	}
	if len(want) > 0 {
		t.Errorf("not among them: %v", want)
	}
}

// The words of the leak simulation are those that the plan looks for.
func TestPrivateHostsOfAProject(t *testing.T) {
	s := &envcheck.Snapshot{Schema: 1, Machine: envcheck.Machine{OS: "linux", Arch: "amd64"}, Environ: []string{"GOPROXY=https://goproxy.cn,direct", "GOSUMDB=off", "GOPRIVATE=git.corp.example"}}
	s.Module.GoMod = envcheck.TextFile{Path: "/home/dev/app/go.mod", Exists: true, Data: []byte("module git.corp.example/app\n\ngo 1.25\n\nrequire (\n\tgit.corp.example/team/lib v1.0.0\n\tgithub.com/spf13/cobra v1.10.2\n\tother.corp.example/x v1.0.0\n)\n")}
	p := newProber(Options{View: envcheck.NewView(s, envcheck.Profile{}, envcheck.Policy{})})
	var got []string
	for _, h := range p.n.Hosts {
		got = append(got, h.Host)
	}
	if strings.Join(got, " ") != "goproxy.cn git.corp.example" {
		t.Error(got)
	}
}
