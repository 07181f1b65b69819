package s3_test

import (
	"net/url"
	"testing"

	"go.uber.org/goleak"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/store/cred"
	"github.com/yingzao-dev/yingzao/internal/store/s3"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var lasting = cred.Keys{ID: "AKIAEXAMPLE0CANARY01", Secret: "secretcanary2"}

func server(t *testing.T, o bucket.Options) *bucket.Server {
	t.Helper()
	o.Dialect = bucket.S3
	o.Keys = append(o.Keys, bucket.Credential{ID: lasting.ID, Secret: lasting.Secret})
	if o.MinPart == 0 {
		o.MinPart = 1000
	}
	return bucket.New(t, o)
}

// through reaches the server under every host name.
func through(s *bucket.Server) s3.Options {
	return s3.Options{HTTP: httpx.Options{RootCAs: s.RootCAs(), Proxy: func(*url.URL) (*url.URL, error) { return url.Parse(s.ProxyURL()) }}}
}

func open(t *testing.T, raw string, o s3.Options) *s3.Store {
	t.Helper()
	if o.Keys == nil {
		o.Keys = cred.Static(lasting)
	}
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	st, err := s3.Opener(o)(t.Context(), u)
	if err != nil {
		t.Fatal(err)
	}
	c := st.(*s3.Store)
	t.Cleanup(func() { c.Close() })
	return c
}

const plain = "s3://releases/some/prefix?endpoint=http://s3.us-east-1.storage.test&minpart=1000"
