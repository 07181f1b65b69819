package store_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// opened is what an opener was given.
type opened struct {
	store.Store
	u *url.URL
}

func remember(_ context.Context, u *url.URL) (store.Store, error) { return opened{u: u}, nil }

var schemes = store.Schemes{"file": remember, "oss": remember, "cos": remember, "s3": remember}

func TestOpen(t *testing.T) {
	for raw, want := range map[string]url.URL{
		"dist/site":        {Scheme: "file", Path: "dist/site"},
		"./x":              {Scheme: "file", Path: "./x"},
		".":                {Scheme: "file", Path: "."},
		"/srv/x":           {Scheme: "file", Path: "/srv/x"},
		`C:\site`:          {Scheme: "file", Path: `C:\site`},
		"C:/site":          {Scheme: "file", Path: "C:/site"},
		`\\host\share`:     {Scheme: "file", Path: `\\host\share`},
		"发布 目录/站点":         {Scheme: "file", Path: "发布 目录/站点"},
		"100%/a?b#c":       {Scheme: "file", Path: "100%/a?b#c"},
		"odd:name":         {Scheme: "file", Path: "odd:name"},
		"a/b:c":            {Scheme: "file", Path: "a/b:c"},
		"user@host:dir":    {Scheme: "file", Path: "user@host:dir"},
		"file:///srv/x":    {Scheme: "file", Path: "/srv/x"},
		"FILE:///a%20b/中文": {Scheme: "file", Path: "/a b/中文"},
		"file:dist/site":   {Scheme: "file", Opaque: "dist/site"},
		"oss://bucket/p?region=cn-hangzhou&internal=1&sig=v1": {Scheme: "oss", Host: "bucket", Path: "/p", RawQuery: "region=cn-hangzhou&internal=1&sig=v1"},
		"OSS://bucket":                                   {Scheme: "oss", Host: "bucket"},
		"cos://b-125/p?domain=dl.example.cn":             {Scheme: "cos", Host: "b-125", Path: "/p", RawQuery: "domain=dl.example.cn"},
		"s3://b/p?endpoint=http://127.0.0.1:9&path=1":    {Scheme: "s3", Host: "b", Path: "/p", RawQuery: "endpoint=http://127.0.0.1:9&path=1"},
		"oss://b/p?region=r&endpoint=e&cname=c.d&x=y%20": {Scheme: "oss", Host: "b", Path: "/p", RawQuery: "region=r&endpoint=e&cname=c.d&x=y%20"},
	} {
		st, err := schemes.Open(t.Context(), raw)
		if err != nil {
			t.Errorf("%q: %v", raw, err)
			continue
		}
		got := *st.(opened).u
		got.RawPath = ""
		if got != want {
			t.Errorf("%q: %+v, want %+v", raw, got, want)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, tc := range []struct{ raw, en, zh, hint string }{
		{"", "open store: no directory or URL given", "打开存储：未给出目录或 URL", "cos, file, oss, s3"},
		{"  ", "open store: no directory or URL given", "打开存储：未给出目录或 URL", ""},
		{"a\nb", "open store: the name contains a line break or another control character", "打开存储：名称中含有换行或其他控制字符", ""},
		{"osss://b/p", `store URL osss://…: unknown scheme "osss"`, `存储 URL osss://…：未知的协议 "osss"`, "did you mean oss://?"},
		{"obs://b/p", `store URL obs://…: unknown scheme "obs"`, `存储 URL obs://…：未知的协议 "obs"`, "known schemes: cos, file, oss, s3"},
		{"gopher://b", `store URL gopher://…: unknown scheme "gopher"`, `存储 URL gopher://…：未知的协议 "gopher"`, "one of the schemes: cos, file, oss, s3"},
		{"oss://CANARY:x@b/p", "store URL oss://…: a user name or password before @", "存储 URL oss://…：@ 之前含有用户名或密码", "environment variables"},
		{"oss://CANARY@b/p", "store URL oss://…: a user name or password before @", "存储 URL oss://…：@ 之前含有用户名或密码", "environment variables"},
		{"oss://x:CANARY%zz@b/p", "store URL oss://…: not a valid URL", "存储 URL oss://…：不是有效的 URL", ""},
		{"oss://b:CANARY/p", "store URL oss://…: not a valid URL", "存储 URL oss://…：不是有效的 URL", ""},
		{"oss://b/%zzCANARY", "store URL oss://…: not a valid URL", "存储 URL oss://…：不是有效的 URL", "write % as %25 and # as %23 in names"},
		{"oss://b/p?x=%zzCANARY", "store URL oss://…: the parameters after ? cannot be read", "存储 URL oss://…：? 之后的参数无法解析", ""},
		{"oss://b/p?x=1;CANARY", "store URL oss://…: the parameters after ? cannot be read", "存储 URL oss://…：? 之后的参数无法解析", ""},
		{"oss://b/p#CANARY", "store URL oss://…: a fragment after #", "存储 URL oss://…：含有 # 之后的片段", "%23"},
		{"oss://b/p#", "store URL oss://…: a fragment after #", "存储 URL oss://…：含有 # 之后的片段", ""},
		{"oss://b/p?region=r&secret=CANARY", `store URL oss://…: parameter "secret" looks like a secret`, `存储 URL oss://…：参数 "secret" 像是密钥`, "environment variables"},
	} {
		refused(t, tc.raw, tc.en, tc.zh, tc.hint)
	}
	for _, name := range []string{"key", "access_key", "AccessKeyId", "access-key-secret", "SK", "ak", "security-token", "token", "PASSWORD",
		"passwd", "signature", "Signature", "x-amz-signature", "X-Amz-Credential", "x-amz-security-token", "OSSAccessKeyId", "auth",
		"private.key", "client%5fsecret", "passphrase", "pwd", "sts"} {
		decoded, _ := url.QueryUnescape(name)
		refused(t, "oss://b/p?a=1&"+name+"=CANARY", "store URL oss://…: parameter \""+decoded+"\" looks like a secret", "存储 URL oss://…：参数 \""+decoded+"\" 像是密钥", "environment variables")
	}
}

func refused(t *testing.T, raw, en, zh, hint string) {
	t.Helper()
	_, err := schemes.Open(t.Context(), raw)
	if err == nil {
		t.Errorf("%q was opened", raw)
		return
	}
	h := msg.Hint(err)
	if got := msg.In(err, msg.English); got != en {
		t.Errorf("%q: %q, want %q", raw, got, en)
	}
	if got := msg.In(err, msg.Chinese); got != zh {
		t.Errorf("%q: %q, want %q", raw, got, zh)
	}
	if !strings.Contains(h.EN, hint) || (h.EN == "") != (h.ZH == "") {
		t.Errorf("%q: hint %+v, want %q in it", raw, h, hint)
	}
	if msg.KindOf(err) != msg.Usage {
		t.Errorf("%q: kind %v", raw, msg.KindOf(err))
	}
	if all := err.Error() + h.EN + h.ZH + msg.In(err, msg.Chinese); strings.Contains(all, "CANARY") {
		t.Errorf("%q: a secret is repeated: %s", raw, all)
	}
}

func FuzzOpen(f *testing.F) {
	for _, s := range []string{"dist/site", `C:\x`, "oss://b/p?region=r", "oss://u:p@b", "file:x", "s3://b?token=t", "a:b", "x://", "%", "中文"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		st, err := schemes.Open(context.Background(), raw)
		if err != nil {
			if h := msg.Hint(err); (h.EN == "") != (h.ZH == "") || msg.KindOf(err) != msg.Usage {
				t.Errorf("%q: %v, hint %+v", raw, err, h)
			}
			return
		}
		u := st.(opened).u
		if schemes[u.Scheme] == nil || u.User != nil || u.Fragment != "" {
			t.Errorf("%q: %+v", raw, u)
		}
		if !strings.Contains(raw, ":") && u.Path != raw { // a directory, as it was written
			t.Errorf("%q became %q", raw, u.Path)
		}
	})
}
