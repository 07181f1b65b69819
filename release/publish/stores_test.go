package publish

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/cos"
	"github.com/yingzao-dev/yingzao/internal/store/cred"
	"github.com/yingzao-dev/yingzao/internal/store/file"
	"github.com/yingzao-dev/yingzao/internal/store/oss"
	"github.com/yingzao-dev/yingzao/internal/store/s3"
	"github.com/yingzao-dev/yingzao/internal/store/storetest"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

const (
	bucketKey, bucketSecret = "exampleID", "exampleSecret"
	leastPart               = 100 << 10 // of OSS
)

var bucketURLs = map[bucket.Dialect]string{
	bucket.OSS: "oss://releases/site?region=cn-hangzhou&scheme=http",
	bucket.COS: "cos://releases-1250000000/site?region=ap-guangzhou&scheme=http",
	bucket.S3:  "s3://releases/site?endpoint=http://s3.us-east-1.storage.test&region=us-east-1",
}

// newBucket starts an object store.
func newBucket(t *testing.T, d bucket.Dialect) *bucket.Server {
	t.Helper()
	return bucket.New(t, bucket.Options{Dialect: d, Keys: []bucket.Credential{{ID: bucketKey, Secret: bucketSecret}}})
}

// openBucket reaches one by its proxy; keys nil are the usual ones.
func openBucket(ctx context.Context, d bucket.Dialect, proxy string, keys cred.Provider) (store.Store, error) {
	if keys == nil {
		keys = cred.Static(cred.Keys{ID: bucketKey, Secret: bucketSecret})
	}
	o := httpx.Options{Proxy: func(*url.URL) (*url.URL, error) { return url.Parse(proxy) }}
	return store.Schemes{
		"oss": oss.Opener(oss.Options{HTTP: o, Keys: keys}),
		"cos": cos.Opener(cos.Options{HTTP: o, Keys: keys}),
		"s3":  s3.Opener(s3.Options{HTTP: o, Keys: keys}),
	}.Open(ctx, bucketURLs[d])
}

func mustOpenBucket(t *testing.T, s *bucket.Server, d bucket.Dialect, keys cred.Provider) store.Store {
	t.Helper()
	st, err := openBucket(t.Context(), d, s.ProxyURL(), keys)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.(interface{ Close() error }).Close() })
	return st
}

func eachBucket(t *testing.T, do func(t *testing.T, d bucket.Dialect, s *bucket.Server, st store.Store)) {
	for d := range bucketURLs {
		t.Run(d.String(), func(t *testing.T) {
			t.Parallel()
			s := newBucket(t, d)
			do(t, d, s, mustOpenBucket(t, s, d, nil))
		})
	}
}

// large is a release with artifacts of several parts.
func large(project string, seed byte) *release {
	r := newRelease(project, "1.0.0", "notes.txt=hello")
	for i, n := range []int{12*leastPart + 5, 3 * leastPart} {
		content := make([]byte, n)
		_, _ = rand.NewChaCha8([32]byte{seed, byte(i)}).Read(content)
		r.add(manifest.Artifact{Name: fmt.Sprint("big-", i), Kind: manifest.KindFile}, content)
	}
	return r
}

func (r *release) size() (n int64) {
	for _, a := range r.Artifacts {
		n += a.Size
	}
	return n
}

// An unchanged version costs questions only, a few of them.
func TestUnchangedOnBuckets(t *testing.T) {
	eachBucket(t, func(t *testing.T, _ bucket.Dialect, s *bucket.Server, st store.Store) {
		r := newRelease("demo", "1.0.0", "a=1", "b=2", "c=3", "d=4")
		res := mustPublish(t, st, r)
		if n := len(s.Requests()); res.Requests == 0 || res.Requests > n {
			t.Errorf("%d calls are reported, %d requests were made", res.Requests, n)
		}
		mustVerify(t, st, VerifyOptions{})
		s.ResetRequests()
		res = mustPublish(t, st, r)
		var bytes int64
		for _, q := range s.Requests() {
			bytes += q.BodyBytes
		}
		if n := len(s.Requests()); n > len(r.Artifacts)+3 || bytes > 0 || n != res.Requests || !res.Already {
			t.Errorf("%d requests, %d bytes, %+v:\n%v", n, bytes, res, s.Requests())
		}
		if left := s.Uploads(); len(left) > 0 {
			t.Errorf("uploads are left: %v", left)
		}
	})
}

func TestPublishersRaceOnBuckets(t *testing.T) {
	eachBucket(t, func(t *testing.T, _ bucket.Dialect, s *bucket.Server, st store.Store) {
		for round := range 8 {
			project := fmt.Sprint("demo-", round)
			var wg sync.WaitGroup
			var errs [3]error
			for i := range errs {
				wg.Go(func() {
					_, errs[i] = newRelease(project, "1.0.0", "a=same", fmt.Sprintf("z=%d", i)).publish(context.Background(), st)
				})
			}
			wg.Wait()
			winner := -1
			for i, err := range errs {
				switch {
				case err == nil && winner >= 0:
					t.Fatalf("two winners: %v", errs)
				case err == nil:
					winner = i
				case !errors.Is(err, store.ErrExists):
					t.Error(err)
				}
			}
			if winner < 0 || get(t, st, project+"/1.0.0/z") != fmt.Sprint(winner) {
				t.Fatalf("winner %d: %v", winner, errs)
			}
			mustVerify(t, st, VerifyOptions{Project: project})
		}
	})
}

// One request in fifty goes wrong, and nobody notices.
func TestRandomFaults(t *testing.T) {
	eachBucket(t, func(t *testing.T, d bucket.Dialect, s *bucket.Server, st store.Store) {
		var plan []bucket.Fault
		for i, kind := range []bucket.Kind{bucket.ServiceBusy, bucket.ResetRequest, bucket.InternalError, bucket.LostAnswer} {
			plan = append(plan, bucket.Fault{Kind: kind, P: 0.005, Seed: uint64(i) + 1, RetryAfter: -1})
		}
		s.Faults(plan...)
		times := 100
		if d != bucket.OSS {
			times = 30
		}
		for i := range times {
			if _, err := newRelease(fmt.Sprint("demo-", i), "1.0.0", "a=1", "b=2", "c=3").publish(t.Context(), st); err != nil {
				t.Errorf("publication %d: %v", i, err)
			}
		}
		t.Logf("%d of %d requests went wrong", s.Struck(), len(s.Requests()))
		if s.Struck() < 10 {
			t.Error("hardly anything went wrong")
		}
	})
}

// A refusal ends it at once: no connection asks twice, and the upload is thrown
// away.
func TestDeniedOnBuckets(t *testing.T) {
	eachBucket(t, func(t *testing.T, _ bucket.Dialect, s *bucket.Server, st store.Store) {
		s.Faults(bucket.Fault{Kind: bucket.AccessDenied, Match: func(r bucket.Request) bool { return r.Op == bucket.UploadPart }})
		o := quick
		o.Connections, o.Journal = 8, t.TempDir()
		r := large("demo", 1)
		_, err := Publish(t.Context(), st, r.Manifest, r.open, o)
		if !errors.Is(err, store.ErrDenied) {
			t.Error(err)
		}
		if n := len(s.Requests(bucket.UploadPart)); n > 8 {
			t.Errorf("%d requests by 8 connections", n)
		}
		if len(s.Uploads()) > 0 || len(s.Requests(bucket.Abort)) == 0 {
			t.Errorf("uploads are left: %v", s.Uploads())
		}
		if files, _ := os.ReadDir(o.Journal); len(files) > 0 {
			t.Errorf("the journal is left: %v", files)
		}
		if n := len(s.Objects()); n > 0 && s.Objects()["site/demo/1.0.0/notes.txt"].Writes > 0 {
			t.Errorf("%d objects are visible", n)
		}
	})
}

// renewed hands out temporary keys, others after each refusal.
type renewed struct {
	mu     sync.Mutex
	server *bucket.Server
	n      int
	keys   cred.Keys
}

func (p *renewed) Get(context.Context) (cred.Keys, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.keys.ID == "" {
		p.n++
		p.keys = cred.Keys{ID: fmt.Sprint("temporary", p.n), Secret: "s" + fmt.Sprint(p.n), Token: "t" + fmt.Sprint(p.n)}
		p.server.Grant(bucket.Credential{ID: p.keys.ID, Secret: p.keys.Secret, Token: p.keys.Token, Expires: time.Now().Add(time.Hour)})
	}
	return p.keys, nil
}

func (p *renewed) Refused(k cred.Keys) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if k.ID == p.keys.ID {
		p.keys = cred.Keys{}
	}
}

func (p *renewed) Source() string       { return "a test" }
func (p *renewed) Warnings() []msg.Text { return nil }

// expire makes the present keys useless.
func (p *renewed) expire() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.server.Grant(bucket.Credential{ID: p.keys.ID, Secret: p.keys.Secret, Token: p.keys.Token, Expires: time.Now().Add(-time.Minute)})
}

// Keys that end in mid-upload are fetched anew, and it goes on.
func TestTokenExpires(t *testing.T) {
	for d := range bucketURLs {
		t.Run(d.String(), func(t *testing.T) {
			s := newBucket(t, d)
			keys := &renewed{server: s}
			st := mustOpenBucket(t, s, d, keys)
			// One artifact: COS and S3 do not say to a HEAD, which another would begin
			// with, that the token has expired.
			r, parts := newRelease("demo", "1.0.0", "a="+strings.Repeat("x", 12*int(st.Caps().MinPart))), 0
			o := quick
			o.PartSize, o.Connections = leastPart, 2
			o.Progress = func(e Event) {
				if e.Stage == "upload" {
					if parts++; parts == 2 || parts == 6 {
						keys.expire()
					}
				}
			}
			if _, err := Publish(t.Context(), st, r.Manifest, r.open, o); err != nil {
				t.Fatal(err)
			}
			if keys.n != 3 {
				t.Errorf("%d sets of keys were used", keys.n)
			}
			mustVerify(t, st, VerifyOptions{})
		})
	}
}

const resumeEnv = "YINGZAO_TEST_PUBLISH_RESUME"

// resumable publishes to the store that the parent names until it kills itself
// at the call that the parent chose.
func resumable() int {
	var args [5]string // directory or proxy, project, journal, call, moment
	copy(args[:], strings.Split(os.Getenv(resumeEnv), "|"))
	st, err := resumeStore(args[0])
	if err != nil {
		return 1
	}
	at, _ := strconv.Atoi(args[3])
	when, _ := strconv.Atoi(args[4])
	faulty := storetest.Faulty(st, storetest.Fault{N: at, When: storetest.When(when), Cancel: func() {
		if self, err := os.FindProcess(os.Getpid()); err == nil {
			_ = self.Kill()
		}
		time.Sleep(time.Minute)
	}})
	r := large(args[1], 7)
	if _, err := Publish(context.Background(), faulty, r.Manifest, r.open, resumeOptions(args[2])); err != nil {
		return 1
	}
	return 0
}

func resumeStore(place string) (store.Store, error) {
	if strings.HasPrefix(place, "http:") {
		return openBucket(context.Background(), bucket.OSS, place, nil)
	}
	return file.New(place)
}

const resumeConnections = 4

func resumeOptions(journal string) Options {
	o := quick
	o.PartSize, o.Connections, o.Journal = leastPart, resumeConnections, journal
	return o
}

// A publisher that is killed at any moment has the next one send hardly more
// than was missing, and what arrives is right.
func TestKilledPublisherResumes(t *testing.T) {
	t.Parallel()
	s := newBucket(t, bucket.OSS)
	bucketStore := mustOpenBucket(t, s, bucket.OSS, nil)
	dir := newStore(t)
	killed, resumed := 0, 0
	var worst, saved int64
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 100 {
		st, place := store.Store(bucketStore), s.ProxyURL()
		if i%3 == 0 {
			st, place = dir, dir.Dir()
		}
		project, journal := fmt.Sprint("demo-", i), t.TempDir()
		at, when := 1+random.IntN(38), random.IntN(3)
		s.ResetRequests()
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), resumeEnv+"="+strings.Join([]string{place, project, journal, strconv.Itoa(at), strconv.Itoa(when)}, "|"))
		if err := cmd.Run(); err == nil {
			continue // it was done before
		} else if cmd.ProcessState.ExitCode() == 1 {
			t.Fatalf("call %d: the publisher failed otherwise", at)
		}
		killed++
		there := stored(t, dir, journal)
		r := large(project, 7)
		res, err := Publish(t.Context(), st, r.Manifest, r.open, resumeOptions(journal))
		if err != nil {
			t.Fatalf("call %d: %v", at, err)
		}
		if res.Resumed > 0 {
			resumed++
		}
		saved += res.Resumed
		again := int64(0) // bytes that were sent twice
		if st == store.Store(bucketStore) {
			for _, q := range s.Requests(bucket.UploadPart) {
				again += q.BodyBytes
			}
			again -= r.size()
		} else if again = there - res.Resumed; again < 0 {
			t.Errorf("call %d: %d bytes were resumed of %d", at, res.Resumed, there)
		}
		worst = max(worst, again)
		if again > resumeConnections*leastPart {
			t.Errorf("call %d: %d bytes were sent again", at, again)
		}
		mustVerify(t, st, VerifyOptions{Project: project})
		if files, _ := os.ReadDir(journal); len(files) > 0 {
			t.Errorf("call %d: the journal is left: %v", at, files)
		}
	}
	t.Logf("killed %d times, %d resumed, %d bytes saved, at most %d sent again", killed, resumed, saved, worst)
	if killed < 80 || resumed < 30 {
		t.Errorf("killed %d times, %d resumed", killed, resumed)
	}
}

// stored is how many bytes of parts a directory holds for the uploads of a
// journal.
func stored(t *testing.T, st *file.Store, journal string) (n int64) {
	t.Helper()
	names, _ := filepath.Glob(filepath.Join(journal, ".publish-*.json"))
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		parts, _ := filepath.Glob(filepath.Join(st.Dir(), ".yingzao-uploads", "*", "*.part"))
		for _, p := range parts {
			if fi, err := os.Stat(p); err == nil && strings.Contains(string(b), filepath.Base(filepath.Dir(p))) {
				n += fi.Size()
			}
		}
	}
	return n
}
