package probe

import (
	"cmp"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const hello = "example.com/hello"

var modules = mirrortest.Modules{
	hello + "@v1.0.0": {"hello.go": "package hello\n"},
	hello + "@v1.2.0": {"hello.go": "package hello\n\nconst New = true\n"},
	"golang.org/toolchain@v0.0.1-go1.25.5.linux-amd64": {"bin/go": "an executable\n"},
}

func serve(t testing.TB, o mirrortest.Options) *mirrortest.Server {
	t.Helper()
	o.Modules, o.SumDB = modules, "sum.mirror.test"
	if o.Delay == 0 {
		o.Delay = time.Minute // hangs
	}
	return mirrortest.New(t, o)
}

// pins are the test server's.
func pins(s *mirrortest.Server) *mirror.Pins {
	zip, mod := s.Sums(hello, "v1.0.0")
	m := module.Version{Path: hello, Version: "v1.0.0"}
	return &mirror.Pins{Module: m, ModSum: mod, ZipSum: zip, Zip: m, Absent: module.Version{Path: "absent.invalid/module", Version: "v1.0.0"}, Key: s.SumDBKey(), Version: "1.25.5"}
}

// view is a snapshot of a machine with this environment.
func view(environ ...string) *envcheck.View {
	s := &envcheck.Snapshot{Schema: 1, Taken: time.Now(), Dir: "/home/dev/app", Environ: environ, Machine: envcheck.Machine{OS: "linux", Arch: "amd64"}}
	return envcheck.NewView(s, envcheck.Profile{}, envcheck.Policy{})
}

// trusting is the variable that makes a machine trust the server.
func trusting(t testing.TB, s *mirrortest.Server) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(name, s.CA(), 0o644); err != nil {
		t.Fatal(err)
	}
	return "SSL_CERT_FILE=" + name
}

// run probes, and gives a busy machine the time that it needs.
func run(t *testing.T, o Options) (*envcheck.Network, []envcheck.Missing) {
	t.Helper()
	o.Timeout, o.StepTimeout = cmp.Or(o.Timeout, 5*time.Minute), cmp.Or(o.StepTimeout, time.Minute)
	n, missing, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return n, missing
}

// hangs is the limit of a probe of what never answers.
const hangs = 5 * time.Second

func hostNamed(n *envcheck.Network, name string) envcheck.HostProbe {
	for _, h := range n.Hosts {
		if h.Host == name {
			return h
		}
	}
	return envcheck.HostProbe{}
}
