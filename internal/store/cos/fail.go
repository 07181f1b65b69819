package cos

import (
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/remote"
)

// service knows the traps of COS. Codes are those of "Error codes" (Tencent
// Cloud document 436/7730).
func service(bucket, host string, internal bool) remote.Service {
	where := remote.Say(store.ErrEndpoint,
		"there is no bucket %s here: the name ends with the APPID of the account that owns it, and region= is the bucket's own",
		"此处没有桶 %s：桶名须以所属账号的 APPID 结尾，region= 须为桶所在的地域", bucket)
	return remote.Service{
		Name: "COS", MinPart: 1 << 20, CRC64: "X-Cos-Hash-Crc64ecma", Version: "X-Cos-Version-Id",
		MaxKey: 850, // "Object Overview", document 436/13324
		Host:   host, Internal: internal,
		Denied: msg.Textf("allow the key on %s: GetBucket, HeadObject, GetObject, PutObject, DeleteObject, DeleteMultipleObjects, InitiateMultipartUpload, UploadPart, ListParts, CompleteMultipartUpload, AbortMultipartUpload",
			"请为该密钥授予对 %s 的权限：GetBucket、HeadObject、GetObject、PutObject、DeleteObject、DeleteMultipleObjects、InitiateMultipartUpload、UploadPart、ListParts、CompleteMultipartUpload、AbortMultipartUpload",
			bucket),
		Codes: map[string]remote.Rule{
			"NoSuchBucket":             where,
			"InvalidBucketName":        where,
			"InvalidRegionName":        where,
			"PathStyleDomainForbidden": remote.Say(store.ErrEndpoint, "buckets made since 2024 are reached by their own host name only; give endpoint= without the bucket", "2024 年起创建的桶只能通过带桶名的域名访问；endpoint= 中请勿包含桶名"),
			"DownloadForbidden": remote.Say(store.ErrDenied, "by its default domain COS does not hand out this kind of file (.apk, .ipa); bind a custom domain and set domain=",
				"通过 COS 默认域名不能下载此类文件（.apk、.ipa）；请绑定自定义域名并设置 domain="),
			"InvalidSecretId": remote.Blame("the SecretId does not exist or is disabled; look it up in the console under API keys",
				"SecretId 不存在或已被禁用；请在控制台的“API 密钥管理”中核对"),
			"Request has expired": {Class: store.ErrClock}, // the signature, which lives for 15 minutes of this machine's clock
			"UserNetworkTooSlow": remote.Say(store.ErrThrottled, "the link is too slow for so many connections, and COS gives up on them; use fewer, or smaller parts",
				"链路过慢，承受不了这么多连接，COS 已放弃等待；请减少连接数或减小分块"),
			"PaymentRequired": remote.Say(store.ErrDenied, "the account is overdue", "账户欠费"),
			"EntityTooSmall":  remote.Say(nil, "COS wants parts of at least 1 MiB, the last excepted; use a larger part size", "COS 要求除最后一块外每个分块不小于 1 MiB；请增大分块大小"),
			"EntityTooLarge":  remote.Say(nil, "COS takes at most 5 GiB in one piece; use a larger part size for uploads in parts", "COS 单次上传最大 5 GiB；更大的文件请使用分块上传"),
			"UnavailableForLegalReasons": remote.Say(store.ErrDenied, "COS has stopped the bucket: the account is overdue, or the content is under review",
				"COS 已停用该桶：账户欠费，或内容正在审核"),
			"ObjectLocked":        remote.Say(store.ErrDenied, "a retention rule of the bucket protects the object", "对象受桶的保留规则保护"),
			"UploadConflict":      {Class: store.ErrTransient},
			"InvalidUploadStatus": {Class: store.ErrTransient},
			"EntitySizeNotMatch":  {Class: store.ErrIntegrity},
			"KeyTooLong":          {Class: store.ErrInvalidKey},
			"InvalidObjectName":   {Class: store.ErrInvalidKey},
		},
	}
}
