package publish

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/cred"
	"github.com/yingzao-dev/yingzao/internal/store/file"
	"github.com/yingzao-dev/yingzao/internal/store/oss"
	"github.com/yingzao-dev/yingzao/internal/store/storetest"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

const leastPart = 100 << 10 // of OSS

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
	if !strings.HasPrefix(place, "http:") {
		return file.New(place)
	}
	o := httpx.Options{Proxy: func(*url.URL) (*url.URL, error) { return url.Parse(place) }}
	return store.Schemes{"oss": oss.Opener(oss.Options{HTTP: o, Keys: cred.Static(lasting)})}.
		Open(context.Background(), "oss://releases/site?region=cn-hangzhou&scheme=http")
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
	s := bucket.New(t, bucket.Options{Keys: []bucket.Credential{{ID: lasting.ID, Secret: lasting.Secret}}})
	bucketStore, err := resumeStore(s.ProxyURL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = bucketStore.(interface{ Close() error }).Close() })
	dir := newStore(t)
	killed, resumed := 0, 0
	var worst, saved int64
	random := rand.New(rand.NewPCG(1, 2))
	points := 100 / sample(5)
	for i := range points {
		st, place := bucketStore, s.ProxyURL()
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
		if st == bucketStore {
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
	if killed < points*8/10 || resumed < points*3/10 {
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
