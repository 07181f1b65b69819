package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

// bucketKey signs in the tests; nothing may ever print it.
var bucketKey = bucket.Credential{ID: "LTAIcanarycanary0001", Secret: "canary0secret0canary0secret", Token: "canary-token"}

// startBucket starts an object store of a dialect and lets the script reach it
// under its real host name, over TLS, with keys in the environment:
//
//	bucket oss
//	exec yingzao release publish --to $STORE
func startBucket(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: bucket oss|cos|s3")
	}
	o := bucket.Options{TLS: true, Keys: []bucket.Credential{bucketKey}}
	names := [3]string{"OSS_ACCESS_KEY_ID", "OSS_ACCESS_KEY_SECRET", "OSS_SESSION_TOKEN"}
	url := ""
	switch args[0] {
	case "oss":
		url = "oss://releases/downloads?region=cn-hangzhou"
	case "cos":
		o.Dialect, names = bucket.COS, [3]string{"TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_TOKEN"}
		url = "cos://releases-1250000000/downloads?region=ap-guangzhou"
	case "s3":
		o.Dialect, names = bucket.S3, [3]string{"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}
		url = "s3://releases/downloads?endpoint=https://s3.us-east-1.storage.test&region=us-east-1"
	default:
		ts.Fatalf("no dialect %s", args[0])
	}
	s, err := bucket.Start(o)
	ts.Check(err)
	ts.Defer(s.Close)
	ca := filepath.Join(ts.Getenv("TMPDIR"), fmt.Sprintf("ca-%s.pem", args[0]))
	ts.Check(os.WriteFile(ca, s.CA(), 0o644))
	for k, v := range map[string]string{"STORE": url, "HTTP_PROXY": s.ProxyURL(), "HTTPS_PROXY": s.ProxyURL(), "SSL_CERT_FILE": ca,
		names[0]: bucketKey.ID, names[1]: bucketKey.Secret, names[2]: bucketKey.Token} {
		ts.Setenv(k, v)
	}
}
