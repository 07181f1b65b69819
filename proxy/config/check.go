package config

import (
	"context"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/internal/goenv"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

func (k *checker) config(c *Config) {
	k.listen(c.Listen, "listen")
	if c.Admin.Listen != "off" {
		k.listen(c.Admin.Listen, "admin", "listen")
	}
	if (c.TLS.Cert == "") != (c.TLS.Key == "") {
		k.bad([]string{"tls"}, "tls needs both cert and key", "tls 需同时填写 cert 和 key")
	}
	if c.Cache.Store != "" {
		k.store(c.Cache.Store)
	}
	k.pins(c.Cache.Pins)
	k.urls(c.Mirrors, "mirrors")
	k.urls(c.Downloads.Mirrors, "downloads", "mirrors")
	for i, a := range c.HTTP.Allow {
		if strings.ContainsAny(a, "/:") && new(Network).UnmarshalText([]byte(a)) != nil || a == "" {
			k.bad(in([]string{"http", "allow"}, i), "%q is neither a host nor a range of addresses", "%q 既不是主机名也不是地址段", a)
		}
	}
	for i, db := range c.SumDB.Databases {
		if parsed, err := goenv.ParseSumDB(db); err != nil || parsed.Off {
			k.bad(in([]string{"sumdb", "databases"}, i), "%q names no checksum database", "%q 不是校验和数据库", db).
				WithHint("write it as in GOSUMDB: sum.golang.org, or name+hash+key, then a URL where it is not asked through the mirrors; to prove nothing here, write mode: client", "写法同 GOSUMDB：sum.golang.org，或 名称+哈希+公钥，如不经镜像查询再加 URL；若此处不做校验，请写 mode: client")
		}
	}
	k.word(c.SumDB.Mode, []string{"strict", "async", "client"}, "sumdb", "mode")
	k.word(c.Log.Format, []string{"text", "json"}, "log", "format")
	if c.Limits.Fills < 0 {
		k.bad([]string{"limits", "fills"}, "%d is no number of downloads", "%d 不是有效的下载数", c.Limits.Fills)
	}
	if len(c.Redirect.Clients) > 0 && c.Cache.Store == "" {
		k.bad([]string{"redirect", "clients"}, "there is no bucket to redirect to", "没有可重定向到的存储桶").WithHint("set cache.store", "请设置 cache.store")
	}
	for i := range c.Routes {
		k.route(c, i)
	}
}

func (k *checker) listen(addr string, path ...string) {
	if addr == "" {
		return
	}
	host, port, err := net.SplitHostPort(addr)
	n, errPort := strconv.ParseUint(port, 10, 16)
	if _, errHost := netip.ParseAddr(host); err != nil || errPort != nil || n == 0 && port != "0" || host != "" && host != "localhost" && errHost != nil {
		k.bad(path, "%q is no address to listen on", "%q 不是可监听的地址", addr).WithHint("write host:port: 127.0.0.1:8081, or :8081 for all interfaces", "请写 主机:端口，例如 127.0.0.1:8081；:8081 表示所有网卡")
	}
}

func (k *checker) word(word string, known []string, path ...string) {
	if word == "" || slices.Contains(known, word) {
		return
	}
	e := k.bad(path, "unknown word %q", "未知的取值 %q", word)
	if near := msg.Nearest(word, known); near != "" {
		e.WithHint("did you mean %s?", "您是不是想写 %s？", near)
		return
	}
	e.WithHint("known here: %s", "此处可用：%s", strings.Join(known, ", "))
}

func (k *checker) pins(pins []string) {
	for i, pin := range pins {
		p, v, versioned := strings.Cut(pin, "@")
		if pin == "" || versioned && (module.CheckPath(p) != nil || module.CanonicalVersion(v) != v || v == "") {
			k.bad(in([]string{"cache", "pins"}, i), "%q is no module", "%q 不是模块", pin).WithHint("write path@v1.2.3, a path, or a pattern as in GOPRIVATE", "请写 路径@v1.2.3、路径，或与 GOPRIVATE 相同的模式")
		}
	}
}

// store lets the rules for store URLs speak, secrets in them included.
func (k *checker) store(raw string) {
	none := func(context.Context, *url.URL) (store.Store, error) { return nil, nil }
	schemes := store.Schemes{"file": none, "oss": none, "cos": none, "s3": none}
	if _, err := schemes.Open(context.Background(), raw); err != nil {
		e := k.bad([]string{"cache", "store"}, "%w", "%w", err)
		if h := msg.Hint(err); !h.IsZero() {
			e.WithHint("%v", "%v", h)
		}
	}
}

func (k *checker) urls(list []string, path ...string) {
	for i, raw := range list {
		k.url(raw, []string{"https", "http"}, in(path, i))
	}
}

// url never repeats what it reads: it may hold a secret. "" is what is wrong.
func (k *checker) url(raw string, schemes []string, path []string) *url.URL {
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Host == "" || !slices.Contains(schemes, u.Scheme):
		k.bad(path, "this is no URL of a server", "这不是服务器的 URL").
			WithHint("it begins with %s; direct, off and files are not mirrors", "应以 %s 开头；direct、off 和本地文件都不是镜像", strings.Join(schemes, ":// or ")+"://")
		return nil
	case secret(u):
		k.bad(path, "%w", "%w", errSecret).
			WithHint("put the token alone into a file that nobody else may read and name it: a route's token_file", "请把令牌单独放入仅自己可读的文件，并在路由的 token_file 中写文件名；已写入仓库的令牌应当作废")
		return nil
	}
	return u
}

var errSecret error = msg.Errorf("a URL must not hold a password, token or parameter", "URL 中不能含有密码、令牌或参数")

// CheckFlag refuses secrets in the URLs of a flag, as Parse does in mirrors: a command
// line is no secret. What is no URL as it stands may still become one: a scheme is put
// before it, blanks are cut off, and a Chinese keyboard makes wide signs.
func CheckFlag(flag string, urls []string) error {
	for _, raw := range urls {
		if strings.ContainsAny(raw, "@?#＠？＃") || strings.Contains(raw, "%40") {
			return msg.Errorf("%s: %w", "%s：%w", flag, errSecret).WithKind(msg.Usage).
				WithHint(`everybody on this machine reads command lines (ps): put the token alone into a file that nobody else may read, and name it in .yingzao.yaml: proxy: {routes: [{match: "*", mirrors: [URL], token_file: FILE}]}`,
					`本机所有用户都能看到命令行（ps）：请把令牌单独放入仅自己可读的文件，并在 .yingzao.yaml 中写明：proxy: {routes: [{match: "*", mirrors: [URL], token_file: 文件}]}`)
		}
	}
	return nil
}

// secret reports whether a URL has a place in which secrets stand. The user that
// ssh wants is none.
func secret(u *url.URL) bool {
	if _, has := u.User.Password(); has || u.User != nil && u.Scheme != "ssh" {
		return true
	}
	return u.RawQuery != "" || u.ForceQuery || u.Fragment != ""
}
