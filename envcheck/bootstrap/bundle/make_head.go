package bundle

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// oneHead makes each record of the checksum database come with the same signed
// head, the newest of those that came, and fetches the tiles that prove the records
// under it.
func (m *maker) oneHead(ctx context.Context) error {
	fail := func(err error) error {
		return msg.Errorf("keep the checksum database's records: %w", "保留校验数据库的记录：%w", err).WithKind(msg.KindOf(err))
	}
	remotes, err := m.remotes()
	if err != nil {
		return fail(err)
	}
	top := filepath.Join(m.path(modulesDir), "sumdb", m.SumDB.Name)
	records, err := lookups(top)
	if err != nil {
		return fail(err)
	}
	if len(records) == 0 {
		return nil // private modules alone
	}
	// What the go command has proven under other heads is there already.
	sources := []mirror.Source{func(_ context.Context, path string) ([]byte, error) {
		return os.ReadFile(filepath.Join(top, filepath.FromSlash(path)))
	}}
	for _, remote := range remotes {
		sources = append(sources, mirror.Source(remote))
	}
	_, err = mirror.OneHead(ctx, mirror.HeadOptions{
		Key: m.SumDB.Key, Sources: sources, Records: records,
		Write: func(ctx context.Context, name string, data []byte) error {
			return m.write(ctx, modulesDir+"/sumdb/"+m.SumDB.Name+"/"+name, 0o644, data)
		},
	})
	if err != nil {
		return fail(err)
	}
	return nil
}

// lookups are the records as they came, by their paths in the database.
func lookups(top string) (map[string][]byte, error) {
	all := map[string][]byte{}
	err := fs.WalkDir(os.DirFS(top), "lookup", func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		all["/"+name], err = os.ReadFile(filepath.Join(top, filepath.FromSlash(name)))
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return all, err
}
