package oss

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store/remote"
)

// place is where a bucket answers.
type place struct {
	bucket   string
	region   string   // "" only with sig=v1
	server   *url.URL // endpoint, or the custom domain
	custom   bool     // server is a custom domain
	v1       bool
	internal bool
}

var (
	bucketName = lazyre.New(`^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$`)
	regionName = lazyre.New(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	// endpoints are the forms of Aliyun's own hosts that name the region.
	endpoints = []*regexp.Regexp{
		regexp.MustCompile(`^oss-([a-z0-9-]+?)(-internal)?\.aliyuncs\.com$`),
		regexp.MustCompile(`^([a-z0-9-]+?)(-internal)?\.oss\.aliyuncs\.com$`),
	}
)

// parse reads a store URL.
func parse(u *url.URL) (*remote.Bucket, error) {
	bucket, prefix, err := remote.Place(u)
	if err != nil {
		return nil, err
	}
	if !bucketName.Re().MatchString(bucket) {
		return nil, remote.Bad("oss", "%q is not the name of a bucket", "%q 不是桶名", bucket).
			WithHint("a bucket has 3 to 63 small letters, digits and hyphens; its host goes into endpoint= or cname=", "桶名由 3 至 63 个小写字母、数字和短横线组成；域名请写在 endpoint= 或 cname= 中")
	}
	q, err := remote.Params(u, "region", "endpoint", "cname", "internal", "sig", "scheme")
	if err != nil {
		return nil, err
	}
	p := place{bucket: bucket, region: strings.TrimPrefix(q["region"], "oss-"), custom: q["cname"] != "", v1: q["sig"] == "v1"}
	if p.internal, err = remote.Flag("oss", "internal", q["internal"]); err != nil {
		return nil, err
	}
	if sig := q["sig"]; sig != "" && sig != "v4" && sig != "v1" {
		return nil, remote.Bad("oss", "sig is neither v4 nor v1", "sig 既不是 v4 也不是 v1")
	}
	if p.region != "" && !regionName.Re().MatchString(p.region) {
		return nil, remote.Bad("oss", "the region is not one like cn-hangzhou", "地域的写法应类似 cn-hangzhou")
	}
	if err := p.address(q); err != nil {
		return nil, err
	}
	if p.region == "" && !p.v1 { // V4 signatures name it
		return nil, noRegion()
	}
	b := &remote.Bucket{
		URL: remote.Name("oss", bucket, prefix, "region", q["region"], "endpoint", q["endpoint"], "cname", q["cname"],
			"internal", strings.Trim(q["internal"], "0"), "sig", q["sig"], "scheme", q["scheme"]),
		Name: bucket, Prefix: prefix, Dialect: &dialect{p}, Service: p.service(prefix),
	}
	if !p.custom && strings.HasSuffix(p.server.Host, ".aliyuncs.com") {
		b.Advice = msg.Textf("by its default domain OSS makes browsers download pages instead of showing them; bind a custom domain for readers",
			"通过 OSS 默认域名访问时，浏览器会直接下载网页而不显示；请为下载者绑定自定义域名")
	}
	return b, nil
}

func noRegion() error {
	return remote.Bad("oss", "no region given", "未给出地域").
		WithHint("add region=cn-hangzhou, or whichever the bucket is in; the console shows it beside the bucket", "请加上 region=cn-hangzhou（或桶所在的地域）；控制台中桶名旁会显示地域")
}

// address settles the server, and the region where the endpoint tells it.
func (p *place) address(q map[string]string) (err error) {
	var chosen []string
	host := "oss-" + p.region + ".aliyuncs.com"
	if p.internal {
		chosen, host = append(chosen, "internal"), "oss-"+p.region+"-internal.aliyuncs.com"
	}
	for _, name := range []string{"endpoint", "cname"} {
		if q[name] != "" {
			chosen, host = append(chosen, name), q[name]
		}
	}
	switch {
	case len(chosen) > 1:
		return remote.Bad("oss", "%s and %s exclude each other", "%s 与 %s 不能同时使用", chosen[0], chosen[1])
	case p.region == "" && (len(chosen) == 0 || p.internal):
		return noRegion()
	}
	if p.server, err = remote.Server("oss", host, q["scheme"]); err != nil || q["endpoint"] == "" {
		return err
	}
	if strings.HasPrefix(p.server.Host, p.bucket+".") {
		return remote.Bad("oss", "the endpoint begins with the bucket", "访问域名以桶名开头").
			WithHint("leave the bucket out of endpoint=, or write a custom domain as cname=", "endpoint= 中不要写桶名；自定义域名请用 cname=")
	}
	if region, internal, ok := regionOf(p.server.Host); ok {
		p.internal = internal
		if p.region == "" {
			p.region = region
		}
	}
	return nil
}

// regionOf reads one of Aliyun's own endpoints. That of acceleration has no
// region.
func regionOf(host string) (region string, internal, ok bool) {
	for _, form := range endpoints {
		if m := form.FindStringSubmatch(host); m != nil && !strings.HasPrefix(m[1], "accelerate") {
			return m[1], m[2] != "", true
		}
	}
	return "", false, false
}
