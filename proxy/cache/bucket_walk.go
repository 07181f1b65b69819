package cache

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/proxy"
)

// Fault is what is the matter with an object of the bucket.
type Fault string

// The faults.
const (
	Damaged Fault = "damaged" // not what its hash, its record, its proof or its form says
	Half    Fault = "half"    // a zip without its .ziphash, or a .ziphash without its zip
	// Orphan is a record without its file. It is kept on purpose: what comes again has
	// to be the same.
	Orphan Fault = "orphan"
	// Foreign is a key that no proxy writes. Whose it is, is not known.
	Foreign Fault = "foreign"
	// Unread could not be read to its end, so that nothing is known about it.
	Unread Fault = "unread"
)

// Stored is what CheckShared found about an object.
type Stored struct {
	Key   string
	Size  int64
	Fault Fault // "" = sound, or Young
	Err   error // why; nil where there is no fault
	// Young came, or was changed, while it was looked at: it is not judged.
	Young bool
	// Record is how a .mod or .zip came; the zero Record where none is kept.
	Record Record

	info store.Info // what was read: Isolate removes nothing else
	bare bool       // a .mod or .zip without a record
	h1   string     // what the missing .ziphash of a sound zip has to say; "" = not known
}

// SharedOptions say how CheckShared works. Scratch is needed.
type SharedOptions struct {
	// Prefix of the keys that are checked; "" = all, orphaned records among them.
	Prefix string
	// Scratch is a folder for zips while they are read.
	Scratch string
	// Proven is the h1 that a kept checksum database proves of a .mod or .zip; "" when
	// it has none. nil = there is no database.
	Proven func(ctx context.Context, f proxy.File) (h1 string, err error)
	// Proof holds an object of a checksum database to its tree: key and content.
	// [proxy.ErrContent] = it is wrong; another error = that cannot be told. nil = its
	// form alone is checked.
	Proof func(ctx context.Context, key string, data []byte) error
}

// settling is how long a writer may be between the objects that belong together.
const settling = time.Hour

// readers is how many objects are read at a time.
const readers = 8

// errNoBucket is what is said where there is none.
var errNoBucket error = msg.Errorf("the cache has no bucket", "该缓存没有存储桶")

// CheckShared reads each object of the bucket below a prefix again and compares it with
// what belongs to it. It changes nothing, and replicas may be writing: what comes after
// the start is not judged, nor is what may still be on its way. fn is called for each
// object, sound ones too, one at a time and in no order. Nothing but what is being read
// is held in memory; an error of the bucket that lasts ends it.
func (c *Cache) CheckShared(ctx context.Context, o SharedOptions, fn func(Stored) error) error {
	if c.o.Shared == nil {
		return errNoBucket
	}
	s := &sharedCheck{Cache: c, SharedOptions: o, start: c.o.Now()}
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(readers + 1)
	work := make(chan store.Info)
	var one sync.Mutex
	for range readers {
		group.Go(func() error {
			for info := range work {
				got, ok := s.object(inner, info)
				if err := context.Cause(inner); err != nil {
					return err
				}
				if !ok {
					continue
				}
				one.Lock()
				err := fn(got)
				one.Unlock()
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	group.Go(func() error {
		defer close(work)
		for _, prefix := range s.prefixes() {
			if err := s.list(inner, prefix, work); err != nil {
				return err
			}
		}
		return nil
	})
	err := group.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

type sharedCheck struct {
	*Cache
	SharedOptions
	start time.Time
}

// prefixes are what is listed: with a prefix, its records too.
func (s *sharedCheck) prefixes() []string {
	if s.Prefix == "" || strings.HasPrefix(s.Prefix, hidden) {
		return []string{s.Prefix}
	}
	return []string{recordDir + "/" + s.Prefix, s.Prefix}
}

// errStopped ends a listing without being taken for trouble of the bucket.
var errStopped = errors.New("stopped")

// list sends what the bucket lists. When a listing breaks off another one begins, and
// passes over what was seen: they come in the order of keys.
func (s *sharedCheck) list(ctx context.Context, prefix string, to chan<- store.Info) error {
	last := ""
	err := s.retry(ctx, func() error {
		return s.o.Shared.List(ctx, prefix, func(info store.Info) error {
			if last != "" && info.Key <= last {
				return nil
			}
			select {
			case to <- info:
				last = info.Key
				return nil
			case <-ctx.Done():
				return errStopped
			}
		})
	})
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return unavailable(err)
}

// object judges one; ok = false when it is gone, or in quarantine.
func (s *sharedCheck) object(ctx context.Context, info store.Info) (out Stored, ok bool) {
	out = Stored{Key: info.Key, Size: info.Size, info: info}
	switch {
	case strings.HasPrefix(info.Key, quarantineDir+"/"):
		return out, false
	case info.Modified.After(s.start):
		out.Young = true
		return out, true
	}
	err := s.judge(ctx, &out)
	switch {
	case err == nil:
		return out, true
	case errors.Is(err, store.ErrNotFound): // deleted since it was listed
		return out, false
	}
	out.Err = err
	if out.Fault == "" {
		out.Fault = Unread
	}
	return out, true
}

// fault notes what is wrong; what lacks something may be about to get it.
func (s *sharedCheck) fault(out *Stored, f Fault, err error) error {
	switch {
	case err == nil:
		return nil
	case (f == Half || f == Orphan) && s.unsettled(out.info):
		out.Young = true
		return nil
	}
	out.Fault = f
	return err
}

func (s *sharedCheck) unsettled(i store.Info) bool { return i.Modified.After(s.start.Add(-settling)) }

// damaged is a fault of what was read.
func (s *sharedCheck) damaged(out *Stored, err error) error {
	var local *fs.PathError
	if errors.As(err, &local) { // our disk, which says nothing about the object
		return err
	}
	return s.fault(out, Damaged, err)
}

// broken is what kept an object from being read: its fault only when it is larger, or
// other, than the bucket says.
func (s *sharedCheck) broken(out *Stored, err error) error {
	if errors.Is(err, proxy.ErrContent) {
		return s.fault(out, Damaged, err)
	}
	return err
}
