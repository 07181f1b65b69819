package cache

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"path"
	"time"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/proxy"
)

// maxRecord limits a record in bytes.
const maxRecord = 1 << 20

// Record is what is known about how a file came here.
type Record struct {
	Key    string        `json:"key"`
	Route  string        `json:"route,omitempty"`  // name of the route
	Pieces []proxy.Piece `json:"pieces,omitempty"` // who sent it
	H1     string        `json:"h1,omitempty"`     // of a .zip or .mod, as in go.sum
	// Proof is what vouched for H1: "sumdb:<name>#<record number>", "go.sum",
	// "vcs:<commit>", "none"; [Unproven] while the database could not be asked.
	Proof  string    `json:"proof,omitempty"`
	Size   int64     `json:"size"`            // bytes; 0 = unknown until Commit
	Time   time.Time `json:"time"`            // when it was committed
	Proven time.Time `json:"proven,omitzero"` // when Proof came, if that was later
}

// Unproven is the Proof of a file that still waits for one.
const Unproven = "pending"

func recordKey(key string) string { return recordDir + "/" + key + ".json" }

// worthwhile reports whether a record tells anything that the file does not.
func (r Record) worthwhile() bool {
	return r.Route != "" || len(r.Pieces) > 0 || r.H1 != "" || r.Proof != ""
}

func (r Record) encode() []byte {
	b, err := json.Marshal(r)
	if err != nil { // a time outside of years 0 to 9999
		r.Time = time.Time{}
		b, _ = json.Marshal(r)
	}
	return append(b, '\n')
}

func parseRecord(key string, data []byte) (r Record, err error) {
	if err := json.Unmarshal(data, &r); err != nil {
		return Record{}, err
	}
	if r.Key != key {
		return Record{}, differs(r.Key, key)
	}
	return r, nil
}

func (c *Cache) writeRecord(r Record) error {
	if !r.worthwhile() {
		return nil
	}
	if err := c.makeDir(recordKey(r.Key)); err != nil {
		return err
	}
	return c.writeTemp(recordKey(r.Key), r.encode(), r.Time)
}

// Proved replaces the record of a file that was kept unproven: in the directory, where
// it is there, and in the bucket. The file is not looked at.
func (c *Cache) Proved(ctx context.Context, r Record) error {
	if err := errors.Join(ctx.Err(), checkKey(r.Key)); err != nil {
		return err
	}
	if c.o.ReadOnly {
		return writeFail(r.Key, errReadOnly)
	}
	if c.o.Shared == nil || c.there(recordKey(r.Key)) {
		if err := c.writeRecord(r); err != nil {
			return writeFail(r.Key, err)
		}
	}
	if c.o.Shared == nil {
		return nil
	}
	return writeFail(r.Key, unavailable(c.putSmall(ctx, recordKey(r.Key), r.encode(), false)))
}

// Record returns how a file came here, or into the bucket; [proxy.ErrNotFound]
// when nothing is known.
func (c *Cache) Record(ctx context.Context, key string) (Record, error) {
	if err := errors.Join(ctx.Err(), checkKey(key)); err != nil {
		return Record{}, err
	}
	data, _, err := c.readLocal(recordKey(key), maxRecord)
	if err == nil {
		if r, err := parseRecord(key, data); err == nil {
			return r, nil
		}
	} else if !absent(err) {
		return Record{}, readFail(key, err)
	}
	if c.o.Shared == nil {
		return Record{}, proxy.Fail(proxy.ErrNotFound, path.Base(recordKey(key)), nil)
	}
	var buf bytes.Buffer
	if err := c.receive(ctx, recordKey(key), &buf, maxRecord); err != nil {
		if errors.Is(err, store.ErrNotFound) {
			return Record{}, proxy.Fail(proxy.ErrNotFound, path.Base(recordKey(key)), nil)
		}
		return Record{}, proxy.Fail(proxy.ErrUnavailable, key, err)
	}
	r, err := parseRecord(key, buf.Bytes())
	if err != nil {
		return Record{}, proxy.Fail(proxy.ErrContent, key, err)
	}
	return r, nil
}
