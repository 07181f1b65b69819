package upstream

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

// verdict is the failure of a request that no mirror fulfilled.
func (t *tally) verdict(ctx context.Context) error {
	var unknown, gone, absent, lacking, content []error
	for _, n := range t.p.nodes {
		if t.r.only != nil && t.r.only != n {
			continue
		}
		err := t.errs[n]
		ok, _ := n.usable()
		var large *httpx.TooLargeError
		switch {
		case t.r.skip != nil && t.r.skip(n.name):
			content = append(content, msg.Errorf("%s sent what fails verification", "%s 发来的内容未通过校验", n.name))
		case t.r.db != "" && n.lacks(t.r.db):
			lacking = append(lacking, n.m.Fail(mirror.NotFound, "/sumdb/"+t.r.db, nil, msg.Errorf("it does not serve this checksum database", "该镜像不提供此校验数据库")))
		case errors.As(err, &large):
			content = append(content, err)
		case mirror.ClassOf(err) == mirror.NotFound:
			absent = append(absent, err)
		case n.gone():
			gone = append(gone, n.alone())
		case err != nil && ok:
			unknown = append(unknown, err)
		default:
			unknown = append(unknown, n.alone())
		}
	}
	fail := func(class error, causes []error) *msg.Error { return proxy.Fail(class, t.r.what, join(causes)) }
	switch {
	case ctx.Err() != nil:
		return fail(proxy.ErrUnavailable, append(unknown, context.Cause(ctx)))
	case t.p.ctx.Err() != nil:
		return fail(proxy.ErrUnavailable, []error{msg.Errorf("the pool of mirrors is closed", "镜像池已关闭")})
	case len(unknown) > 0:
		return t.clock(fail(proxy.ErrUnavailable, unknown), unknown)
	case len(content) > 0:
		return fail(proxy.ErrContent, content)
	case len(absent) > 0:
		return fail(proxy.ErrNotFound, absent[:1])
	case len(lacking) > 0: // who does not serve a database knows nothing of what is in it
		return fail(proxy.ErrUnavailable, lacking[:1])
	}
	return t.clock(fail(proxy.ErrUnavailable, gone), gone)
}

// clock adds what is likely when every mirror's certificate is of another time.
func (t *tally) clock(err *msg.Error, trouble []error) error {
	if slices.ContainsFunc(trouble, func(e error) bool {
		c := mirror.ClassOf(e)
		return c != mirror.TLSExpired && c != mirror.TLSNotYet
	}) {
		return err
	}
	return err.WithHint("check this machine's clock: it says %s", "请检查本机时钟：当前为 %s", t.p.o.Now().UTC().Format(time.RFC3339))
}

// alone says that the mirror was not asked, and why.
func (n *node) alone() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch at := n.since.UTC().Format(time.RFC3339); {
	case n.open && n.said == nil:
		n.said = n.m.Fail(n.last, "", nil, msg.Errorf("left alone since %s after repeated failures", "因连续失败自 %s 起暂停使用", at))
		return n.said
	case n.open:
		return n.said
	case n.now().Before(n.held):
		return n.m.Fail(mirror.Server, "", nil, msg.Errorf("it asked to be left alone until %s", "对方要求在 %s 之前不再请求", n.held.UTC().Format(time.RFC3339)))
	}
	return n.m.Fail(mirror.Other, "", nil, msg.Errorf("it was not asked", "未请求该镜像"))
}

// join is a list of failures on one line.
func join(errs []error) error {
	out := errs[0]
	for _, err := range errs[1:] {
		out = msg.Errorf("%w; %w", "%w；%w", out, err)
	}
	return out
}
