package s3

import (
	"github.com/minio/minio-go/v7"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/remote"
)

// service knows the traps of what speaks S3: codes of the S3 API reference
// ("Error responses"), and those of OSS, OBS and COS behind their S3 dialect.
func (d *dialect) service(host string, minPart int64) remote.Service {
	bucket := remote.Say(store.ErrEndpoint, "there is no bucket %s at %s; check both, and whether path=1 is right", "%[2]s 上没有桶 %[1]s；请核对两者，以及是否应设置 path=1", d.bucket, d.server.Host)
	region := remote.Say(store.ErrEndpoint, "the bucket is not in the region %s; set region= in the store's URL", "该桶不在地域 %s；请在存储 URL 中设置 region=", d.region)
	style := remote.Say(store.ErrEndpoint, "this service wants the bucket in the host name; remove path=1", "该服务要求把桶名写在主机名中；请去掉 path=1")
	if d.lookup != minio.BucketLookupPath {
		style = remote.Say(store.ErrEndpoint, "this service wants the bucket in the path; add path=1", "该服务要求把桶名写在路径中；请加上 path=1")
	}
	return remote.Service{
		Name: "S3", MaxKey: 1024, MinPart: minPart, SHA256: !d.secure(), Host: host,
		Denied: msg.Textf("allow the key on %s: ListBucket, GetObject, PutObject, DeleteObject, ListMultipartUploadParts, AbortMultipartUpload",
			"请为该密钥授予对 %s 的权限：ListBucket、GetObject、PutObject、DeleteObject、ListMultipartUploadParts、AbortMultipartUpload", d.bucket),
		Codes: map[string]remote.Rule{
			"NoSuchBucket":                       bucket,
			"InvalidBucketName":                  bucket,
			"AuthorizationHeaderMalformed":       {Class: store.ErrEndpoint},
			"InvalidRegion":                      region,
			"IllegalLocationConstraintException": region,
			"SecondLevelDomainForbidden":         style,
			"PathStyleDomainForbidden":           style,
			"VirtualHostDomainForbidden":         style,
			"PublicEndpointForbidden": remote.Say(store.ErrEndpoint, "OSS refuses this account's data on its public endpoint; use an oss:// URL with cname= or internal=1",
				"OSS 不允许该账号通过公网默认域名访问数据；请改用 oss:// URL 并设置 cname= 或 internal=1"),
			"EntityTooSmall":             remote.Say(nil, "the server wants larger parts; set minpart= in the store's URL to its least size", "服务器要求更大的分块；请在存储 URL 中用 minpart= 设置其最小值"),
			"EntityTooLarge":             remote.Say(nil, "the server takes less in one piece; use a smaller part size", "服务器单次接收的大小有限；请减小分块大小"),
			"InvalidSecretId":            remote.Blame("the server does not know this access key", "服务器不认识该访问密钥"),
			"AllAccessDisabled":          remote.Say(store.ErrDenied, "access to the bucket has been disabled; ask its owner", "该桶的访问已被停用；请联系其所有者"),
			"XMinioServerNotInitialized": {Class: store.ErrTransient},
			"XMinioInvalidObjectName":    {Class: store.ErrInvalidKey},
			"XMinioInvalidResourceName":  {Class: store.ErrExpired}, // of an upload's ID: keys are checked
		},
	}
}
