// Package bucket runs object stores inside a test: servers on the loopback
// interface that speak the dialect of Aliyun OSS, Tencent COS or S3, check every
// signature, hold objects in memory, and go wrong on request.
//
//	s := bucket.New(t, bucket.Options{Dialect: bucket.OSS, Keys: []bucket.Credential{{ID: "id", Secret: "secret"}}})
//	client := &http.Client{Transport: s.Transport()} // every host leads to s
//	s.Faults(bucket.Fault{Kind: bucket.ServiceBusy, N: 3})
//
// Clients use the real host names. They get to the server by a [Server.Transport],
// by [Server.DialContext], or as a child process by HTTP_PROXY and HTTPS_PROXY
// set to [Server.ProxyURL] and SSL_CERT_FILE set to a file with [Server.CA]. The
// port speaks both HTTP and HTTPS, and CONNECT as proxies do.
//
// # Signatures
//
// They are computed here from the published specifications and from nothing
// else, so that a client and its test do not share a mistake:
//
//   - OSS V1: "Include a V1 signature in the Authorization header" and "Include
//     a V1 signature in a URL" (Alibaba Cloud, OSS developer reference).
//   - OSS V4: "Include a V4 signature in the Authorization header" and "V4
//     signatures in presigned URLs" (the same).
//   - COS: "Request Signature" (Tencent Cloud document 436/7778).
//   - S3: "Signature Calculations for the Authorization Header: Transferring
//     Payload in a Single Chunk" and "Authenticating Requests: Using Query
//     Parameters" (Amazon S3 API reference). Chunked payloads (aws-chunked) are
//     refused with 501, because OSS and others refuse them too.
//
// An OSS V4 request has to carry x-oss-date in ISO 8601 form, and it is that
// string which is signed. The old Go SDK signs the text of the Date header when
// x-oss-date is absent; the specification does not know that form, nobody has
// shown that the service accepts it, and here it is refused.
//
// A COS request is held to what its q-header-list and q-url-param-list name,
// because the specification leaves to the client what it signs.
//
// # What is like the services, and what is assumed
//
// Taken from the documentation: error codes and their XML; forbid-overwrite at
// put, initiate, complete and copy, and that versioned buckets ignore it; the
// least size of parts; CRC64 headers; OSS ignoring a range that is out of bounds
// unless x-oss-range-behavior is "standard"; PublicEndpointForbidden,
// SecondLevelDomainForbidden and PathStyleDomainForbidden.
//
// Assumed, because nothing published says otherwise: COS answers a wrong token
// with AccessDenied and a missing one with InvalidAccessKeyId; a bucket of
// another region on COS is NoSuchBucket; the codes of [STS] for missing
// parameters.
//
// Not there: access control lists and policies (headers are accepted and
// ignored), reading old versions, server-side encryption, append, symlinks, part
// copy, POST forms, several buckets. Those answer 501.
package bucket
