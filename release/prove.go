package release

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/gosdk/fetch"
	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/subproc"
	"github.com/yingzao-dev/yingzao/release/gotool"
	"github.com/yingzao-dev/yingzao/release/provenance"
)

// proofTime bounds how long a release waits for the checksum database's word about
// its toolchain; after that it says "unverified".
const proofTime = 15 * time.Second

// signs reports whether the release is meant to be signed, here or where its parts
// are brought together: only then does anybody read which toolchain it was.
func (p *project) signs() bool {
	s := p.cfg.Sign
	if s.KeyFile != "" || s.SM2KeyFile != "" || len(s.Command) > 0 || s.Required {
		return true
	}
	for _, name := range []string{SignKeyVariable, SM2KeyVariable} {
		if v, ok := subproc.Getenv(p.keys, name); ok && v != "" {
			return true
		}
	}
	return false
}

// prover finds out once for each toolchain what it is; nil when nobody will read it.
func (p *project) prover() func(context.Context, *gotool.Tool) *provenance.Toolchain {
	if !p.signs() {
		return nil
	}
	var mu sync.Mutex
	known := map[string]*provenance.Toolchain{}
	return func(ctx context.Context, t *gotool.Tool) *provenance.Toolchain {
		mu.Lock()
		defer mu.Unlock()
		if known[t.Goroot] == nil {
			known[t.Goroot] = ProveToolchain(ctx, t, p.o.Offline)
		}
		return known[t.Goroot]
	}
}

// ProveToolchain hashes a GOROOT and holds it against the checksum database, by the
// mirrors and the database that the go command would use. Offline, or when these
// cannot be reached, it gives the hash of what lies there and says that nobody
// vouches for it.
func ProveToolchain(ctx context.Context, tool *gotool.Tool, offline bool) *provenance.Toolchain {
	o := gosdk.Options{Lists: []gosdk.List{gosdk.CacheList(tool.Env["GOMODCACHE"])}}
	why := "the checksum database was not asked: offline"
	if !offline {
		client := httpx.New(httpx.Options{Proxy: httpx.ProxyFromEnviron(tool.Environ())})
		defer client.CloseIdleConnections()
		if log, err := databaseOf(tool, client); err != nil {
			why = err.Error()
		} else {
			o.Log = log
		}
	}
	if o.Log != nil {
		limited, cancel := context.WithTimeout(ctx, proofTime)
		res, err := gosdk.Verify(limited, tool.Goroot, o)
		cancel()
		switch {
		case err != nil:
			why = err.Error()
		case res.Verdict == gosdk.Genuine:
			return &provenance.Toolchain{Module: res.Release.Module().String(), H1: res.Logged, Proof: string(res.Verdict)}
		case res.Verdict == gosdk.GenuineButGoEnv:
			return &provenance.Toolchain{Module: res.Release.Module().String(), H1: res.Logged, Proof: string(res.Verdict),
				Detail: "every file but go.env is as released; builds set what go.env could say"}
		case res.Why != nil:
			why = string(res.Verdict) + ": " + res.Why.Error()
		default:
			why = string(res.Verdict) + ": files are not as released"
		}
	}
	out := &provenance.Toolchain{Module: "golang.org/toolchain@" + tool.Version, Proof: provenance.Unverified, Detail: httpx.Redact(why)}
	tree, err := gosdk.ReadTree(ctx, tool.Goroot, gosdk.Release{})
	if err != nil {
		return out
	}
	if tree.Release.Check() == nil {
		out.Module = tree.Release.Module().String()
	}
	if len(tree.Odd)+len(tree.Unreadable) == 0 {
		out.H1 = tree.H1()
	}
	return out
}

// databaseOf is the checksum database that the toolchain's settings name.
func databaseOf(tool *gotool.Tool, client *http.Client) (*fetch.Log, error) {
	mirrors, err := goenv.ParseProxies(tool.Env["GOPROXY"])
	if err != nil {
		return nil, err
	}
	db, err := goenv.ParseSumDB(tool.Env["GOSUMDB"])
	if err != nil {
		return nil, err
	}
	return fetch.NewLog(fetch.LogOptions{Mirrors: mirrors, DB: db, Client: client})
}
