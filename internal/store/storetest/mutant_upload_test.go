package storetest_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// rules are ways in which an upload kept in memory may be wrong. The zero value
// is right.
type rules struct {
	visible, overwrite, look, arrival, lexical, append, anyLength,
	nothing, noAbort, abortDeletes, forget, anyKey, shared bool
}

// memory keeps uploads in memory in front of st, by these rules.
func memory(r rules) func(st store.Store) store.Store {
	return func(st store.Store) store.Store { return &mutant{Store: st, rules: &r, ups: map[string]*memUpload{}} }
}

type memUpload struct {
	m       *mutant
	key, id string
	o       store.PutOptions
	data    *memData
}

type memData struct {
	mu    sync.Mutex
	parts []memPart // as they came
	over  bool
	made  bool
}

type memPart struct {
	n int
	b []byte
}

func (m *mutant) Begin(ctx context.Context, key string, o store.PutOptions) (store.Upload, error) {
	if m.rules == nil {
		return m.Store.Begin(ctx, key, o)
	}
	if err := errors.Join(ctx.Err(), store.ValidKey(key)); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	id := "upload" + strconv.Itoa(len(m.ups))
	if m.rules.shared {
		id = "upload"
		if u, ok := m.ups[id]; ok {
			return u, nil
		}
	}
	if m.rules.visible {
		if _, err := m.Store.Put(ctx, key, bytes.NewReader(nil), 0, o); err != nil {
			return nil, err
		}
	}
	u := &memUpload{m: m, key: key, id: id, o: o, data: &memData{}}
	m.ups[id] = u
	return u, nil
}

func (m *mutant) Resume(ctx context.Context, key, id string, o store.PutOptions) (store.Upload, error) {
	if m.rules == nil {
		return m.Store.Resume(ctx, key, id, o)
	}
	if err := errors.Join(ctx.Err(), store.ValidKey(key)); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	u, ok := m.ups[id]
	if !ok || u.data.over || u.key != key && !m.rules.anyKey {
		return nil, store.ErrExpired
	}
	again := *u
	again.o = o
	if m.rules.forget {
		again.data = &memData{}
	}
	return &again, nil
}

func (u *memUpload) ID() string { return u.id }

// enter locks the upload if it still lives.
func (u *memUpload) enter(ctx context.Context) (unlock func(), err error) {
	u.data.mu.Lock()
	err = ctx.Err()
	if err == nil && u.data.over {
		err = store.ErrExpired
	}
	if err != nil {
		u.data.mu.Unlock()
		return nil, err
	}
	return u.data.mu.Unlock, nil
}

func (u *memUpload) Part(ctx context.Context, n int, body io.ReadSeeker, size int64) (store.PartInfo, error) {
	unlock, err := u.enter(ctx)
	if err != nil {
		return store.PartInfo{}, err
	}
	defer unlock()
	b, err := io.ReadAll(body)
	switch {
	case err != nil:
		return store.PartInfo{}, err
	case n < 1:
		return store.PartInfo{}, msg.Errorf("part number %d", "分块编号 %d", n)
	case int64(len(b)) != size && !u.m.rules.anyLength:
		return store.PartInfo{}, store.ErrIntegrity
	}
	i := slices.IndexFunc(u.data.parts, func(p memPart) bool { return p.n == n })
	switch {
	case i < 0:
		u.data.parts = append(u.data.parts, memPart{n, b})
	case u.m.rules.append:
		u.data.parts[i].b = append(u.data.parts[i].b, b...)
	default:
		u.data.parts[i].b = b
	}
	return partInfo(memPart{n, b}), nil
}

func partInfo(p memPart) store.PartInfo {
	sum := store.NewCRC64()
	sum.Write(p.b)
	return store.PartInfo{Number: p.n, Size: int64(len(p.b)), CRC64: store.FormatCRC64(sum.Sum64())}
}

func (u *memUpload) sorted() []memPart {
	parts := slices.Clone(u.data.parts)
	sort.SliceStable(parts, func(i, j int) bool {
		switch {
		case u.m.rules.arrival:
			return false
		case u.m.rules.lexical:
			return strconv.Itoa(parts[i].n) < strconv.Itoa(parts[j].n)
		}
		return parts[i].n < parts[j].n
	})
	return parts
}

func (u *memUpload) Parts(ctx context.Context) ([]store.PartInfo, error) {
	unlock, err := u.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	var infos []store.PartInfo
	for _, p := range u.sorted() {
		infos = append(infos, partInfo(p))
	}
	return infos, nil
}

func (u *memUpload) Commit(ctx context.Context) (store.Info, error) {
	unlock, err := u.enter(ctx)
	if err != nil {
		return store.Info{}, err
	}
	defer unlock()
	if len(u.data.parts) == 0 && !u.m.rules.nothing {
		return store.Info{}, store.ErrIntegrity
	}
	o := u.o
	if u.m.rules.look {
		if _, err := u.m.Head(ctx, u.key); err == nil && o.IfAbsent {
			return store.Info{}, store.ErrExists
		}
		time.Sleep(10 * time.Millisecond)
	}
	if u.m.rules.overwrite || u.m.rules.visible {
		o = store.PutOptions{}
	}
	var whole strings.Builder
	for _, p := range u.sorted() {
		whole.Write(p.b)
	}
	info, err := u.m.Store.Put(ctx, u.key, strings.NewReader(whole.String()), int64(whole.Len()), o)
	u.data.made = err == nil
	u.data.over = err == nil && !u.m.rules.noAbort
	return info, err
}

func (u *memUpload) Abort(ctx context.Context) error {
	u.data.mu.Lock()
	defer u.data.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	if u.data.made && u.m.rules.abortDeletes {
		return u.m.Delete(ctx, u.key)
	}
	u.data.over = !u.m.rules.noAbort
	return nil
}
