package bundle

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/workdir"
	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/cache"
	"github.com/yingzao-dev/yingzao/proxy/sumdb"
)

// Getter gives files that were proven; a *fill.Filler is one.
type Getter interface {
	Get(ctx context.Context, f proxy.File) (*cache.Object, error)
}

// ExportOptions say what goes into a bundle. To, Want and Files are needed.
type ExportOptions struct {
	// To is a folder, or a file that ends in .tar or .tar.zst. It must not exist; an
	// empty folder may.
	To string
	// Want are the versions, from Project, Log, Line and Toolchain.
	Want []Want
	// Files gives the files.
	Files Getter
	// DB proves them; nil = nothing in the bundle is proven. What it refuses as
	// private goes in unproven.
	DB *sumdb.DB
	// Series tells bundles apart that do not follow one another: lower-case letters,
	// digits, "-" and "_"; "" = "default", or Base's.
	Series string
	// Sequence is the bundle's number; 0 = the one behind Base's and the highest of
	// Earlier in the same series, or 1.
	Sequence int64
	// Base makes a delta: what is in that bundle with the same hash stays out. nil =
	// all of it goes in.
	Base *Manifest
	// Earlier are manifests of bundles that clients may have seen; Base, and those
	// which it names, need not be among them.
	Earlier []*Manifest
	// Progress is told what is being done; nil = nobody.
	Progress func(what msg.Text)
}

// Export makes a bundle beside To and puts it there when it is complete and proven.
// Whatever ends it, there is a whole bundle at To or none.
func Export(ctx context.Context, o ExportOptions) (*Manifest, error) {
	fail := func(err error) (*Manifest, error) {
		return nil, msg.Errorf("export bundle: %w", "导出离线包：%w", err).WithKind(msg.KindOf(err))
	}
	if o.To == "" || len(o.Want) == 0 || o.Files == nil {
		return fail(msg.Errorf("nothing to put in, or nowhere to put it", "没有要放入的内容，或没有指定位置").WithKind(msg.Usage))
	}
	to, err := filepath.Abs(o.To)
	if err != nil {
		return fail(err)
	}
	if names, err := os.ReadDir(to); !errors.Is(err, os.ErrNotExist) && (err != nil || len(names) > 0) {
		return fail(msg.Errorf("%s is there already", "%s 已存在", to).WithKind(msg.Usage).
			WithHint("name a folder or a .tar that does not exist yet", "请指定尚不存在的目录或 .tar 文件"))
	}
	m, err := o.manifest()
	if err != nil {
		return fail(err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return fail(err)
	}
	base := filepath.Join(filepath.Dir(to), ".yingzao-bundle")
	work, err := workdir.New(base)
	if err != nil {
		return fail(err)
	}
	defer os.Remove(base) //nolint:errcheck // unless another bundle is being made
	defer work.Close()
	x := &exporter{ExportOptions: o, m: m, dir: filepath.Join(work.Path(), "bundle"), records: map[string][]byte{}, lists: map[string][]string{}, before: map[string]File{}, wrote: map[string]bool{}}
	if err := os.Mkdir(x.dir, 0o755); err != nil {
		return fail(err)
	}
	for _, step := range []func(context.Context) error{x.modules, x.list, x.database, x.finish} {
		if err := step(ctx); err != nil {
			return fail(err)
		}
	}
	if err := x.put(ctx, to); err != nil {
		return fail(err)
	}
	return m, nil
}

// manifest is the empty one.
func (o *ExportOptions) manifest() (*Manifest, error) {
	m := &Manifest{Schema: 1, Series: cmp.Or(o.Series, "default"), Sequence: o.Sequence}
	if o.Base != nil {
		m.Base = &Base{o.Base.Sequence, o.Base.sha256}
		m.Series = cmp.Or(o.Series, o.Base.Series)
	}
	for _, old := range append(slices.Clone(o.Earlier), o.Base) {
		if o.Sequence == 0 && old != nil && old.Series == m.Series {
			m.Sequence = max(m.Sequence, old.Sequence+1)
		}
	}
	m.Sequence = max(m.Sequence, 1)
	if o.Base != nil && (m.Sequence <= o.Base.Sequence || m.Series != o.Base.Series) {
		return nil, msg.Errorf("number %d of series %q cannot follow number %d of %q", "系列 %[2]q 的编号 %[1]d 不能接在系列 %[4]q 的编号 %[3]d 之后", m.Sequence, m.Series, o.Base.Sequence, o.Base.Series).WithKind(msg.Usage)
	}
	if !validSeries(m.Series) {
		return nil, msg.Errorf("%q cannot be the name of a series", "%q 不能作为系列名称", m.Series).WithKind(msg.Usage)
	}
	for _, old := range append(slices.Clone(o.Earlier), o.Base) {
		if old == nil {
			continue
		}
		if m.Earlier = append(m.Earlier, old.Earlier...); old.SumDB != nil {
			m.Earlier = append(m.Earlier, old.SumDB.Head)
		}
	}
	slices.Sort(m.Earlier)
	m.Earlier = slices.Compact(m.Earlier)
	return m, nil
}

type exporter struct {
	ExportOptions
	m   *Manifest
	dir string

	before  map[string]File // those of the base
	wrote   map[string]bool
	mu      sync.Mutex
	records map[string][]byte   // lookups of what is new
	lists   map[string][]string // versions by the name of the list
}

func (x *exporter) say(t msg.Text) {
	if x.Progress != nil {
		x.Progress(t)
	}
}

// modules gets the files, a few at a time.
func (x *exporter) modules(ctx context.Context) error {
	if x.Base != nil {
		for _, f := range x.Base.Files {
			x.before[f.Name] = f
		}
		// What an earlier one listed stays listed: a folder that deltas are unpacked
		// over would lose it.
		for name := range x.before {
			if f, err := proxy.Parse(name); err == nil && f.Kind == proxy.Zip {
				x.listed(f)
			}
		}
	}
	want := Merge(x.Want)
	x.say(msg.Textf("%d versions of modules", "%d 个模块版本", len(want)))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(8)
	for _, w := range want {
		group.Go(func() error { return x.module(ctx, w) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	// What the base had and nobody wants now is still in the site's cache.
	x.mu.Lock()
	defer x.mu.Unlock()
	have := map[string]bool{}
	for _, f := range x.m.Files {
		have[f.Name] = true
	}
	for name, f := range x.before {
		if p, err := proxy.Parse(name); err == nil && p.Immutable() && !have[name] {
			f.Base = true
			x.m.Files = append(x.m.Files, f)
		}
	}
	return nil
}

func (x *exporter) listed(f proxy.File) {
	x.mu.Lock()
	defer x.mu.Unlock()
	name := proxy.File{Kind: proxy.List, Module: f.Module}.Path()
	x.lists[name] = append(x.lists[name], f.Version)
}

// module gets one version's files, proves them once more, and keeps its record.
func (x *exporter) module(ctx context.Context, w Want) error {
	sums, err := x.sums(ctx, w)
	if err != nil {
		return err
	}
	kinds := []proxy.Kind{proxy.Mod}
	if w.Zip {
		kinds = append(kinds, proxy.Info, proxy.Zip)
		x.listed(proxy.File{Module: w.Path, Version: w.Version.Version})
	}
	fresh := false
	for _, kind := range kinds {
		f := proxy.File{Kind: kind, Module: w.Path, Version: w.Version.Version}
		want := map[proxy.Kind]string{proxy.Mod: sums.Mod, proxy.Zip: sums.Zip}[kind]
		if old, ok := x.before[f.Path()]; ok && (want == "" || old.H1 == want) {
			old.Base = true
			x.add(old)
			continue
		}
		fresh = true
		got, err := x.take(ctx, f)
		if err != nil {
			return err
		}
		if want != "" && got.H1 != want {
			return proxy.Fail(proxy.ErrContent, f.String(), msg.Errorf("its h1 is %s, the checksum database has %s", "其 h1 为 %s，而校验数据库中是 %s", got.H1, want))
		}
		x.add(got)
	}
	if !fresh || x.DB == nil || sums == (mirror.Sums{}) {
		return nil
	}
	what, err := mirror.LookupPath(w.Version)
	if err != nil {
		return err
	}
	record, _, err := x.DB.Answer(ctx, what)
	if err != nil {
		return err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.records[what] = record
	return nil
}

func (x *exporter) add(f File) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.m.Files = append(x.m.Files, f)
}

// sums are what the database says, or the pins; none for what is private.
func (x *exporter) sums(ctx context.Context, w Want) (mirror.Sums, error) {
	if x.DB == nil {
		return mirror.Sums{Zip: w.ZipSum, Mod: w.ModSum}, nil
	}
	sums, _, err := x.DB.Sums(ctx, w.Path, w.Version.Version)
	if errors.Is(err, proxy.ErrBlocked) {
		return mirror.Sums{}, nil
	}
	if err != nil {
		return mirror.Sums{}, err
	}
	for _, pair := range [][2]string{{w.ZipSum, sums.Zip}, {w.ModSum, sums.Mod}} {
		if pair[0] != "" && pair[0] != pair[1] {
			return mirror.Sums{}, proxy.Fail(proxy.ErrContent, w.Version.String(), msg.Errorf("go.sum has %s, the checksum database %s", "go.sum 中是 %s，校验数据库中是 %s", pair[0], pair[1]))
		}
	}
	return sums, nil
}

// database writes the records under one head, with the tiles that prove them.
func (x *exporter) database(ctx context.Context) error {
	if x.DB == nil || len(x.records) == 0 && x.Base == nil {
		return nil
	}
	x.say(msg.Text{EN: "proofs of the checksum database", ZH: "校验数据库的证明"})
	signed, _, err := x.DB.Answer(ctx, "/latest")
	if err != nil {
		return err
	}
	x.m.SumDB = &SumDB{x.DB.Name(), string(signed)}
	x.m.Earlier = slices.DeleteFunc(x.m.Earlier, func(s string) bool { return s == string(signed) })
	top := "sumdb/" + x.DB.Name() + "/"
	_, err = mirror.OneHead(ctx, mirror.HeadOptions{
		Key: x.DB.Key(), Sources: []mirror.Source{x.DB.Source()}, Records: x.records, Head: signed, Earlier: bytesOf(x.m.Earlier),
		Write: func(ctx context.Context, name string, data []byte) error { return x.write(ctx, top+name, data) },
	})
	return err
}

// list writes the lists of versions: a go command asks them for what was retracted.
func (x *exporter) list(ctx context.Context) error {
	for name, versions := range x.lists {
		slices.Sort(versions)
		if err := x.write(ctx, name, []byte(strings.Join(slices.Compact(versions), "\n")+"\n")); err != nil {
			return err
		}
	}
	return nil
}
