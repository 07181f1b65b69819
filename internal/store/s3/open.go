package s3

import (
	"cmp"
	"context"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"

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
	bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	regionName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)
	minPartArg = regexp.MustCompile(`^([1-9][0-9]{0,9})([KM]?)$`)
)

// Open is a [store.Opener] of the scheme s3. Nothing is sent. Close the store
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
	if _, err := netip.ParseAddr(bucket); err == nil || !bucketName.MatchString(bucket) || strings.Contains(bucket, "..") ||
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
	if !regionName.MatchString(region) {
		return nil, remote.Bad("s3", "%q is not a region", "%q 不是地域名", region)
	}
	if _, err := netip.ParseAddr(server.Hostname()); err == nil || server.Hostname() == "localhost" {
		inPath = true
	}
	lookup, host := minio.BucketLookupDNS, bucket+"."+server.Host
	if inPath {
		lookup, host = minio.BucketLookupPath, server.Host
	}
	if o.HTTP.FirstByte == 0 {
		o.HTTP.FirstByte = time.Minute
	}
	s := &Store{
		bucket: bucket, prefix: prefix, region: region, server: server, lookup: lookup, minPart: least,
		keys: o.Keys, client: httpx.New(o.HTTP),
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
	m := minPartArg.FindStringSubmatch(s)
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

// Close ends idle connections. It never fails.
func (s *Store) Close() error {
	s.client.CloseIdleConnections()
	return nil
}
