package remotetest

import (
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/cred"
	"github.com/yingzao-dev/yingzao/internal/store/remote"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

// Site is an adapter and the bucket it is tried on.
type Site struct {
	Dialect bucket.Dialect
	Opener  func(remote.Options) store.Opener
	URL     string // of the bucket "releases", prefix some/prefix, over plain HTTP
	// Internal is a URL of the same that only machines inside the cloud reach; ""
	// when the dialect has none.
	Internal string
	MaxKey   int    // bytes
	MinPart  string // as hints say it: "1 MiB"
	// Written are the requests of a conditional put and a conditional upload of one
	// part, by [Asked].
	Written string
	// Environ holds the canary keys, by names of variables.
	Environ []string
}

// Lasting holds canaries: no error, warning or answer to a user may show them.
var Lasting = cred.Keys{ID: "exampleCANARYid", Secret: "exampleCANARYsecret"}

// Prefix is that of every site's URL.
const Prefix = "some/prefix/"

// Server starts a bucket that knows the lasting keys. Parts may be small unless o
// says otherwise.
func (s Site) Server(t testing.TB, o bucket.Options) *bucket.Server {
	t.Helper()
	o.Dialect = s.Dialect
	o.Keys = append(o.Keys, bucket.Credential{ID: Lasting.ID, Secret: Lasting.Secret})
	return bucket.New(t, o)
}

// Through reaches the server under every host name.
func Through(s *bucket.Server) remote.Options {
	return remote.Options{HTTP: httpx.Options{RootCAs: s.RootCAs(), Proxy: by(s.ProxyURL())}}
}

func by(proxy string) func(*url.URL) (*url.URL, error) {
	return func(*url.URL) (*url.URL, error) { return url.Parse(proxy) }
}

// Open opens a store, by the lasting keys unless others are given, and closes it
// with the test. An empty raw is the site's own URL.
func (s Site) Open(t testing.TB, raw string, o remote.Options) *remote.Store {
	t.Helper()
	if o.Keys == nil && o.Credentials.Environ == nil {
		o.Keys = cred.Static(Lasting)
	}
	if raw == "" {
		raw = s.URL
	}
	st, err := store.Schemes{s.Dialect.String(): s.Opener(o)}.Open(t.Context(), raw)
	if err != nil {
		t.Fatal(err)
	}
	r := st.(*remote.Store)
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// New is a store on a server of its own.
func (s Site) New(t testing.TB, o bucket.Options) (*remote.Store, *bucket.Server) {
	t.Helper()
	srv := s.Server(t, o)
	return s.Open(t, "", Through(srv)), srv
}

// Answering is a store behind which every request gets the same answer. AUTH in
// it is what the request was signed with.
func (s Site) Answering(t testing.TB, status int, body string, header http.Header) *remote.Store {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Amz-Request-Id", "REQUEST7")
		for name, values := range header {
			w.Header()[name] = values
		}
		w.WriteHeader(status)
		signed := r.Header.Get("Authorization") + r.Header.Get("X-Oss-Security-Token")
		_, _ = fmt.Fprint(w, strings.ReplaceAll(body, "AUTH", html.EscapeString(signed)))
	}))
	t.Cleanup(srv.Close)
	return s.Open(t, "", remote.Options{HTTP: httpx.Options{Proxy: by(srv.URL)}})
}

// Asked lists the requests a server got; ! marks those with a condition.
func Asked(s *bucket.Server) string {
	var line []string
	for _, r := range s.Requests() {
		mark := ""
		if r.IfAbsent {
			mark = "!"
		}
		line = append(line, string(r.Op)+mark)
	}
	return strings.Join(line, " ")
}

// Says checks an error: its class, what its hint says in both languages, and that
// it shows no secret. nil is no class.
func Says(t testing.TB, what string, err, class error, en, zh string) {
	t.Helper()
	h := msg.Hint(err)
	if err == nil || store.ClassOf(err) != class || !strings.Contains(h.EN, en) || !strings.Contains(h.ZH, zh) || (h.EN == "") != (h.ZH == "") {
		t.Errorf("%s: %v, class %v (%s | %s), want class %v (%s | %s)", what, err, store.ClassOf(err), h.EN, h.ZH, class, en, zh)
	}
	Harmless(t, err)
}

// Harmless checks that an error holds no secret, in any language or form, and is
// well-formed.
func Harmless(t testing.TB, err error) {
	t.Helper()
	text := fmt.Sprintf("%v %+v %#v %s %v", err, err, err, msg.In(err, msg.Chinese), msg.Hint(err))
	if strings.Contains(text, "CANARY") || strings.Contains(text, "%!") {
		t.Errorf("a secret is shown, or a verb: %s", text)
	}
}

func put(t testing.TB, st store.Store, key, content string, o store.PutOptions) error {
	t.Helper()
	_, err := st.Put(t.Context(), key, strings.NewReader(content), int64(len(content)), o)
	return err
}

// begin starts an upload that has one part.
func begin(t testing.TB, st store.Store, key string, o store.PutOptions, content string) store.Upload {
	t.Helper()
	u, err := st.Begin(t.Context(), key, o)
	if err == nil {
		_, err = u.Part(t.Context(), 1, strings.NewReader(content), int64(len(content)))
	}
	if err != nil {
		t.Fatal(err)
	}
	return u
}

var absent = store.PutOptions{IfAbsent: true}
