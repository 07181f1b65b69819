package s3_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/yingzao-dev/yingzao/internal/store/remotetest"
	"github.com/yingzao-dev/yingzao/internal/store/s3"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var site = remotetest.Site{
	Dialect: bucket.S3, Opener: s3.Opener, MaxKey: 1024, MinPart: "minpart=",
	URL: "s3://releases/some/prefix?endpoint=http://s3.us-east-1.storage.test",
	Written: "PutObject! PutObject! InitiateMultipartUpload UploadPart CompleteMultipartUpload! AbortMultipartUpload DeleteObject " + // once: does the server obey?
		"HeadObject PutObject! HeadObject InitiateMultipartUpload UploadPart HeadObject CompleteMultipartUpload!",
	Environ: []string{"AWS_ACCESS_KEY_ID=" + remotetest.Lasting.ID, "AWS_SECRET_ACCESS_KEY=" + remotetest.Lasting.Secret},
}

func TestSite(t *testing.T) { remotetest.Run(t, site) }
