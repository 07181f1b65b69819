package upstream

import (
	"context"
	"encoding/json"

	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

// What a mirror may send, in bytes: what the go command and golang.org/x/mod/zip
// accept, and room for a list of a hundred thousand versions. Lists are held in
// memory, as many at a time as are fetched.
const (
	maxZip  = 500 << 20
	maxMod  = 16 << 20
	maxText = 8 << 20
)

// Versions is the body of @v/list as the first mirror with an answer gave it.
func (p *Pool) Versions(ctx context.Context, module string) ([]byte, error) {
	return p.text(ctx, proxy.File{Kind: proxy.List, Module: module}, maxText, nil)
}

// Info is the body of .info or, for the query "latest", of @latest. An answer that
// is about another version than a canonical one that was asked for is its mirror's
// failure.
func (p *Pool) Info(ctx context.Context, module, query string) ([]byte, error) {
	f := proxy.File{Kind: proxy.Info, Module: module, Version: query}
	want := ""
	switch {
	case query == "latest":
		f = proxy.File{Kind: proxy.Latest, Module: module}
	case f.Canonical():
		want = query
	}
	return p.text(ctx, f, maxText, func(data []byte) error { return checkInfo(data, want) })
}

// Fetch brings one .mod or .zip. Mirrors that the download avoids are passed over;
// when only such have it, the error is [proxy.ErrContent].
func (p *Pool) Fetch(ctx context.Context, f proxy.File, d *proxy.Download) error {
	rel := f.Path()
	switch {
	case f.Kind != proxy.Mod && f.Kind != proxy.Zip:
		return proxy.Fail(proxy.ErrUnavailable, f.String(), msg.Errorf("only .mod and .zip are fetched", "只能获取 .mod 和 .zip"))
	case rel == "":
		return noSuchName(f)
	case f.Kind == proxy.Zip:
		return p.zip(ctx, &request{what: f.String(), rel: "/" + rel, limit: maxZip, skip: d.Avoids}, d)
	}
	data, n, err := p.small(ctx, &request{what: f.String(), rel: "/" + rel, limit: maxMod, skip: d.Avoids})
	if err != nil {
		return err
	}
	d.Restart()
	d.Begin(n.name)
	d.SetSize(int64(len(data)))
	if _, err := d.Write(data); err != nil {
		return writing(f.String(), err)
	}
	return nil
}

func (p *Pool) text(ctx context.Context, f proxy.File, limit int64, check func([]byte) error) ([]byte, error) {
	rel := f.Path()
	if rel == "" {
		return nil, noSuchName(f)
	}
	data, _, err := p.small(ctx, &request{what: f.String(), rel: "/" + rel, limit: limit, check: check})
	return data, err
}

// noSuchName is certain: the go command has no way to ask for it either.
func noSuchName(f proxy.File) error {
	return proxy.Fail(proxy.ErrNotFound, f.String(), msg.Errorf("no mirror can be asked for such a name", "这样的名称无法向镜像查询"))
}

// writing is the failure of what the download goes into, not of a mirror.
func writing(what string, err error) error {
	return proxy.Fail(proxy.ErrUnavailable, what, msg.Errorf("keep what came: %w", "保存收到的数据：%w", err))
}

func checkInfo(data []byte, want string) error {
	var info mirror.Info
	if err := json.Unmarshal(data, &info); err != nil {
		return msg.Errorf("not JSON: %w", "不是 JSON：%w", err)
	}
	if info.Version == "" || want != "" && info.Version != want {
		return msg.Errorf("the answer is about version %q", "返回的是版本 %q 的信息", info.Version)
	}
	return nil
}
