package fetch

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// fromMirrors asks the entries of GOPROXY for the module zip, as the go command
// would: behind a comma only when the entry before says that it does not have it,
// behind a bar after any failure. An entry that sends wrong content has it as
// little as one that says so: whatever stands behind it is asked.
func (f *finder) fromMirrors(ctx context.Context) (*SDK, error) {
	live := f.o.Mirrors.Live()
	if len(live) == 0 || f.abi != "" {
		return nil, errNone
	}
	if _, _, err := f.vouch.files(ctx); err != nil {
		return nil, err
	}
	var failed []error
	for _, p := range live {
		if p.Word != "" {
			break // direct leads to the archives' hosts, off nowhere
		}
		s, err := f.fromMirror(ctx, p)
		if err == nil || ctx.Err() != nil {
			return s, err
		}
		if errors.Is(err, errNone) { // left out: says nothing
			continue
		}
		failed = append(failed, err)
		if !isAbsent(err) && !isWrong(err) && !p.Fallback() {
			break
		}
	}
	if len(failed) == 0 {
		return nil, errNone
	}
	return nil, msg.Join(failed...)
}

func (f *finder) fromMirror(ctx context.Context, p goenv.Proxy) (*SDK, error) {
	rel, err := f.zipPath()
	switch {
	case err != nil:
		return nil, err
	case p.Err != nil:
		return nil, msg.Errorf("read GOPROXY: %w", "读取 GOPROXY：%w", p.Err).WithKind(msg.Usage)
	case p.URL.Scheme == "file":
		return f.fromZip(ctx, filepath.FromSlash(filePath(p.URL.Path)+"/"+rel))
	case f.o.Offline:
		return nil, errNone
	}
	m, err := mirror.New(p.URL.String(), f.o.Client)
	if err != nil {
		return nil, err
	}
	unlock, err := f.lock(ctx, f.zipName())
	if err != nil {
		return nil, err
	}
	defer unlock()
	// Another process may have brought it while we waited.
	if s, err := f.fromCachedZip(ctx); err == nil {
		return s, nil
	}
	var found *SDK
	d := f.download(f.zipName(), "PK\x03\x04", func(ctx context.Context, part, source string) (err error) {
		found, err = f.keepZip(ctx, part, source)
		return err
	})
	return found, d.from(ctx, m, "/"+rel)
}

// filePath is the path of a file: URL, also where it begins with a drive.
func filePath(path string) string {
	if runtime.GOOS == "windows" && len(path) > 2 && path[0] == '/' && path[2] == ':' {
		return path[1:]
	}
	return path
}

func (f *finder) download(name, magic string, accept func(ctx context.Context, part, source string) error) *download {
	return &download{path: f.cached(name), magic: magic, stall: cmp.Or(f.o.Stall, 30*time.Second), progress: f.o.Progress, accept: accept}
}

// keepZip gives a downloaded zip its name once it is vouched for.
func (f *finder) keepZip(ctx context.Context, part, source string) (*SDK, error) {
	s, entries, err := f.openZip(ctx, part, nil)
	if err != nil {
		return nil, refused(source, err)
	}
	s.close() // an open file cannot be renamed everywhere
	name := f.cached(f.zipName())
	if err := os.Rename(part, name); err != nil {
		return nil, msg.Errorf("keep module zip: %w", "保存模块 zip：%w", err)
	}
	_ = os.Remove(part + ".json")
	if s, _, err = f.openZip(ctx, name, entries); err != nil {
		return nil, err
	}
	s.Proof.Source = source
	return s, nil
}

// refused says where a refused file came from.
func refused(source string, err error) error {
	return msg.Errorf("refuse what %s sent: %w", "拒绝 %s 发来的内容：%w", source, err)
}

// fromArchives asks the archive mirrors one after the other.
func (f *finder) fromArchives(ctx context.Context) (*SDK, error) {
	if len(f.o.Archives) == 0 || f.o.Offline {
		return nil, errNone
	}
	if f.o.SHA256 == "" {
		if _, _, err := f.vouch.files(ctx); err != nil {
			return nil, err
		}
	}
	unlock, err := f.lock(ctx, f.treeName())
	if err != nil {
		return nil, err
	}
	defer unlock()
	if s, err := f.fromCachedTree(ctx); err == nil {
		return s, nil
	}
	var failed []error
	for _, base := range f.o.Archives {
		s, err := f.fromArchiveMirror(ctx, base)
		if err == nil || ctx.Err() != nil {
			return s, err
		}
		failed = append(failed, err)
	}
	return nil, msg.Join(failed...)
}

func (f *finder) fromArchiveMirror(ctx context.Context, base string) (*SDK, error) {
	rel, kind := "/"+f.archiveName(), f.archiveKind()
	if whole, ok := strings.CutSuffix(base, kind.suffix); ok {
		i := strings.LastIndexByte(whole, '/') + 1
		base, rel = whole[:i], "/"+whole[i:]+kind.suffix
	}
	m, err := mirror.New(base, f.o.Client)
	if err != nil {
		return nil, err
	}
	var found *SDK
	// The name of the tree, which holds the ABI: archives' own names do not.
	d := f.download(f.treeName()+kind.suffix, kind.magic, func(ctx context.Context, part, source string) (err error) {
		if found, err = f.fromArchive(ctx, part, source); isWrong(err) {
			return refused(source, err)
		}
		return err
	})
	if err := d.from(ctx, m, rel); err != nil {
		return nil, err
	}
	return found, ignoreAbsent(d.forget())
}
