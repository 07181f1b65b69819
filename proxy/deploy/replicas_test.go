package deploy

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"log"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/mod/module"

	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

const (
	replicaCount = 3
	httpClients  = 30
	sumName      = "sum.mirror.test"
	canary       = "CANARY0secret"
)

// TestReplicas runs three proxies on one bucket under load: clients by the dozen
// ask for everything at once, each in its own order, real go commands among them;
// one replica is stopped and another killed in the middle, and both come back.
// Afterwards the bucket holds what the mirror has, byte for byte, and nothing else;
// no client has seen a wrong byte, nobody has listed the bucket; and a new replica
// serves everything out of the bucket, with the mirror gone.
//
// OSS alone unless YINGZAO_E2E=require.
func TestReplicas(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no SIGTERM on Windows")
	}
	for _, tc := range []struct {
		name    string
		o       bucket.Options
		url     string
		id, key string // variables
	}{
		{"oss", bucket.Options{}, "oss://releases/mod?region=cn-hangzhou&scheme=http", "OSS_ACCESS_KEY_ID", "OSS_ACCESS_KEY_SECRET"},
		{"cos", bucket.Options{Dialect: bucket.COS}, "cos://releases-1250000000/mod?region=ap-guangzhou&scheme=http", "TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY"},
		{"s3", bucket.Options{Dialect: bucket.S3}, "s3://releases/mod?endpoint=http://s3.us-east-1.storage.test", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"},
		{"oss with versions", bucket.Options{Versioned: true}, "oss://releases/mod?region=cn-hangzhou&scheme=http", "OSS_ACCESS_KEY_ID", "OSS_ACCESS_KEY_SECRET"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.name != "oss" && !everything() {
				t.Skip("YINGZAO_E2E=require runs it on the other buckets too")
			}
			build(t)
			tc.o.Keys = []bucket.Credential{{ID: "LTAIcanary", Secret: canary}}
			w := &site{t: t, bucket: bucket.New(t, tc.o), up: mirrortest.New(t, mirrortest.Options{SumDB: sumName, Modules: modules()})}
			w.env = []string{"HTTP_PROXY=" + w.bucket.ProxyURL(), "NO_PROXY=127.0.0.1", tc.id + "=LTAIcanary", tc.key + "=" + canary}
			w.section = fmt.Sprintf("  cache: {dir: 'DIR', store: '%s'}\n  mirrors: ['%s']\n  sumdb: {databases: ['%s']}\n", tc.url, w.up.URL(mirrortest.OK), w.up.SumDBKey())
			w.expect()
			w.load()
			w.bucketIsRight()
			w.report()
			w.newcomer()
		})
	}
}

// site is a bucket, a mirror, and what has to come of them.
type site struct {
	t       *testing.T
	bucket  *bucket.Server
	up      *mirrortest.Server
	env     []string
	section string

	paths    []string          // of immutable files, without a leading slash
	want     map[string][]byte // by path
	replicas []*replica
	took     time.Duration
	again    atomic.Int64 // answers that broke off or said come back
	goAgain  atomic.Int64 // go commands that had to be run again
}

const moduleCount = 42

// modules are small ones mostly, some of a few megabytes, and one that goes into
// the bucket in parts.
func modules() mirrortest.Modules {
	rnd, all := rand.NewChaCha8([32]byte{8}), mirrortest.Modules{}
	for i := range moduleCount {
		size := 2_000 + i*500
		switch {
		case i == 7:
			size = 17 << 20
		case i%10 == 3:
			size = 2 << 20
		}
		data := make([]byte, size)
		_, _ = rnd.Read(data) // never fails
		path := fmt.Sprintf("example.com/Team%d/mod%d", i%5, i)
		all[path+"@v1.0.0"] = map[string]string{"m.go": fmt.Sprintf("package mod%d\n", i), "data.bin": string(data)}
	}
	return all
}

// expect asks the mirror what it has.
func (w *site) expect() {
	w.want = map[string][]byte{}
	for i := range moduleCount {
		escaped, err := module.EscapePath(fmt.Sprintf("example.com/Team%d/mod%d", i%5, i))
		if err != nil {
			w.t.Fatal(err)
		}
		for _, ext := range []string{".info", ".mod", ".zip"} {
			p := escaped + "/@v/v1.0.0" + ext
			body, err := fetch(w.up.URL(mirrortest.OK) + "/" + p)
			if err != nil {
				w.t.Fatal(err)
			}
			w.paths, w.want[p] = append(w.paths, p), body
		}
	}
	w.up.Forget()
}

func fetch(url string) ([]byte, error) {
	resp, err := client.Get(url) //nolint:noctx // it has a time limit
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %.200s", resp.Status, b)
	}
	return b, err
}

var client = &http.Client{Timeout: 5 * time.Minute, Transport: &http.Transport{DisableKeepAlives: true, DisableCompression: true}}

func (w *site) load() {
	for range replicaCount {
		w.replicas = append(w.replicas, newReplica(w.t, w.section, w.env))
	}
	base, start := front(w.t, w.replicas), time.Now()
	var files atomic.Int64
	var clients, goes, events sync.WaitGroup
	for n := range httpClients {
		clients.Go(func() { w.client(base, n/replicaCount, &files) }) // as many as replicas in the same order
	}
	commands := 2
	if everything() {
		commands = 6
	}
	for range commands {
		goes.Go(func() { w.goCommand(base) })
	}
	total := int64(httpClients * len(w.paths))
	reached := func(percent int64) {
		for files.Load() < total*percent/100 && !w.t.Failed() {
			time.Sleep(time.Millisecond)
		}
	}
	events.Go(func() {
		reached(10)
		if err := w.replicas[0].end(terminate); err != nil {
			w.t.Errorf("stopped: %v\n%s", err, w.replicas[0].log())
		}
		reached(30)
		w.replicas[0].start()
	})
	events.Go(func() {
		for _, percent := range []int64{5, 20, 60} {
			reached(percent)
			_ = w.replicas[1].end(os.Kill)
			w.replicas[1].start()
		}
	})
	clients.Wait()
	events.Wait()
	goes.Wait()
	w.took = time.Since(start)
	for _, r := range w.replicas {
		if err := r.end(terminate); err != nil {
			w.t.Errorf("the end: %v\n%s", err, r.log())
		}
		if l := r.log(); strings.Contains(l, canary) || strings.Contains(l, "quarantine") || strings.Contains(l, "level=ERROR") || strings.Contains(l, "panic") {
			w.t.Errorf("log:\n%s", l)
		}
	}
}

// client gets every file until it has it whole. An answer that breaks off is asked
// for again; one that ends well has to be right.
func (w *site) client(base string, seed int, files *atomic.Int64) {
	order := slices.Clone(w.paths)
	rand.New(rand.NewPCG(uint64(seed), 8)).Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	for _, p := range order {
		for begin := time.Now(); ; {
			body, err := fetch(base + "/" + p)
			if err == nil && !bytes.Equal(body, w.want[p]) {
				w.t.Errorf("%s: %d wrong bytes", p, len(body))
			}
			if err == nil {
				break
			}
			if time.Since(begin) > 2*time.Minute || w.t.Failed() {
				w.t.Errorf("%s: %v", p, err)
				return
			}
			w.again.Add(1)
			time.Sleep(50 * time.Millisecond)
		}
		files.Add(1)
	}
}

// goCommand downloads everything with the checksum database on and no go.sum.
func (w *site) goCommand(base string) {
	dir := w.t.TempDir()
	mod, code := "module example.com/x\n\ngo 1.21\n\nrequire (\n", "package x\n\nimport (\n"
	for i := range moduleCount {
		mod += fmt.Sprintf("\texample.com/Team%d/mod%d v1.0.0\n", i%5, i)
		code += fmt.Sprintf("\t_ \"example.com/Team%d/mod%d\"\n", i%5, i)
	}
	write(w.t, filepath.Join(dir, "go.mod"), mod+")\n")
	write(w.t, filepath.Join(dir, "x.go"), code+")\n")
	for try := 1; ; try++ {
		cmd := exec.CommandContext(timeout(w.t, 10*time.Minute), "go", "mod", "download", "all")
		cmd.Dir = dir
		cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + mirrortest.Home(w.t), "GOENV=off", "GOPATH=" + filepath.Join(dir, "gopath"), "GOCACHE=" + filepath.Join(dir, "gocache"),
			"GOFLAGS=-modcacherw", "GOTOOLCHAIN=local", "GOPROXY=" + base, "GOSUMDB=" + w.up.SumDBKey()}
		out, err := cmd.CombinedOutput()
		if err == nil {
			break
		}
		if try == 8 || bytes.Contains(out, []byte("SECURITY")) || bytes.Contains(out, []byte("mismatch")) {
			w.t.Errorf("%v\n%s", err, out)
			return
		}
		w.goAgain.Add(1)
	}
	sum, err := os.ReadFile(filepath.Join(dir, "go.sum"))
	if err != nil {
		w.t.Error(err)
	}
	for i := range moduleCount {
		path := fmt.Sprintf("example.com/Team%d/mod%d", i%5, i)
		zip, mod := w.up.Sums(path, "v1.0.0")
		if line := fmt.Sprintf("%s v1.0.0 %s\n%[1]s v1.0.0/go.mod %[3]s\n", path, zip, mod); !strings.Contains(string(sum), line) {
			w.t.Errorf("go.sum lacks\n%s", line)
		}
	}
}

// bucketIsRight compares the bucket, and the directories, with the mirror.
func (w *site) bucketIsRight() {
	objects := w.bucket.Objects()
	seen := 0
	for key, o := range objects {
		p, ok := strings.CutPrefix(key, "mod/")
		switch {
		case ok && w.right(p, o.Content):
			seen++
		case ok && strings.HasPrefix(p, ".yingzao/records/") && w.want[strings.TrimSuffix(strings.TrimPrefix(p, ".yingzao/records/"), ".json")] != nil:
		case ok && strings.HasPrefix(p, "sumdb/"):
			w.proof(p, o.Content)
		default:
			w.t.Errorf("in the bucket, but nobody's: %s, %d bytes", key, len(o.Content))
		}
	}
	if want := len(w.paths) + moduleCount; seen != want {
		w.t.Errorf("%d files in the bucket, want %d", seen, want)
	}
	for n, r := range w.replicas {
		root := filepath.Join(r.dir, "cache")
		err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			rel, _ := filepath.Rel(root, name)
			rel = filepath.ToSlash(rel)
			if strings.HasPrefix(rel, ".yingzao/") || strings.HasPrefix(rel, "sumdb/") {
				return nil
			}
			b, err := os.ReadFile(name)
			if err == nil && !w.right(rel, b) {
				w.t.Errorf("replica %d: %s is wrong, %d bytes", n, rel, len(b))
			}
			return err
		})
		if err != nil {
			w.t.Error(err)
		}
	}
}

// right reports whether a file is the mirror's, or the h1 of one.
func (w *site) right(p string, content []byte) bool {
	if zip, ok := strings.CutSuffix(p, "hash"); ok && strings.HasSuffix(zip, ".zip") {
		escaped, _, _ := strings.Cut(zip, "/@v/")
		path, err := module.UnescapePath(escaped)
		h1, _ := w.up.Sums(path, "v1.0.0")
		return err == nil && h1 != "" && string(content) == h1
	}
	want, ok := w.want[p]
	return ok && sha256.Sum256(want) == sha256.Sum256(content)
}

// proof is a file of the checksum database: tiles and lookups are the mirror's own.
func (w *site) proof(p string, content []byte) {
	if strings.HasSuffix(p, "/latest") {
		return
	}
	want, err := fetch(w.up.URL(mirrortest.OK) + "/" + p)
	// A lookup comes with whatever head its asker was told.
	record, _, _ := bytes.Cut(content, []byte("\n\n"))
	if err != nil || !bytes.Equal(content, want) && !(strings.Contains(p, "/lookup/") && bytes.HasPrefix(want, append(record, "\n\n"...))) {
		w.t.Errorf("%s: %v\n%s\nwant\n%s", p, err, content, want)
	}
}

// report counts, and fails where more was asked than is promised.
func (w *site) report() {
	asked := map[string]int{}
	for _, r := range w.up.Requests() {
		if p := strings.TrimPrefix(r.Path, "/"+string(mirrortest.OK)+"/"); w.want[p] != nil {
			asked[p]++
		}
	}
	times, fetches, processes := map[int]int{}, 0, 0
	for _, r := range w.replicas {
		processes += r.starts
	}
	for _, p := range w.paths {
		times[asked[p]]++
		fetches += asked[p]
		// Who was killed may have asked without having put anything anywhere.
		if asked[p] < 1 || asked[p] > processes {
			w.t.Errorf("the mirror was asked %d times for %s", asked[p], p)
		}
	}
	kinds := map[bucket.Op]int{}
	for _, r := range w.bucket.Requests() {
		kinds[r.Op]++
	}
	deletes := 0
	if strings.HasPrefix(w.t.Name(), "TestReplicas/s3") {
		deletes = processes // each finds out once what a condition is worth, by an object of its own
	}
	if kinds[bucket.ListObjects]+kinds[bucket.ListUploads]+kinds[bucket.DeleteObjects] > 0 || kinds[bucket.DeleteObject] > deletes {
		w.t.Errorf("requests that no client's way may cost: %v", kinds)
	}
	w.t.Logf("%d clients and go commands, %d modules in %v; %d fetches of %d files (times asked → files: %v); bucket requests %v; asked again: %d answers, %d go commands; unfinished uploads %d",
		httpClients, moduleCount, w.took.Round(time.Millisecond), fetches, len(w.paths), times, kinds, w.again.Load(), w.goAgain.Load(), len(w.bucket.Uploads()))
}

// newcomer is a replica that knows nothing, while the mirror is gone.
func (w *site) newcomer() {
	w.up.Close()
	w.bucket.ResetRequests()
	start := time.Now()
	r := newReplica(w.t, w.section, w.env)
	base := front(w.t, []*replica{r})
	w.goCommand(base)
	w.t.Logf("a new replica, mirrors gone: go command after %v, %d requests to the bucket", time.Since(start).Round(time.Millisecond), len(w.bucket.Requests()))
	var files atomic.Int64
	w.again.Store(0)
	w.client(base, 1, &files)
	if n := w.again.Load(); n > 0 || int(files.Load()) != len(w.paths) {
		w.t.Errorf("%d answers were none, %d files", n, files.Load())
	}
}
