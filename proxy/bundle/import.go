package bundle

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/cache"
	"github.com/yingzao-dev/yingzao/proxy/sumdb"
)

// ImportOptions say where a bundle goes. Cache is needed.
type ImportOptions struct {
	Options
	// Cache takes it; a proxy may be serving from it.
	Cache *cache.Cache
}

// Imported is what came in.
type Imported struct {
	Manifest *Manifest
	Files    int   // that were not there yet
	Bytes    int64 // of them
	Records  int   // of the checksum database, in the bundle
	// Before and After are the sizes of the site's tree, in records.
	Before, After int64
}

// Import proves a bundle, all of it, and then puts it into the cache. An error of the
// kind msg.Findings is the bundle's: the cache is as it was. After another error the
// same import takes up where this one ended.
func Import(ctx context.Context, path string, o ImportOptions) (*Imported, error) {
	b, err := open(ctx, path, o.Options)
	if err != nil {
		return nil, failed(path, err)
	}
	defer b.close()
	in := &importer{ImportOptions: o, opened: b, done: &Imported{Manifest: b.m}}
	if in.proven, err = b.verify(ctx, o.Options); err == nil {
		err = in.allowed(ctx)
	}
	if err != nil {
		return nil, failed(path, err)
	}
	if err := in.commit(ctx); err != nil {
		return nil, msg.Errorf("import bundle %s: %w", "导入离线包 %s：%w", path, err).WithKind(msg.KindOf(err))
	}
	return in.done, nil
}

type importer struct {
	ImportOptions
	*opened
	proven *proven
	done   *Imported
}

// last is what is remembered of the last bundle of a series.
type last struct {
	Sequence int64  `json:"sequence"`
	SHA256   string `json:"sha256"`
}

func (in *importer) lastKey() string { return "sumdb/bundles/" + in.m.Series }

// allowed reports whether the bundle may follow what is here.
func (in *importer) allowed(ctx context.Context) error {
	if err := in.follows(ctx); err != nil {
		return err
	}
	for _, f := range in.m.Files {
		if f.Base && !in.there(ctx, f.Name) {
			return msg.Errorf("%s is not here: it is in number %d of the series, or in an earlier one", "本地没有 %s：它在该系列的第 %d 号或更早的离线包中", f.Name, in.m.Base.Sequence).WithKind(msg.Usage).
				WithHint("import the earlier bundles first, or a whole one", "请先导入更早的离线包，或导入完整的离线包")
		}
	}
	if in.m.SumDB == nil {
		return nil
	}
	// The site's tree has to be the beginning of the bundle's, by what the two have.
	here, err := sumdb.Open(ctx, sumdb.Options{Key: in.Key, Cache: in.Cache})
	if err != nil {
		return err
	}
	defer here.Close()
	size, _ := here.Head()
	in.done.Before, in.done.After = size, in.proven.head.N
	if size == 0 {
		return nil
	}
	if size > in.proven.head.N {
		return bad(msg.Errorf("its tree has %d records, the site's %d already: it was made earlier", "它的树有 %d 条记录，而本站已有 %d 条：它是更早制作的", in.proven.head.N, size)).
			WithHint("import a newer bundle", "请导入更新的离线包")
	}
	signed, _, err := here.Answer(ctx, "/latest")
	if err != nil {
		return err
	}
	p, err := mirror.NewProver(mirror.ProverOptions{Key: in.Key, Sources: []mirror.Source{in.source(), here.Source()}})
	if err != nil {
		return err
	}
	old, err := p.OpenHead(signed)
	if err == nil {
		err = p.Grown(ctx, old, in.proven.head)
	}
	if err != nil {
		return bad(msg.Errorf("it does not prove that its tree grew out of the site's: %w", "它未能证明其树是由本站的树增长而来：%w", err)).
			WithHint("export it again with the manifests of the bundles that were shipped before", "请在导出时一并提供此前各离线包的清单")
	}
	return nil
}

// follows compares its number with the last one's.
func (in *importer) follows(ctx context.Context) error {
	data, _, err := in.Cache.Read(ctx, in.lastKey(), 1<<10)
	if errors.Is(err, proxy.ErrNotFound) {
		return nil
	}
	var l last
	if err == nil {
		err = json.Unmarshal(data, &l)
	}
	switch {
	case err != nil:
		return err
	case in.m.Sequence < l.Sequence, in.m.Sequence == l.Sequence && in.m.sha256 != l.SHA256:
		return bad(msg.Errorf("it is number %d of series %q, and number %d is here already", "它是系列 %[2]q 的第 %[1]d 号，而第 %[3]d 号已导入", in.m.Sequence, in.m.Series, l.Sequence)).
			WithHint("import a newer bundle", "请导入更新的离线包")
	}
	return nil
}

func (in *importer) there(ctx context.Context, key string) bool {
	if in.Cache.Has(key) {
		return true
	}
	o, err := in.Cache.Get(ctx, key) // of the bucket
	if err != nil {
		return false
	}
	_ = o.Close()
	return true
}

// commit puts the database first: what a file's proof refers to is there before it.
func (in *importer) commit(ctx context.Context) error {
	numbers := map[module.Version]int64{}
	if in.m.SumDB != nil {
		db, err := sumdb.Open(ctx, sumdb.Options{Key: in.Key, Cache: in.Cache, Sources: []mirror.Source{in.source()}})
		if err != nil {
			return err
		}
		defer db.Close()
		if err := db.Reach(ctx, in.proven.head.N); err != nil {
			return err
		}
		for _, m := range slices.SortedFunc(maps.Keys(in.proven.records), func(a, b module.Version) int { return strings.Compare(a.String(), b.String()) }) {
			if _, numbers[m], err = db.Sums(ctx, m.Path, m.Version); err != nil {
				return err
			}
		}
		in.done.Records = len(numbers)
	}
	for _, f := range in.m.Files {
		file, err := proxy.Parse(f.Name)
		if err != nil || f.Base || !file.Immutable() {
			continue
		}
		r := cache.Record{Route: "bundle", Pieces: []proxy.Piece{{From: fmt.Sprintf("bundle:%s/%d", in.m.Series, in.m.Sequence), Bytes: f.Size}}, H1: f.H1, Proof: "none"}
		if n, ok := numbers[module.Version{Path: file.Module, Version: file.Version}]; ok {
			r.Proof = fmt.Sprintf("sumdb:%s#%d", in.m.SumDB.Name, n)
		}
		if err := in.file(ctx, f, r); err != nil {
			return err
		}
	}
	data, err := json.Marshal(last{in.m.Sequence, in.m.sha256})
	if err != nil {
		return err
	}
	return in.Cache.WriteMutable(ctx, in.lastKey(), data)
}

// file copies one file, unless it is there. It is hashed once more: the bundle may be
// on a stick that somebody writes to.
func (in *importer) file(ctx context.Context, f File, r cache.Record) (err error) {
	p, err := in.Cache.Create(ctx, f.Name)
	if errors.Is(err, store.ErrExists) {
		return in.same(ctx, f)
	} else if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = msg.Join(err, p.Discard(nil))
		}
	}()
	if err := p.Truncate(0); err != nil {
		return err
	}
	src, err := in.root.Open(filepath.FromSlash(f.Name))
	if err != nil {
		return err
	}
	defer src.Close()
	sum := newSum()
	n, err := io.Copy(io.MultiWriter(io.NewOffsetWriter(p, 0), sum), io.LimitReader(src, f.Size+1))
	if err != nil {
		return err
	}
	if n != f.Size || sum.hex() != f.SHA256 {
		return bad(msg.Errorf("%s changed while it was read", "%s 在读取时发生变化", f.Name))
	}
	if err := p.Commit(ctx, r); err != nil {
		return err
	}
	in.done.Files++
	in.done.Bytes += f.Size
	return nil
}

// same holds what the cache has to what the bundle has. Of an .info, mirrors word
// the origin differently.
func (in *importer) same(ctx context.Context, f File) error {
	other := proxy.Fail(proxy.ErrContent, f.Name, msg.Errorf("the cache has another content", "缓存中是另一份内容"))
	switch {
	case f.H1 == "":
		return nil
	case strings.HasSuffix(f.Name, ".zip"):
		h1, _, err := in.Cache.Read(ctx, strings.TrimSuffix(f.Name, ".zip")+".ziphash", 256)
		if err == nil && string(bytes.TrimSpace(h1)) != f.H1 {
			return other
		}
		return err
	}
	data, _, err := in.Cache.Read(ctx, f.Name, 16<<20)
	if err == nil && sumOf(data) != f.SHA256 {
		return other
	}
	return err
}
