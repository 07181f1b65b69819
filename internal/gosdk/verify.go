package gosdk

import (
	"context"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Verdict is the outcome of a verification. The words are stable.
type Verdict string

// The verdicts.
const (
	Genuine         Verdict = "genuine"            // every file is as released
	GenuineButGoEnv Verdict = "genuine-but-go-env" // every file but go.env, which was edited or removed
	Differs         Verdict = "differs"            // something else is not as released
	Unknown         Verdict = "unknown"            // not a release that the log knows: devel, a company's or distribution's own version
	Incomplete      Verdict = "incomplete"         // the log, or a file, could not be read
)

// Options are what a verification may use. The zero value can tell no more than
// that a version is no release.
type Options struct {
	Log     Log     // nil: no access to the log
	Lists   []List  // asked in this order, and only when the tree differs, for the names of the files; nil: none
	Release Release // fields left empty are read from the tree
}

// Result is what Verify found.
type Result struct {
	Verdict Verdict
	Release Release
	Logged  string // the h1 in the log; "" when it is not known
	Tree    *Tree  // nil when there was nothing to compare it with

	// GoEnv lists how the assignments of go.env differ, whenever that file is
	// not as released. It may be empty even then: comments can differ too. For a
	// release newer than this package that differs elsewhere too, it may be
	// wrong as long as Diff is nil.
	GoEnv []GoEnvChange
	// Diff names the files that differ; nil when that is not known. The links
	// and oddities of Tree.Odd come on top.
	Diff *Diff
	// Why says why the verdict is Unknown or Incomplete, or why a tree that
	// differs comes without names; nil otherwise.
	Why error
}

// Verify compares the GOROOT with the log. It reads every file and writes
// nothing. A verdict is not an error; an error says that the directory is no
// GOROOT, or holds far more than a Go (kind msg.Findings), or that ctx ended.
//
// The version asked of the log is the one in the file VERSION. An older release
// under its own name is therefore genuine.
func Verify(ctx context.Context, goroot string, o Options) (*Result, error) {
	return verify(ctx, os.DirFS(goroot), o)
}

func verify(ctx context.Context, fsys fs.FS, o Options) (*Result, error) {
	r, err := identify(fsys, o.Release)
	if err != nil {
		return nil, err
	}
	res := &Result{Release: r}
	if err := r.Check(); err != nil {
		return res.because(Unknown, err), nil
	}
	if o.Log == nil {
		return res.because(Incomplete, msg.Errorf("verify %s: no access to the checksum database", "验证 %s：无法访问校验数据库", r).
			WithHint("give a mirror or a proof file", "请提供镜像或证明文件").WithKind(msg.Incomplete)), nil
	}

	var logErr error
	group, inner := errgroup.WithContext(ctx)
	inner, stop := context.WithCancel(inner)
	defer stop()
	group.Go(func() error {
		// Without the log's word there is no need to go on reading files.
		if res.Logged, logErr = LoggedH1(inner, o.Log, r); logErr != nil {
			stop()
		}
		return nil
	})
	group.Go(func() (err error) {
		res.Tree, err = readTree(inner, fsys, r)
		return err
	})
	err = group.Wait()
	switch {
	case ctx.Err() != nil:
		return nil, msg.Errorf("verify %s: %w", "验证 %s：%w", r, ctx.Err())
	case logErr != nil && errors.Is(err, context.Canceled), logErr != nil && err == nil:
		res.Tree = nil
		if errors.Is(logErr, fs.ErrNotExist) {
			return res.because(Unknown, msg.Errorf("verify %s: the checksum database, as it was shown here, does not know this version: %w", "验证 %s：就此处所见，校验数据库中没有该版本：%w", r, logErr).
				WithHint("it is no official release, or the mirror leaves it out: ask another one", "它不是官方发行版，或该镜像未收录：请换一个镜像查询")), nil
		}
		return res.because(Incomplete, logErr), nil
	case err != nil:
		return nil, err
	}
	return res, res.judge(ctx, fsys, o.Lists)
}

func (res *Result) because(v Verdict, why error) *Result {
	res.Verdict, res.Why = v, why
	return res
}

// judge compares the tree that was read with what the log says.
func (res *Result) judge(ctx context.Context, fsys fs.FS, lists []List) error {
	t := res.Tree
	same, butGoEnv := t.H1() == res.Logged, false
	if !same {
		for _, files := range withGoEnv(t.Files) {
			butGoEnv = butGoEnv || hash1(res.Release, files) == res.Logged
		}
	}
	whole := len(t.Odd)+len(t.Unreadable) == 0
	if !same {
		res.compareGoEnv(fsys)
	}
	switch {
	case same && whole:
		res.Verdict = Genuine
		return nil
	case butGoEnv && whole:
		res.Verdict = GenuineButGoEnv
		return nil
	case same || butGoEnv: // all that is wrong is known already
		res.Diff = &Diff{}
		switch f := find(t.Files, goEnv); {
		case butGoEnv && f != nil:
			res.Diff.Changed = []string{goEnv}
		case butGoEnv && !t.noted()(goEnv):
			res.Diff.Missing = []string{goEnv}
		}
	default:
		files, err := official(ctx, res.Release, res.Logged, lists)
		if ctx.Err() != nil {
			return msg.Errorf("verify %s: %w", "验证 %s：%w", res.Release, ctx.Err())
		}
		res.Why = err
		if files != nil {
			res.Diff, res.Why = t.diff(files), nil
			if !slices.Contains(res.Diff.names(), goEnv) {
				res.GoEnv = nil // official after all: newer than our table
			}
		}
	}
	res.conclude()
	return nil
}

// compareGoEnv fills GoEnv for a go.env that is not as released.
func (res *Result) compareGoEnv(fsys fs.FS) {
	f := find(res.Tree.Files, goEnv)
	switch {
	case f == nil && !res.Tree.noted()(goEnv):
		res.GoEnv = goEnvChanges("")
	case f != nil && !slices.Contains(officialGoEnv, hex.EncodeToString(f.Sum[:])):
		res.GoEnv = goEnvChanges(readGoEnv(fsys))
	}
}

// conclude decides between Differs and Incomplete for a tree that is not proven.
func (res *Result) conclude() {
	t := res.Tree
	// What could not be read may be all that is wrong, next to go.env.
	guilty := len(t.Odd) > 0 || res.Diff != nil && slices.ContainsFunc(res.Diff.names(), func(n string) bool { return n != goEnv })
	switch {
	case len(t.Unreadable) > 0 && !guilty:
		first := t.Unreadable[0]
		res.because(Incomplete, msg.Errorf("verify %s: %d files or directories cannot be read, the first is %q: %w", "验证 %s：有 %d 个文件或目录无法读取，第一个是 %q：%w", res.Release, len(t.Unreadable), first.Name, first.Why).
			WithHint("run as a user who may read all of GOROOT", "请以能够读取整个 GOROOT 的用户身份运行").WithKind(msg.Incomplete))
	case res.Diff != nil && !guilty: // a go.env newer than our table
		res.Verdict, res.Diff = GenuineButGoEnv, nil
	case res.Diff != nil:
		res.Verdict = Differs
	default:
		why := msg.Errorf("name the files that differ: no list of the official files at hand", "列出有差异的文件：手头没有官方文件清单")
		if res.Why != nil {
			why = msg.Errorf("name the files that differ: %w", "列出有差异的文件：%w", res.Why)
		}
		res.because(Differs, why.WithKind(msg.Findings).
			WithHint("the names need the module zip of this release, from a mirror or the module cache, or a proof file that was written with file lists; a distribution's own build under an official version number differs too",
				"要列出文件名，需要该发行版的模块 zip（来自镜像或模块缓存），或带有文件清单的证明文件；操作系统厂商以官方版本号自行构建的 Go 同样会有差异"))
	}
}
