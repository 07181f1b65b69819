package publish

import (
	"testing"

	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

// A service that has forgotten an upload when it is to be completed costs that
// one object a second sending, not the run.
func TestUploadForgottenAtComplete(t *testing.T) {
	t.Parallel()
	for _, kind := range buckets {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, kind, siteOptions{})
			st := s.open(t, siteOptions{})
			s.srv.Faults(bucket.Fault{Kind: bucket.StaleUpload, N: 2, Match: func(q bucket.Request) bool { return q.Op == bucket.Complete && !probing(q.Key) }})
			r := partsRelease("1.0.0", 1, 5500, 2500, 1500)
			res, err := s.publish(t.Context(), st, r, Options{PartSize: smallPart, Connections: 3, Journal: t.TempDir()})
			if err != nil {
				t.Fatal(err)
			}
			if s.srv.Struck() != 1 || res.Uploaded != 3 || res.Bytes != 9500 {
				t.Errorf("struck %d times, %+v", s.srv.Struck(), res)
			}
			if n := len(s.srv.Requests(bucket.UploadPart)); n <= 11 || n >= 2*11 {
				t.Errorf("%d parts were sent", n)
			}
			if left := s.srv.Uploads(); len(left) > 0 {
				t.Errorf("uploads are left: %v", left)
			}
			s.verify(t, st, VerifyOptions{})
		})
	}
}
