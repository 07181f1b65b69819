package oss

import (
	"net/http"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/cred"
)

// classify gives an answer its class, and the remedy where the usual one for the
// class would miss the trap behind it. Codes: "Error codes", OSS developer
// reference.
func (s *Store) classify(r request, keys cred.Keys, e *serviceError) (class error, hint msg.Text) {
	switch e.Code {
	case "FileAlreadyExists":
		return store.ErrExists, hint
	case "NoSuchKey", "SymlinkTargetNotExist":
		return store.ErrNotFound, hint
	case "NoSuchUpload":
		return store.ErrExpired, hint
	case "NoSuchBucket", "InvalidBucketName":
		return store.ErrEndpoint, msg.Textf("there is no bucket %s at %s; check its name and region", "%[2]s 上没有存储桶 %[1]s；请检查桶名与地域", s.bucket, s.host)
	case "PublicEndpointForbidden":
		return store.ErrEndpoint, msg.Text{
			EN: "accounts opened since March 2025 cannot use the public endpoint for buckets in mainland China; bind a domain with an ICP filing to the bucket and add cname=dl.example.cn, or inside the VPC add internal=1",
			ZH: "2025 年 3 月起新开通的账号不能通过默认公网域名访问中国内地的桶；请为桶绑定已备案的自定义域名并加上 cname=dl.example.cn，或在 VPC 内加上 internal=1",
		}
	case "SecondLevelDomainForbidden":
		return store.ErrEndpoint, msg.Text{
			EN: "OSS wants the bucket in the host name; give endpoint= by name, not by IP address, or bind a domain and use cname=",
			ZH: "OSS 要求桶名位于域名中；endpoint= 请写域名而不是 IP 地址，或绑定自定义域名并使用 cname=",
		}
	case "InvalidAccessKeyId":
		if keys.Token != "" { // temporary keys that are gone
			return store.ErrStale, hint
		}
		return store.ErrDenied, msg.Textf("the key from %s is unknown to OSS: deleted, mistyped, or of another cloud", "OSS 不认识来自 %s 的密钥：可能已删除、有笔误，或属于其他云", s.o.Keys.Source())
	case "SecurityTokenExpired", "InvalidSecurityToken", "SecurityTokenNotSupported", "InvalidSecurityTokenId":
		return store.ErrStale, hint
	case "SignatureDoesNotMatch":
		return store.ErrDenied, msg.Textf(
			"the secret from %s does not belong to its key, or has a stray space or line break; a private cloud may want sig=v1",
			"来自 %s 的密钥与 ID 不匹配，或混入了空格、换行；专有云可能需要 sig=v1", s.o.Keys.Source())
	case "RequestTimeTooSkewed":
		return store.ErrClock, hint
	case "UserDisable":
		return store.ErrDenied, msg.Text{EN: "the Aliyun account is overdue or closed; settle it in the console", ZH: "阿里云账号欠费或已停用；请在控制台处理"}
	case "FileImmutable":
		return store.ErrDenied, msg.Text{EN: "a retention policy of the bucket protects the object", ZH: "对象受桶的合规保留策略保护"}
	case "InvalidDigest", "IncompleteBody", "InvalidPart", "InvalidPartOrder":
		return store.ErrIntegrity, hint
	case "InvalidArgument":
		return nil, msg.Textf("check region=%s: a signature of another region is refused like this; a private cloud may want sig=v1", "请检查 region=%s：签名地域不符会返回该错误；专有云可能需要 sig=v1", s.region)
	case "AccessDenied":
		if e.Endpoint != "" {
			return store.ErrEndpoint, s.moved(e.Endpoint)
		}
		return store.ErrDenied, s.grant(r.op)
	case "RequestTimeout":
		return store.ErrTransient, hint
	}
	return byStatus(r, e)
}

// byStatus is for codes that are not known, and for answers without one.
func byStatus(r request, e *serviceError) (class error, hint msg.Text) {
	switch {
	case e.Status == http.StatusTooManyRequests, e.Status == http.StatusServiceUnavailable, strings.Contains(e.Code, "LimitExceeded"), e.Code == "SlowDown":
		return store.ErrThrottled, hint
	case e.Status >= 500 && e.Status != http.StatusNotImplemented, e.Status == http.StatusRequestTimeout:
		return store.ErrTransient, hint
	case e.Status == http.StatusNotFound && r.method == http.MethodHead: // without a body, and perhaps without a code
		return store.ErrNotFound, hint
	case e.Status == http.StatusForbidden || e.Status == http.StatusUnauthorized:
		return store.ErrDenied, hint
	case e.Status < 400:
		return store.ErrEndpoint, hint
	}
	return nil, hint
}

// grant names the permission that an operation needs.
func (s *Store) grant(op store.Op) msg.Text {
	action, what := "", s.bucket+"/"+s.prefix+"*"
	switch op {
	case store.OpPut, store.OpBegin, store.OpPart, store.OpCommit:
		action = "oss:PutObject"
	case store.OpHead, store.OpGet:
		action = "oss:GetObject"
	case store.OpList:
		action, what = "oss:ListObjects", s.bucket
	case store.OpDelete:
		action = "oss:DeleteObject"
	case store.OpParts:
		action = "oss:ListParts"
	case store.OpAbort:
		action = "oss:AbortMultipartUpload"
	default:
		return msg.Text{}
	}
	return msg.Textf("the key from %s needs the RAM permission %s on acs:oss:*:*:%s; a bucket policy may also refuse this address", "来自 %s 的密钥需要对 acs:oss:*:*:%[3]s 的 RAM 权限 %[2]s；桶策略也可能限制了来源地址", s.o.Keys.Source(), action, what)
}

// moved says where the bucket really is.
func (s *Store) moved(endpoint string) msg.Text {
	for _, form := range endpoints {
		if m := form.FindStringSubmatch(endpoint); m != nil {
			return msg.Textf("the bucket is elsewhere: write region=%s", "存储桶在其他地域：请写 region=%s", m[1])
		}
	}
	return msg.Textf("the bucket is elsewhere: write endpoint=%s", "存储桶在其他位置：请写 endpoint=%s", endpoint)
}
