package mirror

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io/fs"
	"net/http"
	"strings"
	"sync"

	"golang.org/x/mod/sumdb"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Source delivers what a checksum database answers: path is /latest,
// /lookup/… or /tile/…. A source is not trusted. It is called by several
// goroutines.
type Source func(ctx context.Context, path string) ([]byte, error)

// Source is the named database through this mirror, below /sumdb/<name>.
func (m *Mirror) Source(name string) Source {
	return func(ctx context.Context, path string) ([]byte, error) { return m.SumDB(ctx, name, path) }
}

// Direct is a database at its own URL, like https://sum.golang.org.
func Direct(base string, client *http.Client) (Source, error) {
	m, err := New(base, client)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, path string) ([]byte, error) { return m.read(ctx, path, maxData) }, nil
}

// DatabaseOptions describe a checksum database.
type DatabaseOptions struct {
	// Key is the verifier key, name+hash+base64. "" = [goenv.PublicSumDBKey].
	Key string
	// Sources are asked in order until one answers; at least one is needed.
	Sources []Source
}

// Database gives verified answers of a checksum database. It keeps tiles,
// records and the newest signed head in memory, so that a later answer has to
// be consistent with the earlier ones. Its methods may be called by several
// goroutines.
type Database struct {
	o    DatabaseOptions
	name string
	key  note.Verifier

	mu    sync.Mutex
	cache map[string][]byte
	head  []byte
}

// NewDatabase makes a database without asking it anything. It fails for a
// malformed key or when there is no source.
func NewDatabase(o DatabaseOptions) (*Database, error) {
	o.Key = cmp.Or(o.Key, goenv.PublicSumDBKey)
	v, err := note.NewVerifier(o.Key)
	if err != nil {
		return nil, msg.Errorf("read checksum database key: %w", "读取校验数据库的公钥：%w", err)
	}
	if len(o.Sources) == 0 {
		return nil, msg.Errorf("ask checksum database %s: no source", "查询校验数据库 %s：没有可用来源", v.Name())
	}
	return &Database{o: o, name: v.Name(), key: v, cache: map[string][]byte{}}, nil
}

// Name is the database's name, as it stands in its key.
func (d *Database) Name() string { return d.name }

// Sums are the two lines of a version in go.sum, as h1:… hashes.
// A record without a line for one of them leaves it "".
type Sums struct {
	Zip string
	Mod string
}

// Lookup returns the sums of a version, proven to be in the signed tree. An
// answer that cannot be proven is an [*Error] of class WrongContent, whatever
// host it came from; a network failure has the class of the last source.
func (d *Database) Lookup(ctx context.Context, path, version string) (Sums, error) {
	ops := &clientOps{d: d, ctx: ctx}
	// A client for each call: it would keep failures for ever, and it has no
	// context. What it has verified is kept in d.
	client := sumdb.NewClient(ops)
	var s Sums
	for _, want := range []struct {
		version string
		to      *string
	}{{version, &s.Zip}, {version + "/go.mod", &s.Mod}} {
		lines, err := client.Lookup(path, want.version)
		if err != nil {
			return Sums{}, ops.explain(path+"@"+version, err)
		}
		for _, line := range lines {
			if f := strings.Fields(line); len(f) == 3 {
				*want.to = f[2]
			}
		}
	}
	if s.Zip == "" {
		return Sums{}, d.unproven(path+"@"+version, errors.New("the record has no line for it"))
	}
	return s, nil
}

// Latest returns the signed tree head that the first source with an answer
// gives, its signature checked.
func (d *Database) Latest(ctx context.Context) (tlog.Tree, error) {
	data, err := d.remote(ctx, "/latest")
	if err != nil {
		return tlog.Tree{}, err
	}
	n, err := note.Open(data, note.VerifierList(d.key))
	if err != nil {
		// note's own text quotes the whole answer.
		return tlog.Tree{}, d.unproven("/latest", errors.New("no signature with the pinned key"))
	}
	tree, err := tlog.ParseTree([]byte(n.Text))
	if err != nil {
		return tlog.Tree{}, d.unproven("/latest", err)
	}
	return tree, nil
}

func (d *Database) remote(ctx context.Context, path string) ([]byte, error) {
	var last error
	for _, src := range d.o.Sources {
		data, err := src(ctx, path)
		if err == nil {
			return data, nil
		}
		last = err
		if ctx.Err() != nil {
			break
		}
	}
	return nil, last
}

func (d *Database) unproven(what string, err error) *Error {
	return &Error{Class: WrongContent, URL: what, text: msg.Errorf("verify %s with checksum database %s: %w", "用校验数据库 %[2]s 验证 %[1]s：%[3]v", what, d.name, err).WithKind(msg.Findings)}
}

// clientOps is what a sumdb.Client does to the world on behalf of one Lookup.
// The client turns errors into text, so their values are kept here.
type clientOps struct {
	d   *Database
	ctx context.Context // of the one Lookup: the interface has no place for it

	mu       sync.Mutex
	failed   error
	security string
}

var _ sumdb.ClientOps = (*clientOps)(nil)

func (o *clientOps) ReadRemote(path string) ([]byte, error) {
	data, err := o.d.remote(o.ctx, path)
	if err != nil {
		o.mu.Lock()
		o.failed = err
		o.mu.Unlock()
	}
	return data, err
}

func (o *clientOps) ReadConfig(file string) ([]byte, error) {
	if file == "key" {
		return []byte(o.d.o.Key), nil
	}
	o.d.mu.Lock()
	defer o.d.mu.Unlock()
	return o.d.head, nil
}

func (o *clientOps) WriteConfig(_ string, before, after []byte) error {
	o.d.mu.Lock()
	defer o.d.mu.Unlock()
	if !bytes.Equal(o.d.head, before) {
		return sumdb.ErrWriteConflict
	}
	o.d.head = after
	return nil
}

func (o *clientOps) ReadCache(file string) ([]byte, error) {
	o.d.mu.Lock()
	defer o.d.mu.Unlock()
	if data, ok := o.d.cache[file]; ok {
		return data, nil
	}
	return nil, fs.ErrNotExist
}

func (o *clientOps) WriteCache(file string, data []byte) {
	o.d.mu.Lock()
	defer o.d.mu.Unlock()
	o.d.cache[file] = data
}

func (o *clientOps) Log(string) {}

func (o *clientOps) SecurityError(text string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.security = text
}

// explain returns the failure with its kind: bytes that lie, a source that did
// not answer, or a proof that does not hold.
func (o *clientOps) explain(what string, err error) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case o.security != "":
		first, _, _ := strings.Cut(strings.TrimSpace(o.security), "\n")
		return o.d.unproven(what, errors.New(first))
	case o.failed != nil:
		return msg.Errorf("look up %s in checksum database %s: %w", "在校验数据库 %[2]s 中查询 %[1]s：%[3]v", what, o.d.name, o.failed)
	}
	first, _, _ := strings.Cut(err.Error(), "\n")
	return o.d.unproven(what, errors.New(first))
}
