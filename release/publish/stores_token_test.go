package publish

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/cred"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

// overheard is a provider whose keys the listener learns, so that it knows what
// must not be said.
type overheard struct {
	cred.Provider
	secrets *secrets
}

func (o overheard) Get(ctx context.Context) (cred.Keys, error) {
	k, err := o.Provider.Get(ctx)
	if err == nil {
		o.secrets.learn(k)
	}
	return k, err
}

// shifted is a clock that can be put forward.
type shifted struct{ by atomic.Int64 }

func (c *shifted) now() time.Time { return time.Now().Add(time.Duration(c.by.Load())) }

const inlineToken = "canary.header.payload.signature"

// roleOf resolves an OIDC role of a cloud, whose own token service is reached
// through the bucket's server.
func roleOf(t *testing.T, s *site, tokenFile string, now func() time.Time) cred.Provider {
	t.Helper()
	o := cred.Options{Now: now, HTTP: httpx.Options{RootCAs: s.srv.RootCAs(), Proxy: func(*url.URL) (*url.URL, error) { return url.Parse(s.srv.ProxyURL()) }}}
	switch s.kind {
	case "oss":
		o.Cloud = cred.Aliyun
		o.Environ = []string{"ALIBABA_CLOUD_ROLE_ARN=acs:ram::1:role/releaser", "ALIBABA_CLOUD_OIDC_PROVIDER_ARN=acs:ram::1:oidc-provider/gitlab", "ALIBABA_CLOUD_OIDC_TOKEN_FILE=" + tokenFile}
	case "cos":
		o.Cloud = cred.Tencent
		o.Environ = []string{"TKE_ROLE_ARN=qcs::cam::uin/1:roleName/releaser", "TKE_PROVIDER_ID=gitlab", "TKE_WEB_IDENTITY_TOKEN_FILE=" + tokenFile}
	}
	p, err := cred.Resolve(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A token that runs out in the middle of an upload is replaced by another from
// the token service, and the upload goes on: because the client knows in time, or
// because the store says so.
func TestTokenExpiresInMidPublication(t *testing.T) {
	t.Parallel()
	const life = 10 * time.Minute // a tenth of it is more than a publication takes anywhere, all of it less than clocks may differ
	for _, kind := range []string{"oss", "cos"} {
		for _, how := range []string{"foreseen", "by surprise", "token service busy", "token service refuses"} {
			t.Run(kind+" "+how, func(t *testing.T) {
				t.Parallel()
				clock := &shifted{}
				o := siteOptions{bucket: bucket.Options{Now: clock.now}}
				s := newSite(t, kind, o)
				sts := bucket.NewSTS(t, bucket.STSOptions{TTL: life, Token: inlineToken, Now: clock.now}, s.srv)
				tokenFile := t.TempDir() + "/token"
				write := func(token string) {
					if err := os.WriteFile(tokenFile, []byte(token), 0o600); err != nil {
						t.Error(err)
					}
				}
				write(inlineToken)
				client, jump := time.Now, life+30*time.Second
				if how == "foreseen" {
					client, jump = clock.now, life-30*time.Second // within the last tenth of its life
				}
				keys := overheard{roleOf(t, s, tokenFile, client), s.secrets}
				o.keys = func(*bucket.Server) siteKeyring { return siteKeyring{keys: keys} }
				var once sync.Once
				po := Options{PartSize: smallPart, Connections: 4, Progress: func(e Event) {
					if e.Stage == "upload" && e.Done > e.Total/2 {
						once.Do(func() {
							clock.by.Store(int64(jump))
							if how == "token service refuses" {
								write("canary.another.token")
							}
						})
					}
				}}
				if how == "token service busy" {
					s.srv.Faults(bucket.Fault{Kind: bucket.ServiceBusy, N: 2, RetryAfter: -1, Match: func(q bucket.Request) bool { return q.Op == bucket.AssumeRole }})
				}
				r := partsRelease("1.0.0", 5, 9000, 8000, 7000, 6000)
				res, err := s.publish(t.Context(), s.open(t, o), r, po)
				if how == "token service busy" && s.srv.Struck() != 1 {
					t.Error("the token service was not busy")
				}
				expired := 0
				for _, q := range s.srv.Requests() {
					s.secrets.look("server's log", q.String())
					if q.Code == "SecurityTokenExpired" || q.Code == "ExpiredToken" {
						expired++
					}
				}
				calls := sts.Calls()
				if how == "token service refuses" {
					if err == nil || errors.Is(err, store.ErrExists) {
						t.Fatalf("it went on: %v", err)
					}
					if n := len(s.objects(t)); n > 0 {
						t.Errorf("%d objects are visible", n)
					}
					s.secrets.done()
					t.Logf("%d exchanges, %d requests with an expired token: %v", len(calls), expired, err)
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				switch {
				case len(calls) != 2:
					t.Errorf("%d exchanges", len(calls))
				case how == "foreseen" && expired > 0, how != "foreseen" && (expired == 0 || expired > po.Connections):
					t.Errorf("%d requests with an expired token", expired)
				}
				s.verify(t, s.open(t, o), VerifyOptions{})
				if left := s.srv.Uploads(); len(left) > 0 {
					t.Errorf("left uploads %v", left)
				}
				s.secrets.stored(s.objects(t))
				s.secrets.done()
				t.Logf("%d requests, %d of them with an expired token, %d exchanges", res.Requests, expired, len(calls))
			})
		}
	}
}

// Where there is no token service, as with S3, new temporary keys come from
// elsewhere.
func TestKeysExpireInMidPublication(t *testing.T) {
	t.Parallel()
	for _, kind := range buckets {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, kind, siteOptions{})
			l := &leasedKeys{s: s}
			o := siteOptions{keys: func(*bucket.Server) siteKeyring { return siteKeyring{keys: l} }}
			r := partsRelease("1.0.0", 5, 9000, 8000, 7000, 6000)
			turns := 0
			_, err := s.publish(t.Context(), s.open(t, o), r, Options{PartSize: smallPart, Connections: 4, Progress: func(e Event) {
				if turns++; turns == 13 || turns == 32 { // in the middle of 30 parts, and after them
					l.expire()
				}
			}})
			if err != nil {
				t.Fatal(err)
			}
			s.verify(t, s.open(t, o), VerifyOptions{})
			if l.n < 3 {
				t.Errorf("only %d sets of keys", l.n)
			}
			s.secrets.stored(s.objects(t))
			s.secrets.done()
			t.Logf("%s: %d sets of keys for one publication", kind, l.n)
		})
	}
}

// leasedKeys gives temporary keys that end when somebody wants it.
type leasedKeys struct {
	s *site

	mu      sync.Mutex
	n       int
	current *cred.Keys
}

func (l *leasedKeys) Get(context.Context) (cred.Keys, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.current == nil {
		l.n++
		l.current = &cred.Keys{ID: fmt.Sprint("AKIDtemporarycanary", l.n), Secret: "temporary-canary", Token: fmt.Sprint("token-canary+/=", l.n),
			// The answer to HEAD has no code; that its keys are past their time tells.
			Expires: time.Now().Add(-2 * time.Second)}
		l.grant(time.Time{})
		l.s.secrets.learn(*l.current)
	}
	return *l.current, nil
}

func (l *leasedKeys) grant(until time.Time) {
	k := l.current
	l.s.srv.Grant(bucket.Credential{ID: k.ID, Secret: k.Secret, Token: k.Token, Expires: until})
}

func (l *leasedKeys) expire() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.current != nil {
		l.grant(time.Now().Add(-time.Second))
	}
}

func (l *leasedKeys) Refused(k cred.Keys) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.current != nil && l.current.ID == k.ID {
		l.current = nil
	}
}

func (*leasedKeys) Source() string       { return "test" }
func (*leasedKeys) Warnings() []msg.Text { return nil }
