package sumdb

import (
	"context"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/proxy"
)

// Answer is what a client gets for a path below /sumdb/<name>: /supported, /latest,
// /lookup/<module>@<version>, /tile/8/…, as it came over the wire after one
// percent-decoding. immutable says that it may be kept for ever: a lookup that comes
// with an older head stays true, and provable. Errors have this proxy's classes; what
// the database has no form for is [proxy.ErrNotFound].
func (d *DB) Answer(ctx context.Context, path string) (body []byte, immutable bool, err error) {
	switch {
	case path == "/supported":
		return nil, false, nil
	case path == "/latest":
		head, err := d.reach(ctx, 1, nil)
		if err != nil {
			return nil, false, d.fail(path, err)
		}
		return head.Note, false, nil
	case strings.HasPrefix(path, "/tile/"):
		body, err = d.tile(ctx, path)
		return body, err == nil, err
	case strings.HasPrefix(path, "/lookup/"):
		m, err := mirror.LookupVersion(path)
		if err != nil {
			return nil, false, proxy.Fail(proxy.ErrNotFound, d.Name()+"/lookup", err)
		}
		r, err := d.record(ctx, m)
		if err != nil {
			return nil, false, err
		}
		// The head now has the record: it only moves forward.
		return slices.Concat(r.text, d.line.Head().Note), true, nil
	}
	return nil, false, proxy.Fail(proxy.ErrNotFound, d.Name(), nil)
}

// Source lets others prove by what is here, and by what this database fetches.
func (d *DB) Source() mirror.Source {
	return func(ctx context.Context, path string) ([]byte, error) {
		data, _, err := d.Answer(ctx, path)
		return data, err
	}
}
