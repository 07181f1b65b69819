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
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/s3"
)

func answering(t *testing.T, query string, answer http.HandlerFunc) *s3.Store {
	t.Helper()
	srv := httptest.NewServer(answer)
	t.Cleanup(srv.Close)
	return open(t, "s3://releases/p?endpoint="+srv.URL+query, s3.Options{})
}

func TestWhatCodesMean(t *testing.T) {
	for code, want := range map[string]struct {
		status int
		class  error
		en, zh string
	}{
		"AccessDenied":                 {403, store.ErrDenied, "ListMultipartUploadParts", "权限"},
		"SignatureDoesNotMatch":        {403, store.ErrDenied, "line break", "换行"},
		"InvalidAccessKeyId":           {403, store.ErrDenied, "another cloud", "其他云厂商"},
		"ExpiredToken":                 {400, store.ErrStale, "new credentials", "新的凭据"},
		"InvalidToken":                 {400, store.ErrDenied, "session token", "会话令牌"},
		"RequestTimeTooSkewed":         {403, store.ErrClock, "NTP", "NTP"},
		"NoSuchBucket":                 {404, store.ErrEndpoint, "no bucket releases", "没有桶 releases"},
		"AuthorizationHeaderMalformed": {400, store.ErrEndpoint, "in the region cn-north-4", "位于地域 cn-north-4"},
		"PermanentRedirect":            {301, store.ErrEndpoint, "in the region cn-north-4", "位于地域 cn-north-4"},
		"SecondLevelDomainForbidden":   {403, store.ErrEndpoint, "remove path=1", "去掉 path=1"},
		"PublicEndpointForbidden":      {400, store.ErrEndpoint, "cname=", "cname="},
		"EntityTooSmall":               {400, nil, "minpart=", "minpart="},
		"XMinioStorageFull":            {507, store.ErrNoSpace, "space", "空间"},
		"SlowDownWrite":                {503, store.ErrThrottled, "connections", "连接数"},
		"NotImplemented":               {501, nil, "not offer", "不支持"},
	} {
		st := answering(t, "&path=1", func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(want.status)
			fmt.Fprintf(w, "<Error><Code>%s</Code><Message>m %s</Message><Region>cn-north-4</Region><RequestId>17A3</RequestId></Error>", code, r.Header.Get("Authorization"))
		})
		_, err := st.Begin(t.Context(), "k", store.PutOptions{})
		h := msg.Hint(err)
		if strings.Contains(h.EN+h.ZH+err.Error(), "%!") || store.ClassOf(err) != want.class || !strings.Contains(h.EN, want.en) || !strings.Contains(h.ZH, want.zh) {
			t.Errorf("%s: %v (%s | %s)", code, err, h.EN, h.ZH)
		}
		if !strings.Contains(err.Error(), code) || !strings.Contains(err.Error(), "17A3") || strings.Contains(err.Error(), lasting.ID) {
			t.Errorf("%s: %v", code, err)
		}
	}
}

// A portal or a proxy that answers in the place of the server must not pass for
// it.
func TestOtherServers(t *testing.T) {
	st := answering(t, "", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>log in</html>") })
	u, err := st.Resume(t.Context(), "k", "id", store.PutOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for call, err := range map[string]error{
		"put": func() error {
			_, err := st.Put(t.Context(), "k", strings.NewReader("x"), 1, store.PutOptions{})
			return err
		}(),
		"head":   func() error { _, err := st.Head(t.Context(), "k"); return err }(),
		"get":    func() error { _, _, err := st.Get(t.Context(), "k", 0, -1); return err }(),
		"list":   st.List(t.Context(), "", func(store.Info) error { return nil }),
		"delete": st.Delete(t.Context(), "a", "b"),
		"sweep":  func() error { _, err := st.Sweep(t.Context(), 0); return err }(),
		"parts":  func() error { _, err := u.Parts(t.Context()); return err }(),
		"begin":  func() error { _, err := st.Begin(t.Context(), "k", store.PutOptions{}); return err }(),
		"part":   func() error { _, err := u.Part(t.Context(), 1, strings.NewReader("x"), 1); return err }(),
		"commit": func() error { _, err := u.Commit(t.Context()); return err }(),
	} {
		if err == nil {
			t.Errorf("%s succeeded", call)
		}
	}
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
	st := open(t, "s3://releases/p?endpoint="+srv.URL, o)
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
			st := answering(t, "", func(w http.ResponseWriter, r *http.Request) {
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
