package fetch

import (
	"context"
	"errors"
	"io/fs"
	"slices"

	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Find brings the SDK of a release from the first source that has it and vouches
// for it; see the package comment for the order and for who vouches. abi is "" or,
// for old-world LoongArch, "abi1.0". The caller closes the SDK.
//
// The error has the kind msg.Findings when something was refused because it is not
// what was vouched for, msg.Incomplete when no source could be asked or had it,
// and msg.Usage for options that cannot work. What was downloaded in part stays
// for the next call.
func Find(ctx context.Context, want gosdk.Release, abi string, o Options) (*SDK, error) {
	if err := want.Check(); err != nil {
		return nil, msg.Errorf("find Go SDK: %w", "查找 Go SDK：%w", err).WithKind(msg.Usage)
	}
	if abi != "" && !abiWord.Re().MatchString(abi) {
		return nil, msg.Errorf("find Go SDK: %q is no ABI", "查找 Go SDK：%q 不是合法的 ABI", abi).WithKind(msg.Usage)
	}
	if err := checkPins(o); err != nil {
		return nil, err
	}
	if o.Archives == nil && abi == "" {
		o.Archives = DefaultArchives()
	}
	if o.Client == nil && !o.Offline {
		o.Client = httpx.New(httpx.Options{})
		defer o.Client.CloseIdleConnections()
	}
	f := &finder{o: o, want: want, abi: abi, vouch: vouchers{o: &o, want: want, abi: abi}}
	return f.find(ctx)
}

// finder is one call of Find.
type finder struct {
	o     Options
	want  gosdk.Release
	abi   string
	vouch vouchers
}

func (f *finder) find(ctx context.Context) (*SDK, error) {
	// Where nobody vouches nothing is worth fetching. A pinned archive needs no log.
	if f.o.SHA256 == "" {
		if _, _, err := f.vouch.files(ctx); err != nil {
			return nil, err
		}
	}
	sources := []func(context.Context) (*SDK, error){f.fromCache, f.fromModCache, f.fromMirrors, f.fromArchives}
	if f.o.Dir != "" {
		sources = []func(context.Context) (*SDK, error){f.fromDir}
	}
	var failed []error
	for _, from := range sources {
		s, err := from(ctx)
		switch {
		case err == nil:
			return s, nil
		case ctx.Err() != nil:
			return nil, msg.Errorf("find Go SDK %s: %w", "查找 Go SDK %s：%w", f.want, context.Cause(ctx))
		case !errors.Is(err, errNone):
			failed = append(failed, err)
		}
	}
	return nil, f.failure(failed)
}

// errNone is a source that is not there: not configured, or an empty cache.
var errNone = msg.Errorf("no source", "没有来源")

// failure tells what went wrong everywhere.
func (f *finder) failure(failed []error) error {
	kind := msg.Incomplete
	if slices.ContainsFunc(failed, func(err error) bool { return msg.KindOf(err) == msg.Findings }) {
		kind = msg.Findings
	}
	if len(failed) == 0 {
		failed = []error{msg.Errorf("there is no place to take it from", "没有可用的来源")}
	}
	cause := msg.Join(failed...)
	e := msg.Errorf("find Go SDK %s: %w", "查找 Go SDK %s：%w", f.want, cause).WithKind(kind)
	if msg.Hint(cause).IsZero() {
		e = e.WithHint("configure a mirror that has it, or put %s or %s into a folder and name the folder", "请配置收录它的镜像，或把 %s 或 %s 放入某个目录并指定该目录", f.zipName(), f.archiveName())
	}
	return e
}

// isWrong reports whether an error is about content, not about getting it.
func isWrong(err error) bool { return msg.KindOf(err) == msg.Findings }

// isAbsent reports whether an error says that a place does not have the file.
func isAbsent(err error) bool { return errors.Is(err, fs.ErrNotExist) }
