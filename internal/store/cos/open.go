package cos

import (
	"cmp"
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/cred"
	"github.com/yingzao-dev/yingzao/internal/store/remote"
)

// Options say how to reach the store and who asks. The zero value finds no keys.
type Options struct {
	// HTTP is how to get there, proxies included. A first byte is waited for one
	// minute unless it says otherwise: completing a large upload takes its time.
	HTTP httpx.Options
	// Keys sign the requests; empty ones do not, for a bucket that everybody may
	// read. nil = what Credentials finds; its Cloud need not be set, and its HTTP
	// is the one above when it has no proxy of its own.
	Keys        cred.Provider
	Credentials cred.Options
	// Warn is told, at most once each, what the user should know. nil = nobody is
	// told.
	Warn func(msg.Text)
}

var (
	bucketName = lazyre.New(`^[a-z0-9][a-z0-9-]{0,59}-[0-9]+$`)
	regionName = lazyre.New(`^[a-z]{2,}(-[a-z0-9]+)+$`)
)

// Opener returns the [store.Opener] of the scheme cos. Opening sends no request.
// The store's Close ends idle connections.
func Opener(o Options) store.Opener {
	return func(ctx context.Context, u *url.URL) (store.Store, error) {
		s, err := parse(u)
		if err != nil {
			return nil, err
		}
		if err := o.connect(ctx, s); err != nil {
			return nil, err
		}
		return s, nil
	}
}

// connect gives a store its keys and its way out.
func (o Options) connect(ctx context.Context, s *Store) (err error) {
	s.keys, s.warn = o.Keys, func(t msg.Text) {
		if o.Warn != nil {
			o.Warn(t)
		}
	}
	if s.keys == nil {
		c := o.Credentials
		c.Cloud = cred.Tencent
		if c.HTTP.Proxy == nil {
			c.HTTP = o.HTTP
		}
		if s.keys, err = cred.Resolve(ctx, c); err != nil {
			return msg.Errorf("open store %s: %w", "打开存储 %s：%w", s.url, err)
		}
	}
	h := o.HTTP
	h.FirstByte = cmp.Or(h.FirstByte, time.Minute)
	s.client = httpx.New(h)
	if !s.custom {
		s.warn(msg.Textf("by its default domain COS makes browsers download pages instead of showing them, and refuses .apk and .ipa files; bind a custom domain for readers",
			"通过 COS 默认域名访问时，浏览器会直接下载网页而不显示，且不能下载 .apk 和 .ipa 文件；请为下载者绑定自定义域名"))
	}
	for _, w := range s.keys.Warnings() {
		s.warn(w)
	}
	return nil
}

// parse reads a store URL.
func parse(u *url.URL) (*Store, error) {
	bucket, prefix, err := remote.Place(u)
	if err != nil {
		return nil, err
	}
	if !bucketName.Re().MatchString(bucket) {
		return nil, remote.Bad("cos", "%q is not the full name of a bucket", "%q 不是完整的桶名", bucket).
			WithHint("a COS bucket is named with the APPID of its account: %s-1250000000", "COS 桶名须带账号的 APPID：%s-1250000000", strings.ToLower(bucket))
	}
	p, err := remote.Params(u, "region", "domain", "internal", "endpoint", "scheme")
	if err != nil {
		return nil, err
	}
	server, err := address(bucket, p)
	if err != nil {
		return nil, err
	}
	s := &Store{
		bucket: bucket, prefix: prefix, region: p["region"], server: server, custom: p["domain"] != "",
		url: remote.Name("cos", bucket, prefix, "region", p["region"], "domain", p["domain"], "internal", strings.Trim(p["internal"], "0"),
			"endpoint", p["endpoint"], "scheme", p["scheme"]),
	}
	s.service = service(s, p["internal"] == "1")
	return s, nil
}

// address is where the bucket answers.
func address(bucket string, p map[string]string) (*url.URL, error) {
	internal, err := remote.Flag("cos", "internal", p["internal"])
	if err != nil {
		return nil, err
	}
	region, domain, endpoint := p["region"], p["domain"], p["endpoint"]
	if region != "" && !regionName.Re().MatchString(region) {
		return nil, remote.Bad("cos", "%q is not a region", "%q 不是地域名", region).
			WithHint("write it as the console does: region=ap-guangzhou", "请按控制台的写法填写：region=ap-guangzhou")
	}
	var chosen []string
	host := ""
	if internal {
		chosen, host = append(chosen, "internal"), "cos-internal."+region+".tencentcos.cn"
	}
	if endpoint != "" {
		chosen, host = append(chosen, "endpoint"), endpoint
	}
	if domain != "" {
		chosen, host = append(chosen, "domain"), domain
	}
	if len(chosen) > 1 {
		return nil, remote.Bad("cos", "%s and %s exclude each other", "%s 与 %s 不能同时使用", chosen[0], chosen[1])
	}
	if host == "" {
		host = "cos." + region + ".myqcloud.com"
	}
	if region == "" && domain == "" && endpoint == "" {
		return nil, remote.Bad("cos", "no region given", "未给出地域").
			WithHint("add ?region=ap-guangzhou, or whichever the bucket is in", "请加上 ?region=ap-guangzhou（或桶所在的地域）")
	}
	server, err := remote.Server("cos", host, p["scheme"])
	if err != nil {
		return nil, err
	}
	if domain == "" {
		server.Host = bucket + "." + server.Host
	}
	return server, nil
}

// Close ends the idle connections. The store works on after it.
func (s *Store) Close() error {
	s.client.CloseIdleConnections()
	return nil
}
