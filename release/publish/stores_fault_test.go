package publish

import (
	"fmt"
	"os"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

// The n-th request of a publication goes wrong in one of the ways a service and
// a network know: readers see the old version or the whole new one, and the same
// call again, with the journal of the first, completes it. Every fifth request
// is tried, another fifth for each way; all with YINGZAO_E2E=require.
func TestEveryRequestFails(t *testing.T) {
	t.Parallel()
	step := 5
	if os.Getenv("YINGZAO_E2E") == "require" {
		step = 1
	}
	for d := range bucketURLs {
		t.Run(d.String(), func(t *testing.T) {
			t.Parallel()
			s := newBucket(t, d)
			st := mustOpenBucket(t, s, d, nil)
			runs, failed := 0, 0
			for i, kind := range bucket.Kinds() {
				if kind == bucket.Hang || kind == bucket.Slow {
					continue // nothing but time
				}
				for n, struck := 1+i%step, true; struck; n += step {
					runs++
					project, journal := fmt.Sprintf("demo-%d-%d", i, n), t.TempDir()
					old, r := newRelease(project, "1.0.0", "a=1"), newRelease(project, "1.1.0", "a=aaaa", "b=bbbb")
					mustPublish(t, st, old)
					o := quick
					o.Journal = journal
					s.Faults(bucket.Fault{Kind: kind, N: n, RetryAfter: -1})
					_, err := Publish(t.Context(), st, r.Manifest, r.open, o)
					struck = s.Struck() > 0
					s.Faults()
					latest := latestIn(t, st, project)
					if err == nil && latest != "1.1.0" || latest != "1.0.0" && latest != "1.1.0" {
						t.Errorf("%v at request %d: %v, latest is %q", kind, n, err, latest)
					}
					if err == nil {
						mustVerify(t, st, VerifyOptions{Project: project})
						continue
					}
					failed++
					if !struck {
						t.Fatal(err)
					}
					if _, err := Publish(t.Context(), st, r.Manifest, r.open, o); err != nil {
						t.Errorf("%v at request %d: the second run: %v", kind, n, err)
						continue
					}
					mustVerify(t, st, VerifyOptions{Project: project})
					if files, _ := os.ReadDir(journal); len(files) > 0 {
						t.Errorf("%v at request %d: the journal is left", kind, n)
					}
				}
			}
			t.Logf("%d runs, %d failed and were completed", runs, failed)
			if runs < 100/step {
				t.Errorf("only %d runs", runs)
			}
		})
	}
}
