package cos_test

import (
	"testing"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/storetest"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

func TestConformance(t *testing.T) {
	for name, tc := range map[string]struct {
		o   bucket.Options
		url string
	}{
		"default host over TLS": {bucket.Options{}, "cos://releases-1250000000?region=ap-guangzhou"},
		"prefix":                {bucket.Options{}, plain},
		"custom domain":         {bucket.Options{Domains: []string{"dl.example.cn"}}, "cos://releases-1250000000/p?domain=dl.example.cn&scheme=http"},
		"private cloud without CRC-64": {bucket.Options{Endpoint: "cos.intra.example.cn", NoCRC64: true},
			"cos://releases-1250000000/p?endpoint=http://cos.intra.example.cn"},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) store.Store {
				return open(t, tc.url, through(server(t, tc.o)))
			})
		})
	}
}
