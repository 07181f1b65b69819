package publish

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/storetest"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

// A store that refuses parts is not asked more than once by each connection, and
// what was begun is aborted or, with a journal, kept for the next run.
func TestRefusedParts(t *testing.T) {
	t.Parallel()
	const connections = 4
	sizes := []int{9000, 8000, 7000, 6000, 5000} // 35 parts
	for _, kind := range buckets {
		for _, from := range []int{1, 10, 35} {
			for _, journal := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s from part request %d, journal %v", kind, from, journal), func(t *testing.T) {
					t.Parallel()
					s := newSite(t, kind, siteOptions{})
					o := Options{PartSize: smallPart, Connections: connections}
					if journal {
						o.Journal = t.TempDir()
					}
					r := partsRelease("1.0.0", 3, sizes...)
					s.srv.Faults(bucket.Fault{Kind: bucket.AccessDenied, N: from, Times: -1, Match: func(q bucket.Request) bool {
						return q.Op == bucket.UploadPart && !probing(q.Key)
					}})
					st := watched{s.open(t, siteOptions{}), func() {}, new(atomic.Int64)}
					_, err := s.publish(t.Context(), st, r, o)
					if !errors.Is(err, store.ErrDenied) {
						t.Fatal(err)
					}
					late := int(st.hurried.Load())
					refused, good, cut, after, begun, aborted := 0, 0, 0, 0, map[string]bool{}, map[string]int{}
					for _, q := range s.srv.Requests() {
						s.secrets.look("server's log", q.String())
						switch {
						case probing(q.Key):
						case q.Op == bucket.UploadPart && q.Status == 403:
							refused++
						case q.Op == bucket.UploadPart && q.Status == 200:
							good++
						case q.Op == bucket.UploadPart: // under way when another was refused
							cut++
						case q.Op == bucket.Initiate && q.Status == 200:
							begun[q.Key] = true
							if refused > 0 {
								after++
							}
						case q.Op == bucket.Abort:
							aborted[q.UploadID]++
						case q.Op == bucket.Complete:
							t.Error("completed something")
						}
					}
					if refused < 1 || refused > connections || good >= from || good+cut < from-1 {
						t.Errorf("%d parts were refused to %d connections, %d taken, %d cut off", refused, connections, good, cut)
					}
					for id, n := range aborted {
						if n > 1 {
							t.Errorf("%s was aborted %d times", id, n)
						}
					}
					kept := journalled(t, o.Journal)
					left := s.srv.Uploads()
					if lost := len(left) - len(kept); lost < 0 || lost > late || len(begun)-len(aborted)-len(left) > late || len(left)+len(aborted)-len(begun) > late {
						t.Errorf("%d uploads begun, %d aborted, %d left in the store, %d in the journal", len(begun), len(aborted), len(left), len(kept))
					}
					for id := range left {
						if !kept[id] && late == 0 {
							t.Errorf("nobody knows of upload %s any more", id)
						}
					}
					if journal != (len(kept) > 0) && good > 0 {
						t.Errorf("%d uploads in the journal", len(kept))
					}
					s.srv.Faults()
					res, err := s.publish(t.Context(), s.open(t, siteOptions{}), r, o)
					if err != nil {
						t.Fatal(err)
					}
					// A part that was taken while the end came may not be known to be, and one
					// that was on its way then may have come when nothing was refused any more.
					least, most := int64(max(good-connections+1, 0)*smallPart), int64((good+connections-refused)*smallPart)
					if journal && (res.Resumed < least || res.Resumed > most) || !journal && res.Resumed != 0 {
						t.Errorf("%d bytes resumed after %d parts", res.Resumed, good)
					}
					s.verify(t, s.open(t, siteOptions{}), VerifyOptions{})
					if left := s.srv.Uploads(); len(left) > late || len(journalled(t, o.Journal)) > 0 {
						t.Errorf("in the end: uploads %v", left)
					}
					s.secrets.stored(s.objects(t))
					s.secrets.done()
					t.Logf("%d of 35 parts taken, then %d refused; %d uploads begun, %d of them after the refusal; %d aborted, %d kept; %d bytes resumed",
						good, refused, len(begun), after, len(aborted), len(kept), res.Resumed)
				})
			}
		}
	}
}

// The same with a directory, which does not know connections: whatever was under
// way may fail, and nothing follows but the end of what was begun.
func TestRefusedByDirectory(t *testing.T) {
	t.Parallel()
	const connections = 4
	r := partsRelease("1.0.0", 3, 9000, 8000, 7000, 6000, 5000)
	for n := 2; n < 40; n += 3 {
		s := newSite(t, "file", siteOptions{})
		rec := storetest.Record(s.open(t, siteOptions{}))
		dead := storetest.Faulty(rec, storetest.Fault{N: n, Err: store.ErrDenied, Dead: true})
		_, err := s.publish(t.Context(), dead, r, Options{PartSize: smallPart, Connections: connections})
		if !errors.Is(err, store.ErrDenied) {
			t.Errorf("call %d: %v", n, err)
		}
		begun := len(rec.Calls(store.OpBegin))
		if calls := dead.Calls(); calls-n+1 > connections+begun {
			t.Errorf("call %d was refused, %d followed; %d uploads were begun", n, calls-n, begun)
		}
	}
}

// journalled are the IDs of uploads in a journal.
func journalled(t *testing.T, folder string) map[string]bool {
	t.Helper()
	ids := map[string]bool{}
	if folder == "" {
		return ids
	}
	files, err := filepath.Glob(filepath.Join(folder, ".publish-*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		newSecrets(t, "journal").look(name, string(b))
		var j struct{ Uploads []struct{ ID string } }
		if err := json.Unmarshal(b, &j); err != nil {
			t.Fatal(err)
		}
		for _, u := range j.Uploads {
			ids[u.ID] = true
		}
	}
	return ids
}
