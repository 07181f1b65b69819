package cache

import (
	"context"
	"errors"
	"io/fs"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

// Commit puts the file in its place, and before it what belongs to it: the
// record, the .ziphash of a zip (computed when r.H1 is ""). Of r, Key and, where
// zero, Size and Time are filled in; a Size that the file does not have is
// [proxy.ErrContent]. When somebody was faster with the same content it is fine
// and theirs stays; with other content it is [proxy.ErrContent]. After an error
// the Pending is still there, to be parked or discarded.
func (p *Pending) Commit(ctx context.Context, r Record) error {
	err := p.commit(ctx, r)
	p.c.wrote(err)
	return writeFail(p.key, err)
}

func (p *Pending) commit(ctx context.Context, r Record) error {
	if p.lock == nil {
		return fs.ErrClosed
	}
	if err := p.complete(&r); err != nil {
		return err
	}
	if err := errors.Join(p.Sync(), ctx.Err()); err != nil {
		return err
	}
	if p.c.o.Shared != nil {
		if err := p.share(ctx, r); err != nil {
			return err
		}
	}
	return p.finish(r)
}

// complete fills in the record and holds the file to it.
func (p *Pending) complete(r *Record) error {
	fi, err := p.Stat()
	if err != nil {
		return err
	}
	if r.Size != 0 && r.Size != fi.Size() {
		return msg.Errorf("%w: %d bytes, not %d", "%w：%d 字节，应为 %d 字节", proxy.ErrContent, fi.Size(), r.Size)
	}
	r.Key, r.Size = p.key, fi.Size()
	if r.Time.IsZero() {
		r.Time = p.c.o.Now()
	}
	if isZip(p.key) && r.H1 == "" {
		if r.H1, err = hashZip(p.File, r.Size); err != nil {
			return msg.Errorf("%w: %w", "%w：%w", proxy.ErrContent, err)
		}
	}
	p.h1 = r.H1
	return nil
}

// finish makes the file appear in the directory and lets go of it.
func (p *Pending) finish(r Record) error {
	there, err := p.settle(r)
	if err != nil {
		return err
	}
	if !there {
		if err := p.appear(r); err != nil {
			return err
		}
		p.c.usage.Add(r.Size)
	}
	lock := p.lock
	p.lock = nil
	err = lock.Remove()
	if errors.Is(err, fs.ErrNotExist) { // it was renamed
		err = nil
	}
	return errors.Join(err, p.c.persist(p.key))
}

// appear writes record and .ziphash, then gives the file its name.
func (p *Pending) appear(r Record) error {
	c := p.c
	if err := c.writeRecord(r); err != nil {
		return err
	}
	now := c.o.Now()
	name := partialName(p.key)
	if err := c.root.Chtimes(name, now, now); err != nil {
		return err
	}
	if err := c.makeDir(p.key); err != nil {
		return err
	}
	if isZip(p.key) {
		if err := c.writeTemp(hashKey(p.key), []byte(p.h1), now); err != nil {
			return err
		}
	}
	err := c.link(c.root, name, p.key)
	if !noLinks(err) {
		return err
	}
	// Every process writes this key with its lock held, so that nobody comes in
	// between the look and the renaming.
	if _, err := c.root.Lstat(p.key); err == nil {
		return fs.ErrExist
	}
	return c.root.Rename(name, p.key)
}

// settle looks whether the file is there already: put there by hand, or a zip
// whose .ziphash was lost. What is not sound gives way.
func (p *Pending) settle(r Record) (there bool, err error) {
	f, err := p.c.root.Open(p.key)
	if absent(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return false, err
	}
	if !isZip(p.key) {
		return true, sameContent(p.key, f, fi.Size(), p.File, r.Size)
	}
	if h1, err := p.c.zipHash(p.key); err == nil {
		if h1 != p.h1 {
			return false, differs(h1, p.h1)
		}
		return true, nil
	}
	if h1, err := hashZip(f, fi.Size()); err == nil && h1 == p.h1 {
		return true, errors.Join(p.c.writeTemp(hashKey(p.key), []byte(h1), p.c.o.Now()), p.c.writeRecord(r))
	}
	return false, p.c.isolate(p.key, p.key, msg.Errorf("a zip without its .ziphash, other than %s", "没有 .ziphash 的 zip，且不是 %s", p.h1))
}

// differs is the error for two contents of one file.
func differs(first, second string) error {
	return msg.Errorf("%w: %s is there already, not %s", "%w：已有的是 %s，而不是 %s", proxy.ErrContent, first, second)
}
