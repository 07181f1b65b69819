package oss

import (
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/remotetest"
	"github.com/yingzao-dev/yingzao/internal/store/storetest"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

func TestConformance(t *testing.T) {
	for name, c := range map[string]struct {
		url string
		o   bucket.Options
	}{
		"V4":            {"oss://releases/a/b?region=cn-hangzhou", bucket.Options{}},
		"V4 no prefix":  {"oss://releases?region=cn-hangzhou&scheme=http", bucket.Options{}},
		"V1":            {"oss://releases/产品?region=cn-hangzhou&sig=v1&scheme=http", bucket.Options{}},
		"V4 cname":      {"oss://releases/p?region=cn-hangzhou&cname=dl.example.cn", bucket.Options{Domains: []string{"dl.example.cn"}, PublicEndpointForbidden: true}},
		"V1 path style": {"oss://releases/p?endpoint=http://127.0.0.1:80&sig=v1", bucket.Options{PathStyle: true}},
		"V4 no CRC":     {"oss://releases/p?region=cn-hangzhou&internal=1&scheme=http", bucket.Options{NoCRC64: true, PublicEndpointForbidden: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			site.Presigned(t, c.url, c.o)
			storetest.Run(t, func(t *testing.T) store.Store {
				return site.Open(t, c.url, remotetest.Through(site.Server(t, c.o)))
			})
		})
	}
}

func TestContentTypeIsGuessed(t *testing.T) {
	st, srv := site.New(t, bucket.Options{})
	for name, want := range map[string]string{"a.html": "text/html", "SHA256SUMS": "application/octet-stream"} {
		if _, err := st.Put(t.Context(), name, strings.NewReader("x"), 1, store.PutOptions{}); err != nil {
			t.Fatal(err)
		}
		if got := srv.Objects()[remotetest.Prefix+name].Header.Get("Content-Type"); got != want {
			t.Errorf("%s is %q", name, got)
		}
	}
}
