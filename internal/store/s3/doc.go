// Package s3 keeps artifacts in a bucket of MinIO, Huawei OBS, Ceph, AWS and
// whatever else speaks S3.
//
//	s3://bucket/prefix?endpoint=https://minio.example:9000&path=1
//
//	endpoint=  the server, without the bucket; required
//	region=    for signatures; us-east-1 when it is not given, which MinIO takes
//	path=1     the bucket stands in the path; always so with an IP address. Without
//	           it the bucket is a part of the host name
//	scheme=    http or https (default), unless endpoint= has it
//	minpart=   least size of a part that the server takes, in bytes or as 100K, 1M;
//	           5M when it is not given
//
// What an upload is, what is checked and what IfAbsent is worth here, package
// remote says; this one knows the URL, the requests and the traps of S3. Of the
// SDK only Core and the calls that make one request are used. Bodies are never
// sent in chunks of the AWS kind (aws-chunked), which OSS and OBS refuse. Over TLS
// the payload is not signed; over plain HTTP its SHA-256 is, at the price of
// reading it twice.
//
// IfAbsent is If-None-Match: * with Put and Commit. AWS and MinIO obey it, rclone's
// server ignores it, gofakes3 obeys it with Put only, and nothing in an answer
// tells, so it is tried out.
package s3
