package e2e

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"github.com/yingzao-dev/yingzao/proxy/cache"
)

// project is what needs many modules, and the mirror that has them.
type project struct {
	up    *mirrortest.Server
	files map[string]string // the project's
	truth map[string]string // what each file of the modules must be, by its place in the cache
	sums  []string          // lines of go.sum
}

func newProject(t testing.TB, modules int, delay time.Duration) *project {
	t.Helper()
	p := &project{truth: map[string]string{}}
	all := mirrortest.Modules{}
	mod, imports := "module example.com/project\n\ngo 1.21\n\nrequire (\n", "package p\n\nimport (\n"
	for i := range modules {
		path := fmt.Sprintf("example.com/many/m%d", i)
		all[path+"@v1.0.0"] = map[string]string{"m.go": "package m\n", "data.bin": noise(i, 5_000+i%6*80_000)}
		mod += "\t" + path + " v1.0.0\n"
		imports += "\t_ \"" + path + "\"\n"
	}
	p.files = map[string]string{"go.mod": mod + ")\n", "p.go": imports + ")\n"}
	p.up = mirrortest.New(t, mirrortest.Options{SumDB: sumName, Modules: all, Delay: delay})
	for id := range all {
		path, version, _ := strings.Cut(id, "@")
		for _, ext := range []string{".info", ".mod", ".zip"} {
			key := path + "/@v/" + version + ext
			_, p.truth[key] = get(t, p.up.URL(mirrortest.OK)+"/"+key)
		}
		zip, mod := p.up.Sums(path, version)
		p.sums = append(p.sums, path+" "+version+" "+zip, path+" "+version+"/go.mod "+mod)
	}
	slices.Sort(p.sums)
	p.up.Forget()
	return p
}

func (p *project) config(dir string, m mirrortest.Mode) string {
	return fmt.Sprintf("  mirrors: ['%s']\n  sumdb: {databases: ['%s']}\n  cache: {dir: '%s'}\n  log: {access: off}\n", p.up.URL(m), p.up.SumDBKey(), dir)
}

// download is a stock go command that needs all of it, and holds its go.sum to what
// the modules are.
func (p *project) download(t testing.TB, ctx context.Context, proxy string) error {
	c := newClient(t, "http://"+proxy, "GOSUMDB="+p.up.SumDBKey())
	_, e, err := c.run(ctx, p.files, "mod", "download", "all")
	if err != nil {
		return fmt.Errorf("%w\n%s", err, e)
	}
	lines := strings.Split(strings.TrimSpace(c.file("go.sum")), "\n")
	if slices.Sort(lines); !slices.Equal(lines, p.sums) {
		return fmt.Errorf("go.sum:\n%s", strings.Join(lines, "\n"))
	}
	return nil
}

// whole looks at each file of a cache: it has the right bytes or is not there. It
// returns how many are there.
func (p *project) whole(t testing.TB, dir string) (there int) {
	t.Helper()
	c, err := cache.Open(t.Context(), cache.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Check(t.Context(), "", func(f cache.Checked) error {
		if f.Err != nil {
			t.Errorf("%s: %v", f.Key, f.Err)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for key, want := range p.truth {
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(key)))
		switch {
		case os.IsNotExist(err):
			continue
		case err != nil || string(data) != want:
			t.Errorf("%s is torn: %d of %d bytes, %v", key, len(data), len(want), err)
		}
		there++
	}
	return there
}

// P14: the process is killed at random moments while stock go commands make it fill
// its cache, and started again on the same one: each file is whole or not there. In
// the end a download goes through, and nothing is left of what was interrupted.
func TestP14Killed(t *testing.T) {
	points := 3
	if thorough() {
		points = 50
	}
	p := newProject(t, 30, 10*time.Millisecond)
	dir := filepath.Join(t.TempDir(), "cache")
	s := start(t, setup{config: p.config(dir, mirrortest.Slow)})
	if err := p.download(t, t.Context(), s.public); err != nil {
		t.Fatalf("%v\n%s", err, s.talk)
	}
	s.stop(t)
	kills, inside, caches, parked := 0, 0, 0, 0
	for dir = ""; inside < points && kills < 4*points; kills++ {
		if dir == "" {
			dir = filepath.Join(t.TempDir(), "cache")
			caches++
		}
		s := start(t, setup{config: p.config(dir, mirrortest.Slow)})
		ctx, cancel := context.WithCancel(t.Context())
		var all sync.WaitGroup
		before := p.whole(t, dir)
		p.up.Forget()
		var done atomic.Bool
		all.Go(func() { _ = p.download(t, ctx, s.public); done.Store(true) })
		// Somewhere in what is left, and up to the time that an answer takes behind it:
		// a part of the time that all of it took once is no place on a machine whose
		// load changes.
		for at := rand.IntN(max(len(p.truth)-before, 1)); len(p.up.Requests()) <= at && !done.Load(); time.Sleep(time.Millisecond) {
		}
		time.Sleep(time.Duration(rand.IntN(20)) * time.Millisecond)
		s.kill()
		cancel()
		all.Wait()
		after := p.whole(t, dir)
		if t.Failed() {
			t.Fatalf("after kill %d", kills)
		}
		left, _ := filepath.Glob(filepath.Join(dir, ".yingzao", "partial", "*"))
		if parked += len(left); after < len(p.truth) && after+len(left) > before {
			inside++ // it was filling
		}
		if after > len(p.truth)*3/4 {
			dir = ""
		}
	}
	if inside < points {
		t.Errorf("only %d of %d kills met it filling", inside, kills)
	}
	if dir == "" {
		dir = filepath.Join(t.TempDir(), "cache")
	}
	s = start(t, setup{config: p.config(dir, mirrortest.OK)})
	if err := p.download(t, t.Context(), s.public); err != nil {
		t.Errorf("in the end: %v\n%s", err, s.talk)
	}
	s.stop(t)
	if n := p.whole(t, dir); n != len(p.truth) {
		t.Errorf("%d of %d files in the end", n, len(p.truth))
	}
	for _, name := range []string{"tmp", "quarantine"} {
		_ = filepath.WalkDir(filepath.Join(dir, ".yingzao", name), func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				t.Errorf("left behind: %s", path)
			}
			return nil
		})
	}
	t.Logf("%d kills in %d caches, %d of them while it was filling; 0 files torn; %d downloads were parked", kills, caches, inside, parked)
}

// P23: two processes with one cache, and clients of both at the same time.
func TestP23TwoProcesses(t *testing.T) {
	p := newProject(t, 20, 20*time.Millisecond)
	dir := filepath.Join(t.TempDir(), "cache")
	a, b := start(t, setup{config: p.config(dir, mirrortest.Slow)}), start(t, setup{config: p.config(dir, mirrortest.Slow)})
	var all sync.WaitGroup
	for _, s := range []*site{a, b, a, b} {
		all.Go(func() {
			if err := p.download(t, t.Context(), s.public); err != nil {
				t.Errorf("%v\n%s", err, s.talk)
			}
		})
	}
	all.Wait()
	if n := p.whole(t, dir); n != len(p.truth) {
		t.Errorf("%d of %d files", n, len(p.truth))
	}
	counts := map[string]int{}
	for _, r := range p.up.Requests() {
		if !strings.Contains(r.Path, "/sumdb/") {
			counts[r.Path]++
		}
	}
	most, sum := slices.Max(slices.Collect(maps.Values(counts))), 0
	for _, n := range counts {
		sum += n
	}
	if most > 2 {
		t.Errorf("a file was fetched %d times", most)
	}
	t.Logf("%d files, %d fetches by two processes, none more than %d times", len(p.truth), sum, most)
	a.stop(t)
	b.stop(t)
}

// P19 as the stock go command sees it: it goes on behind the comma when, and only
// when, it is certain that a module does not exist.
func TestP19FallsThrough(t *testing.T) {
	second := mirrortest.New(t, mirrortest.Options{Modules: mirrortest.Modules{"example.com/hello@v1.0.0": {"hello.go": "package hello\n"}}})
	stranger := mirrortest.New(t, mirrortest.Options{TLS: mirrortest.TLSGood, Modules: mirrortest.Modules{}}) // by an authority that nobody knows
	const dead = "http://127.0.0.1:1"                                                                         // a port that nobody is given in the meantime
	for name, tc := range map[string]struct {
		mirrors string
		through bool
		says    string
	}{
		"404":          {"'" + second.URL(mirrortest.NotFound) + "'", true, ""},
		"410":          {"'" + second.URL(mirrortest.Gone) + "'", true, ""},
		"404 and 503":  {"'" + second.URL(mirrortest.NotFound) + "', '" + second.URL(mirrortest.Unavailable) + "'", false, "503 Service Unavailable"},
		"403":          {"'" + second.URL(mirrortest.Forbidden) + "'", false, "503 Service Unavailable"},
		"500":          {"'" + second.URL(mirrortest.ServerError) + "'", false, "503 Service Unavailable"},
		"TLS":          {"'" + stranger.URL(mirrortest.OK) + "'", false, "503 Service Unavailable"},
		"nobody there": {"'" + dead + "'", false, "503 Service Unavailable"},
		"blocked":      {"'" + second.URL(mirrortest.OK) + "']\n  routes: [{match: example.com/hello, block: not in this house}", false, "not in this house"},
	} {
		t.Run(name, func(t *testing.T) {
			second.Forget()
			s := start(t, setup{config: "  mirrors: [" + tc.mirrors + "]\n  cache: {dir: cache}\n", args: []string{"--sumdb", "off"}})
			c := newClient(t, "http://"+s.public+","+second.URL(mirrortest.Stale), "GOSUMDB=off")
			_, e, err := c.run(t.Context(), map[string]string{"go.mod": "module example.com/x\n"}, "mod", "download", "example.com/hello@v1.0.0")
			asked := 0
			for _, r := range second.Requests() {
				if strings.HasPrefix(r.Path, "/stale/") {
					asked++
				}
			}
			if (err == nil) != tc.through || (asked > 0) != tc.through || !strings.Contains(e, tc.says) {
				t.Errorf("%v, %d requests behind the comma\n%s\n%s", err, asked, e, s.talk)
			}
		})
	}
}

var goroutines = regexp.MustCompile(`(?m)^go_goroutines (\d+)$`)

func (x *site) goroutines(t testing.TB) int {
	t.Helper()
	_, metrics := get(t, "http://"+x.admin+"/metrics")
	m := goroutines.FindStringSubmatch(metrics)
	if m == nil {
		t.Fatal(metrics)
	}
	n, _ := strconv.Atoi(m[1])
	return n
}

// P18 at the real limits: 200 clients that send their headers a byte at a time, on
// both sides, are let go after 10 s; others are answered all the while, and the
// goroutines end.
func TestP18SlowLoris(t *testing.T) {
	t.Parallel()
	s := start(t, setup{args: []string{"--offline", "--cache", "cache", "--sumdb", "off"}})
	before := s.goroutines(t)
	var all sync.WaitGroup
	var mu sync.Mutex
	shortest, longest := time.Hour, time.Duration(0)
	for i := range 200 {
		all.Go(func() {
			c, err := net.Dial("tcp", []string{s.public, s.public, s.public, s.admin}[i%4])
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			begin := time.Now()
			// A minute's worth.
			for _, b := range []byte("GET /example.com/hello/@v/list HTTP/1.1\r\nHost: proxy.test\r\nX: " + strings.Repeat("a", 140)) {
				if _, err := c.Write([]byte{b}); err != nil {
					break
				}
				_ = c.SetReadDeadline(time.Now().Add(300 * time.Millisecond))
				if _, err := c.Read(make([]byte, 1)); err != nil && !os.IsTimeout(err) {
					break
				}
			}
			mu.Lock()
			defer mu.Unlock()
			shortest, longest = min(shortest, time.Since(begin)), max(longest, time.Since(begin))
		})
	}
	gone := make(chan struct{})
	go func() { defer close(gone); all.Wait() }()
	var slowest time.Duration
	most := 0
	for left := false; !left; {
		asked := time.Now()
		if status, _ := get(t, "http://"+s.public+"/healthz"); status != http.StatusOK {
			t.Error(status)
		}
		slowest = max(slowest, time.Since(asked))
		most = max(most, s.goroutines(t))
		select {
		case <-gone:
			left = true
		case <-time.After(500 * time.Millisecond):
		}
	}
	if longest > 40*time.Second || shortest < 9*time.Second {
		t.Errorf("they were let go after %v to %v", shortest, longest)
	}
	after := 0
	for range 600 {
		if after = s.goroutines(t); after <= before+4 {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if after > before+4 || most < before+150 {
		t.Errorf("%d goroutines before, %d with them, %d after", before, most, after)
	}
	t.Logf("200 slow clients: gone after %v at most; %d, %d, %d goroutines before, with and after them; meanwhile the slowest answer took %v", longest.Round(100*time.Millisecond), before, most, after, slowest.Round(time.Millisecond))
	s.stop(t)
}

// P25: the proxy listens on IPv6 alone, and a stock go command comes by it.
func TestP25OnlyIPv6(t *testing.T) {
	l, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		missing(t, "IPv6")
	}
	l.Close()
	p := newProject(t, 2, 0)
	s := start(t, setup{config: p.config("cache", mirrortest.OK), listen: "[::1]:0"})
	if err := p.download(t, t.Context(), s.public); err != nil {
		t.Errorf("%v\n%s", err, s.talk)
	}
	_, port, _ := net.SplitHostPort(s.public)
	// Somebody else may listen there, with another answer or none.
	const key = "example.com/many/m0/@v/v1.0.0.zip"
	tr := &http.Transport{}
	defer tr.CloseIdleConnections()
	if _, body, err := fetch(t.Context(), &http.Client{Transport: tr, Timeout: 10 * time.Second}, "http://127.0.0.1:"+port+"/"+key); err == nil && string(body) == p.truth[key] {
		t.Error("it listens on IPv4 too")
	}
	s.stop(t)
}
