package gosdk

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb"
	"golang.org/x/mod/sumdb/note"

	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Log answers with the go.sum lines of a module version that are proven to be in
// a checksum database. An error that is fs.ErrNotExist says that the database has
// no such version, as far as whoever was asked tells.
type Log interface {
	Lookup(ctx context.Context, path, version string) ([]string, error)
}

// Remote reads one path of a checksum database, which begins with "/lookup/" or
// "/tile/". It need not be honest. An error that is fs.ErrNotExist stands for the
// statuses 404 and 410. It must be safe for concurrent use.
type Remote func(ctx context.Context, path string) ([]byte, error)

// NewLog verifies what remote says against the database's key; "" means
// goenv.PublicSumDBKey. Each lookup starts from an empty tree head and is proven by the
// head that came with it, so what is missed is a database that shows different
// people different logs: only a client with a memory, such as the go command,
// can see that.
func NewLog(key string, remote Remote) (Log, error) {
	if key == "" {
		key = goenv.PublicSumDBKey
	}
	v, err := note.NewVerifier(key)
	if err != nil {
		return nil, msg.Errorf("read checksum database key: %w", "读取校验数据库的公钥：%w", err).WithKind(msg.Usage)
	}
	return &verifiedLog{key: key, name: v.Name(), remote: remote, cache: map[string][]byte{}}, nil
}

type verifiedLog struct {
	key, name string
	remote    Remote

	mu    sync.Mutex
	cache map[string][]byte // authenticated lookups and tiles, by the client's names
}

// Lookup implements Log. What does not prove itself is an error of the kind
// msg.Findings; what could not be asked, msg.Incomplete.
func (l *verifiedLog) Lookup(ctx context.Context, path, version string) ([]string, error) {
	mod := module.Version{Path: path, Version: version}
	ops := &clientOps{ctx: ctx, log: l, failed: map[string]error{}}
	lines, err := sumdb.NewClient(ops).Lookup(path, version)
	switch {
	case err == nil:
		return lines, nil
	case ctx.Err() != nil:
		err = ctx.Err()
	case len(ops.failed) == 0:
		return nil, msg.Errorf("look up %s: the answer does not prove itself: %s", "查询 %s：返回的内容无法自证：%s", mod, printable(err.Error())).
			WithHint("it was altered, or is not from this checksum database; ask through another mirror, or fetch the proof again", "内容被改动过，或不是来自该校验数据库；请换一个镜像查询，或重新获取证明文件").WithKind(msg.Findings)
	default:
		for path, cause := range ops.failed {
			err = cause
			// A tile that is not there says nothing about the version.
			if !strings.HasPrefix(path, "/lookup/") && errors.Is(cause, fs.ErrNotExist) {
				err = msg.Errorf("%s is missing", "缺少 %s", strings.TrimPrefix(path, "/"))
			}
			break
		}
	}
	return nil, msg.Errorf("look up %s: %w", "查询 %s：%w", mod, err).WithKind(msg.Incomplete)
}

// printable is the first line of a text that strangers had a hand in.
func printable(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, s)
	return s[:min(len(s), 200)]
}

// clientOps connects one lookup of x/mod's client with a Remote.
type clientOps struct {
	ctx context.Context
	log *verifiedLog

	mu     sync.Mutex
	failed map[string]error // paths that could not be read; a partial tile counts as its full one
}

func (o *clientOps) ReadRemote(path string) ([]byte, error) {
	b, err := o.log.remote(o.ctx, path)
	o.mu.Lock()
	defer o.mu.Unlock()
	// The client asks for the full tile when a partial one is gone.
	whole, _, _ := strings.Cut(path, ".p/")
	if err != nil {
		o.failed[whole] = err
	} else {
		delete(o.failed, whole)
	}
	return b, err
}

func (o *clientOps) ReadConfig(file string) ([]byte, error) {
	if file == "key" {
		return []byte(o.log.key), nil
	}
	return nil, nil // no tree head yet
}

func (o *clientOps) WriteConfig(string, []byte, []byte) error { return nil }

func (o *clientOps) ReadCache(file string) ([]byte, error) {
	o.log.mu.Lock()
	defer o.log.mu.Unlock()
	if b, ok := o.log.cache[file]; ok {
		return b, nil
	}
	return nil, fs.ErrNotExist
}

// WriteCache is given only what the client has authenticated.
func (o *clientOps) WriteCache(file string, data []byte) {
	o.log.mu.Lock()
	defer o.log.mu.Unlock()
	o.log.cache[file] = data
}

func (o *clientOps) Log(string) {}

// SecurityError need not keep the text: the client returns ErrSecurity as well.
func (o *clientOps) SecurityError(string) {}

// LoggedH1 asks the log for the hash of a release. An error that is
// fs.ErrNotExist says that the log, as it was shown, has none.
func LoggedH1(ctx context.Context, log Log, r Release) (string, error) {
	m := r.Module()
	lines, err := log.Lookup(ctx, m.Path, m.Version)
	if err != nil {
		return "", err
	}
	h1 := ""
	for _, line := range lines {
		f := strings.Fields(line)
		if len(f) != 3 || f[0] != m.Path || f[1] != m.Version || !strings.HasPrefix(f[2], "h1:") {
			continue
		}
		if h1 != "" && h1 != f[2] {
			return "", msg.Errorf("look up %s: the log holds two hashes", "查询 %s：校验日志中有两个不同的哈希", m).WithKind(msg.Findings)
		}
		h1 = f[2]
	}
	if h1 == "" {
		return "", msg.Errorf("look up %s: no hash in the answer: %w", "查询 %s：返回的内容中没有哈希：%w", m, fs.ErrNotExist)
	}
	return h1, nil
}
