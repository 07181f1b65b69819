package sumdb

import (
	"context"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/cache"
)

// Check proves every record that is kept under the head, as a client would, and says
// how many they are. Tiles that are missing are fetched where there are sources. It
// is for fsck, and for a cache that was copied from elsewhere: nothing here needs it.
func (d *DB) Check(ctx context.Context) (records int, err error) {
	var all []mirror.Record
	top := d.key("")
	prove := func() error {
		head, need := d.line.Head(), int64(0)
		for _, r := range all {
			need = max(need, r.ID+1)
		}
		if need > head.N {
			if head, err = d.reach(ctx, need, nil); err != nil {
				return d.fail("/latest", err)
			}
		}
		if err := d.p.Prove(ctx, head, all...); err != nil {
			return d.fail("", err)
		}
		records += len(all)
		all = all[:0]
		return nil
	}
	err = d.o.Cache.Walk(ctx, top+"/lookup/", func(e cache.Entry) error {
		what := strings.TrimPrefix(e.Key, top)
		data, _, err := d.o.Cache.Read(ctx, e.Key, maxAnswer)
		if err != nil {
			return d.fail(what, err)
		}
		m, err := mirror.LookupVersion(what)
		if err != nil {
			return proxy.Fail(proxy.ErrContent, d.Name()+what, err)
		}
		r, _, err := d.p.ReadRecord(m, data)
		if err != nil {
			return d.fail(what, err)
		}
		if all = append(all, r); len(all) == 2048 {
			return prove()
		}
		return nil
	})
	if err == nil {
		err = prove()
	}
	return records, err
}
