package oss

import (
	"cmp"
	"maps"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// place is what a store URL says.
type place struct {
	bucket   string
	prefix   string // "" or ending in a slash
	region   string // "" only with sig=v1
	host     string // endpoint or custom domain, perhaps with a port
	scheme   string // https or http
	cname    bool   // host belongs to the bucket
	v1       bool
	internal bool
	shown    string // the URL for people
}

var parameters = []string{"region", "endpoint", "cname", "internal", "sig", "scheme"}

func usage(en, zh string, args ...any) *msg.Error {
	return msg.Errorf("store URL oss://…: %v", "存储 URL oss://…：%v", msg.Textf(en, zh, args...)).WithKind(msg.Usage)
}

// parse reads a store URL. Errors never repeat a value, for it may be a secret
// in the wrong place.
func parse(u *url.URL) (place, error) {
	q, err := query(u)
	if err != nil {
		return place{}, err
	}
	p := place{bucket: u.Host, region: strings.TrimPrefix(q["region"], "oss-"), scheme: q["scheme"], v1: q["sig"] == "v1", internal: q["internal"] == "1"}
	if !bucketName.MatchString(p.bucket) {
		return p, usage("no proper bucket name behind oss://", "oss:// 之后不是有效的桶名").
			WithHint("a bucket has 3 to 63 small letters, digits and hyphens: oss://my-releases/prefix?region=cn-hangzhou", "桶名由 3 至 63 个小写字母、数字和短横线组成，例如 oss://my-releases/prefix?region=cn-hangzhou")
	}
	if prefix := strings.Trim(u.Path, "/"); prefix != "" {
		if store.ValidKey(prefix) != nil {
			return p, usage("the prefix is not a valid key", "前缀不是有效的键")
		}
		p.prefix = prefix + "/"
	}
	for _, c := range []struct {
		name string
		ok   []string
	}{{"internal", []string{"", "0", "1"}}, {"sig", []string{"", "v4", "v1"}}, {"scheme", []string{"", "https", "http"}}} {
		if !slices.Contains(c.ok, q[c.name]) {
			return p, usage("parameter %q takes %s", "参数 %q 只能取 %s", c.name, strings.Join(c.ok[1:], " / "))
		}
	}
	if err := p.findHost(q); err != nil {
		return p, err
	}
	p.scheme = cmp.Or(p.scheme, "https")
	if p.region == "" && !p.v1 {
		return p, usage("no region", "缺少地域").
			WithHint("add region=cn-hangzhou (or where the bucket is); the console shows it beside the bucket", "请加上 region=cn-hangzhou（或桶所在的地域）；控制台中桶名旁会显示地域")
	}
	if p.region != "" && !regionName.MatchString(p.region) {
		return p, usage("the region is not one like cn-hangzhou", "地域的写法应类似 cn-hangzhou")
	}
	p.shown = shown(p, q)
	return p, nil
}

func query(u *url.URL) (map[string]string, error) {
	values, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, usage("the parameters after ? cannot be read", "? 之后的参数无法解析")
	}
	q := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !slices.Contains(parameters, name) {
			e := usage("unknown parameter %q", "未知的参数 %q", name).
				WithHint("known parameters: %s", "可用的参数：%s", strings.Join(parameters, ", "))
			if near := msg.Nearest(name, parameters); near != "" {
				e = e.WithHint("did you mean %s? known parameters: %s", "您是否想写 %s？可用的参数：%s", near, strings.Join(parameters, ", "))
			}
			return nil, e
		}
		if len(values[name]) > 1 {
			return nil, usage("parameter %q is given twice", "参数 %q 出现了两次", name)
		}
		q[name] = values[name][0]
	}
	return q, nil
}

// findHost settles host, and scheme and region where the endpoint tells them.
func (p *place) findHost(q map[string]string) error {
	name := "endpoint"
	if q["cname"] != "" {
		name, p.cname = "cname", true
	}
	switch {
	case p.cname && q["endpoint"] != "", p.cname && p.internal, p.internal && q["endpoint"] != "":
		return usage("endpoint, cname and internal=1 exclude each other", "endpoint、cname 与 internal=1 只能使用其一")
	case q[name] == "":
		suffix := ".aliyuncs.com"
		if p.internal {
			suffix = "-internal.aliyuncs.com"
		}
		p.host = "oss-" + p.region + suffix // without a region it is refused later
		if p.region == "" && p.v1 {
			return usage("neither region nor endpoint", "既没有地域，也没有访问域名").
				WithHint("add region= or endpoint=", "请加上 region= 或 endpoint=")
		}
		return nil
	}
	host := q[name]
	if scheme, rest, ok := strings.Cut(host, "://"); ok {
		if scheme != "https" && scheme != "http" || p.scheme != "" && p.scheme != scheme {
			return usage("the scheme of %s contradicts scheme= or is unknown", "%s 的协议与 scheme= 不一致或无法识别", name)
		}
		p.scheme, host = scheme, strings.TrimSuffix(rest, "/")
	}
	if !properHost(host) {
		return usage("%s must be a host, perhaps with a port", "%s 应为主机名，可带端口", name)
	}
	p.host = strings.ToLower(host)
	if p.cname {
		return nil
	}
	if strings.HasPrefix(p.host, p.bucket+".") {
		return usage("the endpoint begins with the bucket", "访问域名以桶名开头").
			WithHint("leave the bucket out of endpoint=, or write a custom domain as cname=", "endpoint= 中不要写桶名；自定义域名请用 cname=")
	}
	for _, form := range endpoints {
		if m := form.FindStringSubmatch(p.host); m != nil && !strings.HasPrefix(m[1], "accelerate") {
			p.region = cmp.Or(p.region, m[1])
			p.internal = m[2] != ""
		}
	}
	return nil
}

var (
	bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$`)
	regionName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	hostName   = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$`)
	portNumber = regexp.MustCompile(`^[0-9]{1,5}$`)
	endpoints  = []*regexp.Regexp{
		regexp.MustCompile(`^oss-([a-z0-9-]+?)(-internal)?\.aliyuncs\.com$`),
		regexp.MustCompile(`^([a-z0-9-]+?)(-internal)?\.oss\.aliyuncs\.com$`),
	}
)

func properHost(s string) bool {
	host := s
	if h, port, err := net.SplitHostPort(s); err == nil {
		if !portNumber.MatchString(port) {
			return false
		}
		host = h
		if strings.HasPrefix(s, "[") {
			_, err := netip.ParseAddr(host)
			return err == nil
		}
	}
	return hostName.MatchString(host) && !strings.Contains(host, "..")
}

// shown is the URL with its parameters in their usual order, readable by parse.
func shown(p place, q map[string]string) string {
	var b strings.Builder
	b.WriteString((&url.URL{Scheme: "oss", Host: p.bucket, Path: "/" + strings.TrimSuffix(p.prefix, "/")}).String())
	sep := "?"
	for _, name := range parameters {
		if q[name] != "" {
			b.WriteString(sep + name + "=" + url.QueryEscape(q[name]))
			sep = "&"
		}
	}
	return b.String()
}
