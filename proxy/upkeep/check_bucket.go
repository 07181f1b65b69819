package upkeep

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/cache"
	"github.com/yingzao-dev/yingzao/proxy/config"
	"github.com/yingzao-dev/yingzao/proxy/server"
)

// BucketReport is what Check found in the bucket that replicas share.
type BucketReport struct {
	Store   string  `json:"store"`
	Objects int     `json:"objects"`
	Bytes   int64   `json:"bytes"`
	Wrong   []Wrong `json:"wrong,omitempty"`
	// Young came while it was looked at, or may still be on its way: not judged.
	Young int `json:"young"`
	// Orphans are records without their file, kept on purpose: what comes again has to
	// be the same.
	Orphans Keys `json:"orphans"`
	// Foreign are keys that no proxy writes; they are left alone.
	Foreign Keys `json:"foreign"`
	// Uploads were begun and not finished for a week; Mend throws them away.
	Uploads int `json:"uploads"`
}

// Keys are so many keys, and the first of them.
type Keys struct {
	Count int      `json:"count"`
	First []string `json:"first,omitempty"` // 100 at most, in no order
}

func (k *Keys) add(key string) {
	if k.Count++; len(k.First) < 100 {
		k.First = append(k.First, key)
	}
}

// bucket checks the objects of the bucket, and mends them as they are found.
func (x *checker) bucket(ctx context.Context, c config.Config, d server.Deps, scratch string) (err error) {
	out := &BucketReport{Store: httpx.Redact(c.Cache.Store)}
	files := x.p.Cache
	if !x.Mend { // that of the directory knows no bucket
		st, err := d.Stores.Open(ctx, c.Cache.Store)
		if err != nil {
			return err
		}
		if files, err = cache.Open(ctx, cache.Options{Dir: filepath.Join(scratch, "looking"), Shared: st}); err != nil {
			return err
		}
		defer func() { err = msg.Join(err, files.Close()) }()
	}
	x.report.Bucket = out
	b := &bucketCheck{checker: x, files: files, proofs: newProofs(ctx, x.p, files), out: out}
	o := cache.SharedOptions{Prefix: x.Prefix, Scratch: scratch, Proven: b.proofs.proven, Proof: b.proofs.proof}
	err = files.CheckShared(ctx, o, func(s cache.Stored) error { return b.object(ctx, s) })
	if err == nil && x.Prefix == "" {
		out.Uploads, err = files.Unfinished(ctx, x.Mend)
	}
	slices.SortFunc(out.Wrong, func(a, b Wrong) int { return strings.Compare(a.Key, b.Key) })
	if err != nil && ctx.Err() == nil {
		err = msg.Errorf("check bucket %s: %w", "检查存储桶 %s：%w", out.Store, err)
	}
	return err
}

type bucketCheck struct {
	*checker
	files  *cache.Cache // with the bucket
	proofs *proofs
	out    *BucketReport
}

func (b *bucketCheck) object(ctx context.Context, s cache.Stored) error {
	b.out.Objects++
	b.out.Bytes += s.Size
	if b.Progress != nil {
		b.Progress(b.report.Files+b.out.Objects, b.report.Bytes+b.out.Bytes)
	}
	switch {
	case s.Young:
		b.out.Young++
	case s.Fault == cache.Orphan:
		b.orphan(ctx, s)
	case s.Fault == cache.Foreign:
		b.out.Foreign.add(s.Key)
	case s.Fault != "":
		b.wrong(ctx, s)
	case s.Record.Proof == cache.Unproven:
		b.owed(ctx, s.Key)
	case b.Mend:
		if _, err := b.files.Restore(ctx, s); err != nil { // its record, where one is here
			return err
		}
	}
	return context.Cause(ctx)
}

// orphan gives a record its file back, where the directory has it: a run that mended was
// interrupted. Most are kept without.
func (b *bucketCheck) orphan(ctx context.Context, s cache.Stored) {
	if b.Mend {
		if ok, err := b.files.Restore(ctx, s); err == nil && ok {
			b.out.Wrong = append(b.out.Wrong, Wrong{Key: s.Key, Reason: msg.Textf("%v", "%v", s.Err), Outcome: Mended})
			return
		}
	}
	b.out.Orphans.add(s.Key)
}

func (b *bucketCheck) wrong(ctx context.Context, s cache.Stored) {
	w := Wrong{Key: s.Key, Reason: msg.Textf("%v", "%v", s.Err), Outcome: Found}
	if b.Mend && s.Fault != cache.Unread {
		var err error
		if w.Outcome, err = b.mendObject(ctx, s); err != nil {
			w.Why = msg.Textf("%v", "%v", err)
		}
	}
	b.out.Wrong = append(b.out.Wrong, w)
}

// mendObject copies an object aside, deletes it, and puts a sound one in its place: the
// directory's, or one that is fetched.
func (b *bucketCheck) mendObject(ctx context.Context, s cache.Stored) (Outcome, error) {
	if s.Fault == cache.Half {
		if ok, err := b.files.Restore(ctx, s); err == nil && ok {
			return Mended, nil
		}
	}
	if err := b.files.Isolate(ctx, s); err != nil {
		return Found, err
	}
	if strings.HasPrefix(s.Key, "sumdb/") {
		return b.mendProof(ctx, s)
	}
	if ok, err := b.files.Restore(ctx, s); err == nil && ok {
		return Mended, nil
	}
	return b.outcome(ctx, s.Key)
}

// mendProof gives back what this directory has of a database, once it is proven.
func (b *bucketCheck) mendProof(ctx context.Context, s cache.Stored) (Outcome, error) {
	if _, err := b.again(ctx, s.Key); err != nil {
		return Lost, err
	}
	data, _, err := b.files.Read(ctx, s.Key, 1<<20)
	if errors.Is(err, proxy.ErrNotFound) {
		return Gone, nil
	}
	if err == nil {
		err = b.proofs.proof(ctx, s.Key, data)
	}
	if err == nil {
		_, err = b.files.Restore(ctx, s)
	}
	if err != nil {
		return Lost, err
	}
	return Mended, nil
}

// owed completes the proof of a file, or counts it.
func (x *checker) owed(ctx context.Context, key string) {
	f, err := proxy.Parse(key)
	if err == nil && x.Mend && x.p.Files.ProveAgain(ctx, f) {
		x.report.Proven++
	} else {
		x.report.Unproven++
	}
}
