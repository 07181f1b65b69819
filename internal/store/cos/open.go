package cos

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/cred"
	"github.com/yingzao-dev/yingzao/internal/store/remote"
)

// Options are what a URL does not say.
type Options struct {
	// Keys sign the requests. nil = they are not signed: a public bucket can be
	// read.
	Keys cred.Provider
	// HTTP is how to get there. A FirstByte of 0 counts as one minute here.
	HTTP httpx.Options
}

var (
	bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,59}-[0-9]+$`)
	regionName = regexp.MustCompile(`^[a-z]{2,}(-[a-z0-9]+)+$`)
)

// Open is a [store.Opener] of the scheme cos. Nothing is sent. Close the store
// when done.
func (o Options) Open(_ context.Context, u *url.URL) (store.Store, error) {
	s, err := o.open(u)
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (o Options) open(u *url.URL) (*Store, error) {
	bucket, prefix, err := remote.Place(u)
	if err != nil {
		return nil, err
	}
	if !bucketName.MatchString(bucket) {
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
	if o.HTTP.FirstByte == 0 {
		o.HTTP.FirstByte = time.Minute
	}
	s := &Store{
		bucket: bucket, prefix: prefix, region: p["region"], server: server, custom: p["domain"] != "",
		keys: o.Keys, client: httpx.New(o.HTTP),
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
	if region != "" && !regionName.MatchString(region) {
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

// Close ends idle connections. It never fails.
func (s *Store) Close() error {
	s.client.CloseIdleConnections()
	return nil
}
