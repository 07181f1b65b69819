package oss

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/cred"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// lasting holds canaries: no error, warning or answer to a user may show them.
var lasting = cred.Keys{ID: "exampleCANARYid", Secret: "exampleCANARYsecret"}

// plain has no TLS, to keep tests quick.
const plain = "oss://releases/some/prefix?region=cn-hangzhou&scheme=http"

// server starts a bucket that knows the lasting keys.
func server(t *testing.T, o bucket.Options) *bucket.Server {
	t.Helper()
	o.Keys = append(o.Keys, bucket.Credential{ID: lasting.ID, Secret: lasting.Secret})
	return bucket.New(t, o)
}

// through reaches the server under every host name.
func through(s *bucket.Server) Options {
	return Options{HTTP: httpx.Options{RootCAs: s.RootCAs(), Proxy: func(*url.URL) (*url.URL, error) { return url.Parse(s.ProxyURL()) }}}
}

// open opens a store, by the lasting keys unless others are given, and closes it
// with the test.
func open(t *testing.T, raw string, o Options) *Store {
	t.Helper()
	if o.Keys == nil && o.Credentials.Environ == nil {
		o.Keys = cred.Static(lasting)
	}
	st, err := store.Schemes{"oss": Opener(o)}.Open(context.Background(), raw)
	if err != nil {
		t.Fatal(err)
	}
	s := st.(*Store)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// harmless checks that an error holds no secret, in any language or form.
func harmless(t *testing.T, err error) {
	t.Helper()
	text := fmt.Sprintf("%v %+v %#v %s %v", err, err, err, msg.In(err, msg.Chinese), msg.Hint(err))
	if strings.Contains(text, "CANARY") {
		t.Errorf("a secret is shown: %s", text)
	}
}
