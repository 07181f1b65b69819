package cache

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/file"
	"github.com/yingzao-dev/yingzao/internal/store/storetest"
	"github.com/yingzao-dev/yingzao/proxy"
)

const aged = "example.com/Aged"

var agedZip = key(proxy.Zip, aged, "v1.0.0")

// stocked is a bucket with a module of each kind of object, filled long ago.
func stocked(t testing.TB, st store.Store) (c *Cache, later func() time.Time) {
	t.Helper()
	c = open(t, Options{Shared: st})
	zipped, h1 := moduleZip(t, aged, "v1.0.0", 4000)
	mod := []byte("module " + aged + "\n")
	modH1, err := hashMod(mod)
	if err != nil {
		t.Fatal(err)
	}
	mustFill(t, c, agedZip, zipped, Record{Route: "r", H1: h1, Proof: "sumdb:s#1"})
	mustFill(t, c, key(proxy.Mod, aged, "v1.0.0"), mod, Record{Route: "r", H1: modH1, Proof: "sumdb:s#1"})
	mustFill(t, c, key(proxy.Info, aged, "v1.0.0"), []byte(`{"Version":"v1.0.0"}`), Record{Route: "r"})
	mustFill(t, c, "dl/go1.tar.gz", []byte("archive"), Record{})
	mustFill(t, c, "dl/go1.tar.gz.sha256", []byte("2f9acce413dc80a0a84a97e0e0c86d8d1b6ce3e1b0c3ae5fbe2f7ee4c6fb43f7"), Record{})
	if err := c.WriteMutable(t.Context(), key(proxy.List, aged, ""), []byte("v1.0.0\n")); err != nil {
		t.Fatal(err)
	}
	return c, func() time.Time { return time.Now().Add(3 * time.Hour) }
}

// look is a reader of a bucket, some time later.
func look(t testing.TB, st store.Store, o SharedOptions, now func() time.Time) map[string]Stored {
	t.Helper()
	c := open(t, Options{Shared: st, Now: now})
	o.Scratch = t.TempDir()
	found := map[string]Stored{}
	if err := c.CheckShared(t.Context(), o, func(s Stored) error {
		if _, twice := found[s.Key]; twice {
			t.Errorf("%s twice", s.Key)
		}
		found[s.Key] = s
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(o.Scratch); len(left) > 0 {
		t.Errorf("left %v", left)
	}
	return found
}

// faults are those of what was found.
func faults(found map[string]Stored) string {
	var all []string
	for _, k := range slices.Sorted(maps.Keys(found)) {
		if s := found[k]; s.Fault != "" {
			all = append(all, fmt.Sprintf("%s %s", s.Fault, k))
		} else if s.Young {
			all = append(all, "young "+k)
		}
	}
	return strings.Join(all, "\n")
}

func overwrite(t testing.TB, st store.Store, key, data string) {
	t.Helper()
	if _, err := st.Put(t.Context(), key, strings.NewReader(data), int64(len(data)), store.PutOptions{}); err != nil {
		t.Fatal(err)
	}
}

// objects are all that a bucket has, by key.
func objects(t testing.TB, st store.Store) map[string]string {
	t.Helper()
	all := map[string]string{}
	if err := st.List(t.Context(), "", func(i store.Info) error {
		all[i.Key] = ""
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for k := range all {
		all[k] = object(t, st, k)
	}
	return all
}

// Each damage is found, where it is and as what it is, and nothing else; looking
// changes nothing.
func TestBucketDamages(t *testing.T) {
	t.Parallel()
	other, _ := moduleZip(t, aged, "v1.0.0", 5000)
	foreign, _ := moduleZip(t, "example.com/other", "v1.0.0", 5000)
	otherH1 := "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
	for name, tc := range map[string]struct {
		do   func(t *testing.T, st store.Store)
		want string
	}{
		"nothing":         {func(*testing.T, store.Store) {}, ""},
		"zip cut":         {func(t *testing.T, st store.Store) { overwrite(t, st, agedZip, object(t, st, agedZip)[:900]) }, "damaged " + agedZip},
		"zip empty":       {func(t *testing.T, st store.Store) { overwrite(t, st, agedZip, "") }, "damaged " + agedZip},
		"zip other":       {func(t *testing.T, st store.Store) { overwrite(t, st, agedZip, string(other)) }, "damaged " + agedZip},
		"zip of another":  {func(t *testing.T, st store.Store) { overwrite(t, st, agedZip, string(foreign)) }, "damaged " + agedZip},
		"zip and ziphash": {func(t *testing.T, st store.Store) { swap(t, st, other) }, "damaged " + agedZip},
		"ziphash form":    {func(t *testing.T, st store.Store) { overwrite(t, st, hashKey(agedZip), "h1:AAAA=") }, "damaged " + agedZip},
		"ziphash other":   {func(t *testing.T, st store.Store) { overwrite(t, st, hashKey(agedZip), otherH1) }, "damaged " + agedZip},
		"no ziphash":      {func(t *testing.T, st store.Store) { drop(t, st, hashKey(agedZip)) }, "half " + agedZip},
		"no zip": {func(t *testing.T, st store.Store) { drop(t, st, agedZip) },
			"orphan " + recordKey(agedZip) + "\nhalf " + hashKey(agedZip)},
		"mod":         {func(t *testing.T, st store.Store) { overwrite(t, st, key(proxy.Mod, aged, "v1.0.0"), "module x\n") }, "damaged " + key(proxy.Mod, aged, "v1.0.0")},
		"info":        {func(t *testing.T, st store.Store) { overwrite(t, st, key(proxy.Info, aged, "v1.0.0"), "{}") }, "damaged " + key(proxy.Info, aged, "v1.0.0")},
		"record":      {func(t *testing.T, st store.Store) { overwrite(t, st, recordKey(agedZip), "{") }, "damaged " + recordKey(agedZip)},
		"record of x": {func(t *testing.T, st store.Store) { overwrite(t, st, recordKey(agedZip), `{"key":"x"}`) }, "damaged " + recordKey(agedZip)},
		"archive":     {func(t *testing.T, st store.Store) { overwrite(t, st, "dl/go1.tar.gz", "else") }, "damaged dl/go1.tar.gz"},
		"tile":        {func(t *testing.T, st store.Store) { overwrite(t, st, "sumdb/s/tile/8/0/001", "short") }, "damaged sumdb/s/tile/8/0/001"},
		"foreign": {func(t *testing.T, st store.Store) {
			overwrite(t, st, "index.html", "x")
			overwrite(t, st, hidden+"/else", "x")
			overwrite(t, st, "example.com/a/@v/v1.0.0.zip.part", "x")
			overwrite(t, st, quarantineDir+"/example.com/a@0123", "x")
		}, "foreign .yingzao/else\nforeign example.com/a/@v/v1.0.0.zip.part\nforeign index.html"},
	} {
		t.Run(name, func(t *testing.T) {
			st := directory(t)
			_, later := stocked(t, st)
			overwrite(t, st, "dl/go1.tar.gz.sha256", sha256Of("archive"))
			tc.do(t, st)
			before := objects(t, st)
			if got := faults(look(t, st, SharedOptions{}, later)); got != tc.want {
				t.Errorf("found:\n%s\nwant:\n%s", got, tc.want)
			}
			if !maps.Equal(before, objects(t, st)) {
				t.Error("looking changed something")
			}
		})
	}
}

// swap replaces a zip and its .ziphash: only the record tells.
func swap(t *testing.T, st store.Store, zipped []byte) {
	h1, err := hashZip(bytes.NewReader(zipped), int64(len(zipped)))
	if err != nil {
		t.Fatal(err)
	}
	overwrite(t, st, agedZip, string(zipped))
	overwrite(t, st, hashKey(agedZip), h1)
}

func drop(t testing.TB, st store.Store, key string) {
	t.Helper()
	if err := st.Delete(t.Context(), key); err != nil {
		t.Fatal(err)
	}
}

// On each service, with and without versions: found, copied, deleted, and put back out of
// the directory of a replica that has it.
func TestBucketMended(t *testing.T) {
	t.Parallel()
	onBuckets(t, func(t *testing.T, st store.Store) {
		c, later := stocked(t, st)
		overwrite(t, st, "dl/go1.tar.gz.sha256", sha256Of("archive"))
		good := objects(t, st)
		overwrite(t, st, agedZip, "bad")
		found := look(t, st, SharedOptions{}, later)
		if got := faults(found); got != "damaged "+agedZip || found[key(proxy.Mod, aged, "v1.0.0")].Record.Proof != "sumdb:s#1" {
			t.Fatalf("found:\n%s", got)
		}
		s := found[agedZip]
		if err := c.Isolate(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		aside := quarantineDir + "/" + agedZip + "@" + sha256Of("bad")[:16]
		if now := objects(t, st); now[aside] != "bad" || !strings.Contains(now[aside+".why"], "reason") || now[agedZip] != "" || now[hashKey(agedZip)] != "" {
			t.Fatalf("%q", slices.Sorted(maps.Keys(now)))
		}
		if err := c.Isolate(t.Context(), s); err != nil {
			t.Errorf("a second time: %v", err)
		}
		if ok, err := c.Restore(t.Context(), s); !ok || err != nil {
			t.Fatalf("%v, %v", ok, err)
		}
		now := objects(t, st)
		for k, want := range good {
			if now[k] != want {
				t.Errorf("%s is not what it was", k)
			}
		}
		// What somebody has mended meanwhile stays.
		if err := c.Isolate(t.Context(), s); err != nil || object(t, st, agedZip) != good[agedZip] {
			t.Errorf("the verdict on another object counted: %v", err)
		}
	})
}

// Whatever call fails, while a replica mends: there is always the object or its copy, and
// when all is said and done the next run makes it right.
func TestBucketMendingFails(t *testing.T) {
	t.Parallel()
	mod := key(proxy.Mod, aged, "v1.0.0")
	step := 5
	if os.Getenv("YINGZAO_E2E") == "require" {
		step = 1
	}
	for name, tc := range map[string]struct {
		wrong string
		spoil func(t *testing.T, st store.Store)
	}{
		"zip":        {agedZip, func(t *testing.T, st store.Store) { overwrite(t, st, agedZip, "bad") }},
		"no ziphash": {agedZip, func(t *testing.T, st store.Store) { drop(t, st, hashKey(agedZip)) }},
		"mod":        {mod, func(t *testing.T, st store.Store) { overwrite(t, st, mod, "bad") }},
		"record":     {recordKey(mod), func(t *testing.T, st store.Store) { overwrite(t, st, recordKey(mod), "bad") }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			template := t.TempDir()
			first, err := file.New(template)
			if err != nil {
				t.Fatal(err)
			}
			c, later := stocked(t, first)
			good := objects(t, first)
			tc.spoil(t, first)
			bad := object(t, first, tc.wrong)
			prefix := strings.TrimSuffix(strings.TrimSuffix(tc.wrong, ".json"), ".zip")
			prefix = strings.TrimPrefix(prefix, recordDir+"/")
			storetest.FailSome(t, step, func(t *testing.T, inject storetest.Inject) {
				dir, ours := t.TempDir(), t.TempDir()
				for from, to := range map[string]string{template: dir, c.Dir(): ours} {
					if err := os.CopyFS(to, os.DirFS(from)); err != nil {
						t.Fatal(err)
					}
				}
				bare, err := file.New(dir)
				if err != nil {
					t.Fatal(err)
				}
				ctx, st, _ := inject(bare)
				_ = mendAll(ctx, t, st, ours, prefix, later)
				now := objects(t, bare)
				if now[tc.wrong] != bad && now[tc.wrong] != good[tc.wrong] && now[quarantineDir+"/"+tc.wrong+"@"+sha256Of(bad)[:16]] != bad {
					t.Fatalf("%s is lost: %q", tc.wrong, slices.Sorted(maps.Keys(now)))
				}
				for k, want := range good {
					if k != tc.wrong && k != hashKey(tc.wrong) && now[k] != want {
						t.Errorf("%s was sound, and is gone", k)
					}
				}
				if err := mendAll(t.Context(), t, bare, ours, prefix, later); err != nil {
					t.Fatal(err)
				}
				now = objects(t, bare)
				for k, want := range good {
					if now[k] != want {
						t.Errorf("%s: %q", k, now[k])
					}
				}
			})
		})
	}
}

// mendAll is fsck --repair of a replica with this directory.
func mendAll(ctx context.Context, t *testing.T, st store.Store, dir, prefix string, now func() time.Time) error {
	c, err := Open(ctx, Options{Dir: dir, Shared: st, Now: now})
	if err != nil {
		return err
	}
	defer c.Close()
	c.pause = time.Microsecond
	return c.CheckShared(ctx, SharedOptions{Scratch: t.TempDir(), Prefix: prefix}, func(s Stored) error {
		if s.Fault == Half || s.Fault == Orphan {
			if ok, err := c.Restore(ctx, s); ok || err != nil {
				return err
			}
		}
		switch s.Fault {
		case "":
			_, err := c.Restore(ctx, s) // its record, of a run that was interrupted
			return err
		case Orphan:
			return nil
		case Foreign, Unread:
			return s.Err
		}
		if err := c.Isolate(ctx, s); err != nil {
			return err
		}
		_, err := c.Restore(ctx, s)
		return err
	})
}

// Replicas fill while it is looked at: what is young, or may be on its way, is no finding.
func TestBucketIsBeingFilled(t *testing.T) {
	st := directory(t)
	stocked(t, st)
	overwrite(t, st, "dl/go1.tar.gz.sha256", sha256Of("archive"))
	drop(t, st, hashKey(agedZip)) // its writer is about to put it
	drop(t, st, key(proxy.Info, aged, "v1.0.0"))
	got := faults(look(t, st, SharedOptions{}, func() time.Time { return time.Now().Add(time.Second) }))
	if got != "young "+recordKey(key(proxy.Info, aged, "v1.0.0"))+"\nyoung "+agedZip {
		t.Errorf("found:\n%s", got)
	}
	overwrite(t, st, agedZip, "bad")
	for k, s := range look(t, st, SharedOptions{}, func() time.Time { return time.Now().Add(-time.Hour) }) {
		if !s.Young || s.Fault != "" {
			t.Errorf("%s is younger than the start: %+v", k, s)
		}
	}
	if got := faults(look(t, st, SharedOptions{Prefix: "example.com/"}, time.Now)); !strings.Contains(got, "damaged "+agedZip) {
		t.Errorf("what is whole and wrong is wrong however young:\n%s", got)
	}
}

// Four replicas fill, and one of them looks all the while: nothing is wrong.
func TestBucketUnderLoad(t *testing.T) {
	t.Parallel()
	st := directory(t)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 4)
	for n := range 4 {
		c := open(t, Options{Shared: st})
		go func() {
			var err error
			for i := 0; ctx.Err() == nil && err == nil; i++ {
				path := fmt.Sprintf("example.com/load%d", i)
				zipped, h1 := moduleZip(t, path, "v1.0.0", 20_000)
				if err = fill(t.Context(), c, key(proxy.Zip, path, "v1.0.0"), zipped, Record{H1: h1, Proof: "none", Route: fmt.Sprint(n)}); err == nil {
					err = fill(t.Context(), c, key(proxy.Mod, path, "v1.0.0"), []byte("module "+path+"\n"), Record{Route: "r"})
				}
			}
			done <- err
		}()
	}
	seen := 0
	for seen < 300 && len(done) == 0 {
		found := look(t, st, SharedOptions{}, time.Now)
		seen += len(found)
		for k, s := range found {
			if s.Fault != "" {
				t.Errorf("%s %s: %v", s.Fault, k, s.Err)
			}
		}
	}
	stop()
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if got := faults(look(t, st, SharedOptions{}, func() time.Time { return time.Now().Add(3 * time.Hour) })); got != "" || seen < 300 {
		t.Errorf("%d looked at, and afterwards:\n%s", seen, got)
	}
}

// The bucket breaks off, for a moment or for good; what was seen is not told twice.
func TestBucketListingBreaks(t *testing.T) {
	bare := directory(t) // which nobody changes
	_, later := stocked(t, bare)
	overwrite(t, bare, "dl/go1.tar.gz.sha256", sha256Of("archive"))
	storetest.FailSome(t, 2, func(t *testing.T, inject storetest.Inject) {
		ctx, st, reached := inject(bare)
		c := open(t, Options{Shared: st, Now: later})
		seen := map[string]int{}
		err := c.CheckShared(ctx, SharedOptions{Scratch: t.TempDir()}, func(s Stored) error {
			if seen[s.Key]++; seen[s.Key] > 1 {
				t.Errorf("%s twice", s.Key)
			}
			if s.Fault != "" && s.Fault != Unread {
				t.Errorf("trouble was taken for a fault: %s %s: %v", s.Fault, s.Key, s.Err)
			}
			return nil
		})
		if err == nil && len(seen) != 10 || err != nil && !reached() {
			t.Errorf("%v, %d seen", err, len(seen))
		}
	})
}

// A kept database proves what no record tells; one that cannot be asked accuses nobody.
func TestBucketProofs(t *testing.T) {
	st := directory(t)
	_, later := stocked(t, st)
	overwrite(t, st, "dl/go1.tar.gz.sha256", sha256Of("archive"))
	trouble := errors.New("trouble")
	found := look(t, st, SharedOptions{
		Proven: func(_ context.Context, f proxy.File) (string, error) {
			if f.Kind == proxy.Mod {
				return "", trouble
			}
			return "h1:other", nil
		},
	}, later)
	mod := key(proxy.Mod, aged, "v1.0.0")
	if got := faults(found); got != "unread "+recordKey(mod)+"\ndamaged "+recordKey(agedZip)+"\nunread "+mod+"\ndamaged "+agedZip {
		t.Errorf("found:\n%s", got)
	}
	if !errors.Is(found[mod].Err, trouble) || !strings.Contains(found[agedZip].Err.Error(), "h1:other") {
		t.Errorf("%v, %v", found[mod].Err, found[agedZip].Err)
	}
}

// Without room for zips nothing is known about them; they are not to blame.
func TestBucketWithoutScratch(t *testing.T) {
	st := directory(t)
	_, later := stocked(t, st)
	c := open(t, Options{Shared: st, Now: later, ReadOnly: true, Dir: t.TempDir()})
	err := c.CheckShared(t.Context(), SharedOptions{Scratch: filepath.Join(t.TempDir(), "absent"), Prefix: "example.com/"}, func(s Stored) error {
		if s.Key == agedZip && s.Fault != Unread || s.Key != agedZip && s.Fault != "" {
			t.Errorf("%s %s: %v", s.Fault, s.Key, s.Err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if err := c.Isolate(t.Context(), Stored{Key: agedZip}); err == nil {
		t.Error("a cache that must not write isolated")
	}
}

// Quarantine deletes nothing in the bucket that was not copied, even where the directory
// does not have the file.
func TestQuarantineCopies(t *testing.T) {
	st := directory(t)
	_, _ = stocked(t, st)
	data := object(t, st, agedZip)
	c := open(t, Options{Shared: st})
	if err := c.Quarantine(t.Context(), agedZip, errors.New("a test")); err != nil {
		t.Fatal(err)
	}
	now := objects(t, st)
	if now[agedZip] != "" || now[quarantineDir+"/"+agedZip+"@"+sha256Of(data)[:16]] != data {
		t.Errorf("%q", slices.Sorted(maps.Keys(now)))
	}
}

// A zip with other bytes and the same content is sound, as it is when it is fetched.
func TestBucketOtherBytes(t *testing.T) {
	st := directory(t)
	_, later := stocked(t, st)
	squeezed, _ := packed(t, aged, "v1.0.0", 4000, zip.Deflate)
	overwrite(t, st, agedZip, string(squeezed))
	if got := faults(look(t, st, SharedOptions{Prefix: "example.com/"}, later)); got != "" {
		t.Errorf("found:\n%s", got)
	}
}
