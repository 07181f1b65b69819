package cos_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/cos"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

// answering is a store behind which every request gets the same answer.
func answering(t *testing.T, status int, body string) *cos.Store {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Cos-Request-Id", "NWZcanNfrequest")
		w.WriteHeader(status)
		fmt.Fprint(w, strings.ReplaceAll(body, "AUTH", r.Header.Get("Authorization")))
	}))
	t.Cleanup(srv.Close)
	return open(t, plain, cos.Options{HTTP: httpx.Options{Proxy: func(*url.URL) (*url.URL, error) { return url.Parse(srv.URL) }}})
}

func TestWhatCodesMean(t *testing.T) {
	for code, want := range map[string]struct {
		status int
		class  error
		en, zh string
	}{
		"AccessDenied":               {403, store.ErrDenied, "InitiateMultipartUpload", "权限"},
		"DownloadForbidden":          {403, store.ErrDenied, "domain=", "自定义域名"},
		"SignatureDoesNotMatch":      {403, store.ErrDenied, "line break", "换行"},
		"InvalidAccessKeyId":         {403, store.ErrDenied, "another cloud", "其他云厂商"},
		"InvalidSecretId":            {403, store.ErrDenied, "console", "控制台"},
		"ExpiredToken":               {400, store.ErrStale, "new credentials", "新的凭据"},
		"RequestTimeTooSkewed":       {403, store.ErrClock, "NTP", "NTP"},
		"NoSuchBucket":               {404, store.ErrEndpoint, "APPID", "APPID"},
		"PathStyleDomainForbidden":   {403, store.ErrEndpoint, "endpoint=", "endpoint="},
		"NoSuchUpload":               {404, store.ErrExpired, "again", "重新"},
		"EntityTooSmall":             {400, nil, "1 MiB", "1 MiB"},
		"SlowDown":                   {503, store.ErrThrottled, "connections", "连接数"},
		"UnavailableForLegalReasons": {451, store.ErrDenied, "overdue", "欠费"},
		"UserNetworkTooSlow":         {400, store.ErrThrottled, "fewer", "减少连接数"},
		"Request has expired":        {403, store.ErrClock, "NTP", "NTP"},
		"UploadConflict":             {409, store.ErrTransient, "again", "重新"},
		"InternalError":              {500, store.ErrTransient, "again", "重新"},
	} {
		st := answering(t, want.status, "<Error><Code>"+code+"</Code><Message>m AUTH</Message><RequestId>NWZcanNf</RequestId></Error>")
		_, err := st.Begin(t.Context(), "k", store.PutOptions{})
		h := msg.Hint(err)
		if strings.Contains(h.EN+h.ZH+err.Error(), "%!") || store.ClassOf(err) != want.class || !strings.Contains(h.EN, want.en) || !strings.Contains(h.ZH, want.zh) {
			t.Errorf("%s: %v (%s | %s)", code, err, h.EN, h.ZH)
		}
		if !strings.Contains(err.Error(), code) || !strings.Contains(err.Error(), "NWZcanNf") || !strings.Contains(err.Error(), fmt.Sprint(want.status)) {
			t.Errorf("%s: %v lacks code, status or request", code, err)
		}
		if strings.Contains(err.Error(), lasting.ID) || strings.Contains(err.Error(), lasting.Secret) {
			t.Errorf("%s: %v shows a key", code, err)
		}
	}
}

// A portal or a proxy that answers in the place of COS must not pass for it.
func TestOtherServers(t *testing.T) {
	for name, st := range map[string]*cos.Store{"page": answering(t, 200, "<html>log in</html>"), "nothing": answering(t, 200, "")} {
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
				t.Errorf("%s: %s succeeded", name, call)
			}
		}
	}
}

func TestClockSkewIsMeasured(t *testing.T) {
	s := server(t, bucket.Options{})
	st := open(t, plain, through(s))
	s.Faults(bucket.Fault{Kind: bucket.ClockSkew, Skew: -2 * 3600e9})
	_, err := st.Head(t.Context(), "k") // an answer without a document
	if store.ClassOf(err) != store.ErrClock || !strings.Contains(msg.Hint(err).EN, "2h0m") || !strings.Contains(msg.Hint(err).ZH, "快 2h0m") {
		t.Errorf("%v (%s)", err, msg.Hint(err))
	}
}
