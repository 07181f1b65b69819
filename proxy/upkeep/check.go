package upkeep

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/mirror"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/workdir"
	"github.com/yingzao-dev/yingzao/proxy"
	"github.com/yingzao-dev/yingzao/proxy/cache"
	"github.com/yingzao-dev/yingzao/proxy/config"
	"github.com/yingzao-dev/yingzao/proxy/server"
	"github.com/yingzao-dev/yingzao/proxy/sumdb"
)

// CheckOptions say what is checked. The zero value: all of it, changing nothing.
type CheckOptions struct {
	// Prefix of the keys that are checked, like "golang.org/x/"; "" = all, and the
	// records of the checksum databases as well.
	Prefix string
	// Mend moves what is wrong into quarantine and fetches it again.
	Mend bool
	// Collect makes room by the budget afterwards.
	Collect bool
	// Progress is told of each file; nil = nobody is.
	Progress func(files int, bytes int64)
}

// Outcome is what became of a file that is wrong.
type Outcome string

// The outcomes.
const (
	Found  Outcome = "found"  // nothing was done about it
	Mended Outcome = "mended" // a proven one is in its place
	Gone   Outcome = "gone"   // moved into quarantine; whoever wants it makes it anew
	Lost   Outcome = "lost"   // moved into quarantine, and no other was to be had
)

// Wrong is a file that is not what it has to be.
type Wrong struct {
	Key     string   `json:"key"`
	Reason  msg.Text `json:"reason"`
	Outcome Outcome  `json:"outcome"`
	Why     msg.Text `json:"why,omitzero"` // no other was to be had
}

// Proofs are what was found about a checksum database.
type Proofs struct {
	Database string   `json:"database"`
	Records  int      `json:"records"` // that are proven
	Tree     int64    `json:"tree"`    // records under the site's head
	Reason   msg.Text `json:"reason,omitzero"`
	Outcome  Outcome  `json:"outcome,omitempty"` // "" = all is well
}

// CheckReport is what Check found and did.
type CheckReport struct {
	Cache     string           `json:"cache"` // the directory; "" = there is none, but a bucket
	Files     int              `json:"files"`
	Bytes     int64            `json:"bytes"`
	Wrong     []Wrong          `json:"wrong,omitempty"`
	Proofs    []Proofs         `json:"proofs,omitempty"`
	Collected *cache.Collected `json:"collected,omitempty"`
	// Unproven are files that were handed out while the checksum database was out of
	// reach and wait for their proof; Proven are those whose wait ended now: completed,
	// or in quarantine.
	Unproven int           `json:"unproven"`
	Proven   int           `json:"proven"`
	Bucket   *BucketReport `json:"bucket,omitempty"` // nil = there is none
}

// Sound reports whether nothing is wrong now.
func (r CheckReport) Sound() bool {
	wrong := r.Wrong
	if r.Bucket != nil {
		wrong = slices.Concat(wrong, r.Bucket.Wrong)
	}
	for _, w := range wrong {
		if w.Outcome == Found || w.Outcome == Lost {
			return false
		}
	}
	for _, p := range r.Proofs {
		if p.Outcome == Found {
			return false
		}
	}
	return true
}

// Check reads every file of the directory again, and every object of the bucket when
// there is one, and proves every record of the checksum databases.
func Check(ctx context.Context, c config.Config, d server.Deps, o CheckOptions) (_ CheckReport, err error) {
	x := &checker{CheckOptions: o}
	scratch := ""
	if c.Cache.Store != "" {
		dir, err := workdir.New(d.Temp)
		if err != nil {
			return CheckReport{}, err
		}
		defer dir.Close()
		scratch = dir.Path()
		if _, err := os.Stat(c.Cache.Dir); errors.Is(err, fs.ErrNotExist) { // no replica runs here
			c.Cache.Dir = filepath.Join(scratch, "cache")
			if err := os.Mkdir(c.Cache.Dir, 0o700); err != nil {
				return CheckReport{}, err
			}
			x.bare = true
		}
	}
	own := c
	if !o.Mend {
		own = quiet(c)
	}
	if x.p, err = server.Assemble(ctx, own, d, server.Other{ReadOnly: !o.Mend && !o.Collect}); err != nil {
		return CheckReport{}, err
	}
	if !x.bare {
		x.report.Cache = x.p.Cache.Dir()
		err = x.run(ctx)
	}
	if err == nil && c.Cache.Store != "" {
		err = x.bucket(ctx, c, d, scratch)
	}
	if err == nil && o.Collect {
		err = x.collect(ctx)
	}
	return x.report, msg.Join(err, x.p.Close(ctx))
}

// quiet is a configuration by which nobody is asked.
func quiet(c config.Config) config.Config {
	c.Offline, c.Cache.Store = true, ""
	return c
}

type checker struct {
	CheckOptions
	p      *server.Parts
	bare   bool // there is no directory, but a bucket
	report CheckReport
}

func (x *checker) run(ctx context.Context) error {
	var bad []cache.Checked
	var owed []string
	err := x.p.Cache.Check(ctx, x.Prefix, func(f cache.Checked) error {
		x.report.Files++
		x.report.Bytes += f.Size
		if f.Err != nil {
			bad = append(bad, f)
		} else if r, err := x.p.Cache.Record(ctx, f.Key); err == nil && r.Proof == cache.Unproven {
			owed = append(owed, f.Key)
		}
		if x.Progress != nil {
			x.Progress(x.report.Files, x.report.Bytes)
		}
		return ctx.Err()
	})
	if err != nil {
		return msg.Errorf("check cache %s: %w", "检查缓存 %s：%w", x.report.Cache, err)
	}
	for _, f := range bad {
		w := Wrong{Key: f.Key, Reason: msg.Textf("%v", "%v", f.Err), Outcome: Found}
		if x.Mend && !f.Folder {
			if w.Outcome, err = x.mend(ctx, f); err != nil {
				w.Why = msg.Textf("%v", "%v", err)
			}
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		x.report.Wrong = append(x.report.Wrong, w)
	}
	for _, key := range owed {
		x.owed(ctx, key)
	}
	if x.Prefix == "" {
		for _, db := range x.p.Databases {
			x.report.Proofs = append(x.report.Proofs, x.proofs(ctx, db))
		}
	}
	return context.Cause(ctx)
}

func (x *checker) collect(ctx context.Context) error {
	got, err := x.p.Cache.Collect(ctx)
	x.report.Collected = &got
	return err
}

// mend puts a wrong file aside and brings another one.
func (x *checker) mend(ctx context.Context, f cache.Checked) (Outcome, error) {
	if err := x.p.Cache.Quarantine(ctx, f.Key, f.Err); err != nil && !errors.Is(err, proxy.ErrNotFound) {
		return Found, err
	}
	return x.outcome(ctx, f.Key)
}

// outcome is what becomes of a file that was put aside: another one comes, or none.
func (x *checker) outcome(ctx context.Context, key string) (Outcome, error) {
	again, err := x.again(ctx, key)
	switch {
	case err != nil:
		return Lost, err
	case again:
		return Mended, nil
	}
	return Gone, nil
}

// again fetches what is kept under a key, unless it is made when somebody asks.
func (x *checker) again(ctx context.Context, key string) (bool, error) {
	if name, ok := strings.CutPrefix(key, "sumdb/"); ok {
		for _, db := range x.p.Databases {
			if path, ok := strings.CutPrefix(name, db.Name()); ok && strings.HasPrefix(path, "/") {
				_, _, err := db.Answer(ctx, path)
				return true, err
			}
		}
		return false, nil
	}
	if name, ok := strings.CutPrefix(key, "dl/"); ok && x.p.Archives != nil {
		o, err := x.p.Archives.Get(ctx, name)
		if err != nil {
			return true, err
		}
		return true, o.Close()
	}
	if f, err := proxy.Parse(key); err == nil && f.Immutable() {
		return true, x.p.Files.Repair(ctx, key)
	}
	return false, nil
}

// proofs proves the records of a database by what is here alone: asked with a network,
// it mends damaged tiles without a word, and a record when it is asked for.
func (x *checker) proofs(ctx context.Context, db *sumdb.DB) Proofs {
	out := Proofs{Database: db.Name()}
	alone, err := sumdb.Open(ctx, sumdb.Options{Key: db.Key(), Cache: x.p.Cache})
	if err == nil {
		out.Records, err = alone.Check(ctx)
		err = msg.Join(err, alone.Close())
	}
	if err != nil {
		out.Reason, out.Outcome = msg.Textf("%v", "%v", err), Found
		if x.Mend && x.askAll(ctx, db) == nil {
			if out.Records, err = db.Check(ctx); err == nil {
				out.Outcome = Mended
			}
		}
	}
	out.Tree, _ = db.Head()
	return out
}

// askAll asks for each record that is kept.
func (x *checker) askAll(ctx context.Context, db *sumdb.DB) error {
	top := "sumdb/" + db.Name()
	return x.p.Cache.Walk(ctx, top+"/lookup/", func(e cache.Entry) error {
		m, err := mirror.LookupVersion(strings.TrimPrefix(e.Key, top))
		if err != nil {
			return err
		}
		_, _, err = db.Sums(ctx, m.Path, m.Version)
		return err
	})
}
