package s3

import (
	"cmp"
	"context"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"

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
	bucketName = lazyre.New(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	regionName = lazyre.New(`^[a-z0-9][a-z0-9-]{0,62}$`)
	minPartArg = lazyre.New(`^([1-9][0-9]{0,9})([KM]?)$`)
)

// Opener returns the [store.Opener] of the scheme s3. Opening sends no request.
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
		c.Cloud = cred.S3
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
	if _, err := netip.ParseAddr(bucket); err == nil || !bucketName.Re().MatchString(bucket) || strings.Contains(bucket, "..") ||
		strings.Contains(bucket, ".-") || strings.Contains(bucket, "-.") {
		return nil, remote.Bad("s3", "%q is not the name of a bucket", "%q 不是有效的桶名", bucket).
			WithHint("3 to 63 lower-case letters, digits, hyphens and dots; the server belongs into endpoint=", "桶名由 3 到 63 个小写字母、数字、连字符和点组成；服务器请写在 endpoint= 中")
	}
	p, err := remote.Params(u, "endpoint", "region", "path", "scheme", "minpart")
	if err != nil {
		return nil, err
	}
	if p["endpoint"] == "" {
		return nil, remote.Bad("s3", "no endpoint given", "未给出 endpoint").
			WithHint("add ?endpoint=https://minio.example:9000, without the bucket", "请加上 ?endpoint=https://minio.example:9000（不含桶名）")
	}
	server, err := remote.Server("s3", p["endpoint"], p["scheme"])
	if err != nil {
		return nil, err
	}
	inPath, err := remote.Flag("s3", "path", p["path"])
	if err != nil {
		return nil, err
	}
	least, err := size(p["minpart"])
	if err != nil {
		return nil, err
	}
	region := cmp.Or(p["region"], "us-east-1")
	if !regionName.Re().MatchString(region) {
		return nil, remote.Bad("s3", "%q is not a region", "%q 不是地域名", region)
	}
	if _, err := netip.ParseAddr(server.Hostname()); err == nil || server.Hostname() == "localhost" {
		inPath = true
	}
	lookup, host := minio.BucketLookupDNS, bucket+"."+server.Host
	if inPath {
		lookup, host = minio.BucketLookupPath, server.Host
	}
	s := &Store{
		bucket: bucket, prefix: prefix, region: region, server: server, lookup: lookup, minPart: least,
		url: remote.Name("s3", bucket, prefix, "endpoint", p["endpoint"], "region", p["region"], "path", strings.Trim(p["path"], "0"),
			"scheme", p["scheme"], "minpart", p["minpart"]),
	}
	s.service = service(s, host, inPath)
	return s, nil
}

// size reads minpart.
func size(s string) (int64, error) {
	if s == "" {
		return defaultMinPart, nil
	}
	m := minPartArg.Re().FindStringSubmatch(s)
	if m == nil {
		return 0, remote.Bad("s3", "minpart is not a size", "minpart 不是有效的大小").WithHint("write minpart=100K or minpart=1M", "请写作 minpart=100K 或 minpart=1M")
	}
	n, _ := strconv.ParseInt(m[1], 10, 64) // at most ten digits
	n <<= map[string]int{"": 0, "K": 10, "M": 20}[m[2]]
	if n > 5<<30 {
		return 0, remote.Bad("s3", "minpart is more than 5 GiB", "minpart 超过 5 GiB")
	}
	return n, nil
}

// Close ends the idle connections. The store works on after it.
func (s *Store) Close() error {
	s.client.CloseIdleConnections()
	return nil
}
