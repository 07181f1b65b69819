package cos_test

import (
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store/cos"
	"github.com/yingzao-dev/yingzao/internal/store/remotetest"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

func TestWhereRequestsGo(t *testing.T) {
	for raw, host := range map[string]string{
		"cos://releases-1250000000?region=ap-guangzhou&scheme=http":                          "releases-1250000000.cos.ap-guangzhou.myqcloud.com",
		"cos://releases-1250000000?region=ap-guangzhou&internal=1&scheme=http":               "releases-1250000000.cos-internal.ap-guangzhou.tencentcos.cn",
		"cos://releases-1250000000/a/b?region=ap-guangzhou&domain=dl.example.cn&scheme=http": "dl.example.cn",
		"cos://releases-1250000000?endpoint=http://cos.intra.example":                        "releases-1250000000.cos.intra.example",
		"cos://releases-1250000000?endpoint=cos.intra.example:8080&scheme=http":              "releases-1250000000.cos.intra.example:8080",
	} {
		s := site.Server(t, bucket.Options{Domains: []string{"dl.example.cn"}})
		st := site.Open(t, raw, remotetest.Through(s))
		_, _ = st.Head(t.Context(), "k") // the answer does not matter
		if got := s.Requests()[0].Host; got != host {
			t.Errorf("%s: asked %s, want %s", raw, got, host)
		}
		if st.URL() != raw {
			t.Errorf("%s calls itself %s", raw, st.URL())
		}
	}
}

func TestBadURLs(t *testing.T) {
	site.Refuses(t, map[string][2]string{
		"cos://releases?region=ap-guangzhou":                                            {"is not the full name of a bucket", "releases-1250000000"},
		"cos://Releases-125?region=ap-guangzhou":                                        {"is not the full name of a bucket", "releases-125"},
		"cos://releases-1250000000":                                                     {"no region given", "region=ap-guangzhou"},
		"cos://releases-1250000000?internal=1":                                          {"no region given", ""},
		"cos://releases-1250000000?region=Guangzhou":                                    {"is not a region", "ap-guangzhou"},
		"cos://releases-1250000000?region=ap-guangzhou.evil.example/":                   {"is not a region", ""},
		"cos://releases-1250000000?regoin=ap-guangzhou":                                 {`unknown parameter "regoin"`, "region="},
		"cos://releases-1250000000?region=ap-guangzhou&domian=dl.example.cn":            {`unknown parameter "domian"`, "domain="},
		"cos://releases-1250000000?region=ap-guangzhou&internal=yes":                    {"neither 0 nor 1", ""},
		"cos://releases-1250000000?region=ap-guangzhou&internal=1&domain=dl.example.cn": {"exclude each other", ""},
		"cos://releases-1250000000?endpoint=cos.intra.example&domain=dl.example.cn":     {"exclude each other", ""},
		"cos://releases-1250000000?region=ap-guangzhou&scheme=ftp":                      {"neither http nor https", ""},
		"cos://releases-1250000000?endpoint=http://cos.intra.example/x":                 {"not a host", ""},
		"cos://releases-1250000000.cos.ap-guangzhou.myqcloud.com/x?region=ap-guangzhou": {"is not the full name of a bucket", ""},
		"cos://releases-1250000000:80/x?region=ap-guangzhou":                            {"a port behind the bucket", "endpoint="},
		"cos://releases-1250000000/a%2F..%2Fb?region=ap-guangzhou":                      {"the prefix is not valid", ""},
	})
}

func TestAdvice(t *testing.T) {
	var heard []msg.Text
	o := cos.Options{Warn: func(w msg.Text) { heard = append(heard, w) }}
	site.Open(t, "", o)
	if len(heard) != 1 || !strings.Contains(heard[0].EN, "custom domain") || !strings.Contains(heard[0].ZH, "自定义域名") {
		t.Errorf("default domain: %q", heard)
	}
	site.Open(t, "cos://releases-1250000000?domain=dl.example.cn", o)
	if len(heard) != 1 {
		t.Errorf("with a custom domain: %q", heard[1:])
	}
}

func FuzzOpen(f *testing.F) {
	site.FuzzOpen(f, nil, "cos://b-1?domain=dl.example.cn", "cos://b-1/p?endpoint=http://h:1&region=ap-x", "cos:b-1", "cos://b-1?scheme=&x")
}
