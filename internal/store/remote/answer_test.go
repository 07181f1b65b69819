package remote

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"crypto/x509"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/cred"
)

// canned answers every request alike.
type canned struct {
	status int
	header http.Header
	body   string
	err    error
}

func (c canned) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		r.Body.Close()
	}
	if c.err != nil {
		return nil, c.err
	}
	h := http.Header{"Date": {time.Now().UTC().Format(http.TimeFormat)}}
	for k, v := range c.header {
		h[k] = v
	}
	return &http.Response{StatusCode: c.status, Header: h, Body: io.NopCloser(strings.NewReader(c.body)), Request: r}, nil
}

// watched gives out keys, good or not, and counts refusals.
type watched struct {
	cred.Provider
	keys    cred.Keys
	refused int
}

func (w *watched) Get(context.Context) (cred.Keys, error) { return w.keys, nil }

func (w *watched) Refused(cred.Keys) { w.refused++ }

func (w *watched) Source() string { return "somewhere" }

func ask(c canned, keys cred.Provider) *Exchange {
	x := &Exchange{Context: context.Background(), Via: c, Keys: keys, Sign: func(r *http.Request, _ cred.Keys) *http.Request { return r }}
	r, _ := http.NewRequest(http.MethodPut, "http://h.example/k?uploadId=x", nil)
	resp, err := x.RoundTrip(r)
	if err == nil {
		resp.Body.Close()
	}
	return x
}

func errorXML(code, message string) string {
	return `<?xml version="1.0"?><Error><Code>` + code + `</Code><Message>` + message + `</Message><RequestId>REQ7</RequestId></Error>`
}

var svc = &Service{
	Host: "h.example", Denied: msg.Text{EN: "allow it", ZH: "请授权"},
	Codes: map[string]Rule{"Own": Say(store.ErrEndpoint, "own hint", "自有提示"), "EntityTooSmall": Say(nil, "larger parts", "更大的分块")},
}

func TestClasses(t *testing.T) {
	off := func(d time.Duration) http.Header {
		return http.Header{"Date": {time.Now().Add(d).UTC().Format(http.TimeFormat)}}
	}
	lasting, temporary := cred.Keys{ID: "idcanary", Secret: "secretcanary"}, cred.Keys{ID: "idcanary", Secret: "secretcanary", Token: "tokencanary"}
	ended := temporary
	ended.Expires = time.Now().Add(-time.Minute)
	for name, tc := range map[string]struct {
		canned
		op       store.Op
		ifAbsent bool
		keys     cred.Keys
		class    error
		text     string
		hint     string
	}{
		"denied":             {canned: canned{status: 403, body: errorXML("AccessDenied", "no")}, class: store.ErrDenied, text: "answered 403 AccessDenied: no (request REQ7)", hint: "allow it"},
		"denied without doc": {canned: canned{status: 403}, class: store.ErrDenied, text: "answered 403 Forbidden"},
		"bare, keys ended":   {canned: canned{status: 400}, op: store.OpHead, keys: ended, class: store.ErrStale},
		"bare 400":           {canned: canned{status: 400}, op: store.OpHead, keys: temporary, class: nil},
		"own code":           {canned: canned{status: 400, body: errorXML("Own", "")}, class: store.ErrEndpoint, text: "answered 400 Own (request REQ7)", hint: "own hint"},
		"no class":           {canned: canned{status: 400, body: errorXML("EntityTooSmall", "x")}, class: nil, hint: "larger parts"},
		"not found":          {canned: canned{status: 404}, op: store.OpHead, class: store.ErrNotFound},
		"upload gone":        {canned: canned{status: 404}, op: store.OpPart, class: store.ErrExpired},
		"no such upload":     {canned: canned{status: 404, body: errorXML("NoSuchUpload", "x")}, op: store.OpCommit, class: store.ErrExpired},
		"exists":             {canned: canned{status: 409, body: errorXML("FileAlreadyExists", "x")}, ifAbsent: true, class: store.ErrExists},
		"unasked conflict":   {canned: canned{status: 409, body: errorXML("FileAlreadyExists", "x")}, class: nil},
		"unknown conflict":   {canned: canned{status: 409, body: errorXML("Whatever", "x")}, ifAbsent: true, class: store.ErrTransient},
		"unknown condition":  {canned: canned{status: 412}, ifAbsent: true, class: store.ErrExists},
		"condition":          {canned: canned{status: 412, body: errorXML("PreconditionFailed", "x")}, ifAbsent: true, class: store.ErrExists},
		"raced condition":    {canned: canned{status: 409, body: errorXML("ConditionalRequestConflict", "x")}, ifAbsent: true, class: store.ErrTransient},
		"throttled":          {canned: canned{status: 503, body: errorXML("SlowDown", "x"), header: http.Header{"Retry-After": {"7"}}}, class: store.ErrThrottled},
		"429":                {canned: canned{status: 429}, class: store.ErrThrottled},
		"500":                {canned: canned{status: 500, body: "<html>oops"}, class: store.ErrTransient, text: "answered 500 Internal Server Error"},
		"200 with error":     {canned: canned{status: 200, body: errorXML("InternalError", "x")}, op: store.OpCommit, class: store.ErrTransient},
		"cut off error":      {canned: canned{status: 403, body: errorXML("NoSuchBucket", "x")[:60]}, class: store.ErrDenied},
		"301":                {canned: canned{status: 301}, class: store.ErrEndpoint},
		"507":                {canned: canned{status: 507}, class: store.ErrNoSpace},
		"501":                {canned: canned{status: 501, body: errorXML("NotImplemented", "x")}, class: nil},
		"stale":              {canned: canned{status: 400, body: errorXML("ExpiredToken", "x")}, keys: temporary, class: store.ErrStale},
		"temporary unknown":  {canned: canned{status: 403, body: errorXML("InvalidAccessKeyId", "x")}, keys: temporary, class: store.ErrStale},
		"lasting unknown":    {canned: canned{status: 403, body: errorXML("InvalidAccessKeyId", "x")}, keys: lasting, class: store.ErrDenied, hint: "another cloud"},
		"ended":              {canned: canned{status: 403, body: errorXML("AccessDenied", "x")}, keys: ended, class: store.ErrStale},
		"clock ahead":        {canned: canned{status: 403, body: errorXML("RequestTimeTooSkewed", "x"), header: off(-time.Hour)}, class: store.ErrClock, hint: "1h0m"},
		"clock behind":       {canned: canned{status: 403, header: off(time.Hour)}, class: store.ErrClock, hint: "behind"},
		"clock unmeasured":   {canned: canned{status: 403, body: errorXML("RequestTimeTooSkewed", "x")}, class: store.ErrClock, hint: "NTP"},
		"keys repeated":      {canned: canned{status: 403, body: errorXML("AccessDenied", "idcanary secretcanary tokencanary")}, keys: temporary, class: store.ErrDenied, text: "AccessDenied: *** *** ***"},
		"two lines":          {canned: canned{status: 403, body: errorXML("AccessDenied", "a\r\n\tb"+strings.Repeat("c", 999))}, class: store.ErrDenied, text: "a bccc"},
		"reset":              {canned: canned{err: errors.New("connection reset")}, class: store.ErrTransient},
		"no such host":       {canned: canned{err: &net.DNSError{Err: "no such host", Name: "h", IsNotFound: true}}, class: store.ErrEndpoint, hint: "there is no host h.example"},
		"resolver down":      {canned: canned{err: &net.DNSError{Err: "server misbehaving", Name: "h"}}, class: store.ErrTransient},
		"authority":          {canned: canned{err: x509.UnknownAuthorityError{}}, class: store.ErrEndpoint, hint: "authority"},
		"other name":         {canned: canned{err: &tls.CertificateVerificationError{Err: x509.HostnameError{Certificate: &x509.Certificate{}, Host: "h"}}}, class: store.ErrEndpoint, hint: "another name than h.example"},
		"certificate ended":  {canned: canned{err: x509.CertificateInvalidError{Cert: &x509.Certificate{}, Reason: x509.Expired}}, class: store.ErrEndpoint, hint: "this machine's clock"},
		"no TLS":             {canned: canned{err: tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}}, class: store.ErrEndpoint, hint: "scheme=http"},
		"proxy refuses":      {canned: canned{err: &httpx.ConnectError{Status: 403, Proxy: "p", Host: "h"}}, class: store.ErrEndpoint, hint: "NO_PROXY"},
		"proxy fails":        {canned: canned{err: &httpx.ConnectError{Status: 502, Proxy: "p", Host: "h"}}, class: store.ErrTransient},
		"dial timeout":       {canned: canned{err: &net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded}}, class: store.ErrTransient},
		"http timeout":       {canned: canned{err: httpTimeout{}}, class: store.ErrTransient},
		"cancelled":          {canned: canned{err: context.Canceled}, class: nil},
	} {
		t.Run(name, func(t *testing.T) {
			if tc.op == "" {
				tc.op = store.OpPut
			}
			w := &watched{keys: tc.keys}
			x := ask(tc.canned, w)
			err := svc.Fail(tc.op, "a/b", x.Failure(nil), tc.ifAbsent)
			if err == nil || store.ClassOf(err) != tc.class {
				t.Fatalf("%v: class %v, want %v", err, store.ClassOf(err), tc.class)
			}
			if !strings.Contains(err.Error(), tc.text) || !strings.Contains(msg.Hint(err).EN, tc.hint) {
				t.Errorf("%v (%s), want %q (%q)", err, msg.Hint(err), tc.text, tc.hint)
			}
			if zh := msg.In(err, msg.Chinese); zh == err.Error() || len(zh) > 800 {
				t.Errorf("Chinese: %s", zh)
			}
			blamed := (tc.class == store.ErrDenied || tc.class == store.ErrStale) && tc.keys.ID != ""
			if h := msg.Hint(err); strings.HasSuffix(h.EN, " (keys: somewhere)") != blamed || strings.HasSuffix(h.ZH, "（密钥来源：somewhere）") != blamed {
				t.Errorf("the hint %q should name the keys: %v", h, blamed)
			}
			if strings.Contains(err.Error()+msg.Hint(err).EN, "canary") {
				t.Errorf("a key is shown: %v", err)
			}
			if (w.refused > 0) != (tc.class == store.ErrStale) {
				t.Errorf("the provider was told %d times", w.refused)
			}
			var later *store.Later
			if errors.As(err, &later) != (name == "throttled") || later != nil && later.After != 7*time.Second {
				t.Errorf("later: %+v", later)
			}
		})
	}
}

// httpTimeout is like net/http's own, which is not exported.
type httpTimeout struct{}

func (httpTimeout) Error() string     { return "net/http: timeout awaiting response headers" }
func (httpTimeout) Timeout() bool     { return true }
func (httpTimeout) Temporary() bool   { return true }
func (httpTimeout) Is(err error) bool { return err == context.DeadlineExceeded }

func TestTimeoutsAreNotTheCallers(t *testing.T) {
	err := svc.Fail(store.OpPut, "k", httpTimeout{}, false)
	if errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, store.ErrTransient) {
		t.Error("a timeout of the network passes for the caller's deadline")
	}
	inside := *svc
	inside.Internal = true
	if h := msg.Hint(inside.Fail(store.OpPut, "k", httpTimeout{}, false)); !strings.Contains(h.EN, "internal=1") {
		t.Errorf("hint %q", h)
	}
	for _, ended := range []error{context.Canceled, context.DeadlineExceeded, fmt.Errorf("x: %w", context.DeadlineExceeded), errors.Join(io.EOF, context.Canceled)} {
		if err := svc.Fail(store.OpPut, "k", ended, false); store.ClassOf(err) != nil || !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v: %v", ended, err)
		}
	}
}

func TestFineAnswers(t *testing.T) {
	x := ask(canned{status: 200, body: `<Something/>`, header: http.Header{"Etag": {`"abc"`}}}, nil)
	if x.Failure(nil) != nil || x.ETag() != "abc" || x.Status() != 200 {
		t.Error(x.Failure(nil))
	}
	if err := x.Failure(errors.New("the SDK cannot read it: http://u:pw@h/?q=canary")); err == nil || strings.Contains(err.Error(), "canary") {
		t.Error(err)
	}
	if err := (&Exchange{Context: context.Background()}).Failure(errors.New("bad http://u:pw@h/?q=canary")); err == nil || strings.Contains(err.Error(), "canary") {
		t.Error(err)
	}
}

func TestDocument(t *testing.T) {
	for body, ok := range map[string]bool{
		`<?xml version="1.0"?><List/>`: true, "<!-- x --><List xmlns='http://s3.example/'><a/></List>": true,
		"": false, "<html>log in</html>": false, "log in": false, "<Lis": false,
	} {
		if err := ask(canned{status: 200, body: body}, nil).Document("List", nil, &struct{}{}); (err == nil) != ok {
			t.Errorf("%q: %v", body, err)
		}
	}
	if err := ask(canned{status: 403, body: "<List/>"}, nil).Document("List", nil, &struct{}{}); err == nil {
		t.Error("a refusal passes for a list")
	}
}

func TestKeysFail(t *testing.T) {
	none := msg.Errorf("%w: no token", "%w：没有令牌", store.ErrStale).WithHint("get one", "请获取")
	w := failing{err: none}
	err := svc.Fail(store.OpPut, "k", ask(canned{status: 200}, w).Failure(nil), false)
	if !errors.Is(err, store.ErrStale) || msg.Hint(err).EN != "get one" {
		t.Error(err)
	}
}

type failing struct {
	cred.Provider
	err error
}

func (f failing) Get(context.Context) (cred.Keys, error) { return cred.Keys{}, f.err }
