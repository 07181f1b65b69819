package bucket

import (
	"crypto/tls"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestHosts(t *testing.T) {
	type row struct {
		name, host, prefix string
		o                  Options
		status             int
		code               string
	}
	for _, r := range []row{
		{name: "virtual host", status: 200},
		{name: "custom domain", host: "dl.example.cn", o: Options{Domains: []string{"dl.example.cn"}}, status: 200},
		{name: "unknown domain", host: "other.example.cn", status: 404, code: "NoSuchBucket"},
		{name: "OSS internal", host: "releases.oss-cn-hangzhou-internal.aliyuncs.com", status: 200},
		{name: "OSS other bucket", host: "others.oss-cn-hangzhou.aliyuncs.com", status: 404, code: "NoSuchBucket"},
		{name: "OSS other region", host: "releases.oss-cn-beijing.aliyuncs.com", status: 403, code: "AccessDenied"},
		{name: "OSS path style", host: "oss-cn-hangzhou.aliyuncs.com", prefix: "/releases", status: 403, code: "SecondLevelDomainForbidden"},
		{name: "OSS path style by IP", host: "IP", prefix: "/releases", status: 403, code: "SecondLevelDomainForbidden"},
		{name: "OSS private cloud", host: "IP", prefix: "/releases", o: Options{PathStyle: true}, status: 200},
		{name: "OSS public endpoint", o: Options{PublicEndpointForbidden: true}, status: 400, code: "PublicEndpointForbidden"},
		{name: "OSS internal then", host: "releases.oss-cn-hangzhou-internal.aliyuncs.com", o: Options{PublicEndpointForbidden: true}, status: 200},
		{name: "OSS domain then", host: "dl.example.cn", o: Options{PublicEndpointForbidden: true, Domains: []string{"dl.example.cn"}}, status: 200},
		{name: "COS path style", host: "cos.ap-guangzhou.myqcloud.com", prefix: "/releases-1250000000", o: Options{Dialect: COS}, status: 403, code: "PathStyleDomainForbidden"},
		{name: "COS virtual host", o: Options{Dialect: COS}, status: 200},
		{name: "S3 path style", host: "IP", prefix: "/releases", o: Options{Dialect: S3}, status: 200},
		{name: "S3 path style by name", host: "s3.us-east-1.storage.test", prefix: "/releases", o: Options{Dialect: S3}, status: 200},
		{name: "S3 other bucket", host: "IP", prefix: "/others", o: Options{Dialect: S3}, status: 404, code: "NoSuchBucket"},
		{name: "own endpoint", host: "releases.oss.intranet.test", o: Options{Endpoint: "oss.intranet.test"}, status: 200},
	} {
		t.Run(r.name, func(t *testing.T) {
			c := start(t, r.o)
			c.host, c.prefix = r.host, r.prefix
			if r.host == "IP" {
				c.host = c.s.Addr()
			}
			a := c.must(r.status, "PUT", "/a", "a", []byte("x"))
			if a.code() != r.code {
				t.Errorf("code %s, want %s: %s", a.code(), r.code, a.body)
			}
			if r.code == "PublicEndpointForbidden" && a.field(t, "EC") != "0048-00000401" {
				t.Errorf("EC: %s", a.body)
			}
		})
	}
}

func TestForceDownload(t *testing.T) {
	c := start(t, Options{ForceDownload: true, Domains: []string{"dl.example.cn"}})
	c.s.PutObject("index.html", nil, http.Header{"Content-Type": {"text/html; charset=utf-8"}})
	if a := c.must(200, "GET", "/index.html", "index.html", nil); a.header.Get("Content-Disposition") != "attachment" {
		t.Errorf("own domain: %v", a.header)
	}
	c.host = "dl.example.cn"
	if a := c.must(200, "GET", "/index.html", "index.html", nil); a.header.Get("Content-Disposition") != "" {
		t.Errorf("custom domain: %v", a.header)
	}
}

func TestPublicRead(t *testing.T) {
	eachDialect(t, func(t *testing.T, d Dialect) {
		c := start(t, Options{Dialect: d, PublicRead: true})
		c.s.PutObject("a", []byte("x"), http.Header{})
		resp, err := c.http.Get(c.s.ObjectURL("a"))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != 200 {
			t.Errorf("status %d", resp.StatusCode)
		}
		for _, r := range []*http.Request{c.request("PUT", "/a", nil), c.request("GET", "/", nil), c.request("GET", "/a?uploadId=1", nil)} {
			if a := c.send(r); a.status != 403 {
				t.Errorf("%s %s: %d", r.Method, r.URL, a.status)
			}
		}
	})
}

// Clients in other processes come by a proxy: absolute URLs for http, CONNECT
// for https. The host that was signed stays.
func TestProxy(t *testing.T) {
	for _, secure := range []bool{false, true} {
		c := start(t, Options{TLS: secure})
		proxy, err := url.Parse(c.s.ProxyURL())
		if err != nil {
			t.Fatal(err)
		}
		tr := &http.Transport{Proxy: http.ProxyURL(proxy), TLSClientConfig: &tls.Config{RootCAs: c.s.RootCAs()}}
		defer tr.CloseIdleConnections()
		c.http = &http.Client{Transport: tr}
		c.must(200, "PUT", "/a", "a", []byte("x"))
		if r := c.s.Requests()[0]; r.Host != c.s.BucketHost() || !strings.HasPrefix(c.s.BucketURL(), map[bool]string{true: "https://", false: "http://"}[secure]) {
			t.Errorf("host %s, URL %s", r.Host, c.s.BucketURL())
		}
	}
}

func TestTLS(t *testing.T) {
	c := start(t, Options{TLS: true})
	c.must(200, "PUT", "/a", "a", []byte("x"))
	tr := &http.Transport{DialContext: c.s.DialContext}
	defer tr.CloseIdleConnections()
	if _, err := (&http.Client{Transport: tr}).Get(c.s.BucketURL()); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("without the CA: %v", err)
	}
	if !strings.Contains(string(c.s.CA()), "BEGIN CERTIFICATE") {
		t.Errorf("CA: %s", c.s.CA())
	}
}

func TestNotImplemented(t *testing.T) {
	c := start(t, Options{})
	for _, r := range [][2]string{{"GET", "/a?tagging"}, {"POST", "/a?append&position=0"}, {"PUT", "/a?symlink"}, {"GET", "/?lifecycle"}, {"PATCH", "/a"}} {
		key := strings.TrimPrefix(strings.Split(r[1], "?")[0], "/")
		c.refused(501, "NotImplemented", r[0], r[1], key, nil)
	}
	c.must(200, "PUT", "/a?acl", "a", nil, "x-oss-object-acl", "public-read")
	c.must(200, "HEAD", "/", "", nil)
	if a := c.must(200, "GET", "/?location", "", nil); a.field(t, "LocationConstraint") != "cn-hangzhou" {
		t.Errorf("%s", a.body)
	}
}
