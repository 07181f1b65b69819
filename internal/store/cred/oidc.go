package cred

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// exchange is one OIDC role: who asks whom for which role, with which token.
type exchange struct {
	f                      *finder
	role, provider, region string
	session                string
	token                  string // inline
	tokenFile              string // read at each exchange: whoever writes it renews it
	endpoint               string
}

// oidc finds the variables of a token exchange. They are those of the official
// libraries; only TKE_WEB_IDENTITY_TOKEN is ours.
func (f *finder) oidc() (*provider, error) {
	var role, idp, token, file string
	var e exchange
	switch f.Cloud {
	case Aliyun:
		role, idp, token, file = "ALIBABA_CLOUD_ROLE_ARN", "ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "ALIBABA_CLOUD_OIDC_TOKEN", "ALIBABA_CLOUD_OIDC_TOKEN_FILE"
		e = exchange{session: f.env["ALIBABA_CLOUD_ROLE_SESSION_NAME"], endpoint: "https://sts.aliyuncs.com/"}
	case Tencent:
		role, idp, token, file = "TKE_ROLE_ARN", "TKE_PROVIDER_ID", "TKE_WEB_IDENTITY_TOKEN", "TKE_WEB_IDENTITY_TOKEN_FILE"
		e = exchange{session: f.env["TKE_ROLE_SESSION_NAME"], region: cmp.Or(f.env["TKE_REGION"], "ap-guangzhou"), endpoint: "https://sts.tencentcloudapi.com/"}
	default:
		return nil, nil
	}
	e.f, e.role, e.provider, e.token, e.tokenFile = f, f.env[role], f.env[idp], f.env[token], f.env[file]
	e.session = cmp.Or(e.session, "yingzao")
	e.endpoint = cmp.Or(f.STS, f.env["YINGZAO_STS_ENDPOINT"], e.endpoint)
	var set, missing []string
	for _, v := range [][]string{{role}, {idp}, {file, token}} {
		if name := firstSet(f.env, v); name != "" {
			set = append(set, name)
		} else {
			missing = append(missing, strings.Join(v, " / "))
		}
	}
	if len(set) == 0 {
		return nil, nil
	}
	if len(missing) > 0 {
		return nil, halfSet(strings.Join(set, ", "), missing[0])
	}
	if u, err := url.Parse(e.endpoint); err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http" {
		return nil, msg.Errorf("read credentials: the token service's endpoint is no http(s) URL", "读取凭据：令牌服务的地址不是 http(s) URL").WithKind(msg.Usage)
	}
	fetch := e.aliyun
	if f.Cloud == Tencent {
		fetch = e.tencent
	}
	return &provider{source: "OIDC role " + e.role, fetch: fetch}, nil
}

// life is asked for; it is what both clouds give a role unless it is changed.
const life = time.Hour

func (e *exchange) oidcToken() (string, error) {
	if e.tokenFile == "" {
		return e.token, nil
	}
	b, err := readFile(e.tokenFile)
	if err != nil {
		return "", msg.Errorf("read OIDC token: %w", "读取 OIDC 令牌：%w", err)
	}
	token := strings.TrimSpace(string(b))
	if token == "" {
		return "", msg.Errorf("read OIDC token: %s is empty", "读取 OIDC 令牌：%s 为空", e.tokenFile)
	}
	return token, nil
}

// aliyun is AssumeRoleWithOIDC (Alibaba Cloud, STS API 2015-04-01); it needs no
// signature.
func (e *exchange) aliyun(ctx context.Context) (Keys, error) {
	token, err := e.oidcToken()
	if err != nil {
		return Keys{}, err
	}
	form := url.Values{
		"Action": {"AssumeRoleWithOIDC"}, "Version": {"2015-04-01"}, "Format": {"JSON"},
		"Timestamp": {e.f.clock().UTC().Format("2006-01-02T15:04:05Z")}, "SignatureNonce": {rand.Text()},
		"RoleArn": {e.role}, "OIDCProviderArn": {e.provider}, "OIDCToken": {token},
		"RoleSessionName": {e.session}, "DurationSeconds": {strconv.Itoa(int(life.Seconds()))},
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.endpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return Keys{}, msg.Errorf("exchange OIDC token: %w", "换取临时凭据：%w", scrubbed(err, token))
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var answer struct {
		RequestID     string `json:"RequestId"`
		Code, Message string
		Credentials   struct {
			AccessKeyID                                string `json:"AccessKeyId"`
			AccessKeySecret, SecurityToken, Expiration string
		}
	}
	status, err := e.f.ask(r, &answer, token)
	if err != nil {
		return Keys{}, err
	}
	c := answer.Credentials
	k := Keys{ID: c.AccessKeyID, Secret: c.AccessKeySecret, Token: c.SecurityToken}
	k.Expires, _ = time.Parse(time.RFC3339, c.Expiration)
	return e.f.complete(k, denial{status, answer.Code, answer.Message, answer.RequestID, token})
}

// tencent is AssumeRoleWithWebIdentity (Tencent Cloud, STS API 2018-08-13).
func (e *exchange) tencent(ctx context.Context) (Keys, error) {
	token, err := e.oidcToken()
	if err != nil {
		return Keys{}, err
	}
	body, err := json.Marshal(map[string]any{
		"ProviderId": e.provider, "WebIdentityToken": token, "RoleArn": e.role,
		"RoleSessionName": e.session, "DurationSeconds": int(life.Seconds()),
	})
	if err != nil {
		return Keys{}, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.endpoint, bytes.NewReader(body))
	if err != nil {
		return Keys{}, msg.Errorf("exchange OIDC token: %w", "换取临时凭据：%w", scrubbed(err, token))
	}
	for name, value := range map[string]string{
		"Content-Type": "application/json", "Authorization": "SKIP", "X-TC-Action": "AssumeRoleWithWebIdentity",
		"X-TC-Version": "2018-08-13", "X-TC-Region": e.region, "X-TC-Timestamp": strconv.FormatInt(e.f.clock().Unix(), 10),
	} {
		r.Header.Set(name, value)
	}
	var answer struct {
		Response struct {
			Error       struct{ Code, Message string }
			RequestID   string `json:"RequestId"`
			ExpiredTime int64
			Credentials struct {
				Token        string
				TmpSecretID  string `json:"TmpSecretId"`
				TmpSecretKey string
			}
		}
	}
	status, err := e.f.ask(r, &answer, token)
	if err != nil {
		return Keys{}, err
	}
	a := answer.Response
	k := Keys{ID: a.Credentials.TmpSecretID, Secret: a.Credentials.TmpSecretKey, Token: a.Credentials.Token, Expires: time.Unix(a.ExpiredTime, 0)}
	return e.f.complete(k, denial{status, a.Error.Code, a.Error.Message, a.RequestID, token})
}

func (f *finder) clock() time.Time {
	if f.Now == nil {
		return time.Now()
	}
	return f.Now()
}
