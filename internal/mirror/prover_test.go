package mirror

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"golang.org/x/mod/sumdb"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

func prover(t testing.TB, log *mirrortest.Log, sources ...Source) *Prover {
	t.Helper()
	p, err := NewProver(ProverOptions{Key: log.Key(), Sources: sources})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func headOf(t testing.TB, p *Prover, signed []byte) Head {
	t.Helper()
	h, err := p.OpenHead(signed)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestEachTileOnce(t *testing.T) {
	log := mirrortest.NewLog("sum.mirror.test")
	log.Fill(1000)
	p := prover(t, log, log.Read)
	head := headOf(t, p, log.Head(1000))
	var all sync.WaitGroup
	for i := range 100 {
		all.Go(func() {
			err := p.Lookup(t.Context(), "example.com/fill", "v0.0."+[]string{"7", "300", "999"}[i%3], func(r Record, _ []byte) error {
				return p.Prove(t.Context(), head, r)
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	asked := log.Asked()
	tiles := slices.DeleteFunc(asked, func(s string) bool { return strings.HasPrefix(s, "/lookup/") })
	slices.Sort(tiles)
	if want := []string{"/tile/8/0/000", "/tile/8/0/001", "/tile/8/0/003.p/232", "/tile/8/1/000.p/3"}; !slices.Equal(tiles, want) {
		t.Errorf("asked for %v", tiles)
	}
}

// Who waits for a tile gets it although whoever fetched it gave up.
func TestWhoFetchesGivesUp(t *testing.T) {
	log := mirrortest.NewLog("sum.mirror.test")
	log.Fill(1000)
	var first atomic.Bool
	began := make(chan struct{})
	p := prover(t, log, func(ctx context.Context, path string) ([]byte, error) {
		if strings.HasPrefix(path, "/tile/8/1") && first.CompareAndSwap(false, true) {
			close(began)
			<-ctx.Done()
			return nil, ctx.Err()
		}
		return log.Read(ctx, path)
	})
	head := headOf(t, p, log.Head(1000))
	ctx, leave := context.WithCancel(t.Context())
	var both sync.WaitGroup
	both.Go(func() {
		if _, err := p.Tile(ctx, head, tlog.Tile{H: 8, L: 0, N: 1, W: 256}); !errors.Is(err, context.Canceled) {
			t.Errorf("who left: %v", err)
		}
	})
	<-began
	both.Go(func() {
		if _, err := p.Tile(t.Context(), head, tlog.Tile{H: 8, L: 0, N: 1, W: 256}); err != nil {
			t.Errorf("who stayed: %v", err)
		}
	})
	leave()
	both.Wait()
}

func TestTilesOfAHead(t *testing.T) {
	log := mirrortest.NewLog("sum.mirror.test")
	log.Fill(70_000)
	p := prover(t, log, log.Read)
	for _, n := range []int64{1, 255, 256, 257, 65_536, 65_537, 70_000} {
		head := headOf(t, p, log.Head(n))
		for _, tile := range tlog.NewTiles(8, max(0, n-300), n) {
			want, err := log.Read(t.Context(), "/"+tile.Path())
			if err != nil {
				t.Fatal(err)
			}
			if got, err := p.Tile(t.Context(), head, tile); err != nil || !slices.Equal(got, want) || !head.Covers(tile) || head.Width(tile.L, tile.N) != tile.W {
				t.Errorf("head %d: %s: %v", n, tile.Path(), err)
			}
			if tile.W++; tile.W <= 256 && head.Covers(tile) {
				t.Errorf("head %d covers %s", n, tile.Path())
			}
		}
	}
	if _, err := p.Tile(t.Context(), headOf(t, p, log.Head(100)), tlog.Tile{H: 8, L: 0, N: 0, W: 101}); ClassOf(err) != WrongContent {
		t.Errorf("beyond the head: %v", err)
	}
}

func TestTimeline(t *testing.T) {
	log := mirrortest.NewLog("sum.mirror.test")
	log.Fill(2000)
	fork := log.Fork()
	fork.Fill(700)
	fork.Add("example.com/evil", "v1.0.0", "", "")
	fork.Fill(3000)
	p := prover(t, log, log.Read)
	var moves []int64
	line := p.Timeline(Head{}, func(_ context.Context, from, to Head) error {
		moves = append(moves, from.N, to.N)
		return nil
	})
	reach := func(n int64, signed ...[]byte) error {
		_, err := line.Reach(t.Context(), n, func(context.Context) ([][]byte, error) { return signed, nil })
		return err
	}
	if err := reach(500, log.Head(600), log.Head(400)); err != nil {
		t.Error(err)
	}
	if err := reach(500, []byte("not looked at")); err != nil {
		t.Error(err)
	}
	if err := reach(700, log.Head(650)); !errors.Is(err, ErrTooOld) || ClassOf(err) != WrongContent || !strings.Contains(msg.In(err, msg.Chinese), "过旧") {
		t.Errorf("too old: %v", err)
	}
	if err := reach(700, []byte("nonsense")); ClassOf(err) != WrongContent {
		t.Errorf("not signed: %v", err)
	}
	if err := reach(2000, log.Head(2000)); err != nil {
		t.Error(err)
	}
	forked := prover(t, log, fork.Read)
	line2 := forked.Timeline(line.Head(), nil)
	if _, err := line2.Reach(t.Context(), 2500, func(context.Context) ([][]byte, error) { return [][]byte{fork.Head(3000)}, nil }); ClassOf(err) != WrongContent {
		t.Errorf("a fork: %v", err)
	}
	if line.Head().N != 2000 || line2.Head().N != 2000 || !slices.Equal(moves, []int64{0, 600, 600, 2000}) {
		t.Errorf("at %d, %d after %v", line.Head().N, line2.Head().N, moves)
	}
}

// What OneHead writes is all that x/mod's client needs, whatever head it has of those
// named; and a head that was not named is not served.
func TestOneHead(t *testing.T) {
	log := mirrortest.NewLog("sum.mirror.test")
	records := map[string][]byte{}
	versions := []string{}
	for i, n := range []int64{3, 300, 301, 66_000, 66_500, 69_999} {
		log.Fill(n)
		version := "v1.0." + string(rune('0'+i))
		log.Add("example.com/Hello", version, "", "")
		what := "/lookup/example.com/!hello@" + version
		data, err := log.Read(t.Context(), what)
		if err != nil {
			t.Fatal(err)
		}
		records[what], versions = data, append(versions, version)
	}
	log.Fill(80_000)
	log.Asked()
	var mu sync.Mutex
	files := map[string][]byte{}
	o := HeadOptions{
		Key: log.Key(), Sources: []Source{log.Read}, Records: records, Earlier: [][]byte{log.Head(66_001), log.Head(256)},
		Write: func(_ context.Context, name string, data []byte) error {
			mu.Lock()
			defer mu.Unlock()
			files[name] = data
			return nil
		},
	}
	head, err := OneHead(t.Context(), o)
	if err != nil || head.N != 70_000 || string(files["latest"]) != string(head.Note) || len(files["lookup/example.com/!hello@v1.0.0"]) == 0 {
		t.Fatalf("%d %v", head.N, err)
	}
	for name, latest := range map[string][]byte{"none": nil, "66001": log.Head(66_001), "256": log.Head(256), "the same": head.Note, "other": log.Head(67_123)} {
		for _, version := range versions {
			_, err := sumdb.NewClient(&fileClient{key: log.Key(), latest: latest, files: files}).Lookup("example.com/Hello", version)
			if (err == nil) != (name != "other") {
				t.Errorf("a client with the head %s, %s: %v", name, version, err)
			}
		}
	}
	for _, path := range log.Asked() {
		if !strings.HasPrefix(path, "/tile/") {
			t.Errorf("asked for %s", path)
		}
	}
	// Refused: a record that is another's, one that is forged, no head, a head that is
	// older than a record, a full disk.
	for name, change := range map[string]func(*HeadOptions){
		"another's record": func(o *HeadOptions) {
			o.Records = map[string][]byte{"/lookup/example.com/!hello@v1.0.9": records["/lookup/example.com/!hello@v1.0.0"]}
		},
		"forged": func(o *HeadOptions) {
			o.Records = map[string][]byte{"/lookup/example.com/!hello@v1.0.0": []byte(strings.Replace(string(records["/lookup/example.com/!hello@v1.0.0"]), "h1:", "h1:A", 1))}
		},
		"no head":     func(o *HeadOptions) { o.Records = nil },
		"old head":    func(o *HeadOptions) { o.Head = log.Head(1000) },
		"newer first": func(o *HeadOptions) { o.Earlier = [][]byte{log.Head(75_000)} },
		"no tiles":    func(o *HeadOptions) { o.Sources = nil },
		"full":        func(o *HeadOptions) { o.Write = func(context.Context, string, []byte) error { return fs.ErrInvalid } },
		"not a path":  func(o *HeadOptions) { o.Records = map[string][]byte{"/lookup/../x@v1.0.0": nil} },
	} {
		o := o
		change(&o)
		if _, err := OneHead(t.Context(), o); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

// fileClient is x/mod's client over files.
type fileClient struct {
	key    string
	latest []byte
	files  map[string][]byte
}

func (c *fileClient) ReadRemote(path string) ([]byte, error) {
	if data, ok := c.files[path[1:]]; ok {
		return data, nil
	}
	return nil, fs.ErrNotExist
}

func (c *fileClient) ReadConfig(file string) ([]byte, error) {
	if file == "key" {
		return []byte(c.key), nil
	}
	return c.latest, nil
}

func (c *fileClient) WriteConfig(_ string, _, latest []byte) error { c.latest = latest; return nil }
func (c *fileClient) ReadCache(string) ([]byte, error)             { return nil, fs.ErrNotExist }
func (c *fileClient) WriteCache(string, []byte)                    {}
func (c *fileClient) Log(string)                                   {}
func (c *fileClient) SecurityError(string)                         {}

func FuzzLookupVersion(f *testing.F) {
	for _, s := range []string{"/lookup/example.com/!hello@v1.0.0", "/lookup/a@b", "/lookup/golang.org/toolchain@v0.0.1-go1.26.8.linux-amd64", "", "/lookup/../@v1.0.0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, what string) {
		m, err := LookupVersion(what)
		if err != nil {
			return
		}
		if again, err := LookupPath(m); err != nil || again != what {
			t.Fatalf("%q is %v is %q: %v", what, m, again, err)
		}
	})
}
