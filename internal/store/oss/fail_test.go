package oss

import (
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/cred"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

// answering is a store behind which every request gets the same answer. AUTH in
// it is what the request was signed with.
func answering(t *testing.T, status int, body string, header http.Header) *Store {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Oss-Request-Id", "REQUEST7")
		for name, values := range header {
			w.Header()[name] = values
		}
		w.WriteHeader(status)
		_, _ = fmt.Fprint(w, strings.ReplaceAll(body, "AUTH", r.Header.Get("Authorization")+r.Header.Get("X-Oss-Security-Token")))
	}))
	t.Cleanup(srv.Close)
	o := Options{Keys: cred.Static(cred.Keys{ID: lasting.ID, Secret: lasting.Secret})}
	o.HTTP = httpx.Options{Proxy: func(*url.URL) (*url.URL, error) { return url.Parse(srv.URL) }}
	return open(t, plain, o)
}

func TestWhatCodesMean(t *testing.T) {
	for code, want := range map[string]struct {
		status int
		class  error
		en, zh string
	}{
		"AccessDenied":                      {403, store.ErrDenied, "acs:oss:*:*:releases/some/prefix/*: oss:PutObject", "RAM 权限"},
		"SignatureDoesNotMatch":             {403, store.ErrDenied, "sig=v1", "换行"},
		"InvalidAccessKeyId":                {403, store.ErrDenied, "the key from static keys", "其他云厂商"},
		"SecurityTokenExpired":              {403, store.ErrStale, "new credentials", "新的凭据"},
		"InvalidSecurityToken":              {403, store.ErrStale, "new credentials", "新的凭据"},
		"RequestTimeTooSkewed":              {403, store.ErrClock, "NTP", "NTP"},
		"PublicEndpointForbidden":           {400, store.ErrEndpoint, "cname=dl.example.cn, or inside the VPC add internal=1", "已备案"},
		"SecondLevelDomainForbidden":        {403, store.ErrEndpoint, "by name, not by IP", "cname="},
		"NoSuchBucket":                      {404, store.ErrEndpoint, "no bucket releases at oss-cn-hangzhou.aliyuncs.com", "没有桶 releases"},
		"InvalidBucketName":                 {400, store.ErrEndpoint, "name and region", "桶名与地域"},
		"InvalidArgument":                   {400, nil, "region=", "region="},
		"NoSuchUpload":                      {404, store.ErrExpired, "again", "重新"},
		"NoSuchKey":                         {404, store.ErrNotFound, "", ""},
		"UserDisable":                       {403, store.ErrDenied, "overdue", "欠费"},
		"FileImmutable":                     {409, store.ErrDenied, "retention", "合规保留"},
		"EntityTooSmall":                    {400, nil, "100 KiB", "100 KiB"},
		"InvalidDigest":                     {400, store.ErrIntegrity, "again", "重新"},
		"SlowDown":                          {503, store.ErrThrottled, "connections", "连接数"},
		"QpsLimitExceeded":                  {503, store.ErrThrottled, "connections", "连接数"},
		"UploadTrafficRateLimitExceeded":    {503, store.ErrThrottled, "connections", "连接数"},
		"InternalError":                     {500, store.ErrTransient, "again", "重新"},
		"RequestTimeout":                    {400, store.ErrTransient, "again", "重新"},
		"SomethingThatAliyunInventsNext":    {400, nil, "", ""},
		"SomethingForbiddenThatIsNotKnown":  {403, store.ErrDenied, "RAM", "RAM"},
		"SomethingInTheWayWithoutCondition": {409, store.ErrTransient, "", ""},
	} {
		st := answering(t, want.status, "<Error><Code>"+code+"</Code><Message>m AUTH</Message><RequestId>REQ9</RequestId><EC>0048-00000401</EC></Error>", nil)
		_, err := st.Begin(t.Context(), "k", store.PutOptions{})
		h := msg.Hint(err)
		if store.ClassOf(err) != want.class || !strings.Contains(h.EN, want.en) || !strings.Contains(h.ZH, want.zh) {
			t.Errorf("%s: %v (%s | %s)", code, err, h.EN, h.ZH)
		}
		for _, part := range []string{"begin upload of k", code, fmt.Sprint(want.status), "(request REQ9, EC 0048-00000401)"} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%s: %v lacks %s", code, err, part)
			}
		}
		if zh := msg.In(err, msg.Chinese); !strings.Contains(zh, "请求 ID REQ9") {
			t.Errorf("%s: %s", code, zh)
		}
		harmless(t, err)
	}
}

// OSS answers HEAD without a document, and puts it into a header instead.
func TestHeadTellsByHeader(t *testing.T) {
	for code, class := range map[string]error{"NoSuchKey": store.ErrNotFound, "NoSuchBucket": store.ErrEndpoint} {
		doc := "<Error><Code>" + code + "</Code><Message>m</Message><RequestId>REQ9</RequestId></Error>"
		h := http.Header{"X-Oss-Err": {base64.StdEncoding.EncodeToString([]byte(doc))}, "X-Oss-Ec": {"0026-00000001"}}
		_, err := answering(t, 404, "", h).Head(t.Context(), "k")
		if store.ClassOf(err) != class || !strings.Contains(err.Error(), "404 "+code+": m (request REQ9, EC 0026-00000001)") {
			t.Errorf("%s: %v", code, err)
		}
	}
	_, err := answering(t, 404, "", nil).Head(t.Context(), "k")
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
		st := answering(t, 403, "<Error><Code>AccessDenied</Code><Message>must be addressed using the specified endpoint</Message><Endpoint>"+endpoint+"</Endpoint></Error>", nil)
		_, err := st.Put(t.Context(), "k", strings.NewReader("x"), 1, store.PutOptions{IfAbsent: true})
		if h := msg.Hint(err); store.ClassOf(err) != store.ErrEndpoint || !strings.Contains(h.EN, hint) || !strings.Contains(h.ZH, strings.TrimPrefix(hint, "write ")) {
			t.Errorf("%s: %v (%v)", endpoint, err, h)
		}
	}
	for status := range map[int]bool{301: true, 307: true} {
		h := http.Header{"Location": {"http://elsewhere.example/"}}
		if err := answering(t, status, "", h).Delete(t.Context(), "k"); store.ClassOf(err) != store.ErrEndpoint {
			t.Errorf("%d: %v", status, err)
		}
	}
}

// The traps as the server sets them, with signatures and all.
func TestTraps(t *testing.T) {
	for name, tc := range map[string]struct {
		url   string
		o     bucket.Options
		class error
		hint  string
	}{
		"public endpoint":   {plain, bucket.Options{PublicEndpointForbidden: true}, store.ErrEndpoint, "cname="},
		"IP address":        {"oss://releases?endpoint=http://127.0.0.1:80&region=cn-hangzhou", bucket.Options{}, store.ErrEndpoint, "by name"},
		"another region":    {"oss://releases?region=cn-beijing&scheme=http", bucket.Options{}, store.ErrEndpoint, "region=cn-hangzhou"},
		"signed for Mars":   {"oss://releases?region=mars&endpoint=http://oss-cn-hangzhou.aliyuncs.com", bucket.Options{}, nil, "region="},
		"another bucket":    {"oss://elsewhere?region=cn-hangzhou&scheme=http", bucket.Options{}, store.ErrEndpoint, "no bucket elsewhere"},
		"keys of nobody":    {plain, bucket.Options{}, store.ErrDenied, "does not know the key"},
		"wrong secret":      {plain, bucket.Options{}, store.ErrDenied, "line break"},
		"wrong secret, V1":  {plain + "&sig=v1", bucket.Options{}, store.ErrDenied, "line break"},
		"clock, V1":         {plain + "&sig=v1", bucket.Options{Now: func() time.Time { return time.Now().Add(3 * time.Hour) }}, store.ErrClock, " behind the server"},
		"clock ahead of it": {plain, bucket.Options{Now: func() time.Time { return time.Now().Add(-3 * time.Hour) }}, store.ErrClock, " ahead of the server"},
	} {
		o := through(server(t, tc.o))
		switch {
		case strings.HasPrefix(name, "wrong secret"):
			o.Keys = cred.Static(cred.Keys{ID: lasting.ID, Secret: "CANARY of another"})
		case name == "keys of nobody":
			o.Keys = cred.Static(cred.Keys{ID: "CANARY of nobody", Secret: "CANARY"})
		}
		_, err := open(t, tc.url, o).Put(t.Context(), "k", strings.NewReader("x"), 1, store.PutOptions{})
		if store.ClassOf(err) != tc.class || err == nil || !strings.Contains(msg.Hint(err).EN, tc.hint) {
			t.Errorf("%s: %v (%s)", name, err, msg.Hint(err))
		}
		harmless(t, err)
	}
}

// An internal endpoint outside of the cloud: packets go nowhere.
func TestInternalEndpointOutside(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0") // accepts, and never answers
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	for raw, hint := range map[string]string{
		"oss://releases?region=cn-hangzhou&internal=1&scheme=http":                         "remove internal=1",
		"oss://releases?endpoint=oss-cn-hangzhou-internal.aliyuncs.com&scheme=http":        "same cloud and region",
		"oss://releases?endpoint=oss-cn-hangzhou.aliyuncs.com&region=cn-x&scheme=http":     "again",
		"oss://releases?endpoint=oss-cn-hangzhou.aliyuncs.com&region=cn-hangzhou&sig=v1":   "again",
		"oss://releases?endpoint=cn-hangzhou-internal.oss.aliyuncs.com&scheme=http&sig=v1": "same cloud and region",
	} {
		o := Options{HTTP: httpx.Options{FirstByte: 100 * time.Millisecond, TLSHandshake: 100 * time.Millisecond}}
		o.HTTP.Proxy = func(*url.URL) (*url.URL, error) { return url.Parse("http://" + ln.Addr().String()) }
		if strings.Contains(raw, "sig=v1") && !strings.Contains(raw, "internal") {
			o.HTTP.Proxy = func(*url.URL) (*url.URL, error) { return url.Parse("http://127.0.0.1:1") } // refused
		}
		_, err := open(t, raw, o).Head(t.Context(), "k")
		if store.ClassOf(err) != store.ErrTransient || !strings.Contains(msg.Hint(err).EN, hint) {
			t.Errorf("%s: %v (%s)", raw, err, msg.Hint(err))
		}
	}
}

// A portal or a proxy that answers in the place of OSS must not pass for it.
func TestOtherServers(t *testing.T) {
	for name, st := range map[string]*Store{"page": answering(t, 200, "<html>log in</html>", nil), "nothing": answering(t, 200, "", nil)} {
		u, err := st.Resume(t.Context(), "k", "id", store.PutOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for call, err := range map[string]error{
			"put": func() error {
				_, err := st.Put(t.Context(), "k", strings.NewReader("x"), 1, store.PutOptions{})
				return err
			}(),
			"put if absent": func() error {
				_, err := st.Put(t.Context(), "k", strings.NewReader("x"), 1, store.PutOptions{IfAbsent: true})
				return err
			}(),
			"head":   func() error { _, err := st.Head(t.Context(), "k"); return err }(),
			"get":    func() error { _, _, err := st.Get(t.Context(), "k", 0, -1); return err }(),
			"range":  func() error { _, _, err := st.Get(t.Context(), "k", 5, 9); return err }(),
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
