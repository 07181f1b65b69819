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
// Of the SDK only the calls that make one request are used, and nothing is
// retried. Keys are asked for with each request, so that a long upload outlives a
// token.
//
// What is checked: a whole object is sent with its MD5, which the service holds
// against what arrived, so that a damaged object never appears; parts and objects
// against the service's CRC-64, on the way out and in. A service that
// names no CRC-64 is believed.
//
// IfAbsent sends x-cos-forbid-overwrite when an upload begins and when it is
// completed, and looks first. Buckets with versioning ignore that header, says
// the service's documentation. The adapter learns of versioning by the first
// answer that names a version; from then on Caps no longer promises IfAbsent,
// and an object is compared after it was written.
//
// List and ListParts of the service name no CRC-64, so Caps does not promise it;
// Head, Get, Put and Commit have it.
package cos
