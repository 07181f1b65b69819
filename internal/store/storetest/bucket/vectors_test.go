package bucket

import (
	"encoding/hex"
	"net/http"
	"testing"
)

func request(t *testing.T, method, url string, headers ...string) *http.Request {
	t.Helper()
	r, err := http.NewRequest(method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

func queryOf(t *testing.T, r *http.Request) []param {
	t.Helper()
	params, err := parseQuery(r.URL.RawQuery)
	if err != nil {
		t.Fatal(err)
	}
	return params
}

// "Include a V1 signature in the Authorization header", example. The page's
// table shows another Content-MD5 than the code that computes the signature;
// this is the one of the code.
func TestOSSV1Vector(t *testing.T) {
	r := request(t, "PUT", "http://oss-example.oss-cn-hangzhou.aliyuncs.com/nelson",
		"Content-MD5", "ODBGOERFMDMzQTczRUY3NUE3NzA5QzdFNUYzMDQxNEM=", "Content-Type", "text/html",
		"X-OSS-Meta-Author", "foo@bar.com", "X-OSS-Magic", "abracadabra")
	const want = "26NBxoKdsyly4EDv6inkoDft/yA="
	if got := ossV1Signature("OtxrzxIsfpFjA7SwPzILwy8Bw21TLhquhboDYROV", r, "Thu, 17 Nov 2005 18:49:58 GMT", "oss-example", "nelson", nil); got != want {
		t.Errorf("signature %s, want %s", got, want)
	}
}

// The same page, "Construct CanonicalizedResource".
func TestOSSV1Resource(t *testing.T) {
	for _, c := range []struct{ bucket, key, query, want string }{
		{"", "", "", "/"},
		{"BucketName", "", "", "/BucketName/"},
		{"BucketName", "ObjectName", "", "/BucketName/ObjectName"},
		{"BucketName", "ObjectName", "uploadId=UploadId&acl", "/BucketName/ObjectName?acl&uploadId=UploadId"},
		{"BucketName", "ObjectName", "uploadId=UploadId&response-content-type=ContentType&acl", "/BucketName/ObjectName?acl&response-content-type=ContentType&uploadId=UploadId"},
		{"b", "", "prefix=a&marker=b&list-type=2", "/b/"}, // no sub-resources
		{"b", "a b", "response-content-type=text%2Fplain", "/b/a b?response-content-type=text/plain"},
	} {
		params, err := parseQuery(c.query)
		if err != nil {
			t.Fatal(err)
		}
		if got := ossResource(c.bucket, c.key, params); got != c.want {
			t.Errorf("resource of %q %q %q: %q, want %q", c.bucket, c.key, c.query, got, c.want)
		}
	}
}

// "Include a V4 signature in the Authorization header", calculation example.
// The published signing key does not come from the published secret (which is a
// placeholder); canonical request, string to sign and signature are checked with
// the published key.
func TestOSSV4Vector(t *testing.T) {
	r := request(t, "PUT", "http://examplebucket.oss-cn-hangzhou.aliyuncs.com/exampleobject",
		"Content-Disposition", "attachment", "Content-Length", "3", "Content-MD5", "ICy5YqxZB1uWSwcVLSNLcA==", "Content-Type", "text/plain",
		"x-oss-content-sha256", "UNSIGNED-PAYLOAD", "x-oss-date", "20250411T064124Z", "User-Agent", "not signed")
	canonical := ossV4Canonical(r, "examplebucket", "exampleobject", nil, []string{"content-disposition", "content-length"})
	const digest = "c46d96390bdbc2d739ac9363293ae9d710b14e48081fcb22cd8ad54b63136eca"
	if got := hexSHA256([]byte(canonical)); got != digest {
		t.Errorf("canonical request has digest %s, want %s:\n%s", got, digest, canonical)
	}
	key, _ := hex.DecodeString("3543b7686e65eda71e5e5ca19d548d78423c37e8ddba4dc9d83f90228b457c76")
	const want = "053edbf550ebd239b32a9cdfd93b0b2b3f2d223083aa61f75e9ac16856d61f23"
	if got := hex.EncodeToString(hmacSHA256(key, ossV4StringToSign("20250411T064124Z", "cn-hangzhou", canonical))); got != want {
		t.Errorf("signature %s, want %s", got, want)
	}
}

// The key, the encoding of the path, the order of the query and the
// parameters without a value: the vectors that the service's own SDKs are
// tested with (aliyun-oss-python-sdk, tests/test_signature_v4.py).
func TestOSSV4KeyVector(t *testing.T) {
	const query = "?param1=value1&%2Bparam1=value3&%7Cparam1=value4&%2Bparam2&%7Cparam2&param2"
	for _, c := range []struct {
		date, token string
		additional  []string
		secret      string
		want        string
	}{
		{"20231217T034736Z", "token", nil, "sk", "b94a3f999cf85bcdc00d332fbd3734ba03e48382c36fa4d5af5df817395bd9ea"},
		{"20231216T172512Z", "", []string{"abc", "zabc"}, "sk", "4a4183c187c07c8947db7620deb0a6b38d9fbdd34187b6dbaccb316fa251212f"},
	} {
		r := request(t, "PUT", "http://bucket.oss-cn-hangzhou.aliyuncs.com/1234%2B-/123/1.txt"+query,
			"x-oss-head1", "value", "abc", "value", "ZAbc", "value", "XYZ", "value", "content-type", "text/plain",
			"x-oss-content-sha256", "UNSIGNED-PAYLOAD", "x-oss-date", c.date)
		if c.token != "" {
			r.Header.Set("x-oss-security-token", c.token)
		}
		canonical := ossV4Canonical(r, "bucket", "1234+-/123/1.txt", queryOf(t, r), c.additional)
		got := hex.EncodeToString(hmacSHA256(ossV4Key(c.secret, c.date[:8], "cn-hangzhou"), ossV4StringToSign(c.date, "cn-hangzhou", canonical)))
		if got != c.want {
			t.Errorf("signature %s, want %s of\n%s", got, c.want, canonical)
		}
	}
}

// "V4 signatures in presigned URLs": the canonical request of the complete
// example.
func TestOSSV4URLCanonical(t *testing.T) {
	r := request(t, "GET", "https://examplebucket.oss-cn-hangzhou.aliyuncs.com/exampleobject?x-oss-signature=00&x-oss-signature-version=OSS4-HMAC-SHA256"+
		"&x-oss-expires=86400&x-oss-date=20241203T032307Z&x-oss-credential=id%2F20241203%2Fcn-hangzhou%2Foss%2Faliyun_v4_request&x-oss-additional-headers=host")
	const want = "GET\n/examplebucket/exampleobject\n" +
		"x-oss-additional-headers=host&x-oss-credential=id%2F20241203%2Fcn-hangzhou%2Foss%2Faliyun_v4_request&x-oss-date=20241203T032307Z&x-oss-expires=86400&x-oss-signature-version=OSS4-HMAC-SHA256\n" +
		"host:examplebucket.oss-cn-hangzhou.aliyuncs.com\n\nhost\nUNSIGNED-PAYLOAD"
	if got := ossV4Canonical(r, "examplebucket", "exampleobject", queryOf(t, r), []string{"host"}); got != want {
		t.Errorf("canonical request\n%s\nwant\n%s", got, want)
	}
}

// "Request Signature" (436/7778), the two use cases.
func TestCOSVectors(t *testing.T) {
	const secret = "BQYIM75p8x0iWVFSIgqEKwFprpRSVHlz"
	const host = "http://examplebucket-1250000000.cos.ap-beijing.myqcloud.com/exampleobject(%E8%85%BE%E8%AE%AF%E4%BA%91)"
	put := request(t, "PUT", host, "Date", "Thu, 16 May 2019 06:45:51 GMT", "Content-Type", "text/plain", "Content-Length", "13",
		"Content-MD5", "mQ/fVh815F3k6TAUm8m0eg==", "x-cos-acl", "private", "x-cos-grant-read", `uin="100000000011"`)
	get := request(t, "GET", host+"?response-content-type=application%2Foctet-stream&response-cache-control=max-age%3D600", "Date", "Thu, 16 May 2019 06:55:53 GMT")
	for _, c := range []struct {
		r               *http.Request
		time            string
		headers, params []string
		want            string
	}{
		{put, "1557989151;1557996351", []string{"content-length", "content-md5", "content-type", "date", "host", "x-cos-acl", "x-cos-grant-read"}, nil, "3b8851a11a569213c17ba8fa7dcf2abec6935172"},
		{get, "1557989753;1557996953", []string{"date", "host"}, []string{"response-cache-control", "response-content-type"}, "01681b8c9d798a678e43b685a9f1bba0f6c0e012"},
	} {
		if got := cosSignature(secret, c.time, c.time, c.r, "/exampleobject(腾讯云)", queryOf(t, c.r), c.headers, c.params); got != c.want {
			t.Errorf("%s: signature %s, want %s", c.r.Method, got, c.want)
		}
	}
}

// "Signature Calculations for the Authorization Header: Transferring Payload in
// a Single Chunk" and "Authenticating Requests: Using Query Parameters".
func TestS3Vectors(t *testing.T) {
	const secret, date, empty = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "20130524T000000Z", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	const welcome = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"
	const host = "https://examplebucket.s3.amazonaws.com"
	basic := []string{"host", "x-amz-content-sha256", "x-amz-date"}
	for _, c := range []struct {
		r             *http.Request
		path, payload string
		signed        []string
		want          string
	}{
		{request(t, "GET", host+"/test.txt", "Range", "bytes=0-9", "x-amz-content-sha256", empty, "x-amz-date", date), "/test.txt", empty,
			[]string{"host", "range", "x-amz-content-sha256", "x-amz-date"}, "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
		{request(t, "PUT", host+"/test$file.text", "Date", "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class", "REDUCED_REDUNDANCY", "x-amz-content-sha256", welcome, "x-amz-date", date),
			"/test$file.text", welcome, []string{"date", "host", "x-amz-content-sha256", "x-amz-date", "x-amz-storage-class"}, "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"},
		{request(t, "GET", host+"/?lifecycle", "x-amz-content-sha256", empty, "x-amz-date", date), "/", empty, basic, "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
		{request(t, "GET", host+"/?prefix=J&max-keys=2", "x-amz-content-sha256", empty, "x-amz-date", date), "/", empty, basic, "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
		{request(t, "GET", host+"/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeee"),
			"/test.txt", "UNSIGNED-PAYLOAD", []string{"host"}, "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"},
	} {
		canonical := s3Canonical(c.r, c.path, queryOf(t, c.r), c.signed, c.payload)
		if got := s3Signature(secret, date, "us-east-1", canonical); got != c.want {
			t.Errorf("%s %s: signature %s, want %s", c.r.Method, c.r.URL, got, c.want)
		}
	}
}

func TestURIEncode(t *testing.T) {
	for _, c := range []struct {
		in    string
		slash bool
		want  string
	}{
		{"a/b c", true, "a/b%20c"}, {"a/b", false, "a%2Fb"}, {"-_.~*!'()", false, "-_.~%2A%21%27%28%29"}, {"腾+", false, "%E8%85%BE%2B"},
	} {
		if got := uriEncode(c.in, c.slash); got != c.want {
			t.Errorf("uriEncode(%q, %v) = %q, want %q", c.in, c.slash, got, c.want)
		}
	}
}
