package deep

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/gosdk/fetch"
	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// answerTimeout limits one answer of the database: somebody waits at a terminal.
const answerTimeout = 5 * time.Second

// goroot compares the snapshot's GOROOT with the database.
func goroot(ctx context.Context, s *envcheck.Snapshot, o Options) (envcheck.GorootProof, error) {
	out := envcheck.GorootProof{Path: s.Goroot.Path, Version: s.Goroot.Version}
	verify := gosdk.Options{Lists: []gosdk.List{gosdk.CacheList(modCache(s))}}
	var online *fetch.Log
	switch {
	case o.Proof != "":
		p, err := readProof(ctx, o.Proof)
		if err != nil {
			return out, err
		}
		if verify.Log, err = gosdk.NewLog(o.Key, p.ReadRemote); err != nil {
			return out, err
		}
		out.Via = "proof " + o.Proof
		verify.Lists = append([]gosdk.List{p.List}, verify.Lists...)
	case o.Online:
		client := httpx.New(o.HTTP)
		defer client.CloseIdleConnections()
		var err error
		if online, err = network(o, client); err != nil {
			return out, err
		}
		verify.Log = online
	}
	res, err := gosdk.Verify(ctx, s.Goroot.Path, verify)
	if err != nil {
		if ctx.Err() != nil {
			return out, err
		}
		out.Verdict, out.Detail = string(gosdk.Incomplete), err.Error()
		return out, nil
	}
	fill(&out, res)
	if verify.Log == nil && res.Verdict == gosdk.Incomplete {
		out.Detail = noAccess().Error() + "; " + msg.Hint(noAccess()).EN
	}
	if online == nil || online.Proven() == nil {
		return out, nil
	}
	out.Via = online.Proven().Name
	if o.WriteProof != "" {
		return out, saveProof(ctx, o, online.Proven().Remote, res.Release)
	}
	return out, nil
}

// network is the database through the mirrors, then at its own hosts.
func network(o Options, client *http.Client) (*fetch.Log, error) {
	l := fetch.LogOptions{Mirrors: o.Mirrors, Client: client, Timeout: answerTimeout}
	if o.Key != "" {
		var err error
		if l.DB, err = goenv.ParseSumDB(o.Key); err != nil {
			return nil, err
		}
	}
	return fetch.NewLog(l)
}

func fill(out *envcheck.GorootProof, res *gosdk.Result) {
	out.Verdict, out.Version, out.Logged = string(res.Verdict), res.Release.Version, res.Logged
	if res.Verdict == gosdk.GenuineButGoEnv {
		out.Verdict = "go.env"
	}
	if res.Tree != nil {
		out.H1 = res.Tree.H1()
		for _, e := range res.Tree.Odd {
			out.Files = append(out.Files, fmt.Sprintf("odd %s: %v", e.Name, e.Why))
		}
		for _, e := range res.Tree.Unreadable {
			out.Files = append(out.Files, fmt.Sprintf("unreadable %s: %v", e.Name, e.Why))
		}
	}
	for _, c := range res.GoEnv {
		out.GoEnv = append(out.GoEnv, c.String())
	}
	if res.Diff != nil {
		for _, list := range []struct {
			word  string
			names []string
		}{{"changed", res.Diff.Changed}, {"missing", res.Diff.Missing}, {"added", res.Diff.Added}} {
			for _, n := range list.names {
				out.Files = append(out.Files, list.word+" "+n)
			}
		}
	}
	if res.Why != nil {
		out.Detail = res.Why.Error()
		if h := msg.Hint(res.Why); !h.IsZero() {
			out.Detail += "; " + h.EN
		}
	}
}

func readProof(ctx context.Context, path string) (*gosdk.Proof, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, msg.Errorf("read the proof: %w", "读取证明：%w", err).WithKind(msg.Usage)
	}
	p, err := gosdk.OpenProof(ctx, bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, msg.Errorf("read the proof %s: %w", "读取证明 %s：%w", path, err).WithKind(msg.Usage)
	}
	return p, nil
}

func saveProof(ctx context.Context, o Options, remote gosdk.Remote, r gosdk.Release) error {
	var b bytes.Buffer
	if err := gosdk.WriteProof(ctx, &b, gosdk.ProofOptions{Key: o.Key, Remote: remote, Releases: []gosdk.Release{r}}); err != nil {
		return msg.Errorf("write the proof: %w", "写出证明：%w", err)
	}
	if err := goenv.WriteFile(o.WriteProof, b.Bytes(), 0o644); err != nil {
		return msg.Errorf("write the proof: %w", "写出证明：%w", err)
	}
	return nil
}
