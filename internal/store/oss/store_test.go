package oss

import (
	"testing"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/storetest"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

func TestConformance(t *testing.T) {
	for name, c := range map[string]struct {
		url string
		o   bucket.Options
	}{
		"V4":             {"oss://releases/a/b?region=cn-hangzhou", bucket.Options{}},
		"V4 no prefix":   {"oss://releases?region=cn-hangzhou", bucket.Options{}},
		"V1":             {"oss://releases/产品?region=cn-hangzhou&sig=v1", bucket.Options{}},
		"V4 http":        {"oss://releases/p?region=cn-hangzhou&scheme=http", bucket.Options{}},
		"V4 internal":    {"oss://releases/p?region=cn-hangzhou&internal=1", bucket.Options{PublicEndpointForbidden: true}},
		"V4 cname":       {"oss://releases/p?region=cn-hangzhou&cname=dl.example.cn", bucket.Options{Domains: []string{"dl.example.cn"}, PublicEndpointForbidden: true}},
		"V1 path style":  {"oss://releases/p?endpoint=http://127.0.0.1:80&sig=v1", bucket.Options{PathStyle: true}},
		"V4 without CRC": {"oss://releases/p?region=cn-hangzhou", bucket.Options{NoCRC64: true}},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) store.Store {
				s := server(t, c.o)
				return open(t, c.url, Options{HTTP: through(s)})
			})
		})
	}
}
