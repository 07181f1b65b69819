package cache

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

// Quarantined tells of a file in quarantine; it lies beside it as <key>.why.
type Quarantined struct {
	Key    string    `json:"key"`
	Reason string    `json:"reason"`
	Time   time.Time `json:"time"`
}

// Aside tells of the file of a key that was moved into quarantine last, by whatever
// process; [proxy.ErrNotFound] when none was.
func (c *Cache) Aside(ctx context.Context, key string) (Quarantined, error) {
	if err := errors.Join(ctx.Err(), checkKey(key)); err != nil {
		return Quarantined{}, err
	}
	data, _, err := c.readLocal(quarantineDir+"/"+key+".why", maxRecord)
	if absent(err) {
		return Quarantined{}, proxy.Fail(proxy.ErrNotFound, key, nil)
	}
	var q Quarantined
	if err == nil {
		err = json.Unmarshal(data, &q)
	}
	if err != nil {
		return Quarantined{}, readFail(key, err)
	}
	return q, nil
}

// isolate moves a file of the cache into quarantine under key. Only the last one
// of each key is kept, so that nobody can fill the disk with them.
func (c *Cache) isolate(name, key string, why error) error {
	to := quarantineDir + "/" + key
	if err := c.makeDir(to); err != nil {
		return err
	}
	data, err := json.Marshal(Quarantined{Key: key, Reason: why.Error(), Time: c.o.Now()})
	if err != nil {
		return err
	}
	if err := c.writeTemp(to+".why", append(data, '\n'), c.o.Now()); err != nil {
		return err
	}
	return c.root.Rename(name, to)
}

// Quarantine moves a file out of the tree into .yingzao/quarantine, and in the bucket,
// which may have another one, it does what Isolate does. Its record stays: it is what the
// next one is compared with. An absent file is [proxy.ErrNotFound], unless there is
// a bucket.
func (c *Cache) Quarantine(ctx context.Context, key string, why error) error {
	if err := checkKey(key); err != nil {
		return err
	}
	if c.o.ReadOnly {
		return writeFail(key, errReadOnly)
	}
	if why == nil {
		why = msg.Errorf("no reason given", "未说明原因")
	}
	p, err := c.wait(ctx, key)
	if err != nil {
		return writeFail(key, err)
	}
	err = c.isolate(key, key, why)
	gone := absent(err)
	if gone {
		err = nil
	}
	err = msg.Join(err, p.lock.Remove()) // the partial file may be a second name of it
	p.lock = nil
	if isZip(key) {
		if e := c.root.Remove(hashKey(key)); !absent(e) {
			err = msg.Join(err, e)
		}
	}
	if err != nil {
		return writeFail(key, err)
	}
	if c.o.Shared != nil {
		return c.isolateShared(ctx, key, why, nil)
	}
	if gone {
		return proxy.Fail(proxy.ErrNotFound, key, nil)
	}
	return nil
}

// wait locks the partial file of a key, whoever has it now.
func (c *Cache) wait(ctx context.Context, key string) (*Pending, error) {
	for {
		if p, err := c.take(key); p != nil || err != nil {
			return p, err
		}
		if err := pause(ctx, lockPoll); err != nil {
			return nil, err
		}
	}
}
