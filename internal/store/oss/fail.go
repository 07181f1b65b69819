package oss

import (
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/remote"
)

// service knows the traps of OSS. Codes are those of "Error codes" (OSS
// developer reference).
func (p *place) service(prefix string) remote.Service {
	host := p.server.Host
	if !p.custom {
		host = p.bucket + "." + host
	}
	where := remote.Say(store.ErrEndpoint, "there is no bucket %s at %s: check its name and region", "%[2]s 上没有桶 %[1]s：请检查桶名与地域", p.bucket, p.server.Host)
	return remote.Service{
		Name: "OSS", MaxKey: 1023, MinPart: 100 << 10, CRC64: "X-Oss-Hash-Crc64ecma", Version: "X-Oss-Version-Id", Certain: true,
		Host: host, Internal: p.internal,
		RegionOf: func(endpoint string) string {
			region, _, _ := regionOf(endpoint)
			return region
		},
		Denied: msg.Textf("give the key these RAM permissions on acs:oss:*:*:%s/%s*: oss:PutObject, oss:GetObject, oss:DeleteObject, oss:ListParts, oss:AbortMultipartUpload; and on the bucket: oss:ListObjects; a bucket policy may also refuse this address",
			"请为该密钥授予对 acs:oss:*:*:%s/%s* 的 RAM 权限：oss:PutObject、oss:GetObject、oss:DeleteObject、oss:ListParts、oss:AbortMultipartUpload；以及对桶的 oss:ListObjects；桶策略也可能限制了来源地址",
			p.bucket, prefix),
		Codes: map[string]remote.Rule{
			"NoSuchBucket":      where,
			"InvalidBucketName": where,
			"PublicEndpointForbidden": remote.Say(store.ErrEndpoint,
				"accounts opened since March 2025 cannot use the public endpoint for buckets in mainland China; bind a domain with an ICP filing to the bucket and add cname=dl.example.cn, or inside the VPC add internal=1",
				"2025 年 3 月起新开通的账号不能通过默认公网域名访问中国内地的桶；请为桶绑定已备案的自定义域名并加上 cname=dl.example.cn，或在 VPC 内加上 internal=1"),
			"SecondLevelDomainForbidden": remote.Say(store.ErrEndpoint,
				"OSS wants the bucket in the host name; give endpoint= by name, not by IP address, or bind a domain and use cname=",
				"OSS 要求桶名位于域名中；endpoint= 请写域名而不是 IP 地址，或绑定自定义域名并使用 cname="),
			"SignatureDoesNotMatch": remote.Blame(
				"the secret does not belong to its key (a line break or space copied with it?), or a proxy on the way changes requests; a private cloud may want sig=v1",
				"密钥与其 ID 不匹配（复制时是否带入换行或空格？），或途中的代理改动了请求；专有云可能需要 sig=v1"),
			"InvalidArgument": remote.Say(nil,
				"check region=: a signature for another region than the bucket's is refused like this; a private cloud may want sig=v1",
				"请检查 region=：签名地域与桶所在地域不符时会返回该错误；专有云可能需要 sig=v1"),
			"UserDisable":           remote.Say(store.ErrDenied, "the Aliyun account is overdue or closed; settle it in the console", "阿里云账号欠费或已停用；请在控制台处理"),
			"FileImmutable":         remote.Say(store.ErrDenied, "a retention policy of the bucket protects the object", "对象受桶的合规保留策略保护"),
			"EntityTooSmall":        remote.Say(nil, "OSS wants parts of at least 100 KiB, the last excepted; use a larger part size", "OSS 要求除最后一块外每个分块不小于 100 KiB；请增大分块大小"),
			"EntityTooLarge":        remote.Say(nil, "OSS takes at most 5 GB in one piece; upload larger files in parts", "OSS 单次上传最大 5 GB；更大的文件请使用分块上传"),
			"SymlinkTargetNotExist": {Class: store.ErrNotFound},
			"InvalidSecurityToken":  {Class: store.ErrStale},
			"QpsLimitExceeded":      {Class: store.ErrThrottled},
			"ServiceBusy":           {Class: store.ErrThrottled},
		},
	}
}
