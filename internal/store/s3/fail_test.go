package s3_test

import (
	"crypto/md5"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/remotetest"
	"github.com/yingzao-dev/yingzao/internal/store/s3"
)

func answering(t *testing.T, answer http.HandlerFunc) *s3.Store {
	t.Helper()
	srv := httptest.NewServer(answer)
	t.Cleanup(srv.Close)
	return site.Open(t, "s3://releases/p?endpoint="+srv.URL, s3.Options{})
}

func TestWhatCodesMean(t *testing.T) {
	inPath := site
	inPath.URL = "s3://releases/p?endpoint=http://s3.us-east-1.storage.test&path=1"
	inPath.Codes(t, map[string]remotetest.Code{
		"AccessDenied":                 {Status: 403, Class: store.ErrDenied, EN: "ListMultipartUploadParts", ZH: "权限"},
		"ExpiredToken":                 {Status: 400, Class: store.ErrStale, EN: "new credentials", ZH: "新的凭据"},
		"InvalidToken":                 {Status: 400, Class: store.ErrDenied, EN: "session token", ZH: "会话令牌"},
		"InvalidSecretId":              {Status: 403, Class: store.ErrDenied, EN: "does not know this access key", ZH: "不认识"},
		"AuthorizationHeaderMalformed": {Status: 400, Class: store.ErrEndpoint, EN: "in the region cn-north-4", ZH: "位于地域 cn-north-4"},
		"PermanentRedirect":            {Status: 301, Class: store.ErrEndpoint, EN: "in the region cn-north-4", ZH: "位于地域 cn-north-4"},
		"InvalidRegion":                {Status: 400, Class: store.ErrEndpoint, EN: "region=", ZH: "region="},
		"SecondLevelDomainForbidden":   {Status: 403, Class: store.ErrEndpoint, EN: "remove path=1", ZH: "去掉 path=1"},
		"PublicEndpointForbidden":      {Status: 400, Class: store.ErrEndpoint, EN: "oss:// URL with cname=", ZH: "oss:// URL 并设置 cname="},
		"EntityTooSmall":               {Status: 400, EN: "minpart=", ZH: "minpart="},
		"XMinioInvalidResourceName":    {Status: 400, Class: store.ErrExpired, EN: "again", ZH: "重新"},
		"XMinioInvalidObjectName":      {Status: 400, Class: store.ErrInvalidKey, EN: "names", ZH: "名称"},
		"XMinioStorageFull":            {Status: 507, Class: store.ErrNoSpace, EN: "space", ZH: "空间"},
		"SlowDownWrite":                {Status: 503, Class: store.ErrThrottled, EN: "connections", ZH: "连接数"},
	})
	site.Codes(t, map[string]remotetest.Code{
		"VirtualHostDomainForbidden": {Status: 403, Class: store.ErrEndpoint, EN: "add path=1", ZH: "加上 path=1"},
	})
}

// seen is what a request said of its payload.
type seen struct{ sha256, md5, encoding, length, agent string }

func payloads(t *testing.T, tls bool) (put, part seen) {
	t.Helper()
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		sum := md5.Sum(b)
		w.Header().Set("ETag", hex.EncodeToString(sum[:]))
		s := seen{r.Header.Get("X-Amz-Content-Sha256"), r.Header.Get("Content-Md5"), r.Header.Get("Content-Encoding") + strings.Join(r.TransferEncoding, ""), r.Header.Get("X-Amz-Decoded-Content-Length"), r.UserAgent()}
		if r.URL.Query().Has("partNumber") {
			part = s
		} else {
			put = s
		}
	})
	srv, o := httptest.NewUnstartedServer(handler), s3.Options{}
	if !tls {
		srv.Start()
	} else {
		srv.EnableHTTP2 = true
		srv.StartTLS()
		pool, err := httpx.Pool(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw}))
		if err != nil {
			t.Fatal(err)
		}
		o.HTTP.RootCAs = pool
	}
	t.Cleanup(srv.Close)
	st := site.Open(t, "s3://releases/p?endpoint="+srv.URL, o)
	if _, err := st.Put(t.Context(), "k", strings.NewReader("hello"), 5, store.PutOptions{}); err != nil {
		t.Fatal(err)
	}
	u, _ := st.Resume(t.Context(), "k", "a+b/c=", store.PutOptions{})
	if _, err := u.Part(t.Context(), 1, strings.NewReader("hello"), 5); err != nil {
		t.Fatal(err)
	}
	return put, part
}

// OSS and OBS refuse aws-chunked; what is signed of the payload depends on TLS.
func TestPayloads(t *testing.T) {
	const sha, sum = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824", "XUFAKrxLKna5cZ2REBfFkg=="
	put, part := payloads(t, true)
	if put != (seen{"UNSIGNED-PAYLOAD", sum, "", "", "yingzao"}) || part != (seen{"UNSIGNED-PAYLOAD", "", "", "", "yingzao"}) {
		t.Errorf("over TLS: %+v, %+v", put, part)
	}
	put, part = payloads(t, false)
	if put != (seen{sha, sum, "", "", "yingzao"}) || part != (seen{sha, "", "", "", "yingzao"}) {
		t.Errorf("over plain HTTP: %+v, %+v", put, part)
	}
}

// ETags are no MD5 with encryption by a key service, and of several parts.
func TestETags(t *testing.T) {
	for name, tc := range map[string]struct {
		header http.Header
		ok     bool
	}{
		"md5":            {http.Header{"Etag": {`"5d41402abc4b2a76b9719d911017c592"`}}, true},
		"upper case":     {http.Header{"Etag": {`"5D41402ABC4B2A76B9719D911017C592"`}}, true},
		"of other bytes": {http.Header{"Etag": {`"00000000000000000000000000000000"`}}, false},
		"kms":            {http.Header{"Etag": {`"00000000000000000000000000000000"`}, "X-Amz-Server-Side-Encryption": {"aws:kms"}}, true},
		"own key":        {http.Header{"Etag": {`"00000000000000000000000000000000"`}, "X-Amz-Server-Side-Encryption-Customer-Algorithm": {"AES256"}}, true},
		"sse-s3":         {http.Header{"Etag": {`"00000000000000000000000000000000"`}, "X-Amz-Server-Side-Encryption": {"AES256"}}, false},
		"several parts":  {http.Header{"Etag": {`"00000000000000000000000000000000-2"`}}, true},
	} {
		t.Run(name, func(t *testing.T) {
			st := answering(t, func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				w.Header().Set("Last-Modified", "Fri, 02 Jan 2026 03:04:05 GMT")
				for k, v := range tc.header {
					w.Header()[k] = v
				}
				if r.Method == http.MethodGet {
					fmt.Fprint(w, "hello")
				}
			})
			u, _ := st.Resume(t.Context(), "k", "id", store.PutOptions{})
			if _, err := u.Part(t.Context(), 1, strings.NewReader("hello"), 5); errors.Is(err, store.ErrIntegrity) == tc.ok {
				t.Error("part:", err)
			}
			r, _, err := st.Get(t.Context(), "k", 0, -1)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if _, err := io.ReadAll(r); errors.Is(err, store.ErrIntegrity) == tc.ok {
				t.Error("get:", err)
			}
		})
	}
}
