package remote

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// Bad is an error about a store URL. Values of parameters do not belong in it:
// they may be what somebody took for a place of secrets.
func Bad(scheme, en, zh string, args ...any) *msg.Error {
	return msg.Errorf("store URL %s://…: %v", "存储 URL %s://…：%v", scheme, msg.Textf(en, zh, args...)).WithKind(msg.Usage)
}

// Place reads bucket and prefix. The prefix is "" or ends with a slash.
func Place(u *url.URL) (bucket, prefix string, err error) {
	switch {
	case u.Opaque != "" || u.Host == "":
		return "", "", Bad(u.Scheme, "no bucket given", "未给出桶名").
			WithHint("write %s://bucket/prefix", "请写作 %s://桶名/前缀", u.Scheme)
	case u.Port() != "" || strings.HasSuffix(u.Host, ":"):
		return "", "", Bad(u.Scheme, "a port behind the bucket", "桶名之后带有端口").
			WithHint("the bucket comes first, the server is named by endpoint=host:port", "首先是桶名，服务器由 endpoint=主机:端口 指定")
	}
	prefix = strings.Trim(u.Path, "/")
	if prefix == "" {
		return u.Host, "", nil
	}
	if err := store.ValidKey(prefix); err != nil {
		return "", "", Bad(u.Scheme, "the prefix is not valid", "前缀无效").WithHint("%s", "%s", msg.Hint(err))
	}
	return u.Host, prefix + "/", nil
}

// Params reads the parameters. What is not in known, given twice or without a
// value is an error.
func Params(u *url.URL, known ...string) (map[string]string, error) {
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil { // its text quotes values
		return nil, Bad(u.Scheme, "the parameters after ? cannot be read", "? 之后的参数无法解析").
			WithHint("separate parameters by & and escape special characters", "参数之间用 & 分隔，特殊字符需转义")
	}
	p := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(query)) {
		values := query[name]
		switch {
		case !slices.Contains(known, name):
			e := Bad(u.Scheme, "unknown parameter %q", "未知的参数 %q", name).
				WithHint("known parameters: %s", "可用的参数：%s", strings.Join(known, ", "))
			if near := msg.Nearest(name, known); near != "" {
				e = e.WithHint("did you mean %s=? known parameters: %s", "您是否想写 %s=？可用的参数：%s", near, strings.Join(known, ", "))
			}
			return nil, e
		case len(values) > 1:
			return nil, Bad(u.Scheme, "parameter %s is given twice", "参数 %s 出现了两次", name)
		case values[0] == "":
			return nil, Bad(u.Scheme, "parameter %s has no value", "参数 %s 没有值", name)
		}
		p[name] = values[0]
	}
	return p, nil
}

// Flag reads a parameter that is 0 or 1; "" is 0.
func Flag(scheme, name, value string) (bool, error) {
	switch value {
	case "", "0":
		return false, nil
	case "1":
		return true, nil
	}
	return false, Bad(scheme, "%s is neither 0 nor 1", "%s 既不是 0 也不是 1", name)
}

// Server reads an endpoint: host, host:port, or either behind http:// or
// https://. scheme is the parameter of that name; https is the default.
func Server(store, endpoint, scheme string) (*url.URL, error) {
	raw := endpoint
	if !strings.Contains(raw, "://") {
		raw = "//" + raw
	}
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Hostname() == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" ||
		strings.ContainsAny(u.Host, " \\%@_") || strings.HasSuffix(u.Host, ":") {
		return nil, Bad(store, "the endpoint is not a host", "endpoint 不是主机名").
			WithHint("write endpoint=https://host or endpoint=host:port", "请写作 endpoint=https://主机 或 endpoint=主机:端口")
	}
	switch {
	case scheme != "" && scheme != "http" && scheme != "https":
		return nil, Bad(store, "scheme is neither http nor https", "scheme 既不是 http 也不是 https")
	case u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https":
		return nil, Bad(store, "the endpoint's scheme is neither http nor https", "endpoint 的协议既不是 http 也不是 https")
	case u.Scheme != "" && scheme != "" && u.Scheme != scheme:
		return nil, Bad(store, "scheme and endpoint contradict each other", "scheme 与 endpoint 相互矛盾")
	case u.Scheme == "" && scheme != "":
		u.Scheme = scheme
	case u.Scheme == "":
		u.Scheme = "https"
	}
	return &url.URL{Scheme: u.Scheme, Host: strings.ToLower(u.Host)}, nil
}

// Name writes a store's URL: the parameters in the order given, empty ones left
// out.
func Name(scheme, bucket, prefix string, params ...string) string {
	u := url.URL{Scheme: scheme, Host: bucket, Path: strings.TrimSuffix(prefix, "/")}
	if u.Path != "" {
		u.Path = "/" + u.Path
	}
	var pairs []string
	for i := 0; i+1 < len(params); i += 2 {
		if params[i+1] != "" {
			pairs = append(pairs, params[i]+"="+strings.NewReplacer("%2F", "/", "%3A", ":").Replace(url.QueryEscape(params[i+1])))
		}
	}
	u.RawQuery = strings.Join(pairs, "&")
	return u.String()
}
