package s3

import (
	"cmp"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/minio/minio-go/v7"

	"github.com/yingzao-dev/yingzao/internal/lazyre"
	"github.com/yingzao-dev/yingzao/internal/store/remote"
)

var (
	bucketName = lazyre.New(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	regionName = lazyre.New(`^[a-z0-9][a-z0-9-]{0,62}$`)
	minPartArg = lazyre.New(`^([1-9][0-9]{0,9})([KM]?)$`)
)

// parse reads a store URL.
func parse(u *url.URL) (*remote.Bucket, error) {
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
	d := &dialect{bucket: bucket, region: region, server: server, lookup: minio.BucketLookupDNS}
	host := bucket + "." + server.Host
	if inPath {
		d.lookup, host = minio.BucketLookupPath, server.Host
	}
	return &remote.Bucket{
		URL: remote.Name("s3", bucket, prefix, "endpoint", p["endpoint"], "region", p["region"], "path", strings.Trim(p["path"], "0"),
			"scheme", p["scheme"], "minpart", p["minpart"]),
		Name: bucket, Prefix: prefix, Dialect: d, Service: d.service(host, least),
	}, nil
}

// defaultMinPart is what AWS and MinIO want.
const defaultMinPart = 5 << 20

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
