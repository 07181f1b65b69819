package cos_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/yingzao-dev/yingzao/internal/store/cos"
	"github.com/yingzao-dev/yingzao/internal/store/remotetest"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var site = remotetest.Site{
	Dialect: bucket.COS, Opener: cos.Opener, MaxKey: 850, MinPart: "1 MiB",
	URL:      "cos://releases-1250000000/some/prefix?region=ap-guangzhou&scheme=http",
	Internal: "cos://releases-1250000000?region=ap-guangzhou&internal=1&scheme=http",
	Written:  "GetBucketVersioning HeadObject PutObject! HeadObject InitiateMultipartUpload! UploadPart HeadObject CompleteMultipartUpload!",
	Environ:  []string{"COS_SECRETID=" + remotetest.Lasting.ID, "COS_SECRETKEY=" + remotetest.Lasting.Secret},
}

func TestSite(t *testing.T) { remotetest.Run(t, site) }
