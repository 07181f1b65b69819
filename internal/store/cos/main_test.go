package cos_test

import (
	"net/url"
	"testing"

	"go.uber.org/goleak"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/store/cos"
	"github.com/yingzao-dev/yingzao/internal/store/cred"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var lasting = cred.Keys{ID: "AKIDexample0000000000canary1", Secret: "secretcanary2"}

func server(t *testing.T, o bucket.Options) *bucket.Server {
	t.Helper()
	o.Dialect = bucket.COS
	o.Keys = append(o.Keys, bucket.Credential{ID: lasting.ID, Secret: lasting.Secret})
	return bucket.New(t, o)
}

// through reaches the server under every host name.
func through(s *bucket.Server) cos.Options {
	return cos.Options{HTTP: httpx.Options{RootCAs: s.RootCAs(), Proxy: func(*url.URL) (*url.URL, error) { return url.Parse(s.ProxyURL()) }}}
}

func open(t *testing.T, raw string, o cos.Options) *cos.Store {
	t.Helper()
	if o.Keys == nil {
		o.Keys = cred.Static(lasting)
	}
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	st, err := cos.Opener(o)(t.Context(), u)
	if err != nil {
		t.Fatal(err)
	}
	c := st.(*cos.Store)
	t.Cleanup(func() { c.Close() })
	return c
}

const plain = "cos://releases-1250000000/some/prefix?region=ap-guangzhou&scheme=http"
