package fill

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"golang.org/x/mod/semver"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/cache"
)

// maxText limits a list and a .info in bytes.
const maxText = 64 << 20

// info is what has to be right in a .info. Whatever else is in it is kept.
type info struct {
	Version string
	Time    time.Time
	Origin  struct{ Hash string }
}

// parseInfo reads a .info about a module. version is the one it must be about; ""
// = any that the module can have.
func parseInfo(module, version string, data []byte) (info, error) {
	var in info
	if err := json.Unmarshal(data, &in); err != nil {
		return info{}, msg.Errorf("%w: the .info is not as it must be: %w", "%w：.info 格式不正确：%w", proxy.ErrContent, err)
	}
	switch f := (proxy.File{Kind: proxy.Info, Module: module, Version: in.Version}); {
	case version != "" && in.Version != version:
		return info{}, msg.Errorf("%w: the .info is about %q instead of %s", "%w：.info 描述的是 %q，而不是 %s", proxy.ErrContent, in.Version, version)
	case !f.Canonical():
		return info{}, msg.Errorf("%w: the .info is about %q, which is no version of %s", "%w：.info 描述的 %q 不是 %s 的版本", proxy.ErrContent, in.Version, module)
	}
	return in, nil
}

// fetchInfo brings the .info of a version into the cache, as it came.
func (c *Filler) fetchInfo(ctx context.Context, r *proxy.Route, f proxy.File) error {
	if c.o.Cache.Has(f.Path()) {
		return nil // another flight landed since this one's client looked
	}
	start := time.Now()
	data, err := r.Source.Info(ctx, f.Module, f.Version)
	if err != nil {
		return err
	}
	pieces := []proxy.Piece{{From: r.Source.Name(), Bytes: int64(len(data))}}
	c.o.Observe(Event{What: Fetched, File: f, Route: r.Name, Pieces: pieces, Bytes: int64(len(data)), Took: time.Since(start)})
	if _, err := parseInfo(f.Module, f.Version, data); err != nil {
		return err
	}
	err = c.o.Cache.Write(ctx, f.Path(), data, cache.Record{Key: f.Path(), Route: r.Name, Pieces: pieces, Proof: proofNone, Size: int64(len(data)), Time: c.o.Now()})
	if errors.Is(err, store.ErrExists) || errors.Is(err, proxy.ErrContent) && c.o.Cache.Has(f.Path()) {
		return nil // another replica's, with another Origin perhaps: the first stays
	}
	if cache.NoRoom(err) {
		return c.spare.Put(f.Path(), data, err)
	}
	return err
}

// commit is the commit that a module's .info in the cache names; "" when there is
// none.
func (c *Filler) commit(ctx context.Context, f proxy.File) string {
	f.Kind = proxy.Info
	data, _, err := c.o.Cache.Read(ctx, f.Path(), maxText)
	if err != nil {
		return ""
	}
	in, err := parseInfo(f.Module, f.Version, data)
	if err != nil {
		return ""
	}
	return in.Origin.Hash
}

// parseList is a list without the lines that the go command would not take for a
// version either. A body that has no other lines is none.
func parseList(data []byte) ([]byte, error) {
	var out strings.Builder
	for line := range strings.Lines(string(data)) {
		if f := strings.Fields(line); len(f) > 0 && semver.IsValid(f[0]) {
			out.WriteString(strings.TrimSpace(line) + "\n")
		}
	}
	if out.Len() == 0 && len(strings.TrimSpace(string(data))) > 0 {
		return nil, msg.Errorf("%w: that is no list of versions", "%w：返回的不是版本列表", proxy.ErrUnavailable)
	}
	return []byte(out.String()), nil
}
