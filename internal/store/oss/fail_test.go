package oss

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/cred"
	"github.com/yingzao-dev/yingzao/internal/store/remotetest"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

func TestWhatCodesMean(t *testing.T) {
	site.Codes(t, map[string]remotetest.Code{
		"AccessDenied":                   {Status: 403, Class: store.ErrDenied, EN: "acs:oss:*:*:releases/some/prefix/*: oss:PutObject", ZH: "RAM 权限"},
		"SignatureDoesNotMatch":          {Status: 403, Class: store.ErrDenied, EN: "sig=v1", ZH: "sig=v1"},
		"SecurityTokenExpired":           {Status: 403, Class: store.ErrStale, EN: "new credentials", ZH: "新的凭据"},
		"InvalidSecurityToken":           {Status: 403, Class: store.ErrStale, EN: "new credentials", ZH: "新的凭据"},
		"PublicEndpointForbidden":        {Status: 400, Class: store.ErrEndpoint, EN: "cname=dl.example.cn, or inside the VPC add internal=1", ZH: "已备案的自定义域名并加上 cname=dl.example.cn，或在 VPC 内加上 internal=1"},
		"SecondLevelDomainForbidden":     {Status: 403, Class: store.ErrEndpoint, EN: "by name, not by IP", ZH: "而不是 IP 地址"},
		"NoSuchBucket":                   {Status: 404, Class: store.ErrEndpoint, EN: "no bucket releases at oss-cn-hangzhou.aliyuncs.com", ZH: "没有桶 releases"},
		"InvalidBucketName":              {Status: 400, Class: store.ErrEndpoint, EN: "name and region", ZH: "桶名与地域"},
		"InvalidArgument":                {Status: 400, EN: "region=", ZH: "region="},
		"UserDisable":                    {Status: 403, Class: store.ErrDenied, EN: "overdue", ZH: "欠费"},
		"FileImmutable":                  {Status: 409, Class: store.ErrDenied, EN: "retention", ZH: "合规保留"},
		"EntityTooSmall":                 {Status: 400, EN: "100 KiB", ZH: "100 KiB"},
		"EntityTooLarge":                 {Status: 400, EN: "5 GB", ZH: "5 GB"},
		"QpsLimitExceeded":               {Status: 503, Class: store.ErrThrottled, EN: "connections", ZH: "连接数"},
		"UploadTrafficRateLimitExceeded": {Status: 503, Class: store.ErrThrottled, EN: "connections", ZH: "连接数"},
	})
}

// OSS answers HEAD without a document, and puts it into a header instead.
func TestHeadTellsByHeader(t *testing.T) {
	for code, class := range map[string]error{"NoSuchKey": store.ErrNotFound, "NoSuchBucket": store.ErrEndpoint} {
		doc := "<Error><Code>" + code + "</Code><Message>m</Message><RequestId>REQ9</RequestId></Error>"
		h := http.Header{"X-Oss-Err": {base64.StdEncoding.EncodeToString([]byte(doc))}, "X-Oss-Ec": {"0026-00000001"}}
		_, err := site.Answering(t, 404, "", h).Head(t.Context(), "k")
		if store.ClassOf(err) != class || !strings.Contains(err.Error(), "404 "+code+": m (request REQ9, EC 0026-00000001)") {
			t.Errorf("%s: %v", code, err)
		}
	}
	_, err := site.Answering(t, 404, "", nil).Head(t.Context(), "k")
	if store.ClassOf(err) != store.ErrNotFound || !strings.Contains(err.Error(), "REQUEST7") {
		t.Errorf("without: %v", err)
	}
}

func TestBucketElsewhere(t *testing.T) {
	for endpoint, hint := range map[string]string{
		"oss-cn-beijing.aliyuncs.com":          "write region=cn-beijing",
		"oss-cn-beijing-internal.aliyuncs.com": "write region=cn-beijing",
		"oss.intra.example":                    "write endpoint=oss.intra.example",
	} {
		st := site.Answering(t, 403, "<Error><Code>AccessDenied</Code><Message>must be addressed using the specified endpoint</Message><Endpoint>"+endpoint+"</Endpoint></Error>", nil)
		_, err := st.Put(t.Context(), "k", strings.NewReader("x"), 1, store.PutOptions{IfAbsent: true})
		remotetest.Says(t, endpoint, err, store.ErrEndpoint, hint, strings.TrimPrefix(hint, "write "))
	}
	for status := range map[int]bool{301: true, 307: true} {
		h := http.Header{"Location": {"http://elsewhere.example/"}}
		if err := site.Answering(t, status, "", h).Delete(t.Context(), "k"); store.ClassOf(err) != store.ErrEndpoint {
			t.Errorf("%d: %v", status, err)
		}
	}
}

// The traps as the server sets them, with signatures and all.
func TestTraps(t *testing.T) {
	for name, tc := range map[string]struct {
		url    string
		o      bucket.Options
		class  error
		en, zh string
	}{
		"public endpoint":   {site.URL, bucket.Options{PublicEndpointForbidden: true}, store.ErrEndpoint, "cname=", "自定义域名"},
		"IP address":        {"oss://releases?endpoint=http://127.0.0.1:80&region=cn-hangzhou", bucket.Options{}, store.ErrEndpoint, "by name", "IP 地址"},
		"another region":    {"oss://releases?region=cn-beijing&scheme=http", bucket.Options{}, store.ErrEndpoint, "region=cn-hangzhou", "region=cn-hangzhou"},
		"signed for Mars":   {"oss://releases?region=mars&endpoint=http://oss-cn-hangzhou.aliyuncs.com", bucket.Options{}, nil, "region=", "region="},
		"another bucket":    {"oss://elsewhere?region=cn-hangzhou&scheme=http", bucket.Options{}, store.ErrEndpoint, "no bucket elsewhere", "没有桶 elsewhere"},
		"keys of nobody":    {site.URL, bucket.Options{}, store.ErrDenied, "does not know this access key", "其他云厂商"},
		"wrong secret":      {site.URL, bucket.Options{}, store.ErrDenied, "line break", "换行"},
		"wrong secret, V1":  {site.URL + "&sig=v1", bucket.Options{}, store.ErrDenied, "line break", "换行"},
		"clock, V1":         {site.URL + "&sig=v1", bucket.Options{Now: func() time.Time { return time.Now().Add(3 * time.Hour) }}, store.ErrClock, "3h0m0s behind the server", "慢 3h0m0s"},
		"clock ahead of it": {site.URL, bucket.Options{Now: func() time.Time { return time.Now().Add(-3 * time.Hour) }}, store.ErrClock, "3h0m0s ahead of the server", "快 3h0m0s"},
	} {
		o := remotetest.Through(site.Server(t, tc.o))
		switch {
		case strings.HasPrefix(name, "wrong secret"):
			o.Keys = cred.Static(cred.Keys{ID: remotetest.Lasting.ID, Secret: "CANARY of another"})
		case name == "keys of nobody":
			o.Keys = cred.Static(cred.Keys{ID: "CANARY of nobody", Secret: "CANARY"})
		}
		_, err := site.Open(t, tc.url, o).Put(t.Context(), "k", strings.NewReader("x"), 1, store.PutOptions{})
		remotetest.Says(t, name, err, tc.class, tc.en, tc.zh)
	}
}

// An endpoint of Aliyun's own tells by itself that it is an internal one.
func TestInternalEndpoints(t *testing.T) {
	for raw, internal := range map[string]bool{
		"oss://releases?region=cn-hangzhou&internal=1":                                     true,
		"oss://releases?endpoint=oss-cn-hangzhou-internal.aliyuncs.com":                    true,
		"oss://releases?endpoint=cn-hangzhou-internal.oss.aliyuncs.com&scheme=http&sig=v1": true,
		"oss://releases?endpoint=oss-cn-hangzhou.aliyuncs.com&region=cn-x":                 false,
		"oss://releases?region=cn-hangzhou&cname=dl.example.cn":                            false,
	} {
		if st := site.Open(t, raw, Options{}); st.Service.Internal != internal {
			t.Errorf("%s: %v", raw, st.Service.Internal)
		}
	}
}
