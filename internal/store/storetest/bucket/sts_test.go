package bucket

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

const (
	aliyunRole, aliyunProvider = "acs:ram::113511544585:role/release", "acs:ram::113511544585:oidc-provider/gitlab"
	tencentRole                = "qcs::cam::uin/798950673:roleName/release"
)

func aliyunForm(change ...string) url.Values {
	f := url.Values{
		"Action": {aliyunAction}, "Version": {"2015-04-01"}, "Format": {"JSON"}, "RoleArn": {aliyunRole},
		"OIDCProviderArn": {aliyunProvider}, "OIDCToken": {"the.oidc.token"}, "RoleSessionName": {"ci"},
	}
	for i := 0; i < len(change); i += 2 {
		f.Set(change[i], change[i+1])
	}
	return f
}

func post(t *testing.T, c *http.Client, url, contentType, body string, headers ...string) (int, string) {
	t.Helper()
	r, err := http.NewRequest("POST", url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", contentType)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

const formType = "application/x-www-form-urlencoded"

type aliyunAnswer struct {
	Code        string
	Credentials struct{ SecurityToken, Expiration, AccessKeySecret, AccessKeyId string }
}

func TestAliyunSTS(t *testing.T) {
	now := time.Now()
	clock := func() time.Time { return now }
	c := start(t, Options{Now: clock})
	sts := NewSTS(t, STSOptions{TTL: time.Minute, Now: clock, RoleARN: aliyunRole, Provider: aliyunProvider, Token: "the.oidc.token"}, c.s)
	status, body := post(t, sts.Client(), "https://sts.aliyuncs.com/", formType, aliyunForm("DurationSeconds", "900").Encode())
	var a aliyunAnswer
	if err := json.Unmarshal([]byte(body), &a); err != nil || status != 200 {
		t.Fatalf("%d %s: %v", status, body, err)
	}
	end, err := time.Parse(time.RFC3339, a.Credentials.Expiration)
	if err != nil || end.Sub(now).Round(time.Second) > time.Minute || end.Sub(now) < 58*time.Second {
		t.Errorf("expires %v, error %v", end.Sub(now), err)
	}
	key := Credential{ID: a.Credentials.AccessKeyId, Secret: a.Credentials.AccessKeySecret, Token: a.Credentials.SecurityToken}
	as := c.with(func(c *client) { c.key = key })
	as.must(200, "PUT", "/a", "a", []byte("x"))
	now = now.Add(2 * time.Minute)
	c.with(func(c *client) { c.key, c.now = key, now }).refused(403, "SecurityTokenExpired", "PUT", "/a", "a", nil)
	call := sts.Calls()[0]
	if call.Host != "sts.aliyuncs.com" || call.Duration != 15*time.Minute || call.KeyID != key.ID || call.Session != "ci" || call.Provider != aliyunProvider {
		t.Errorf("call %+v", call)
	}
	if text := fmt.Sprintf("%+v", sts.Calls()); strings.Contains(text, "the.oidc.token") || strings.Contains(text, key.Secret) || strings.Contains(text, key.Token) {
		t.Errorf("a secret in %s", text)
	}
}

func TestAliyunSTSRefuses(t *testing.T) {
	sts := NewSTS(t, STSOptions{RoleARN: aliyunRole, Provider: aliyunProvider, Token: "the.oidc.token"})
	for _, r := range []struct{ name, value, code string }{
		{"Action", "", "InvalidAction.NotFound"}, {"Version", "2014-01-01", "InvalidVersion"},
		{"RoleArn", "", "InvalidParameter.RoleArn"}, {"RoleArn", "qcs::cam::x", "InvalidParameter.RoleArn"}, {"RoleArn", aliyunRole + "2", "InvalidParameter.RoleArn"},
		{"OIDCProviderArn", "", "InvalidParameter.OIDCProviderArn"}, {"OIDCProviderArn", aliyunProvider + "2", "InvalidParameter.OIDCProviderArn"},
		{"OIDCToken", "", "AuthenticationFail.OIDCToken.Invalid"}, {"OIDCToken", "other.token", "AuthenticationFail.OIDCToken.Invalid"},
		{"RoleSessionName", "", "InvalidParameter.RoleSessionName"}, {"DurationSeconds", "60", "InvalidParameter.DurationSeconds"}, {"DurationSeconds", "x", "InvalidParameter.DurationSeconds"},
	} {
		status, body := post(t, sts.Client(), sts.URL(), formType, aliyunForm(r.name, r.value).Encode())
		var a aliyunAnswer
		if err := json.Unmarshal([]byte(body), &a); err != nil || status != 400 || a.Code != r.code {
			t.Errorf("%s=%q: %d %s (%v), want %s", r.name, r.value, status, body, err, r.code)
		}
	}
	if calls := sts.Calls(); len(calls) != 12 || calls[11].Code == "" || calls[11].KeyID != "" {
		t.Errorf("calls %+v", calls)
	}
	// Parameters in the query, answer in XML: the default form of the service.
	form := aliyunForm()
	form.Del("Format")
	status, body := post(t, sts.Client(), sts.URL()+"/?"+form.Encode(), formType, "")
	var a aliyunAnswer
	if err := xml.Unmarshal([]byte(body), &a); err != nil || status != 200 || a.Credentials.AccessKeyId == "" {
		t.Errorf("%d %s: %v", status, body, err)
	}
}

type tencentAnswer struct {
	Response struct {
		Error       *struct{ Code, Message string }
		ExpiredTime int64
		Expiration  string
		Credentials struct{ Token, TmpSecretId, TmpSecretKey string }
		RequestId   string
	}
}

func TestTencentSTS(t *testing.T) {
	c := start(t, Options{Dialect: COS})
	sts := NewSTS(t, STSOptions{}, c.s)
	ask := func(client *http.Client, url, token string, headers ...string) (a tencentAnswer) {
		t.Helper()
		body := fmt.Sprintf(`{"ProviderId":"gitlab","WebIdentityToken":%q,"RoleArn":%q,"RoleSessionName":"ci","DurationSeconds":1800}`, token, tencentRole)
		all := append([]string{"X-TC-Action", tencentAction, "X-TC-Version", "2018-08-13", "X-TC-Timestamp", "1700000000", "Authorization", "SKIP"}, headers...)
		status, text := post(t, client, url, "application/json", body, all...)
		if err := json.Unmarshal([]byte(text), &a); err != nil || status != 200 || a.Response.RequestId == "" {
			t.Fatalf("%d %s: %v", status, text, err)
		}
		return a
	}
	// By the bucket's own port, as through one proxy.
	a := ask(c.http, "https://sts.tencentcloudapi.com/", "the.oidc.token").Response
	if a.Error != nil || time.Until(time.Unix(a.ExpiredTime, 0)).Round(time.Minute) != 30*time.Minute {
		t.Fatalf("%+v", a)
	}
	c.with(func(c *client) {
		c.key = Credential{ID: a.Credentials.TmpSecretId, Secret: a.Credentials.TmpSecretKey, Token: a.Credentials.Token}
	}).must(200, "PUT", "/a", "a", []byte("x"))
	if r := c.s.Requests(AssumeRole); len(r) != 1 || r[0].Status != 200 || r[0].Host != "sts.tencentcloudapi.com" {
		t.Errorf("log %+v", r)
	}
	for _, r := range []struct{ header, value, code string }{
		{"X-TC-Action", "AssumeRole", "InvalidAction"}, {"X-TC-Version", "2017", "NoSuchVersion"}, {"X-TC-Timestamp", "", "MissingParameter"},
	} {
		if a := ask(sts.Client(), sts.URL(), "the.oidc.token", r.header, r.value).Response; a.Error == nil || a.Error.Code != r.code {
			t.Errorf("%s=%q: %+v, want %s", r.header, r.value, a, r.code)
		}
	}
	if a := ask(sts.Client(), sts.URL(), "").Response; a.Error == nil || a.Error.Code != "InvalidParameter.WebIdentityTokenError" {
		t.Errorf("no token: %+v", a)
	}
	c.s.Faults(Fault{Kind: InternalError, Match: func(r Request) bool { return r.Op == AssumeRole }})
	if status, _ := post(t, c.http, "http://sts.aliyuncs.com/", formType, aliyunForm().Encode()); status != 500 {
		t.Errorf("fault on the STS: %d", status)
	}
}
