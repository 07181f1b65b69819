package s3_test

import (
	"testing"

	"github.com/yingzao-dev/yingzao/internal/store/remotetest"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

func TestWhereRequestsGo(t *testing.T) {
	for raw, want := range map[string]struct {
		host, path string
		min        int64
	}{
		"s3://releases?endpoint=http://minio.example:9000":                       {"releases.minio.example:9000", "/k", 5 << 20},
		"s3://releases/a/b?endpoint=http://minio.example&path=1":                 {"minio.example", "/releases/a/b/k", 5 << 20},
		"s3://releases?endpoint=127.0.0.1:9&path=1&scheme=http&minpart=100K":     {"127.0.0.1:9", "/releases/k", 100 << 10},
		"s3://releases?endpoint=http://127.0.0.1&minpart=1M":                     {"127.0.0.1", "/releases/k", 1 << 20},
		"s3://releases?endpoint=http://obs.cn-north-4.example&region=cn-north-4": {"releases.obs.cn-north-4.example", "/k", 5 << 20},
		"s3://with.dots?endpoint=http://minio.example&path=1&minpart=12345":      {"minio.example", "/with.dots/k", 12345},
	} {
		s := site.Server(t, bucket.Options{})
		st := site.Open(t, raw, remotetest.Through(s))
		_, _ = st.Head(t.Context(), "k") // the answer does not matter
		if r := s.Requests()[0]; r.Host != want.host || r.Path != want.path {
			t.Errorf("%s: asked %s%s, want %v", raw, r.Host, r.Path, want)
		}
		if st.URL() != raw || st.Caps().MinPart != want.min {
			t.Errorf("%s calls itself %s, %+v", raw, st.URL(), st.Caps())
		}
	}
}

func TestBadURLs(t *testing.T) {
	const end = "endpoint=http://minio.example"
	site.Refuses(t, map[string][2]string{
		"s3://releases":                            {"no endpoint given", "endpoint="},
		"s3://releases?endpiont=minio":             {`unknown parameter "endpiont"`, "endpoint="},
		"s3://releases?acl=x&" + end:               {`unknown parameter "acl"`, "known parameters: endpoint"},
		"s3://Releases?" + end:                     {"is not the name of a bucket", "lower-case"},
		"s3://ab?" + end:                           {"is not the name of a bucket", ""},
		"s3://127.0.0.1?" + end:                    {"is not the name of a bucket", "endpoint="},
		"s3://a..b?" + end:                         {"is not the name of a bucket", ""},
		"s3://minio.example:9000/b?" + end:         {"a port behind the bucket", ""},
		"s3://releases?path=yes&" + end:            {"neither 0 nor 1", ""},
		"s3://releases?scheme=https&" + end:        {"contradict", ""},
		"s3://releases?minpart=5MB&" + end:         {"not a size", "minpart=1M"},
		"s3://releases?minpart=0&" + end:           {"not a size", ""},
		"s3://releases?minpart=9999999M&" + end:    {"more than 5 GiB", ""},
		"s3://releases?region=a/b&" + end:          {"is not a region", ""},
		"s3://releases?endpoint=http://h/releases": {"not a host", ""},
	})
}

func FuzzOpen(f *testing.F) {
	site.FuzzOpen(f, nil, "s3://bbb?endpoint=h&path=1", "s3://bbb/p?endpoint=http://h:1&region=x&minpart=1K", "s3:bbb", "s3://bbb?endpoint=[::1]:9&scheme=http")
}
