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
// What an upload is, what is checked and what IfAbsent is worth here, package
// remote says; this one knows the URL, the requests and the traps of OSS.
//
// Requests are made one by one through the SDK's lowest call. Its helpers above
// that lose goroutines, ignore the context and mix old and new content when an
// upload is resumed. Each request carries x-oss-date in ISO form: without it the
// SDK signs the text of the Date header, which the specification of V4 does not
// know. IfAbsent is x-oss-forbid-overwrite at put, initiate and complete.
package oss
