package bundle

import (
	"context"
	"encoding/json"
	"path/filepath"
	"runtime"
	"sync"

	"golang.org/x/mod/module"
	"golang.org/x/sync/errgroup"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
)

// Verify proves a bundle, a folder or a tar, and returns its manifest. An error of
// the kind msg.Findings says that it is damaged, hostile, forged, or not the pinned
// one; msg.Usage, that there is none.
func Verify(ctx context.Context, path string, o Options) (*Manifest, error) {
	b, err := open(ctx, path, o)
	if err == nil {
		defer b.close()
		_, err = b.verify(ctx, o)
	}
	if err != nil {
		return nil, failed(path, err)
	}
	return b.m, nil
}

func failed(path string, err error) error {
	return msg.Errorf("verify bundle %s: %w", "校验离线包 %s：%w", path, err).WithKind(msg.KindOf(err))
}

// proven are the records of a bundle, each proven under its head.
type proven struct {
	head    mirror.Head
	records map[module.Version]mirror.Record
}

// verify proves the records by the tiles, and the files by the records.
func (b *opened) verify(ctx context.Context, o Options) (*proven, error) {
	if err := b.sums(ctx); err != nil {
		return nil, err
	}
	p, err := b.proofs(ctx, o)
	if err != nil {
		return nil, err
	}
	for _, f := range b.m.Files {
		file, err := proxy.Parse(f.Name)
		if err != nil || f.Base || !file.Immutable() {
			continue
		}
		if err := b.file(p, file, f, o); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// sums compares what is here with the manifest, and h1 with the content.
func (b *opened) sums(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for _, f := range b.m.Files {
		if !f.Base {
			group.Go(func() error { return b.sum(ctx, f) })
		}
	}
	return group.Wait()
}

func (b *opened) sum(ctx context.Context, want File) error {
	damaged := func(why error) error {
		return bad(msg.Errorf("%s: %w", "%s：%w", want.Name, why)).
			WithHint("it was damaged on the way, or changed: copy it again", "它在途中损坏或被改动：请重新复制")
	}
	if err := archive.Holds(ctx, b.root, want.Name, want.Size, want.SHA256); ctx.Err() != nil {
		return context.Cause(ctx)
	} else if err != nil {
		return damaged(err)
	}
	if want.H1 == "" {
		return nil
	}
	file, err := proxy.Parse(want.Name)
	if err != nil {
		return err
	}
	h1, err := h1Of(file, filepath.Join(b.dir, filepath.FromSlash(want.Name)))
	if err == nil && h1 != want.H1 {
		err = msg.Errorf("h1 %s instead of %s", "h1 为 %s，应为 %s", h1, want.H1)
	}
	if err != nil {
		return damaged(err)
	}
	return nil
}

// source is the checksum database in the bundle.
func (b *opened) source() mirror.Source {
	return func(_ context.Context, path string) ([]byte, error) {
		return b.read("sumdb/"+b.m.SumDB.Name+path, 1<<20)
	}
}

// proofs proves all records in the bundle, and that its head grew out of the earlier
// ones, by what is in the bundle alone.
func (b *opened) proofs(ctx context.Context, o Options) (*proven, error) {
	out := &proven{records: map[module.Version]mirror.Record{}}
	if b.m.SumDB == nil {
		return out, nil
	}
	files := &sync.Map{}
	head, err := mirror.OneHead(ctx, mirror.HeadOptions{
		Key: o.Key, Sources: []mirror.Source{b.source()}, Records: b.lookups(out.records), Head: []byte(b.m.SumDB.Head), Earlier: bytesOf(b.m.Earlier),
		Write: func(_ context.Context, name string, data []byte) error { files.Store(name, sumOf(data)); return nil },
	})
	if err != nil {
		return nil, msg.Errorf("its proofs do not hold: %w", "其中的证明不成立：%w", err).WithKind(msg.Findings)
	}
	// What a client would read is what was proven.
	top := "sumdb/" + b.m.SumDB.Name + "/"
	for _, f := range b.m.Files {
		if rel, ok := cut(f.Name, top); ok {
			if sum, _ := files.Load(rel); sum != f.SHA256 {
				return nil, bad(msg.Errorf("%s is not what the proofs need", "%s 不是证明所需要的内容", f.Name))
			}
		}
	}
	out.head = head
	return out, nil
}

func cut(name, top string) (string, bool) {
	if len(name) > len(top) && name[:len(top)] == top {
		return name[len(top):], true
	}
	return "", false
}

func bytesOf(all []string) (out [][]byte) {
	for _, s := range all {
		out = append(out, []byte(s))
	}
	return out
}

// lookups reads the records; what cannot be read fails later, as no record.
func (b *opened) lookups(records map[module.Version]mirror.Record) map[string][]byte {
	all := map[string][]byte{}
	for _, f := range b.m.Files {
		what, ok := cut(f.Name, "sumdb/"+b.m.SumDB.Name)
		if !ok {
			continue
		}
		m, err := mirror.LookupVersion(what)
		if err != nil {
			continue
		}
		data, _ := b.read(f.Name, 1<<20)
		all[what] = data
		if r, err := mirror.ParseRecord(data); err == nil {
			records[m] = r
		}
	}
	return all
}

// file holds a file to its record, and an .info to its name.
func (b *opened) file(p *proven, file proxy.File, f File, o Options) error {
	r, ok := p.records[module.Version{Path: file.Module, Version: file.Version}]
	if !ok && (o.Unproven == nil || !o.Unproven(file.Module)) {
		return bad(msg.Errorf("%s: the checksum database in the bundle does not prove it", "%s：离线包中的校验数据库没有它的证明", f.Name)).
			WithHint("a private module has to be named as such", "私有模块需要明确指明")
	}
	if file.Kind == proxy.Info {
		var info struct{ Version string }
		data, err := b.read(f.Name, 1<<20)
		if err == nil {
			err = json.Unmarshal(data, &info)
		}
		if err != nil || info.Version != file.Version {
			return bad(msg.Errorf("%s is about %q", "%s 的内容是关于 %q 的", f.Name, info.Version))
		}
		return nil
	}
	if !ok {
		return nil
	}
	sums, err := r.Sums(file.Module, file.Version)
	if err != nil {
		return err
	}
	want := sums.Zip
	if file.Kind == proxy.Mod {
		want = sums.Mod
	}
	if f.H1 != want {
		return bad(msg.Errorf("%s: its h1 is %s, the checksum database has %s", "%s：其 h1 为 %s，校验数据库中是 %s", f.Name, f.H1, want))
	}
	return nil
}
