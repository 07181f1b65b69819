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
// Of the SDK only Core and the calls that make one request are used, and nothing
// is retried. Keys are asked for with each request, so that a long upload
// outlives a token. Bodies are never sent in chunks of the AWS kind (aws-chunked),
// which OSS and OBS refuse. Over TLS the payload is not signed; over plain HTTP
// its SHA-256 is, at the price of reading it twice.
//
// What is checked: a whole object is sent with its MD5, which the server holds
// against what arrived, so that a damaged object never appears; a part against
// its ETag, and a whole object that is read too, where the ETag has the form of an
// MD5 (it has another with encryption by a key service, and for objects of several
// parts). CRC-64 is not known.
//
// IfAbsent looks first and sends If-None-Match: * with Put and Commit. AWS and
// MinIO obey it, rclone's server ignores it, gofakes3 obeys it with Put only, and
// nothing in an answer tells. So before its first conditional write a store makes
// an object of its own, tries to replace it in both ways, and deletes it: seven
// small requests. Where the server gives way, Caps promises IfAbsent no longer, and a
// warning is given.
//
// Lists are asked for in version 1 with markers, which all servers have.
package s3
