package cos_test

import (
	"testing"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/remotetest"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

func TestWhatCodesMean(t *testing.T) {
	site.Codes(t, map[string]remotetest.Code{
		"AccessDenied":               {Status: 403, Class: store.ErrDenied, EN: "InitiateMultipartUpload", ZH: "权限"},
		"DownloadForbidden":          {Status: 403, Class: store.ErrDenied, EN: "domain=", ZH: "自定义域名"},
		"InvalidSecretId":            {Status: 403, Class: store.ErrDenied, EN: "console", ZH: "控制台"},
		"ExpiredToken":               {Status: 400, Class: store.ErrStale, EN: "new credentials", ZH: "新的凭据"},
		"NoSuchBucket":               {Status: 404, Class: store.ErrEndpoint, EN: "APPID", ZH: "APPID"},
		"PathStyleDomainForbidden":   {Status: 403, Class: store.ErrEndpoint, EN: "endpoint=", ZH: "endpoint="},
		"EntityTooSmall":             {Status: 400, EN: "1 MiB", ZH: "1 MiB"},
		"UnavailableForLegalReasons": {Status: 451, Class: store.ErrDenied, EN: "overdue", ZH: "欠费"},
		"PaymentRequired":            {Status: 402, Class: store.ErrDenied, EN: "overdue", ZH: "欠费"},
		"ObjectLocked":               {Status: 403, Class: store.ErrDenied, EN: "retention", ZH: "保留规则"},
		"UserNetworkTooSlow":         {Status: 400, Class: store.ErrThrottled, EN: "fewer", ZH: "减少连接数"},
		"Request has expired":        {Status: 403, Class: store.ErrClock, EN: "NTP", ZH: "NTP"},
		"UploadConflict":             {Status: 409, Class: store.ErrTransient, EN: "again", ZH: "重新"},
	})
}

// The traps as the server sets them.
func TestTraps(t *testing.T) {
	for name, tc := range map[string]struct{ url, en, zh string }{
		"IP address":     {"cos://releases-1250000000?endpoint=http://127.0.0.1:80", "no bucket releases-1250000000 here", "此处没有桶"},
		"another region": {"cos://releases-1250000000?region=ap-beijing&scheme=http", "region= is the bucket's own", "region= 须为桶所在的地域"},
		"another bucket": {"cos://releases-1250000001?region=ap-guangzhou&scheme=http", "APPID", "APPID"},
	} {
		_, err := site.Open(t, tc.url, remotetest.Through(site.Server(t, bucket.Options{}))).Begin(t.Context(), "k", store.PutOptions{})
		remotetest.Says(t, name, err, store.ErrEndpoint, tc.en, tc.zh)
	}
}
