package remote

import (
	"net/http"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// Rule is what a code of a service means.
type Rule struct {
	Class error    // of package store; nil for none
	Hint  msg.Text // zero = the usual remedy of the class
	Keys  bool     // the keys are to blame, so that their source is told
}

// Say makes a rule.
func Say(class error, en, zh string, args ...any) Rule {
	return Rule{Class: class, Hint: msg.Textf(en, zh, args...)}
}

// Blame is Say for what the keys are to blame for.
func Blame(en, zh string, args ...any) Rule {
	return Rule{store.ErrDenied, msg.Textf(en, zh, args...), true}
}

func (a *Answer) Error() string { return a.text().Error() }

// Unwrap returns the same statement in both languages.
func (a *Answer) Unwrap() error { return a.text() }

func (a *Answer) text() *msg.Error {
	switch {
	case a.Code == "" && a.Status/100 == 2:
		return msg.Errorf("the answer (%d) is not one of an object store%s", "返回内容（%d）不像来自对象存储%s", a.Status, a.request())
	case a.Code == "":
		return msg.Errorf("the store answered %d %s%s", "存储返回 %d %s%s", a.Status, http.StatusText(a.Status), a.request())
	case a.Message == "":
		return msg.Errorf("the store answered %d %s%s", "存储返回 %d %s%s", a.Status, a.Code, a.request())
	}
	return msg.Errorf("the store answered %d %s: %s%s", "存储返回 %d %s：%s%s", a.Status, a.Code, a.Message, a.request())
}

func (a *Answer) request() msg.Text {
	switch {
	case a.RequestID == "":
		return msg.Text{}
	case a.EC != "":
		return msg.Textf(" (request %s, EC %s)", "（请求 ID %s，EC %s）", a.RequestID, a.EC)
	}
	return msg.Textf(" (request %s)", "（请求 ID %s）", a.RequestID)
}

// skewed is how far a clock may be off before refusals are blamed on it: the
// services allow 15 minutes, and requests take their time.
const skewed = 14 * time.Minute

// rule finds what the answer means: by clock and keys, by code, by status.
func (a *Answer) rule(service map[string]Rule, ifAbsent, upload bool) Rule {
	own, ok := service[a.Code]
	if !ok {
		own, ok = codes[a.Code]
	}
	temporary := a.keys != nil && a.keys.Token != ""
	switch {
	case a.Code == "RequestTimeTooSkewed" || a.Status == http.StatusForbidden && a.Ahead.Abs() >= skewed:
		return a.clock()
	case a.Code == "InvalidAccessKeyId" && temporary,
		a.refused() && temporary && !a.keys.Expires.IsZero() && time.Now().Add(-a.Ahead).After(a.keys.Expires):
		return Rule{Class: store.ErrStale}
	case ok && own.Class == store.ErrExists && !ifAbsent:
		return Rule{}
	case ok:
		return own
	}
	class := classOfStatus(a.Status, ifAbsent, upload)
	return Rule{Class: class, Keys: class == store.ErrDenied}
}

// refused reports whether expired keys may be the reason: S3 answers HEAD with a
// bare 400 then.
func (a *Answer) refused() bool {
	return a.Status == http.StatusForbidden || a.Status == http.StatusBadRequest && a.Code == ""
}

func classOfStatus(status int, ifAbsent, upload bool) error {
	switch {
	case status == http.StatusPreconditionFailed && ifAbsent:
		return store.ErrExists
	case status == http.StatusNotFound && upload:
		return store.ErrExpired
	case status == http.StatusNotFound:
		return store.ErrNotFound
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusUnavailableForLegalReasons:
		return store.ErrDenied
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable:
		return store.ErrThrottled
	case status == http.StatusInsufficientStorage:
		return store.ErrNoSpace
	case status == http.StatusNotImplemented:
		return nil
	case status == http.StatusRequestTimeout, status == http.StatusConflict, status >= 500, status/100 == 2:
		return store.ErrTransient
	case status/100 == 3:
		return store.ErrEndpoint
	}
	return nil
}

func (a *Answer) clock() Rule {
	off := a.Ahead.Abs().Round(10 * time.Second) // a Date has whole seconds, and the way takes some
	switch {
	case off < time.Minute: // nothing measured, or it has been set meanwhile
		return Rule{Class: store.ErrClock}
	case a.Ahead > 0:
		return Say(store.ErrClock, "this machine's clock is %s ahead of the server's; set it (NTP)", "本机时钟比服务器快 %s；请校准（NTP）", off)
	}
	return Say(store.ErrClock, "this machine's clock is %s behind the server's; set it (NTP)", "本机时钟比服务器慢 %s；请校准（NTP）", off)
}

// codes are those that services share or borrowed from S3.
var codes = map[string]Rule{
	"AccessDenied":               {Class: store.ErrDenied, Keys: true},
	"NoSuchKey":                  {Class: store.ErrNotFound},
	"NoSuchUpload":               {Class: store.ErrExpired},
	"FileAlreadyExists":          {Class: store.ErrExists},
	"ObjectAlreadyExists":        {Class: store.ErrExists},
	"PreconditionFailed":         {Class: store.ErrExists},
	"ExpiredToken":               {Class: store.ErrStale},
	"ExpiredTokenException":      {Class: store.ErrStale},
	"SecurityTokenExpired":       {Class: store.ErrStale},
	"TokenRefreshRequired":       {Class: store.ErrStale},
	"BadDigest":                  {Class: store.ErrIntegrity},
	"InvalidDigest":              {Class: store.ErrIntegrity},
	"XAmzContentSHA256Mismatch":  {Class: store.ErrIntegrity},
	"InternalError":              {Class: store.ErrTransient},
	"IncompleteBody":             {Class: store.ErrTransient},
	"RequestTimeout":             {Class: store.ErrTransient},
	"OperationAborted":           {Class: store.ErrTransient},
	"ConditionalRequestConflict": {Class: store.ErrTransient},
	"SlowDown":                   {Class: store.ErrThrottled},
	"SlowDownRead":               {Class: store.ErrThrottled},
	"SlowDownWrite":              {Class: store.ErrThrottled},
	"RequestLimitExceeded":       {Class: store.ErrThrottled},
	"ServiceUnavailable":         {Class: store.ErrThrottled},
	"TooManyRequests":            {Class: store.ErrThrottled},
	"QuotaExceeded":              {Class: store.ErrNoSpace},
	"XMinioStorageFull":          {Class: store.ErrNoSpace},
	"InvalidBucketName":          {Class: store.ErrEndpoint},
	"MovedPermanently":           {Class: store.ErrEndpoint},
	"PermanentRedirect":          {Class: store.ErrEndpoint},
	"TemporaryRedirect":          {Class: store.ErrEndpoint},
	"InvalidPart": Say(store.ErrIntegrity, "a part changed after it was sent; run the command again",
		"有分块在发送之后发生了变化；请重新运行"),
	"KeyTooLongError": Say(store.ErrInvalidKey, "use a shorter name or prefix", "请使用更短的名称或前缀"),
	"InvalidAccessKeyId": Blame("the service does not know this access key: is it of another cloud or account, or has it been disabled?",
		"服务不认识该访问密钥：是否属于其他云厂商或账号，或已被禁用？"),
	"InvalidToken": Blame("the session token does not belong to this access key; set all three variables from one and the same source",
		"会话令牌与访问密钥不匹配；三个变量须来自同一来源"),
	"SignatureDoesNotMatch": Blame("the secret is not the one of this access key (a line break or space copied with it?), or a proxy on the way changes requests",
		"密钥与访问密钥 ID 不匹配（复制时是否带入换行或空格？），或途中的代理改动了请求"),
	"MethodNotAllowed": Say(nil, "the server does not offer this operation; check endpoint and scheme", "服务器不支持该操作；请检查 endpoint 与 scheme"),
	"NotImplemented":   Say(nil, "the server does not offer what was asked for", "服务器不支持所请求的功能"),
}
