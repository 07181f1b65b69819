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
		"default host over TLS": {bucket.Options{}, "cos://releases-1250000000/some/prefix?region=ap-guangzhou"},
		"custom domain without CRC-64": {bucket.Options{Domains: []string{"dl.example.cn"}, NoCRC64: true},
			"cos://releases-1250000000?domain=dl.example.cn&scheme=http"},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Run(t, func(t *testing.T) store.Store {
				return open(t, tc.url, through(server(t, tc.o)))
			})
		})
	}
}
