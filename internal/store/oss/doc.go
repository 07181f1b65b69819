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
// again after it has written, and warns once: two writers at the same moment may
// both believe they won. Whether versioning is on is asked once, and taken to be
// possible when the keys may not ask.
//
// Content is checked by CRC64: every body sent against what the service stored,
// every object read in full against what the service says it holds, every object
// completed against its parts. Private clouds that send no CRC64 are believed.
package oss
