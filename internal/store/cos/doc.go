// Package cos keeps artifacts in a bucket of Tencent COS.
//
//	cos://bucket-appid/prefix?region=ap-guangzhou
//
//	region=     of the bucket; not needed with domain= or endpoint=
//	domain=     a custom domain bound to the bucket, used for everything. It must
//	            be an origin domain (自定义源站域名): a CDN takes no uploads
//	internal=1  the internal address, inside Tencent's cloud
//	endpoint=   host of a private cloud, without the bucket: cos.example.cn
//	scheme=     http or https (default)
//
// What an upload is, what is checked and what IfAbsent is worth here, package
// remote says; this one knows the URL, the requests and the traps of COS. Of the
// SDK only the calls that make one request are used.
//
// IfAbsent is x-cos-forbid-overwrite at put, initiate and complete; the service's
// documentation says that buckets with versioning ignore it.
package cos
