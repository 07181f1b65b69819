package cred

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

const (
	aliyunRole   = "acs:ram::1234567890123456:role/releaser"
	aliyunIDP    = "acs:ram::1234567890123456:oidc-provider/gitlab"
	tencentRole  = "qcs::cam::uin/100000000001:roleName/releaser"
	oidcToken    = "CANARY.header.payload.signature"
	tencentIDP   = "gitlab"
	tokenFileVar = "ALIBABA_CLOUD_OIDC_TOKEN_FILE"
)

func aliyunEnv(more ...string) []string {
	return append([]string{"ALIBABA_CLOUD_ROLE_ARN=" + aliyunRole, "ALIBABA_CLOUD_OIDC_PROVIDER_ARN=" + aliyunIDP}, more...)
}

func tencentEnv(more ...string) []string {
	return append([]string{"TKE_ROLE_ARN=" + tencentRole, "TKE_PROVIDER_ID=" + tencentIDP, "TKE_REGION=ap-shanghai"}, more...)
}

func TestOIDC(t *testing.T) {
	for _, tc := range []struct {
		cloud          Cloud
		env            []string
		role, provider string
		action, host   string
	}{
		{Aliyun, aliyunEnv("ALIBABA_CLOUD_OIDC_TOKEN=" + oidcToken), aliyunRole, aliyunIDP, "AssumeRoleWithOIDC", "sts.aliyuncs.com"},
		{Tencent, tencentEnv("TKE_WEB_IDENTITY_TOKEN=" + oidcToken), tencentRole, tencentIDP, "AssumeRoleWithWebIdentity", "sts.tencentcloudapi.com"},
	} {
		b := bucket.New(t, bucket.Options{Dialect: map[Cloud]bucket.Dialect{Aliyun: bucket.OSS, Tencent: bucket.COS}[tc.cloud]})
		sts := bucket.NewSTS(t, bucket.STSOptions{RoleARN: tc.role, Provider: tc.provider, Token: oidcToken}, b)
		// The clouds' own hosts, by TLS through a proxy.
		through := httpx.Options{Proxy: func(*url.URL) (*url.URL, error) { return url.Parse(b.ProxyURL()) }, RootCAs: b.RootCAs()}
		k, p := get(t, Options{Cloud: tc.cloud, Environ: tc.env, HTTP: through})
		if p.Source() != "OIDC role "+tc.role {
			t.Errorf("source %q", p.Source())
		}
		calls := sts.Calls()
		if len(calls) != 1 || calls[0].Action != tc.action || calls[0].Host != tc.host || calls[0].Duration != time.Hour || calls[0].Session != "yingzao" {
			t.Errorf("calls %+v", calls)
		}
		if k.ID != calls[0].KeyID || k.Secret == "" || k.Token == "" || !k.Expires.Equal(calls[0].Expires) {
			t.Errorf("keys %q until %v, calls %+v", k.ID, k.Expires, calls)
		}
		// A private cloud's own token service, by variable and by option.
		for _, o := range []Options{{Environ: append(tc.env, "YINGZAO_STS_ENDPOINT="+sts.URL())}, {Environ: tc.env, STS: sts.URL() + "/"}} {
			o.Cloud = tc.cloud
			if k, _ := get(t, o); k.Token == "" {
				t.Error("no token")
			}
		}
	}
}

// The token may lie in a file with both clouds, and the session has the name that
// is asked for.
func TestOIDCVariables(t *testing.T) {
	path := write(t, t.TempDir(), "token", oidcToken+"\n")
	for _, tc := range []struct {
		cloud Cloud
		env   []string
	}{
		{Aliyun, aliyunEnv(tokenFileVar+"="+path, "ALIBABA_CLOUD_ROLE_SESSION_NAME=nightly")},
		{Aliyun, aliyunEnv(tokenFileVar+"="+path, "ALIBABA_CLOUD_OIDC_TOKEN=stale", "ALIBABA_CLOUD_ROLE_SESSION_NAME=nightly")},
		{Tencent, tencentEnv("TKE_WEB_IDENTITY_TOKEN_FILE="+path, "TKE_ROLE_SESSION_NAME=nightly")},
	} {
		sts := bucket.NewSTS(t, bucket.STSOptions{Token: oidcToken})
		k, _ := get(t, Options{Cloud: tc.cloud, Environ: tc.env, STS: sts.URL()})
		if calls := sts.Calls(); len(calls) != 1 || calls[0].Session != "nightly" || k.ID != calls[0].KeyID {
			t.Errorf("%v: %+v", tc.env, calls)
		}
	}
	region := make(chan string, 1)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		region <- r.Header.Get("X-TC-Region")
		_, _ = io.WriteString(w, `{"Response":{"ExpiredTime":4070919845,"Credentials":{"Token":"t","TmpSecretId":"i","TmpSecretKey":"s"}}}`)
	}))
	defer srv.Close()
	for _, tc := range []struct{ set, want string }{{"TKE_REGION=ap-shanghai", "ap-shanghai"}, {"TKE_REGION=", "ap-guangzhou"}} {
		env := append(tencentEnv("TKE_WEB_IDENTITY_TOKEN="+oidcToken), tc.set) // the last one counts
		if k, _ := get(t, Options{Cloud: Tencent, Environ: env, STS: srv.URL}); k.ID != "i" || k.Expires.Year() != 2099 {
			t.Errorf("%s until %v", k.ID, k.Expires)
		}
		if got := <-region; got != tc.want {
			t.Errorf("%s: asked in %s", tc.set, got)
		}
	}
}

func TestOIDCTokenFileIsReadEachTime(t *testing.T) {
	path := write(t, t.TempDir(), "token", "first CANARY token\n")
	sts := bucket.NewSTS(t, bucket.STSOptions{TTL: time.Minute})
	now, mu := time.Now(), sync.Mutex{}
	clock := func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		return now
	}
	p, err := Resolve(t.Context(), Options{Environ: aliyunEnv(tokenFileVar + "=" + path), STS: sts.URL(), Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	first, err := p.Get(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("no"), 0o600); err != nil { // too short: refused
		t.Fatal(err)
	}
	mu.Lock()
	now = now.Add(55 * time.Second)
	mu.Unlock()
	if k, err := p.Get(t.Context()); err != nil || k.ID != first.ID { // still good
		t.Errorf("keys %q, error %v", k.ID, err)
	}
	mu.Lock()
	now = now.Add(2 * time.Minute)
	mu.Unlock()
	_, err = p.Get(t.Context())
	if !errors.Is(err, store.ErrDenied) {
		t.Errorf("class of %v", err)
	}
	speaks(t, err, "AuthenticationFail.OIDCToken.Invalid", "trust policy")
	for _, content := range []string{"", " \n"} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err = p.Get(t.Context())
		speaks(t, err, "read OIDC token", "empty")
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	_, err = p.Get(t.Context())
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}

// What token services say when they give no keys, and what may stand in their
// place.
func TestOIDCRefusals(t *testing.T) {
	aliyun := func(code, message string) string {
		return fmt.Sprintf(`{"RequestId":"R-1","HostId":"sts.aliyuncs.com","Code":%q,"Message":%q}`, code, message)
	}
	tencent := func(code, message string) string {
		return fmt.Sprintf(`{"Response":{"Error":{"Code":%q,"Message":%q},"RequestId":"R-1"}}`, code, message)
	}
	for _, tc := range []struct {
		cloud  Cloud
		status int
		body   string
		class  error
		words  []string
	}{
		{Aliyun, 400, aliyun("AuthenticationFail.OIDCToken.Expired", "This JsonWebToken "+oidcToken+" is expired."), store.ErrStale, []string{"R-1", "has expired", "time limit"}},
		{Aliyun, 404, aliyun("EntityNotExist.Role", "The role not exists."), store.ErrDenied, []string{"EntityNotExist.Role: The role not exists. (request R-1)", "trust policy"}},
		{Aliyun, 400, aliyun("InvalidTimeStamp.Expired", "Specified time stamp or date value is expired."), store.ErrClock, []string{"NTP"}},
		{Aliyun, 400, aliyun("Throttling.User", "Request was denied due to user flow control."), store.ErrTransient, []string{"Throttling.User"}},
		{Aliyun, 503, "busy", store.ErrTransient, []string{"status 503"}},
		{Aliyun, 429, aliyun("x", "y"), store.ErrTransient, []string{"status 429"}},
		{Aliyun, 200, "<html>CANARY log in to the network</html>", store.ErrEndpoint, []string{"not that of a token service"}},
		{Aliyun, 200, "{}", store.ErrEndpoint, []string{"without keys"}},
		{Aliyun, 302, "", store.ErrEndpoint, []string{"status 302"}},
		{Tencent, 200, tencent("AuthFailure.UnauthorizedOperation", "no"), store.ErrDenied, []string{"R-1", "trust policy"}},
		{Tencent, 200, tencent("InternalError.SystemError", "no"), store.ErrTransient, []string{"InternalError"}},
		{Tencent, 200, tencent("RequestLimitExceeded", "no"), store.ErrTransient, nil},
		{Tencent, 200, tencent("AuthFailure.SignatureExpire", "no"), store.ErrClock, []string{"NTP"}},
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "http://elsewhere.test/")
			w.WriteHeader(tc.status)
			_, _ = w.Write([]byte(tc.body))
		}))
		env := aliyunEnv("ALIBABA_CLOUD_OIDC_TOKEN=" + oidcToken)
		if tc.cloud == Tencent {
			env = tencentEnv("TKE_WEB_IDENTITY_TOKEN=" + oidcToken)
		}
		p, err := Resolve(t.Context(), Options{Cloud: tc.cloud, Environ: env, STS: srv.URL})
		if err != nil {
			t.Fatal(err)
		}
		_, err = p.Get(t.Context())
		if store.ClassOf(err) != tc.class {
			t.Errorf("%d %s: %v, want the class %v", tc.status, tc.body, err, tc.class)
		}
		speaks(t, err, tc.words...)
		srv.Close()
	}
}

func TestOIDCUnreachable(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // else the server does not notice that the client is gone
		<-r.Context().Done()
	}))
	defer srv.Close()
	p, err := Resolve(t.Context(), Options{Environ: aliyunEnv("ALIBABA_CLOUD_OIDC_TOKEN=" + oidcToken), STS: srv.URL + "/?x=CANARY"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := p.Get(ctx); !errors.Is(err, context.DeadlineExceeded) || store.ClassOf(err) != nil {
		t.Errorf("error %v", err)
	}
	closed := httptest.NewServer(nil)
	closed.Close()
	p, err = Resolve(t.Context(), Options{Environ: aliyunEnv("ALIBABA_CLOUD_OIDC_TOKEN=" + oidcToken), STS: closed.URL + "/?x=CANARY"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.Get(t.Context())
	if !errors.Is(err, store.ErrTransient) {
		t.Errorf("error %v", err)
	}
	speaks(t, err, "ask 127.0.0.1")
	for _, bad := range []string{"sts.example", "ftp://sts.example", "http://CANARY@sts.example", "http://%zz", "/path"} {
		_, err = Resolve(t.Context(), Options{Environ: aliyunEnv("ALIBABA_CLOUD_OIDC_TOKEN=x"), STS: bad})
		speaks(t, err, "no http(s) URL")
	}
}

func TestInstanceRole(t *testing.T) {
	for _, tc := range []struct {
		cloud   Cloud
		path    string
		answer  string
		session bool
		refuse  bool // calls without the session's token
	}{
		{Aliyun, "/latest/meta-data/ram/security-credentials/", `{"AccessKeyId":"STS.i","AccessKeySecret":"s","SecurityToken":"t","Expiration":"2099-01-02T03:04:05Z","Code":"Success"}`, true, true},
		{Aliyun, "/latest/meta-data/ram/security-credentials/", `{"AccessKeyId":"STS.i","AccessKeySecret":"s","SecurityToken":"t","Expiration":"2099-01-02T03:04:05Z","Code":"Success"}`, false, false},
		{Tencent, "/latest/meta-data/cam/security-credentials/", `{"TmpSecretId":"STS.i","TmpSecretKey":"s","ExpiredTime":4070919845,"Expiration":"2099-01-02T03:04:05Z","Token":"t","Code":"Success"}`, false, false},
		{S3, "/latest/meta-data/iam/security-credentials/", `{"Code":"Success","Type":"AWS-HMAC","AccessKeyId":"STS.i","SecretAccessKey":"s","Token":"t","Expiration":"2099-01-02T03:04:05Z"}`, true, true},
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			token := r.Header.Get("X-aliyun-ecs-metadata-token") + r.Header.Get("X-aws-ec2-metadata-token")
			switch {
			case r.Method == http.MethodPut && r.URL.Path == "/latest/api/token" && tc.session:
				_, _ = w.Write([]byte("session"))
			case tc.refuse && token != "session":
				w.WriteHeader(http.StatusForbidden)
			case r.Method == http.MethodGet && r.URL.Path == tc.path:
				_, _ = w.Write([]byte("releaser\n"))
			case r.Method == http.MethodGet && r.URL.Path == tc.path+"releaser":
				_, _ = w.Write([]byte(tc.answer))
			default:
				w.WriteHeader(http.StatusNotFound)
			}
		}))
		proxied := httpx.Options{Proxy: func(*url.URL) (*url.URL, error) { return url.Parse("http://127.0.0.1:1") }}
		k, p := get(t, Options{Cloud: tc.cloud, InstanceRole: true, Metadata: srv.URL, HTTP: proxied})
		if k.ID != "STS.i" || k.Secret != "s" || k.Token != "t" || k.Expires.Year() != 2099 || p.Source() != "instance role" {
			t.Errorf("%v: %q, %q, %q until %v from %q", tc.cloud, k.ID, k.Secret, k.Token, k.Expires, p.Source())
		}
		srv.Close()
	}
	for body, class := range map[string]error{`{"Code":"Failed"}`: store.ErrDenied, "<html>CANARY</html>": store.ErrDenied, "": store.ErrDenied} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(body)) }))
		p, err := Resolve(t.Context(), Options{InstanceRole: true, Metadata: srv.URL})
		if err != nil {
			t.Fatal(err)
		}
		_, err = p.Get(t.Context())
		if !errors.Is(err, class) {
			t.Errorf("%s: %v", body, err)
		}
		speaks(t, err, "only on a cloud server")
		srv.Close()
	}
	if _, err := Resolve(t.Context(), Options{}); !errors.Is(err, ErrNone) {
		t.Errorf("asked without being told to: %v", err)
	}
}

func TestOrder(t *testing.T) {
	home := t.TempDir()
	write(t, home, ".ossutilconfig", "[Credentials]\naccessKeyID=a\naccessKeySecret=b\n")
	named := write(t, t.TempDir(), "keys", "OSS_ACCESS_KEY_ID=a\nOSS_ACCESS_KEY_SECRET=b\n")
	o := Options{Home: home, File: named, InstanceRole: true}
	o.Environ = aliyunEnv("ALIBABA_CLOUD_OIDC_TOKEN=x", "OSS_ACCESS_KEY_ID=a", "OSS_ACCESS_KEY_SECRET=b")
	var got []string
	next := func() {
		p, err := Resolve(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, strings.Fields(p.Source())[0])
	}
	next()
	o.File = ""
	next()
	o.Environ = o.Environ[:3]
	next()
	o.Environ = nil
	next()
	o.Home = ""
	next()
	if want := "file environment OIDC ~/.ossutilconfig instance"; strings.Join(got, " ") != want {
		t.Errorf("order %v, want %s", got, want)
	}
}
