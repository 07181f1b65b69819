package adopt

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/cache"
)

// Filler proves and commits: a fill.Filler with the routes of [Tree.Routes].
type Filler interface {
	Get(ctx context.Context, f proxy.File) (*cache.Object, error)
}

// Options say what is imported and what proves it. From, Into and Filler are
// needed.
type Options struct {
	From   *Tree
	Into   *cache.Cache // the filler's
	Filler Filler
	// Routes are the site's. Nothing but a pin vouches for a private module, and
	// no database may learn its name. nil = every module is public.
	Routes proxy.Routes
	// Pinned reports whether a go.sum file of the site has the hash of a .mod or
	// .zip. nil = none has.
	Pinned func(f proxy.File) bool
	// TrustPrivate takes private modules as they are, on the word of whoever
	// imports.
	TrustPrivate bool
	// Parallel is how many versions are taken at a time. 0 = 4.
	Parallel int
	// Progress is told after each file how many there were; several goroutines
	// call it, one at a time. nil = nobody is told.
	Progress func(Report)
}

// Report is what Import did. Slices are in the order of module and version.
type Report struct {
	Layout   Layout    `json:"layout"`
	Imported int       `json:"imported"` // files
	Bytes    int64     `json:"bytes"`    // of them
	Present  int       `json:"present"`  // files that were there already
	Passed   int       `json:"passed"`   // lists, locks, databases: not taken over
	Unproven []Problem `json:"unproven,omitempty"`
	Refused  []Problem `json:"refused,omitempty"` // fail their proof, or a rule forbids them
	Unknown  []string  `json:"unknown,omitempty"` // what does not belong there, or cannot be read
}

// Problem is a file that was not imported.
type Problem struct {
	File   string   `json:"file"` // module@version (.kind)
	Reason msg.Text `json:"reason"`
	file   proxy.File
}

// errNothingVouches is why a private module is not taken.
var errNothingVouches = msg.Errorf("private, and no go.sum file of the site has its hash", "私有模块，且站点的 go.sum 文件中没有其哈希")

// Import takes over every .mod, .zip and .info of a tree. A .info is taken when
// something else of its version is there, since nothing proves it alone. Files
// that are refused do not stop it; the error is about the directory, the disk, or
// the context, and the report tells how far it came.
func Import(ctx context.Context, o Options) (Report, error) {
	run := &run{Options: o, report: Report{Layout: o.From.layout}}
	versions, err := run.versions(ctx)
	if err != nil {
		return run.report, msg.Errorf("import from %s: %w", "从 %s 导入：%w", o.From.name, err)
	}
	g, ctx := errgroup.WithContext(ctx)
	if g.SetLimit(4); o.Parallel > 0 {
		g.SetLimit(o.Parallel)
	}
	for _, files := range versions {
		g.Go(func() error { return run.version(ctx, files) })
	}
	err = g.Wait()
	for _, list := range [][]Problem{run.report.Unproven, run.report.Refused} {
		slices.SortFunc(list, func(a, b Problem) int { return compare(a.file, b.file) })
	}
	if err != nil {
		return run.report, msg.Errorf("import from %s: %w", "从 %s 导入：%w", o.From.name, err)
	}
	return run.report, nil
}

type run struct {
	Options
	mu     sync.Mutex
	report Report
}

// versions finds the files, those of a version together: .mod, .zip, .info.
func (r *run) versions(ctx context.Context) (all [][]proxy.File, err error) {
	seen := map[proxy.File]bool{}
	var files []proxy.File
	err = fs.WalkDir(r.From.root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrPermission) && name != "." {
			r.report.Unknown = append(r.report.Unknown, name)
			if e.IsDir() {
				return fs.SkipDir
			}
			return context.Cause(ctx)
		}
		if err := errors.Join(err, context.Cause(ctx)); err != nil {
			return err
		}
		if e.IsDir() {
			return nil
		}
		f, ok, other := r.From.file(name)
		switch {
		case !e.Type().IsRegular(), other:
			r.report.Unknown = append(r.report.Unknown, name)
		case !ok:
			r.report.Passed++
		case !seen[f]:
			seen[f] = true
			files = append(files, f)
		}
		return nil
	})
	slices.SortFunc(files, compare)
	for i, f := range files {
		if i == 0 || f.Module != files[i-1].Module || f.Version != files[i-1].Version {
			all = append(all, nil)
		}
		all[len(all)-1] = append(all[len(all)-1], f)
	}
	return all, err
}

// compare orders by module, version, and .mod, .zip, .info.
func compare(a, b proxy.File) int {
	rank := []proxy.Kind{proxy.Mod, proxy.Zip, proxy.Info}
	if c := strings.Compare(a.Module, b.Module); c != 0 {
		return c
	}
	if c := strings.Compare(a.Version, b.Version); c != 0 {
		return c
	}
	return slices.Index(rank, a.Kind) - slices.Index(rank, b.Kind)
}

func (r *run) version(ctx context.Context, files []proxy.File) error {
	for _, f := range files {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		size, err := r.take(ctx, f)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		r.count(f, size, err)
		if _, full := r.Into.Free(); full && err != nil {
			return err
		}
	}
	return nil
}

// take imports one file; a size of -1 says that it was there.
func (r *run) take(ctx context.Context, f proxy.File) (size int64, err error) {
	if r.Into.Has(f.Path()) {
		return -1, nil
	}
	if err := r.vouched(f); err != nil {
		return 0, err
	}
	obj, err := r.Filler.Get(ctx, f)
	if err != nil {
		return 0, err
	}
	return obj.Size, obj.Close()
}

// vouched reports whether there can be a proof.
func (r *run) vouched(f proxy.File) error {
	route := r.Routes.For(f.Module, f.Version)
	if route != nil && route.Block != "" {
		return nil // the filler says so
	}
	if f.Kind == proxy.Info {
		mod, zip := f, f
		mod.Kind, zip.Kind = proxy.Mod, proxy.Zip
		if !r.Into.Has(mod.Path()) && !r.Into.Has(zip.Path()) {
			return msg.Errorf("nothing of this version was imported", "该版本没有任何文件被导入")
		}
		return nil
	}
	if route == nil || !route.Private || r.TrustPrivate || r.Pinned != nil && r.Pinned(f) {
		return nil
	}
	return errNothingVouches
}

func (r *run) count(f proxy.File, size int64, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case err == nil && size < 0:
		r.report.Present++
	case err == nil:
		r.report.Imported++
		r.report.Bytes += size
	case errors.Is(err, proxy.ErrContent), errors.Is(err, proxy.ErrBlocked):
		r.report.Refused = append(r.report.Refused, problem(f, err))
	default:
		r.report.Unproven = append(r.report.Unproven, problem(f, err))
	}
	if r.Progress != nil {
		r.Progress(r.report)
	}
}

func problem(f proxy.File, err error) Problem {
	return Problem{File: f.String(), Reason: msg.Textf("%v", "%v", err), file: f}
}
