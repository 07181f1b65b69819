package fetch

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// fromDir takes the SDK from the directory that the user named.
func (f *finder) fromDir(ctx context.Context) (*SDK, error) {
	dir := f.o.Dir
	if _, err := os.Stat(dir); err != nil {
		return nil, msg.Errorf("look into folder: %w", "查看目录：%w", err)
	}
	if here(dir, "VERSION") {
		return f.fromGoroot(ctx, dir)
	}
	var failed []error
	for _, c := range []struct {
		name string
		from func(context.Context, string) (*SDK, error)
	}{
		{f.zipName(), f.fromZip},
		{f.treeName(), f.fromGoroot},
		{f.archiveName(), f.fromLocalArchive},
	} {
		if !here(dir, c.name) {
			continue
		}
		s, err := c.from(ctx, filepath.Join(dir, c.name))
		if err == nil || ctx.Err() != nil {
			return s, err
		}
		failed = append(failed, err)
	}
	if len(failed) == 0 {
		return nil, msg.Errorf("look into folder %s: it is no GOROOT and has neither %s nor %s", "查看目录 %s：它不是 GOROOT，其中也没有 %s 或 %s", dir, f.zipName(), f.archiveName())
	}
	return nil, msg.Join(failed...)
}

func here(dir, name string) bool {
	_, err := os.Stat(filepath.Join(dir, name))
	return err == nil
}

// fromLocalArchive unpacks an archive of the user's into our cache.
func (f *finder) fromLocalArchive(ctx context.Context, name string) (*SDK, error) {
	if _, err := f.pinned(name, name); err != nil {
		return nil, err
	}
	unlock, err := f.lock(ctx, f.treeName())
	if err != nil {
		return nil, err
	}
	defer unlock()
	if s, err := f.fromCachedTree(ctx); err == nil {
		return s, nil
	}
	return f.fromArchive(ctx, name, name)
}

// fromCache takes the SDK from what an earlier call fetched. What is not what is
// vouched for stays until a good one takes its place: the pin may be what is wrong.
func (f *finder) fromCache(ctx context.Context) (*SDK, error) {
	if f.o.Cache == "" {
		return nil, errNone
	}
	s, err := f.fromCachedZip(ctx)
	if err == nil || ctx.Err() != nil {
		return s, err
	}
	s, err2 := f.fromCachedTree(ctx)
	switch {
	case err2 == nil || errors.Is(err, errNone):
		return s, err2
	case errors.Is(err2, errNone):
		return nil, err
	}
	return nil, msg.Join(err, err2)
}

func (f *finder) fromCachedZip(ctx context.Context) (*SDK, error) {
	if f.o.Cache == "" || !here(f.o.Cache, f.zipName()) {
		return nil, errNone
	}
	return f.fromZip(ctx, f.cached(f.zipName()))
}

// fromModCache takes the zip that the go command fetched.
func (f *finder) fromModCache(ctx context.Context) (*SDK, error) {
	path, err := f.zipPath()
	if err != nil || f.o.ModCache == "" {
		return nil, errNone
	}
	dir := filepath.Join(f.o.ModCache, "cache", "download")
	if !here(dir, path) {
		return nil, errNone
	}
	return f.fromZip(ctx, filepath.Join(dir, filepath.FromSlash(path)))
}
