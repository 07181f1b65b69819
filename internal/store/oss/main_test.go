package oss

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/yingzao-dev/yingzao/internal/store/remotetest"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var site = remotetest.Site{
	Dialect: bucket.OSS, Opener: Opener, MaxKey: 1023, MinPart: "100 KiB",
	URL:      "oss://releases/some/prefix?region=cn-hangzhou&scheme=http",
	Internal: "oss://releases?region=cn-hangzhou&internal=1&scheme=http",
	Written:  "GetBucketVersioning PutObject! InitiateMultipartUpload! UploadPart CompleteMultipartUpload!",
	Environ:  []string{"OSS_ACCESS_KEY_ID=" + remotetest.Lasting.ID, "OSS_ACCESS_KEY_SECRET=" + remotetest.Lasting.Secret},
}

func TestSite(t *testing.T) { remotetest.Run(t, site) }
