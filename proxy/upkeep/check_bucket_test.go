package upkeep

import (
	"context"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/cos"
	"github.com/yingzao-dev/yingzao/internal/store/file"
	"github.com/yingzao-dev/yingzao/internal/store/oss"
	"github.com/yingzao-dev/yingzao/internal/store/remotetest"
	"github.com/yingzao-dev/yingzao/internal/store/s3"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/config"
	"github.com/yingzao-dev/yingzao/proxy/fill"
	"github.com/yingzao-dev/yingzao/proxy/server"
)

// onStores runs a test on each kind of bucket.
func onStores(t *testing.T, test func(t *testing.T, st store.Store)) {
	t.Run("file", func(t *testing.T) {
		st, err := file.New(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		test(t, st)
	})
	for name, site := range map[string]remotetest.Site{
		"oss": {Dialect: bucket.OSS, Opener: oss.Opener, URL: "oss://releases/some/prefix?region=cn-hangzhou&scheme=http"},
		"cos": {Dialect: bucket.COS, Opener: cos.Opener, URL: "cos://releases-1250000000/some/prefix?region=ap-guangzhou&scheme=http"},
		"s3":  {Dialect: bucket.S3, Opener: s3.Opener, URL: "s3://releases/some/prefix?endpoint=http://s3.us-east-1.storage.test"},
	} {
		t.Run(name, func(t *testing.T) {
			st, _ := site.New(t, bucket.Options{Versioned: name == "cos"})
			test(t, st)
		})
	}
}

// replicas is a mirror, a bucket that a replica has filled from it, and what a replica
// with an empty directory is made of.
func replicas(t *testing.T, st store.Store) (*mirrortest.Server, config.Config, server.Deps) {
	t.Helper()
	up, c := world(t)
	c.Cache.Store = "test://bucket"
	d := server.Deps{Temp: filepath.Join(t.TempDir(), "temp"), Stores: store.Schemes{"test": func(context.Context, *url.URL) (store.Store, error) { return st, nil }}}
	for _, m := range []string{"example.com/a", "example.com/b", team} {
		fetch(t, c, d, m)
	}
	return up, fresh(t, c), d
}

func fresh(t *testing.T, c config.Config) config.Config {
	c.Cache.Dir = filepath.Join(t.TempDir(), "fresh")
	return c
}

// fetch asks a replica for a module.
func fetch(t *testing.T, c config.Config, d server.Deps, module string) {
	t.Helper()
	version := "v1.0.0"
	if module == "example.com/b" {
		version = "v1.1.0"
	}
	p, err := server.Assemble(t.Context(), c, d, server.Other{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close(context.Background())
	for _, kind := range []proxy.Kind{proxy.Info, proxy.Mod, proxy.Zip} {
		o, err := p.Files.Get(t.Context(), proxy.File{Kind: kind, Module: module, Version: version})
		if err != nil {
			t.Fatal(err)
		}
		_ = o.Close()
	}
}

func put(t *testing.T, st store.Store, key, data string) {
	t.Helper()
	if _, err := st.Put(t.Context(), key, strings.NewReader(data), int64(len(data)), store.PutOptions{}); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, st store.Store, key string) string {
	t.Helper()
	r, _, err := st.Get(t.Context(), key, 0, -1)
	if err != nil {
		return ""
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// listing is every object with its content.
func listing(t *testing.T, st store.Store) string {
	t.Helper()
	var all strings.Builder
	var keys []string
	if err := st.List(t.Context(), "", func(i store.Info) error { keys = append(keys, i.Key); return nil }); err != nil {
		t.Fatal(err)
	}
	for _, key := range keys {
		all.WriteString(key + " " + get(t, st, key) + "\n")
	}
	return all.String()
}

// one is a key that begins so.
func one(t *testing.T, st store.Store, prefix string) (key string) {
	t.Helper()
	_ = st.List(t.Context(), prefix, func(i store.Info) error { key = i.Key; return io.EOF })
	if key == "" {
		t.Fatalf("no %s", prefix)
	}
	return key
}

// What is wrong in a bucket is found without asking a mirror or changing anything, copied
// aside and mended, and then all is well; by somebody who has no directory of his own.
func TestCheckBucket(t *testing.T) {
	onStores(t, func(t *testing.T, st store.Store) {
		up, c, d := replicas(t, st)
		zip, lookup := "example.com/a/@v/v1.0.0.zip", "sumdb/sum.mirror.test/lookup/example.com/b@v1.1.0"
		spoiled := map[string]string{
			zip:                           "bad",
			"example.com/a/@v/v1.0.0.mod": "module evil\n",
			team + "/@v/v1.0.0.info":      "{}",
			lookup:                        strings.Replace(get(t, st, lookup), "v1.1.0 h1:", "v1.1.0 h1:A", 1),
		}
		good := map[string]string{}
		for key, data := range spoiled {
			good[key] = get(t, st, key)
			put(t, st, key, data)
		}
		put(t, st, "index.html", "whose?")
		up.Forget()
		before := listing(t, st)
		ask := func(o CheckOptions) CheckReport {
			t.Helper()
			r, err := Check(t.Context(), c, d, o)
			if err != nil || r.Bucket == nil {
				t.Fatalf("%v: %+v", err, r)
			}
			return r
		}
		r := ask(CheckOptions{})
		if r.Sound() || len(r.Bucket.Wrong) < len(spoiled) || r.Bucket.Foreign.Count != 1 || r.Cache != "" || len(up.Requests()) > 0 || listing(t, st) != before {
			t.Fatalf("%+v, asked %v", r.Bucket, up.Requests())
		}
		r = ask(CheckOptions{Mend: true})
		if !r.Sound() || len(r.Bucket.Wrong) != len(spoiled) {
			t.Fatalf("%+v", r.Bucket)
		}
		for _, w := range r.Bucket.Wrong {
			if w.Outcome != Mended || spoiled[w.Key] == "" {
				t.Errorf("%+v", w)
			}
			if got := get(t, st, one(t, st, ".yingzao/quarantine/"+w.Key+"@")); got != spoiled[w.Key] {
				t.Errorf("%s: the copy is %q", w.Key, got)
			}
		}
		for key, want := range good {
			if got := get(t, st, key); got != want && !strings.HasSuffix(key, ".info") {
				t.Errorf("%s is %q", key, got)
			}
		}
		up.Close()
		if r = ask(CheckOptions{}); !r.Sound() || len(r.Bucket.Wrong) > 0 || get(t, st, "index.html") == "" {
			t.Errorf("afterwards: %+v", r.Bucket)
		}
		if _, err := os.Stat(c.Cache.Dir); !os.IsNotExist(err) {
			t.Error("a directory was made")
		}
		if left, _ := filepath.Glob(filepath.Join(d.Temp, "*", "*")); len(left) > 0 {
			t.Errorf("left %v", left)
		}
	})
}

// A damaged tile is told of, and so is what needs it; whose fault it is nobody knows, so
// that nothing is removed.
func TestCheckBucketTile(t *testing.T) {
	st, err := file.New(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	_, c, d := replicas(t, st)
	tile := one(t, st, "sumdb/sum.mirror.test/tile/8/0/")
	bad := string(flip([]byte(get(t, st, tile))))
	put(t, st, tile, bad)
	r, err := Check(t.Context(), c, d, CheckOptions{})
	if err != nil || r.Sound() || !slices.ContainsFunc(r.Bucket.Wrong, func(w Wrong) bool { return w.Key == tile && w.Outcome == Found }) || get(t, st, tile) != bad {
		t.Errorf("%v: %+v", err, r.Bucket)
	}
}

// With every mirror dead, the directory of a replica heals the bucket; what nobody has is
// lost, and kept in quarantine.
func TestCheckBucketOffline(t *testing.T) {
	st, err := file.New(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	up, c, d := replicas(t, st)
	fetch(t, c, d, "example.com/a") // into this replica's directory
	up.Close()
	c.Offline = true
	a, b := "example.com/a/@v/v1.0.0.zip", "example.com/b/@v/v1.1.0.zip"
	put(t, st, a, "bad")
	put(t, st, b, "bad")
	r, err := Check(t.Context(), c, d, CheckOptions{Mend: true})
	if err != nil || r.Sound() || r.Cache == "" || len(r.Bucket.Wrong) != 2 || r.Bucket.Wrong[0].Outcome != Mended || r.Bucket.Wrong[1].Outcome != Lost || r.Bucket.Wrong[1].Why.IsZero() {
		t.Fatalf("%v: %+v", err, r.Bucket)
	}
	if len(get(t, st, a)) < 10 || get(t, st, b) != "" || get(t, st, one(t, st, ".yingzao/quarantine/"+b+"@")) != "bad" {
		t.Error("not as told")
	}
	if r, err = Check(t.Context(), c, d, CheckOptions{Mend: true}); err != nil || !r.Sound() || r.Bucket.Orphans.Count+r.Bucket.Young != 1 {
		t.Errorf("%v: %+v", err, r.Bucket)
	}
}

// Proofs that are missing are counted, and completed once the database is there: in the
// directory and in the bucket; what fails goes into quarantine.
func TestCheckCompletesProofs(t *testing.T) {
	st, err := file.New(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	up, c := world(t)
	c.Cache.Store = "test://bucket"
	d := server.Deps{Temp: filepath.Join(t.TempDir(), "temp"), Stores: store.Schemes{"test": func(context.Context, *url.URL) (store.Store, error) { return st, nil }}}
	p, err := server.Assemble(t.Context(), c, d, server.Other{})
	if err != nil {
		t.Fatal(err)
	}
	f := fill.New(fill.Options{Cache: p.Cache, Routes: p.Routes, Mode: fill.Async, Sums: unreachable{}})
	keys := []string{"example.com/a/@v/v1.0.0.zip", "example.com/b/@v/v1.1.0.mod"}
	for _, key := range keys {
		file, _ := proxy.Parse(key)
		o, err := f.Get(t.Context(), file)
		if err != nil {
			t.Fatal(err)
		}
		_ = o.Close()
	}
	_ = f.Close(t.Context())
	if err := p.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	up.Forget()
	r, err := Check(t.Context(), c, d, CheckOptions{})
	if err != nil || !r.Sound() || r.Unproven != 4 || len(up.Requests()) > 0 {
		t.Fatalf("%v: %+v, asked %v", err, r, up.Requests())
	}
	for _, conf := range []config.Config{c, fresh(t, c)} {
		r, err = Check(t.Context(), conf, d, CheckOptions{Mend: true})
		if err != nil || !r.Sound() || r.Unproven != 0 {
			t.Fatalf("%v: %+v", err, r)
		}
	}
	for _, key := range keys {
		if got := get(t, st, ".yingzao/records/"+key+".json"); !strings.Contains(got, `"proof":"sumdb:sum.mirror.test#`) || !strings.Contains(got, `"proven":`) {
			t.Errorf("%s", got)
		}
	}
}

type unreachable struct{}

func (unreachable) Name() string { return "sum.mirror.test" }
func (unreachable) Sums(context.Context, string, string) (mirror.Sums, int64, error) {
	return mirror.Sums{}, 0, proxy.Fail(proxy.ErrUnavailable, "record", nil)
}
