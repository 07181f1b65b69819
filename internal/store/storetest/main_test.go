package storetest_test

import (
	"context"
	"io"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/file"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newStore(t *testing.T) store.Store {
	t.Helper()
	st, err := file.New(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func put(ctx context.Context, st store.Store, key, body string) error {
	_, err := st.Put(ctx, key, strings.NewReader(body), int64(len(body)), store.PutOptions{IfAbsent: true})
	return err
}

func get(t *testing.T, st store.Store, key string) string {
	t.Helper()
	r, _, err := st.Get(t.Context(), key, 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func keys(t *testing.T, st store.Store) string {
	t.Helper()
	var all []string
	if err := st.List(t.Context(), "", func(i store.Info) error {
		all = append(all, i.Key)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, " ")
}
