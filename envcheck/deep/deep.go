package deep

import (
	"context"
	"time"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Options say how the checksum database is reached. The zero value reaches it
// not at all.
type Options struct {
	// Proof is a proof file; "" = none. It is asked instead of the network.
	Proof string
	// WriteProof is where the proof of this Go is saved; "" = nowhere. It needs
	// Online.
	WriteProof string
	// Online allows to ask Mirrors, then the database's own hosts.
	Online  bool
	Mirrors goenv.Proxies // GOPROXY
	HTTP    httpx.Options // how to get there
	// Key is the database's verifier key; "" = the public one's.
	Key string
}

// Run reads the trees of a snapshot. What could not be decided is in the second
// value. The error is that of an option: a proof file that is none or cannot be
// written, or a context that ended.
func Run(ctx context.Context, s *envcheck.Snapshot, o Options) (*envcheck.Deep, []envcheck.Missing, error) {
	d := &envcheck.Deep{}
	var missing []envcheck.Missing
	if s.Goroot.Path == "" {
		d.Goroot = envcheck.GorootProof{Verdict: string(gosdk.Incomplete), Detail: "there is no GOROOT"}
	} else {
		started := time.Now()
		proof, err := goroot(ctx, s, o)
		if err != nil {
			return nil, nil, err
		}
		proof.Seconds = time.Since(started).Seconds()
		d.Goroot = proof
	}
	if d.Goroot.Verdict == string(gosdk.Incomplete) {
		missing = append(missing, envcheck.Missing{What: "genuine Go", Reason: d.Goroot.Detail})
	}
	cache, unread, err := modules(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	d.Cache = cache
	return d, append(missing, unread...), ctx.Err()
}

func noAccess() error {
	return msg.Errorf("the checksum database was not asked: neither a proof file nor the network was given", "未询问校验和数据库：既没有证明文件，也没有允许使用网络").
		WithHint("use --proof FILE, or --online; --online --write-proof FILE makes a proof for machines without network", "请使用 --proof FILE 或 --online；--online --write-proof FILE 可为离线机器制作证明").WithKind(msg.Incomplete)
}
