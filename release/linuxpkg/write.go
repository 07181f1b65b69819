package linuxpkg

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"

	"github.com/goreleaser/nfpm/v2"
	"github.com/goreleaser/nfpm/v2/files"
)

// Write writes the package to w, after all of it has been made: an error leaves
// nothing in w unless it is w's own. Errors name the package and the field.
//
// When ctx is cancelled Write returns at once; nfpm cannot be interrupted and
// finishes in the background, into memory that is then dropped.
func Write(ctx context.Context, w io.Writer, p Package) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	info, clean, err := p.prepare()
	if err != nil {
		return err
	}
	type result struct {
		bytes []byte
		err   error
	}
	made := make(chan result, 1)
	go func() {
		defer clean()
		b, err := p.pack(ctx, info)
		made <- result{b, err}
	}()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case r := <-made:
		if r.err != nil {
			return r.err
		}
		_, err := w.Write(r.bytes)
		return err
	}
}

// pack lets nfpm make the package and corrects what it leaves to be corrected.
func (p Package) pack(ctx context.Context, info *nfpm.Info) ([]byte, error) {
	var b bytes.Buffer
	if err := packagers[p.Format].Package(info, &b); err != nil {
		return nil, p.explain(err)
	}
	switch p.Format {
	case Deb:
		return compressDeb(ctx, b.Bytes(), p.Deb.Compression)
	case RPM:
		return b.Bytes(), setPayloadSize(ctx, b.Bytes(), p.RPM.Compression)
	}
	return b.Bytes(), nil
}

// prepare makes the value that nfpm turns into bytes without looking at
// anything else of the host. The caller calls clean when nfpm is done.
func (p Package) prepare() (info *nfpm.Info, clean func(), err error) {
	arch, err := Arch(p.Format, p.Target)
	if err != nil {
		return nil, nil, err
	}
	info = p.header(arch)
	if err := p.validate(info); err != nil {
		return nil, nil, err
	}
	if info.Contents, err = p.contents(); err != nil {
		return nil, nil, err
	}
	dir, err := os.MkdirTemp(p.Temp, "linuxpkg-")
	if err != nil {
		return nil, nil, p.refuse("temp", "%w", "%w", err)
	}
	clean = func() { _ = os.RemoveAll(dir) }
	if err = p.scripts(info, dir); err == nil {
		err = p.lintian(info, dir)
	}
	if err != nil {
		clean()
		return nil, nil, err
	}
	return info, clean, nil
}

func (p Package) explain(err error) error {
	if errors.Is(err, files.ErrContentCollision) {
		return p.refuse("contents", "two entries have one destination: %w", "两个条目的目标位置相同：%w", err)
	}
	return p.refuse("nfpm", "%w", "%w", err)
}
