package publish

import (
	"cmp"
	"context"
	"io"
	"net/url"
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
)

// siteKinds are the stores a release can be published to; buckets are those
// with a service behind them.
var (
	siteKinds = []string{"file", "oss", "cos", "s3"}
	buckets   = siteKinds[1:]
)

// site is one store with the server behind it, reached by its real host names.
type site struct {
	kind    string
	srv     *bucket.Server // nil for file
	dir     string         // of file
	close   []func()
	secrets *secrets
}

// siteOptions of a site. The zero value is a store of small parts without TLS.
type siteOptions struct {
	bucket   bucket.Options
	tls      bool
	ownParts bool                                 // the least part is what the service really asks for
	keys     func(srv *bucket.Server) siteKeyring // nil: lasting keys
}

// siteKeyring are the keys of a publisher, or where they are found.
type siteKeyring struct {
	keys cred.Provider
	more cred.Options
}

const smallPart = 1000

// newSite starts an empty store. shut ends it; so does the end of the test.
func newSite(t testing.TB, kind string, o siteOptions) *site {
	t.Helper()
	s := &site{kind: kind, secrets: newSecrets(t, kind)}
	if kind == "file" {
		s.dir = storeDir(t) + "/site"
		return s
	}
	o.bucket.Dialect = map[string]bucket.Dialect{"oss": bucket.OSS, "cos": bucket.COS, "s3": bucket.S3}[kind]
	o.bucket.Keys = []bucket.Credential{{ID: lasting.ID, Secret: lasting.Secret}}
	if !o.ownParts {
		o.bucket.MinPart = smallPart
	}
	srv, err := bucket.Start(o.bucket)
	if err != nil {
		t.Fatal(err)
	}
	s.srv = srv
	s.close = append(s.close, srv.Close)
	t.Cleanup(s.shut)
	return s
}

// shut closes what was opened, newest first. It may be called twice.
func (s *site) shut() {
	for i := len(s.close) - 1; i >= 0; i-- {
		s.close[i]()
	}
	s.close = nil
}

// open is a new client of the site, as every publisher has one.
func (s *site) open(t testing.TB, o siteOptions) store.Store {
	t.Helper()
	if s.kind == "file" {
		st, err := file.New(s.dir)
		if err != nil {
			t.Fatal(err)
		}
		return st
	}
	ring := siteKeyring{keys: cred.Static(lasting)}
	if o.keys != nil {
		ring = o.keys(s.srv)
	}
	web := httpx.Options{RootCAs: s.srv.RootCAs(), Proxy: func(*url.URL) (*url.URL, error) { return url.Parse(s.srv.ProxyURL()) }}
	warn := func(text msg.Text) { s.secrets.hear("warning", text) }
	scheme := map[bool]string{false: "http", true: "https"}[o.tls]
	var opener store.Opener
	var raw string
	switch s.kind {
	case "oss":
		opener, raw = oss.Opener(oss.Options{HTTP: web, Keys: ring.keys, Credentials: ring.more, Warn: warn}), "oss://releases/some/prefix?region=cn-hangzhou&scheme="+scheme
	case "cos":
		opener, raw = cos.Opener(cos.Options{HTTP: web, Keys: ring.keys, Credentials: ring.more, Warn: warn}), "cos://releases-1250000000/some/prefix?region=ap-guangzhou&scheme="+scheme
	case "s3":
		opener, raw = s3.Opener(s3.Options{HTTP: web, Keys: ring.keys, Credentials: ring.more, Warn: warn}), "s3://releases/some/prefix?endpoint="+scheme+"://s3.us-east-1.storage.test"
		if o.ownParts {
			raw += "&minpart=5M"
		}
	}
	st, err := store.Schemes{s.kind: opener}.Open(context.Background(), raw)
	if err != nil {
		t.Fatal(err)
	}
	idle := st.(io.Closer)
	s.close = append(s.close, func() { _ = idle.Close() })
	if !o.ownParts {
		st = smallParts{st}
	}
	return st
}

// smallParts says that a store takes small parts, as its server does.
type smallParts struct{ store.Store }

func (s smallParts) Caps() store.Caps {
	c := s.Store.Caps()
	c.MinPart = smallPart
	return c
}

// objects are what readers can get, by key, taken without a request.
func (s *site) objects(t testing.TB) map[string]string {
	t.Helper()
	all := map[string]string{}
	if s.kind == "file" {
		st := s.open(t, siteOptions{})
		for _, key := range keys(t, st, "") {
			all[key] = get(t, st, key)
		}
		return all
	}
	for key, o := range s.srv.Objects() {
		all[key[len("some/prefix/"):]] = string(o.Content)
	}
	return all
}

// seed makes a store hold what another one of its kind holds.
func (s *site) seed(t testing.TB, objects map[string]string) {
	t.Helper()
	if s.kind == "file" {
		st := s.open(t, siteOptions{})
		for key, content := range objects {
			put(t, st, key, content)
		}
		return
	}
	for key, content := range objects {
		s.srv.PutObject("some/prefix/"+key, []byte(content), nil)
	}
}

// told are options that let the site hear every event.
func (s *site) told(o Options) Options {
	o.Pause, o.By = cmp.Or(o.Pause, time.Microsecond), cmp.Or(o.By, "a test")
	then := o.Progress
	o.Progress = func(e Event) {
		s.secrets.hear("event", e)
		if then != nil {
			then(e)
		}
	}
	return o
}

// publish publishes and lets the site hear all that is said about it.
func (s *site) publish(ctx context.Context, st store.Store, r *release, o Options) (*Result, error) {
	open := r.open
	if o.Connections%2 == 1 {
		open = r.openFile
	}
	res, err := Publish(ctx, st, r.Manifest, open, s.told(o))
	s.secrets.hear("result", res)
	s.secrets.hear("error", err)
	return res, err
}

// verify asserts that a version, or the latest, verifies.
func (s *site) verify(t testing.TB, st store.Store, o VerifyOptions) {
	t.Helper()
	s.secrets.hear("report", mustVerify(t, st, o))
}

// A real release gets into every store by its real host names, verifies, and is
// not sent a second time.
func TestRealReleaseInEveryStore(t *testing.T) {
	t.Parallel()
	r := realRelease(t)
	for _, kind := range siteKinds {
		for _, tls := range []bool{false, true} {
			if kind == "file" && tls {
				continue
			}
			t.Run(kind+map[bool]string{true: " tls"}[tls], func(t *testing.T) {
				t.Parallel()
				o := siteOptions{tls: tls, ownParts: true}
				s := newSite(t, kind, o)
				o1 := Options{PartSize: 256 << 10, Connections: 5}
				rec := storetest.Record(s.open(t, o))
				first, err := s.publish(t.Context(), rec, r, o1)
				if err != nil {
					t.Fatal(err)
				}
				if first.Uploaded != len(r.Artifacts) || first.Already {
					t.Errorf("%+v", first)
				}
				s.verify(t, s.open(t, o), VerifyOptions{})
				if v, err := follow(s.objects(t), "demo"); err != nil || v != "1.2.0" {
					t.Errorf("a reader gets %q: %v", v, err)
				}
				parts := len(rec.Calls(store.OpPart))
				if parts <= len(r.Artifacts) && kind != "s3" { // where a part has 5 MiB
					t.Errorf("%d parts of %d artifacts: none has several", parts, len(r.Artifacts))
				}
				if s.srv != nil {
					s.srv.ResetRequests()
				}
				again := storetest.Record(s.open(t, o))
				second, err := s.publish(t.Context(), again, r, o1)
				if err != nil {
					t.Fatal(err)
				}
				requests, bodies := len(again.Calls()), int64(0)
				if s.srv != nil {
					all := s.srv.Requests()
					requests = len(all)
					for _, q := range all {
						bodies += q.BodyBytes
						s.secrets.look("server's log", q.String())
					}
				}
				for _, op := range []store.Op{store.OpPut, store.OpBegin, store.OpPart, store.OpCommit} {
					if n := len(again.Calls(op)); n > 0 {
						t.Errorf("%d × %s for a release that is there", n, op)
					}
				}
				if !second.Already || second.Uploaded != 0 || second.Bytes != 0 || bodies != 0 || requests > len(r.Artifacts)+3 {
					t.Errorf("unchanged: %+v, %d bytes of bodies in %d requests", second, bodies, requests)
				}
				if second.Requests != requests {
					t.Errorf("the result says %d requests, there were %d", second.Requests, requests)
				}
				t.Logf("%d artifacts, %d bytes, %d parts, %d calls of the store; again: %d body bytes in %d requests",
					len(r.Artifacts), first.Bytes, parts, first.Requests, bodies, requests)
				s.secrets.stored(s.objects(t))
				s.secrets.done()
			})
		}
	}
}
