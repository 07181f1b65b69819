package cred

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// ask sends a request to a token service and decodes its answer, whatever the
// status. secret is not to appear in an error.
func (f *finder) ask(r *http.Request, answer any, secret string) (status int, err error) {
	o := f.HTTP
	o.MaxRedirects = -1 // a token goes to nobody else
	client := httpx.New(o)
	defer client.CloseIdleConnections()
	fail := func(class, err error) error {
		if e := r.Context().Err(); e != nil {
			class = nil // it is the caller's doing
		}
		if class == nil {
			return msg.Errorf("ask %s for credentials: %w", "向 %s 换取凭据：%w", r.URL.Host, err)
		}
		return msg.Errorf("ask %s for credentials: %w: %w", "向 %s 换取凭据：%w：%w", r.URL.Host, class, err)
	}
	resp, err := httpx.Do(client, r)
	if err != nil {
		return 0, fail(store.ErrTransient, scrubbed(err, secret))
	}
	body, err := httpx.ReadAll(r.Context(), resp.Body, maxFile)
	if err != nil {
		return 0, fail(store.ErrTransient, scrubbed(err, secret))
	}
	if resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests {
		return 0, fail(store.ErrTransient, msg.Errorf("status %d", "状态码 %d", resp.StatusCode))
	}
	if json.Unmarshal(body, answer) != nil { // its error would quote the answer
		return 0, fail(store.ErrEndpoint, msg.Errorf("status %d, and the answer is not that of a token service", "状态码 %d，且返回内容不是令牌服务的格式", resp.StatusCode))
	}
	return resp.StatusCode, nil
}

// denial is what a token service said instead of keys.
type denial struct {
	status                   int
	code, message, requestID string
	secret                   string // not to be repeated
}

// complete checks that an answer holds keys, and otherwise says why not.
func (f *finder) complete(k Keys, d denial) (Keys, error) {
	if k.ID != "" && k.Secret != "" && k.Token != "" {
		if k.Expires.Unix() <= 0 {
			k.Expires = f.clock().Add(life)
		}
		return k, nil
	}
	if d.code == "" {
		return Keys{}, msg.Errorf("exchange OIDC token: %w: status %d without keys", "换取临时凭据：%w：状态码 %d，未返回密钥", store.ErrEndpoint, d.status)
	}
	said := scrub(d.message, d.secret)
	class, hint := store.ErrDenied, msg.Text{
		EN: "check the role's trust policy (provider, audience, subject) and the role and provider that the variables name",
		ZH: "请检查角色的信任策略（身份提供商、受众、主体），以及变量中的角色与身份提供商",
	}
	switch code := strings.ToLower(d.code); {
	case strings.Contains(code, "throttling"), strings.Contains(code, "limitexceeded"), strings.HasPrefix(code, "internalerror"), strings.HasPrefix(code, "serviceunavailable"):
		class, hint = store.ErrTransient, msg.Text{}
	case strings.HasPrefix(code, "invalidtimestamp"), strings.HasPrefix(code, "authfailure.signatureexpire"):
		class, hint = store.ErrClock, msg.Text{EN: "set this machine's clock (NTP)", ZH: "请校准本机时钟（NTP）"}
	case strings.Contains(code, "expired"):
		class, hint = store.ErrStale, msg.Text{
			EN: "the OIDC token has expired; in CI it lives as long as the job's time limit allows, so raise that, or publish in a job of its own",
			ZH: "OIDC 令牌已过期；在 CI 中其有效期取决于任务超时时间，请调大超时，或将发布放到单独的任务中",
		}
	}
	e := msg.Errorf("exchange OIDC token: %w: %s: %s (request %s)", "换取临时凭据：%w：%s：%s（请求 ID %s）", class, d.code, said, d.requestID)
	if !hint.IsZero() {
		e = e.WithHint("%s", "%s", hint)
	}
	return Keys{}, e
}

func scrub(text, secret string) string {
	if secret != "" {
		text = strings.ReplaceAll(text, secret, "***")
	}
	return httpx.Redact(text)
}

// scrubbed is err with a text without the secret; causes remain for errors.Is.
func scrubbed(err error, secret string) error {
	err = httpx.Error(err)
	if secret == "" || !strings.Contains(err.Error(), secret) {
		return err
	}
	return &scrubbedError{scrub(err.Error(), secret), err}
}

type scrubbedError struct {
	text string
	err  error
}

func (e *scrubbedError) Error() string        { return e.text }
func (e *scrubbedError) Is(target error) bool { return errors.Is(e.err, target) }
