// Package oss keeps artifacts in a bucket of Aliyun OSS, or of a private cloud
// that speaks its protocol.
//
// A store is named by a URL:
//
//	oss://bucket/prefix?region=cn-hangzhou
//
// with these parameters, any other is refused:
//
//	region    where the bucket is; not needed when the endpoint tells it
//	endpoint  host of the service without the bucket, for private clouds,
//	          acceleration and special zones
//	cname     custom domain bound to the bucket, instead of an endpoint; accounts
//	          opened since March 2025 need one for buckets in mainland China,
//	          unless they come from inside the VPC
//	internal  1 chooses the region's endpoint inside the VPC: no traffic fees
//	sig       v4 (default) or v1; some private clouds refuse v4
//	scheme    https (default) or http
//
// Requests are made one by one through the SDK's lowest call. Its helpers above
// that lose goroutines, ignore the context and mix old and new content when an
// upload is resumed. Nothing is retried here. Each request asks the credential
// provider for its keys and carries x-oss-date in ISO form: without it the SDK
// signs the text of the Date header, which the specification of V4 does not know.
//
// IfAbsent is x-oss-forbid-overwrite at put, initiate and complete. Buckets with
// versioning ignore that header, so there the store looks before it writes and
// again after it has written, warns once, and Caps no longer promises IfAbsent:
// two writers at the same moment may both believe they won. Whether versioning is
// on is asked before the first such write, and taken to be possible when the keys
// may not ask.
//
// A whole object is sent with its MD5, which the service holds against what
// arrived, so that a damaged object never appears. Parts and objects are held to
// the service's CRC-64, on the way out and in, and a completed object to that of
// its parts. Private clouds that name no CRC-64 are believed. Listings of objects
// have none, so Caps does not promise it.
package oss
