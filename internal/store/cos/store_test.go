package cos_test

import (
	"io"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/remotetest"
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
			t.Parallel()
			site.Presigned(t, tc.url, tc.o)
			storetest.Run(t, func(t *testing.T) store.Store {
				return site.Open(t, tc.url, remotetest.Through(site.Server(t, tc.o)))
			})
		})
	}
}

// Objects that the default domain does not hand out, and pages it only lets be
// downloaded, are read by the API all the same.
func TestForcedDownload(t *testing.T) {
	st, _ := site.New(t, bucket.Options{ForceDownload: true})
	if _, err := st.Put(t.Context(), "index.html", strings.NewReader("<p>"), 3, store.PutOptions{ContentType: "text/html"}); err != nil {
		t.Fatal(err)
	}
	r, _, err := st.Get(t.Context(), "index.html", 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if b, err := io.ReadAll(r); string(b) != "<p>" || err != nil {
		t.Errorf("%q, %v", b, err)
	}
}
