package oss

import (
	"context"
	"net/url"
	"testing"

	"go.uber.org/goleak"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/cred"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var key = cred.Keys{ID: "LTAI5tCanaryCanaryCan", Secret: "CANARYsecretCANARYsecretCANARY"}

// server starts a bucket that knows key.
func server(t *testing.T, o bucket.Options) *bucket.Server {
	t.Helper()
	o.Keys = append(o.Keys, bucket.Credential{ID: key.ID, Secret: key.Secret})
	return bucket.New(t, o)
}

// through are options that lead every host to a server.
func through(s *bucket.Server) httpx.Options {
	return httpx.Options{Proxy: func(*url.URL) (*url.URL, error) { return url.Parse(s.ProxyURL()) }, RootCAs: s.RootCAs()}
}

// open opens a store and closes it with the test.
func open(t *testing.T, raw string, o Options) *Store {
	t.Helper()
	if o.Keys == nil {
		o.Keys = cred.Static(key)
	}
	st, err := store.Schemes{"oss": Opener(o)}.Open(context.Background(), raw)
	if err != nil {
		t.Fatal(err)
	}
	s := st.(*Store)
	t.Cleanup(func() { _ = s.Close() })
	return s
}
