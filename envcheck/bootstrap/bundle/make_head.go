package bundle

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/yingzao-dev/yingzao/internal/gosdk"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// oneHead makes each record of the checksum database come with the same signed
// head, the newest of those that came, and fetches the tiles that prove the records
// under it. A record that came with another head would also need the proof that
// one head grew out of the other, and which of those are asked for depends on the
// order in which a desk installs its tools.
func (m *maker) oneHead(ctx context.Context) error {
	fail := func(err error) error {
		return msg.Errorf("keep the checksum database's records: %w", "保留校验数据库的记录：%w", err).WithKind(msg.KindOf(err))
	}
	remotes, err := m.remotes()
	if err != nil {
		return fail(err)
	}
	top := filepath.Join(m.path(modulesDir), "sumdb", m.SumDB.Name)
	files, err := lookups(top)
	if err != nil || len(files) == 0 {
		return err
	}
	verifier, err := note.NewVerifier(m.SumDB.Key)
	if err != nil {
		return fail(err)
	}
	records, head, newest := map[string][]byte{}, []byte(nil), int64(-1)
	for _, name := range files {
		b, err := os.ReadFile(filepath.Join(top, filepath.FromSlash(name)))
		if err != nil {
			return fail(err)
		}
		id, text, rest, err := tlog.ParseRecord(b)
		if err != nil {
			return fail(err)
		}
		signed, err := note.Open(rest, note.VerifierList(verifier))
		if err != nil {
			return fail(err)
		}
		tree, err := tlog.ParseTree([]byte(signed.Text))
		if err != nil {
			return fail(err)
		}
		if tree.N > newest {
			head, newest = rest, tree.N
		}
		if records[name], err = tlog.FormatRecord(id, text); err != nil {
			return fail(err)
		}
	}
	// Who asks first gets it wrong or right; what it writes is proven before it is.
	ops := &headOps{ctx: ctx, key: m.SumDB.Key, top: top, remotes: remotes, lookups: map[string][]byte{}}
	for name, record := range records {
		ops.lookups["/"+name] = slices.Concat(record, head)
	}
	client := sumdb.NewClient(ops)
	for _, name := range files {
		path, version, err := unescape(strings.TrimPrefix(name, "lookup/"))
		if err == nil {
			_, err = client.Lookup(path, version)
		}
		if err == nil {
			err = m.write(ctx, modulesDir+"/sumdb/"+m.SumDB.Name+"/"+name, 0o644, ops.lookups["/"+name])
		}
		if err != nil {
			return fail(err)
		}
	}
	return nil
}

// lookups are the names of the records, below the database's folder.
func lookups(top string) ([]string, error) {
	var all []string
	err := fs.WalkDir(os.DirFS(top), "lookup", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			all = append(all, name)
		}
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // private modules alone
	}
	return all, err
}

func unescape(name string) (path, version string, err error) {
	path, version, _ = strings.Cut(name, "@")
	if path, err = module.UnescapePath(path); err == nil {
		version, err = module.UnescapeVersion(version)
	}
	return path, version, err
}

// headOps lets the database's client read our records, and tiles from the bundle or
// from whoever has them. Tiles that it has proven are kept.
type headOps struct {
	ctx     context.Context
	key     string
	top     string
	remotes []gosdk.Remote
	lookups map[string][]byte

	mu     sync.Mutex
	latest []byte
}

func (o *headOps) ReadRemote(path string) ([]byte, error) {
	if b, ok := o.lookups[path]; ok {
		return b, nil
	}
	var all []error
	for _, remote := range o.remotes {
		b, err := remote(o.ctx, path)
		if err == nil {
			return b, nil
		}
		all = append(all, err)
	}
	return nil, errors.Join(all...)
}

func (o *headOps) ReadConfig(file string) ([]byte, error) {
	if file == "key" {
		return []byte(o.key), nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.latest, nil
}

func (o *headOps) WriteConfig(_ string, old, latest []byte) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if string(old) != string(o.latest) {
		return sumdb.ErrWriteConflict
	}
	o.latest = latest
	return nil
}

// ReadCache knows tiles alone: the records of the bundle have other heads still.
func (o *headOps) ReadCache(file string) ([]byte, error) {
	_, name, _ := strings.Cut(file, "/")
	if !strings.HasPrefix(name, "tile/") {
		return nil, fs.ErrNotExist
	}
	return os.ReadFile(filepath.Join(o.top, filepath.FromSlash(name)))
}

// WriteCache cannot fail: a tile that is not there is missed when the bundle is
// proved.
func (o *headOps) WriteCache(file string, data []byte) {
	_, name, _ := strings.Cut(file, "/")
	if !strings.HasPrefix(name, "tile/") {
		return
	}
	path := filepath.Join(o.top, filepath.FromSlash(name))
	if os.MkdirAll(filepath.Dir(path), 0o755) == nil {
		_ = os.WriteFile(path, data, 0o644)
	}
}

func (o *headOps) Log(string)           {}
func (o *headOps) SecurityError(string) {}
