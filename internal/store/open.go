package store

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Opener opens the store that a URL of its scheme names. For a plain directory
// path the URL has the scheme "file" and the path as it was written. User
// information, fragments and parameters that look like secrets never get here.
type Opener func(ctx context.Context, u *url.URL) (Store, error)

// Schemes are the kinds of store a program knows, by URL scheme in lower case.
type Schemes map[string]Opener

// Open opens the store that raw names: a URL such as
// oss://bucket/prefix?region=cn-hangzhou, or a directory (dist/site, /srv/x,
// C:\site), which is the same as a file URL. Secrets have no place in it: user
// information and parameters that look like secrets are refused, and errors
// never repeat a value. Errors are of kind msg.Usage unless the Opener says
// otherwise.
func (s Schemes) Open(ctx context.Context, raw string) (Store, error) {
	u, err := s.parse(raw)
	if err != nil {
		return nil, err
	}
	open, ok := s[u.Scheme]
	if !ok {
		return nil, s.unknown(u.Scheme)
	}
	return open(ctx, u)
}

// parse must not repeat raw in an error: it may hold a secret.
func (s Schemes) parse(raw string) (*url.URL, error) {
	if strings.TrimSpace(raw) == "" {
		return nil, msg.Errorf("open store: no directory or URL given", "打开存储：未给出目录或 URL").
			WithHint("%s", "%s", s.examples()).WithKind(msg.Usage)
	}
	if strings.ContainsFunc(raw, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return nil, msg.Errorf("open store: the name contains a line break or another control character", "打开存储：名称中含有换行或其他控制字符").
			WithKind(msg.Usage)
	}
	scheme := s.schemeOf(raw)
	if scheme == "" {
		return &url.URL{Scheme: "file", Path: raw}, nil
	}
	bad := func(en, zh string, args ...any) *msg.Error {
		return msg.Errorf("store URL %s://…: %v", "存储 URL %s://…：%v", scheme, msg.Textf(en, zh, args...)).WithKind(msg.Usage)
	}
	if _, known := s[scheme]; !known {
		return nil, s.unknown(scheme)
	}
	u, err := url.Parse(raw)
	if err != nil { // its text quotes the URL
		return nil, bad("not a valid URL", "不是有效的 URL").
			WithHint("write %% as %%25 and # as %%23 in names", "名称中的 %% 请写作 %%25，# 请写作 %%23")
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, bad("the parameters after ? cannot be read", "? 之后的参数无法解析").
			WithHint("separate parameters by & and escape special characters", "参数之间用 & 分隔，特殊字符需转义")
	}
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if secretName(name) {
			return nil, bad("parameter %q looks like a secret", "参数 %q 像是密钥", name).WithHint("%s", "%s", credentialsHint)
		}
	}
	switch {
	case u.User != nil:
		return nil, bad("a user name or password before @", "@ 之前含有用户名或密码").WithHint("%s", "%s", credentialsHint)
	case u.Fragment != "" || strings.Contains(raw, "#"):
		return nil, bad("a fragment after #", "含有 # 之后的片段").
			WithHint("write # as %%23 if it belongs to a name", "若 # 属于名称，请写作 %%23")
	}
	return u, nil
}

var credentialsHint = msg.Text{
	EN: "a URL ends up in logs and CI files; give credentials by environment variables",
	ZH: "URL 会出现在日志和 CI 文件中；请用环境变量提供凭据",
}

// schemeOf returns the scheme of a URL in lower case, or "" for a directory:
// one letter before the colon is a Windows drive, and without // only the
// schemes we know count, so that a directory may have a colon in its name.
func (s Schemes) schemeOf(raw string) string {
	name, rest, found := strings.Cut(raw, ":")
	if !found || len(name) < 2 || strings.ContainsFunc(name, func(r rune) bool { return !isSchemeRune(r) }) {
		return ""
	}
	name = strings.ToLower(name)
	if _, known := s[name]; known || strings.HasPrefix(rest, "//") {
		return name
	}
	return ""
}

func isSchemeRune(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("+-.", r)
}

func (s Schemes) unknown(scheme string) error {
	known := slices.Sorted(maps.Keys(s))
	e := msg.Errorf("store URL %s://…: unknown scheme %q", "存储 URL %[1]s://…：未知的协议 %[2]q", scheme, scheme).
		WithHint("%s", "%s", s.examples()).WithKind(msg.Usage)
	if near := msg.Nearest(scheme, known); near != "" {
		e = e.WithHint("did you mean %s://? known schemes: %s", "您是否想写 %s://？已知的协议：%s", near, strings.Join(known, ", "))
	}
	return e
}

func (s Schemes) examples() msg.Text {
	return msg.Textf("give a directory, or a URL with one of the schemes: %s", "请给出目录，或使用以下协议之一的 URL：%s",
		strings.Join(slices.Sorted(maps.Keys(s)), ", "))
}

// secretName tells whether a parameter's name suggests that its value is a
// secret. "sig" is not one: it chooses the signature version.
func secretName(name string) bool {
	name = strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r == '.' || r == ' ' {
			return -1
		}
		return r
	}, strings.ToLower(name))
	switch name {
	case "ak", "sk", "sts", "pwd", "auth", "authorization":
		return true
	}
	for _, w := range []string{"key", "secret", "token", "passw", "passphrase", "signature", "credential"} {
		if strings.Contains(name, w) {
			return true
		}
	}
	return false
}
