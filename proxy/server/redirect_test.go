package server

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/mirror/mirrortest"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/cos"
	"github.com/yingzao-dev/yingzao/internal/store/cred"
	"github.com/yingzao-dev/yingzao/internal/store/oss"
	"github.com/yingzao-dev/yingzao/internal/store/s3"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
	"github.com/yingzao-dev/yingzao/proxy"
)

// Who is redirected is decided by an address that nobody can make up, and nobody
// who needed a token is.
func TestRedirectWho(t *testing.T) {
	f := files(t)
	inside, loopback := []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	tokens := map[string]proxy.TokenHash{"team": sha256.Sum256([]byte("team-token"))}
	auth := []string{"Authorization", "Bearer team-token"}
	for name, tc := range map[string]struct {
		o      Options
		method string
		header []string
		status int
	}{
		"peer":                          {Options{Redirect: Redirect{Clients: loopback}}, "GET", nil, 302},
		"a range of it":                 {Options{Redirect: Redirect{Clients: loopback}}, "GET", []string{"Range", "bytes=1-2"}, 302},
		"HEAD":                          {Options{Redirect: Redirect{Clients: loopback}}, "HEAD", nil, 200},
		"nobody named":                  {Options{}, "GET", nil, 200},
		"made up":                       {Options{Redirect: Redirect{Clients: inside}}, "GET", []string{"X-Forwarded-For", "10.1.2.3"}, 200},
		"told by a front":               {Options{Redirect: Redirect{Clients: inside}, Fronts: loopback}, "GET", []string{"X-Forwarded-For", "10.1.2.3"}, 302},
		"made up before the front":      {Options{Redirect: Redirect{Clients: inside}, Fronts: loopback}, "GET", []string{"X-Forwarded-For", "10.1.2.3, 198.51.100.7"}, 200},
		"front of a client from afar":   {Options{Redirect: Redirect{Clients: loopback}, Fronts: loopback}, "GET", []string{"X-Forwarded-For", "198.51.100.7"}, 200},
		"whoever has the proxy's token": {Options{Redirect: Redirect{Clients: loopback}, Tokens: tokens}, "GET", auth, 200},
		"whoever has the route's token": {Options{Redirect: Redirect{Clients: loopback}, Routes: proxy.Routes{{Pattern: "*", Tokens: tokens}}}, "GET", auth, 200},
		"smaller than said":             {Options{Redirect: Redirect{Clients: loopback, MinSize: 3<<20 + 1}}, "GET", nil, 200},
	} {
		o := tc.o
		o.Files, o.Cache, o.Redirect.To = f, f.c, presigner{}
		if o.Redirect.MinSize == 0 {
			o.Redirect.MinSize = 3 << 20
		}
		_, base, log := started(t, o)
		a := do(t, tc.method, base+bigPath, tc.header...)
		if a.StatusCode != tc.status || (a.Header.Get("Location") != "") != (tc.status == 302) || (a.Header.Get("Cache-Control") == noStore) != (tc.status == 302) {
			t.Errorf("%s: %s %v", name, a.Status, a.Header)
		}
		if strings.Contains(log.String(), "bucket.example.test") {
			t.Errorf("%s: the URL is in the log:\n%s", name, log)
		}
	}
}

// looked is a bucket that counts who asks whether an object is there.
type looked struct {
	store.Store
	err error
	n   int
}

func (l *looked) Head(context.Context, string) (store.Info, error) {
	l.n++
	return store.Info{}, l.err
}

// A bucket's 404 would be the truth to a go command: what it does not hold, or what
// is not known of it, is sent from here.
func TestRedirectOnlyToWhatIsThere(t *testing.T) {
	broken := errors.New("the bucket is ill")
	for name, tc := range map[string]struct {
		err    error
		asked  int // for three requests
		logged bool
	}{"there": {nil, 1, false}, "not there": {store.Fail(store.OpHead, "k", store.ErrNotFound, nil), 1, false}, "not known": {broken, 3, true}} {
		f := files(t)
		b := &looked{err: tc.err}
		o := Options{Files: f, Cache: f.c, Redirect: Redirect{To: &seen{store: b, sign: presigner{}}, MinSize: 1 << 20, Clients: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}}
		log := &lockedBuffer{}
		o.Log = slog.New(slog.NewTextHandler(log, nil))
		_, base, _ := started(t, o)
		for range 3 {
			if a := get(t, base+bigPath); (a.StatusCode == 302) != (tc.err == nil) || tc.err != nil && a.body != string(big) {
				t.Errorf("%s: %s", name, a.Status)
			}
		}
		if b.n != tc.asked || strings.Contains(log.String(), "presign failed") != tc.logged {
			t.Errorf("%s: asked %d times\n%s", name, b.n, log)
		}
	}
	s := &seen{store: &looked{err: store.ErrNotFound}, sign: presigner{}}
	_, _ = s.Presign(t.Context(), "k", time.Minute)
	s.known["k"] = sight{time.Now().Add(-missingFor), store.ErrNotFound}
	s.store.(*looked).err = nil
	if _, err := s.Presign(t.Context(), "k", time.Minute); err != nil {
		t.Errorf("what has come since: %v", err)
	}
}

// The stock go command follows to each kind of bucket, proves what it got against
// the checksum database, and no URL stays behind.
func TestRedirectRealGo(t *testing.T) {
	for scheme, tc := range map[string]struct {
		d      bucket.Dialect
		opener func(oss.Options) store.Opener
		url    string
	}{
		"oss": {bucket.OSS, oss.Opener, "oss://releases/mod?region=cn-hangzhou"},
		"cos": {bucket.COS, cos.Opener, "cos://releases-1250000000/mod?region=ap-guangzhou"},
		"s3":  {bucket.S3, s3.Opener, "s3://releases/mod?endpoint=https://s3.us-east-1.storage.test"},
	} {
		t.Run(scheme, func(t *testing.T) {
			up := mirrortest.New(t, mirrortest.Options{SumDB: sumName, Modules: mirrortest.Modules{
				"example.com/hello@v1.0.0": {"hello.go": "package hello\n", "big.bin": string(big)},
			}})
			srv := bucket.New(t, bucket.Options{Dialect: tc.d, TLS: true, Keys: []bucket.Credential{{ID: "CANARYid", Secret: "CANARYsecret", Token: "CANARYtoken"}}})
			stores := store.Schemes{scheme: tc.opener(oss.Options{
				HTTP: httpx.Options{RootCAs: srv.RootCAs(), Proxy: func(*url.URL) (*url.URL, error) { return url.Parse(srv.ProxyURL()) }},
				Keys: cred.Static(cred.Keys{ID: "CANARYid", Secret: "CANARYsecret", Token: "CANARYtoken"}),
			})}
			ca := filepath.Join(t.TempDir(), "ca.pem")
			put(t, ca, srv.CA())
			// The folder given to open is within quotes in a mapping, in which the bucket follows.
			text := "  mirrors: ['%s']\n  sumdb: {databases: ['%s']}\n  redirect: {min_size: 2MiB, clients: [%s]}\n"
			env := []string{"HTTPS_PROXY=" + srv.ProxyURL(), "SSL_CERT_FILE=" + ca, "GONOPROXY=none"}
			s := open(t, t.TempDir()+"', store: '"+tc.url, fmt.Sprintf(text, up.URL(mirrortest.OK), up.SumDBKey(), "127.0.0.0/8"), func(d *Deps) { d.Stores = stores })
			out, err := goGet(t, s.public, up.SumDBKey(), env...)
			if err != nil || !strings.Contains(out, "example.com/hello v1.0.0 h1:") {
				t.Fatalf("%v\n%s\n%s\n%v", err, out, s.log, srv.Requests())
			}
			var signed, list int
			for _, r := range srv.Requests() {
				if r.Presigned && r.Op == bucket.GetObject && r.Status == 200 && strings.HasSuffix(r.Key, "/v1.0.0.zip") {
					signed++
				}
				if r.Op == bucket.ListObjects {
					list++
				}
			}
			if signed != 1 || list != 0 {
				t.Errorf("%d presigned gets, %d listings: %v", signed, list, srv.Requests())
			}
			if err := s.stop(); err != nil {
				t.Error(err)
			}
			access, err := os.ReadFile(s.access)
			if err != nil || !strings.Contains(string(access), `"cache":"redirect"`) {
				t.Errorf("%v %s", err, access)
			}
			if logs := s.log.String() + string(access); strings.Contains(logs, "CANARY") || strings.Contains(strings.ToLower(logs), "signature") {
				t.Errorf("a URL is in the log:\n%s", logs)
			}
			s = open(t, t.TempDir()+"', store: '"+tc.url, fmt.Sprintf(text, up.URL(mirrortest.OK), up.SumDBKey(), "10.0.0.0/8"), func(d *Deps) { d.Stores = stores })
			srv.ResetRequests()
			if out, err := goGet(t, s.public, up.SumDBKey(), env...); err != nil {
				t.Fatalf("from another network: %v\n%s", err, out)
			}
			for _, r := range srv.Requests() {
				if r.Presigned {
					t.Errorf("from another network: %v", r)
				}
			}
		})
	}
}
