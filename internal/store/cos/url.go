package cos

import (
	"net/url"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store/remote"
)

var (
	bucketName = lazyre.New(`^[a-z0-9][a-z0-9-]{0,59}-[0-9]+$`)
	regionName = lazyre.New(`^[a-z]{2,}(-[a-z0-9]+)+$`)
)

// parse reads a store URL.
func parse(u *url.URL) (*remote.Bucket, error) {
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
	b := &remote.Bucket{
		URL: remote.Name("cos", bucket, prefix, "region", p["region"], "domain", p["domain"], "internal", strings.Trim(p["internal"], "0"),
			"endpoint", p["endpoint"], "scheme", p["scheme"]),
		Name: bucket, Prefix: prefix, Dialect: &dialect{server}, Service: service(bucket, server.Host, p["internal"] == "1"),
	}
	if p["domain"] == "" {
		b.Advice = msg.Textf("by its default domain COS makes browsers download pages instead of showing them, and refuses .apk and .ipa files; bind a custom domain for readers",
			"通过 COS 默认域名访问时，浏览器会直接下载网页而不显示，且不能下载 .apk 和 .ipa 文件；请为下载者绑定自定义域名")
	}
	return b, nil
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
