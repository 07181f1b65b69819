package remotetest

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

func pages(t *testing.T, s Site) {
	st, srv := s.New(t, bucket.Options{})
	var want []string
	for i := range 2345 {
		key := fmt.Sprintf("d%d/a b+c%%41&<中>%04d", i%3, i)
		srv.PutObject(Prefix+key, nil, nil)
		want = append(want, key)
	}
	srv.PutObject(Prefix+"d1/", nil, nil) // what the console makes for a folder
	srv.PutObject("some/prefixes/x", nil, nil)
	slices.Sort(want)
	var got []string
	if err := st.List(t.Context(), "", func(i store.Info) error { got = append(got, i.Key); return nil }); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%d keys, want %d", len(got), len(want))
	}
	srv.ResetRequests()
	for _, prefix := range []string{"/", "d1//", "../", "d1/./a", "a\x00", "\xe4\xe4a", strings.Repeat("k", 1024)} { // no key begins so
		if err := st.List(t.Context(), prefix, func(store.Info) error { return errors.New("one is there") }); err != nil || len(srv.Requests()) != 0 {
			t.Errorf("%q: %v, %s", prefix, err, Asked(srv))
		}
	}
	for prefix, want := range map[string]int{".": 0, "d1/..": 0, "d1/": 782, "d2/a b+c%41&<\xe4": 781, strings.Repeat("k", 1023): 0} {
		n := 0
		if err := st.List(t.Context(), prefix, func(store.Info) error { n++; return nil }); err != nil || n != want {
			t.Errorf("%q: %d keys, want %d, %v", prefix, n, want, err)
		}
	}
	srv.ResetRequests()
	if err := st.Delete(t.Context(), append(want, want[0])...); err != nil {
		t.Fatal(err)
	}
	if n := len(srv.Requests()); n != 3 || len(srv.Objects()) != 2 {
		t.Errorf("%d requests left %d objects", n, len(srv.Objects()))
	}
}

func parts(t *testing.T, s Site) {
	st, srv := s.New(t, bucket.Options{MinPart: 1, Page: 10})
	u, err := st.Begin(t.Context(), "k", store.PutOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for n := w + 1; n <= 24; n += 8 {
				if _, err := u.Part(t.Context(), n, strings.NewReader("p"), 1); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	again, err := st.Resume(t.Context(), "k", u.ID(), store.PutOptions{})
	if err != nil {
		t.Fatal(err)
	}
	parts, err := again.Parts(t.Context())
	if err != nil || len(parts) != 24 || parts[23].Number != 24 || (parts[23].CRC64 != "") != (s.Dialect == bucket.OSS) {
		t.Fatalf("%d parts, %v", len(parts), err)
	}
	if parts, err := u.Parts(t.Context()); err != nil || (parts[7].CRC64 != "") != (s.Dialect != bucket.S3) {
		t.Errorf("of those sent here it is known what they were: %+v, %v", parts[7], err)
	}
	srv.ResetRequests()
	if info, err := again.Commit(t.Context()); err != nil || info.Size != 24 || Asked(srv) != "ListParts ListParts ListParts CompleteMultipartUpload" {
		t.Errorf("%+v, %v, %s", info, err, Asked(srv))
	}
	for _, n := range []int{0, -1, 10001} {
		if _, err := u.Part(t.Context(), n, strings.NewReader("p"), 1); err == nil || errors.Is(err, store.ErrExpired) {
			t.Errorf("part %d: %v", n, err)
		}
	}
}

// liar answers as the server does, but completes uploads with another CRC-64.
type liar struct {
	http.ResponseWriter
	header, crc string
}

func (l liar) WriteHeader(status int) {
	l.Header().Set(l.header, l.crc)
	if l.crc == "" {
		l.Header().Del(l.header)
	}
	l.ResponseWriter.WriteHeader(status)
}

// wholeObject: each part is right; what of the object?
func wholeObject(t *testing.T, s Site) {
	if s.Dialect == bucket.S3 {
		t.Skip("S3 names no checksum of an object of parts")
	}
	header := map[bucket.Dialect]string{bucket.OSS: "X-Oss-Hash-Crc64ecma", bucket.COS: "X-Cos-Hash-Crc64ecma"}[s.Dialect]
	for crc, want := range map[string]error{"1": store.ErrIntegrity, "": nil} {
		srv := s.Server(t, bucket.Options{})
		lying := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost && r.URL.Query().Has("uploadId") {
				w = liar{w, header, crc}
			}
			srv.ServeHTTP(w, r)
		}))
		t.Cleanup(lying.Close)
		o := Through(srv)
		o.HTTP.Proxy = by(lying.URL)
		st := s.Open(t, "", o)
		info, err := begin(t, st, "k", store.PutOptions{}, "part").Commit(t.Context())
		if !errors.Is(err, want) {
			t.Errorf("CRC-64 %q: %v", crc, err)
		}
		if want == nil && (info.CRC64 == "" || !strings.HasSuffix(Asked(srv), "CompleteMultipartUpload HeadObject")) {
			t.Errorf("where the answer does not say it is asked: %+v, %s", info, Asked(srv))
		}
	}
	part := s.Answering(t, 200, "", http.Header{header: {"1"}, "Etag": {`"e"`}})
	u, err := part.Resume(t.Context(), "k", "id", store.PutOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := u.Part(t.Context(), 1, strings.NewReader("part"), 4); !errors.Is(err, store.ErrIntegrity) {
		t.Errorf("part: %v", err)
	}
}

func smallParts(t *testing.T, s Site) {
	st, _ := s.New(t, bucket.Options{})
	u := begin(t, st, "k", store.PutOptions{}, "small")
	if _, err := u.Part(t.Context(), 2, strings.NewReader("small"), 5); err != nil {
		t.Fatal(err)
	}
	_, err := u.Commit(t.Context())
	Says(t, "EntityTooSmall", err, nil, s.MinPart, s.MinPart)
}

func longKeys(t *testing.T, s Site) {
	st, _ := s.New(t, bucket.Options{})
	fits := strings.Repeat("k", min(s.MaxKey, 1023)-len(Prefix)) // the server takes 1023
	if err := put(t, st, fits, "", store.PutOptions{}); err != nil {
		t.Error(err)
	}
	err := put(t, st, fits+"kk", "", store.PutOptions{})
	Says(t, "too long", err, store.ErrInvalidKey, fmt.Sprint("at most ", s.MaxKey), fmt.Sprint("最长 ", s.MaxKey))
}

func sweep(t *testing.T, s Site) {
	st, srv := s.New(t, bucket.Options{Page: 10, Now: func() time.Time { return time.Now().Add(-10 * time.Minute) }})
	other := s.Open(t, strings.Replace(s.URL, "some/prefix", "else", 1), Through(srv))
	const many = 43
	for i := range many {
		if _, err := st.Begin(t.Context(), fmt.Sprintf("中 k%04d", i%25), store.PutOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := other.Begin(t.Context(), "k", store.PutOptions{}); err != nil {
		t.Fatal(err)
	}
	if n, err := st.Sweep(t.Context(), time.Hour); n != 0 || err != nil {
		t.Errorf("young ones: %d, %v", n, err)
	}
	var seen []string
	err := st.Unfinished(t.Context(), time.Minute, func(u store.Unfinished) error {
		seen = append(seen, u.Key)
		if u.ID == "" || time.Since(u.Begun) < 9*time.Minute {
			t.Errorf("%+v", u)
		}
		return nil
	})
	if err != nil || len(seen) != many || !slices.IsSorted(seen) || seen[0] != "中 k0000" {
		t.Errorf("%d of them, first %q, %v", len(seen), seen[0], err)
	}
	stop := errors.New("enough")
	if err := st.Unfinished(t.Context(), 0, func(store.Unfinished) error { return stop }); err != stop {
		t.Error(err)
	}
	if n, err := st.Sweep(t.Context(), time.Minute); n != many || err != nil || len(srv.Uploads()) != 1 {
		t.Errorf("%d, %v, %d left", n, err, len(srv.Uploads()))
	}
}

// written: the headers of an object arrive, by put and by upload, and no request
// is made that need not be.
func written(t *testing.T, s Site) {
	st, srv := s.New(t, bucket.Options{})
	o := store.PutOptions{IfAbsent: true, ContentType: "text/html; charset=utf-8", CacheControl: "no-cache", ContentDisposition: `attachment; filename="x"`}
	if err := put(t, st, "a", "x", o); err != nil {
		t.Fatal(err)
	}
	if _, err := begin(t, st, "b", o, "x").Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	for key, object := range srv.Objects() {
		for name, want := range map[string]string{"Content-Type": o.ContentType, "Cache-Control": o.CacheControl, "Content-Disposition": o.ContentDisposition} {
			if got := object.Header.Get(name); got != want {
				t.Errorf("%s has %s %q", key, name, got)
			}
		}
	}
	if got := Asked(srv); got != s.Written || !st.Caps().IfAbsent {
		t.Errorf("%s, want %s", got, s.Written)
	}
	srv.ResetRequests()
	for _, key := range []string{"c", "d"} {
		if err := put(t, st, key, "x", store.PutOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	if got := Asked(srv); got != "PutObject PutObject" {
		t.Errorf("without IfAbsent: %s", got)
	}
}

func public(t *testing.T, s Site) {
	srv := s.Server(t, bucket.Options{PublicRead: true})
	srv.PutObject(Prefix+"k", []byte("x"), nil)
	o := Through(srv)
	o.Keys = nobody
	if info, err := s.Open(t, "", o).Head(t.Context(), "k"); err != nil || info.Size != 1 {
		t.Error(info, err)
	}
	if r := srv.Requests()[0]; r.Scheme != "" || r.SignedAs != "" {
		t.Errorf("signed by %s", r.Scheme)
	}
}

func keysAreLookedFor(t *testing.T, s Site) {
	_, err := store.Schemes{s.Dialect.String(): s.Opener(Through(s.Server(t, bucket.Options{})))}.Open(t.Context(), s.URL)
	if h := msg.Hint(err); err == nil || !strings.HasPrefix(err.Error(), "open store "+s.Dialect.String()+"://releases") || !strings.Contains(h.EN, "set ") || !strings.Contains(h.ZH, "请设置") {
		t.Errorf("%v (%s)", err, h)
	}
	o := Through(s.Server(t, bucket.Options{}))
	o.Credentials.Environ = s.Environ
	if err := put(t, s.Open(t, "", o), "k", "x", store.PutOptions{}); err != nil {
		t.Error(err)
	}
}
