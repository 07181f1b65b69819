package oss

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/cred"
	"github.com/yingzao-dev/yingzao/internal/store/remote"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

func TestManyPages(t *testing.T) {
	for _, raw := range []string{plain, plain + "&sig=v1"} {
		s := server(t, bucket.Options{})
		st := open(t, raw, through(s))
		var want []string
		for i := range 2345 {
			key := fmt.Sprintf("d%d/a b+c%%41&<中>%04d", i%3, i)
			s.PutObject("some/prefix/"+key, nil, nil)
			want = append(want, key)
		}
		s.PutObject("some/prefix/d1/", nil, nil) // what the console makes for a folder
		s.PutObject("some/prefixes/x", nil, nil)
		slices.Sort(want)
		var got []string
		if err := st.List(t.Context(), "", func(i store.Info) error { got = append(got, i.Key); return nil }); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d keys, want %d", len(got), len(want))
		}
		s.ResetRequests()
		if err := st.Delete(t.Context(), want...); err != nil {
			t.Fatal(err)
		}
		if n := len(s.Requests()); n != 3 || len(s.Objects()) != 2 {
			t.Errorf("%d requests left %d objects", n, len(s.Objects()))
		}
	}
}

func TestManyParts(t *testing.T) {
	s := server(t, bucket.Options{MinPart: 1})
	st := open(t, plain, through(s))
	u, err := st.Begin(t.Context(), "k", store.PutOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for n := w + 1; n <= 1004; n += 8 {
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
	if err != nil || len(parts) != 1004 || parts[1003].Number != 1004 || parts[1003].CRC64 == "" {
		t.Fatalf("%d parts, %v", len(parts), err)
	}
	if info, err := again.Commit(t.Context()); err != nil || info.Size != 1004 {
		t.Errorf("%+v, %v", info, err)
	}
	for _, n := range []int{0, -1, 10001} {
		if _, err := u.Part(t.Context(), n, strings.NewReader("p"), 1); err == nil || errors.Is(err, store.ErrExpired) {
			t.Errorf("part %d: %v", n, err)
		}
	}
}

func TestSmallPartsAreRefused(t *testing.T) {
	st := open(t, plain, through(server(t, bucket.Options{})))
	u, err := st.Begin(t.Context(), "k", store.PutOptions{})
	for n := range 2 {
		if err == nil {
			_, err = u.Part(t.Context(), n+1, strings.NewReader("small"), 5)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	_, err = u.Commit(t.Context())
	if err == nil || store.ClassOf(err) != nil || !strings.Contains(msg.Hint(err).EN, "100 KiB") || !strings.Contains(err.Error(), "EntityTooSmall") {
		t.Errorf("%v (%s)", err, msg.Hint(err))
	}
}

// asked lists the requests a server got; ! marks forbid-overwrite.
func asked(s *bucket.Server) string {
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

// versioned puts an answer to ?versioning before a server, which has none, and
// returns options that lead there.
func versioned(t *testing.T, s *bucket.Server, status int, answer string, count *int) Options {
	t.Helper()
	var mu sync.Mutex
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !r.URL.Query().Has("versioning") {
			s.ServeHTTP(w, r)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		*count++
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(srv.Close)
	o := through(s)
	o.HTTP.Proxy = func(*url.URL) (*url.URL, error) { return url.Parse(srv.URL) }
	return o
}

const (
	noVersions = `<?xml version="1.0" encoding="UTF-8"?><VersioningConfiguration/>`
	versionsIn = `<VersioningConfiguration><Status>%s</Status></VersioningConfiguration>`
	mayNotAsk  = `<Error><Code>AccessDenied</Code><Message>no</Message></Error>`
)

func TestWhatIsSent(t *testing.T) {
	o := store.PutOptions{IfAbsent: true, ContentType: "text/html; charset=utf-8", CacheControl: "no-cache", ContentDisposition: `attachment; filename="x"`}
	for _, tc := range []struct {
		status       int
		answer, want string
	}{
		{200, noVersions, "PutObject! InitiateMultipartUpload! UploadPart CompleteMultipartUpload!"},
		{403, mayNotAsk, "HeadObject PutObject! HeadObject HeadObject InitiateMultipartUpload! UploadPart HeadObject CompleteMultipartUpload! HeadObject"},
	} {
		s := server(t, bucket.Options{})
		questions := 0
		st := open(t, plain, versioned(t, s, tc.status, tc.answer, &questions))
		if _, err := st.Put(t.Context(), "a", strings.NewReader("x"), 1, o); err != nil {
			t.Fatal(err)
		}
		u, err := st.Begin(t.Context(), "b", o)
		if err == nil {
			_, err = u.Part(t.Context(), 1, strings.NewReader("x"), 1)
		}
		if err == nil {
			_, err = u.Commit(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
		for key, object := range s.Objects() {
			for name, want := range map[string]string{"Content-Type": o.ContentType, "Cache-Control": o.CacheControl, "Content-Disposition": o.ContentDisposition} {
				if got := object.Header.Get(name); got != want {
					t.Errorf("%s has %s %q", key, name, got)
				}
			}
		}
		if got := asked(s); got != tc.want || questions != 1 || !st.Caps().IfAbsent {
			t.Errorf("%s, %d questions about versions, want %s", got, questions, tc.want)
		}
	}
	s := server(t, bucket.Options{})
	st := open(t, plain, through(s))
	for _, key := range []string{"a.tar.gz", "a.html", "SHA256SUMS"} {
		if _, err := st.Put(t.Context(), key, strings.NewReader("x"), 1, store.PutOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.Objects()["some/prefix/a.html"].Header.Get("Content-Type"); got != "text/html" {
		t.Errorf("guessed %q", got)
	}
	if got := s.Objects()["some/prefix/SHA256SUMS"].Header.Get("Content-Type"); got != "application/octet-stream" {
		t.Errorf("guessed %q", got)
	}
	if got := asked(s); got != "PutObject PutObject PutObject" {
		t.Errorf("without IfAbsent: %s", got)
	}
}

// On a bucket with versioning the header is void: what remains is the look
// before and after, and a warning.
func TestVersionedBucket(t *testing.T) {
	for _, status := range []string{"Enabled", "Suspended"} {
		s := server(t, bucket.Options{Versioned: true})
		questions := 0
		o := versioned(t, s, 200, fmt.Sprintf(versionsIn, status), &questions)
		var heard []string
		o.Warn = func(w msg.Text) { heard = append(heard, w.EN) }
		st := open(t, plain, o)
		absent := store.PutOptions{IfAbsent: true}
		if _, err := st.Put(t.Context(), "k", strings.NewReader("first"), 5, absent); err != nil {
			t.Fatal(err)
		}
		if _, err := st.Put(t.Context(), "k", strings.NewReader("second"), 6, absent); !errors.Is(err, store.ErrExists) {
			t.Error(err)
		}
		if _, err := st.Begin(t.Context(), "k", absent); !errors.Is(err, store.ErrExists) {
			t.Error(err)
		}
		u, err := st.Begin(t.Context(), "late", absent)
		if err == nil {
			_, err = u.Part(t.Context(), 1, strings.NewReader("ours"), 4)
		}
		if err != nil {
			t.Fatal(err)
		}
		s.PutObject("some/prefix/late", []byte("theirs"), nil)
		if _, err := u.Commit(t.Context()); !errors.Is(err, store.ErrExists) {
			t.Error(err)
		}
		if got := string(s.Objects()["some/prefix/late"].Content); got != "theirs" {
			t.Errorf("%q", got)
		}
		if questions != 1 || len(heard) != 2 || !strings.Contains(heard[1], "versioning") || st.Caps().IfAbsent {
			t.Errorf("%d questions, warnings %q, %+v", questions, heard, st.Caps())
		}
	}
	// Nobody was asked, but an answer tells.
	s := server(t, bucket.Options{Versioned: true})
	st := open(t, plain, through(s))
	if _, err := st.Put(t.Context(), "k", strings.NewReader("x"), 1, store.PutOptions{}); err != nil || st.Caps().IfAbsent {
		t.Errorf("%v, %+v", err, st.Caps())
	}
}

// What says nothing about versions is not taken for an answer.
func TestVersioningCannotBeAsked(t *testing.T) {
	for answer, class := range map[int]error{500: store.ErrTransient, 503: store.ErrThrottled, 404: store.ErrNotFound} {
		s := server(t, bucket.Options{})
		questions := 0
		st := open(t, plain, versioned(t, s, answer, "", &questions))
		for range 2 {
			if _, err := st.Put(t.Context(), "k", strings.NewReader("x"), 1, store.PutOptions{IfAbsent: true}); !errors.Is(err, class) {
				t.Errorf("%d: %v", answer, err)
			}
		}
		if questions != 2 || len(s.Objects()) != 0 {
			t.Errorf("%d: %d questions, %d objects", answer, questions, len(s.Objects()))
		}
	}
}

// onGet does something when keys are asked for: between two requests.
type onGet struct {
	cred.Provider
	do func()
}

func (g onGet) Get(ctx context.Context) (cred.Keys, error) {
	g.do()
	return g.Provider.Get(ctx)
}

func TestOverwrittenOnVersionedBucket(t *testing.T) {
	s := server(t, bucket.Options{Versioned: true})
	questions, asked := 0, 0
	o := versioned(t, s, 200, fmt.Sprintf(versionsIn, "Enabled"), &questions)
	o.Keys = onGet{cred.Static(lasting), func() {
		if asked++; asked == 4 { // versions, look, write, look again
			s.PutObject("some/prefix/k", []byte("theirs"), nil)
		}
	}}
	_, err := open(t, plain, o).Put(t.Context(), "k", strings.NewReader("ours"), 4, store.PutOptions{IfAbsent: true})
	if !errors.Is(err, store.ErrExists) || asked != 4 {
		t.Errorf("%v after %d requests", err, asked)
	}
}

// The parts are right, and the object is not theirs.
func TestWholeObjectIsChecked(t *testing.T) {
	s := server(t, bucket.Options{})
	st := open(t, plain, through(s))
	u, err := st.Begin(t.Context(), "k", store.PutOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := u.Part(t.Context(), 1, strings.NewReader("part"), 4); err != nil {
		t.Fatal(err)
	}
	info := u.(*upload).sent[1]
	info.CRC64 = "1"
	u.(*upload).sent[1] = info
	if _, err := u.Commit(t.Context()); !errors.Is(err, store.ErrIntegrity) {
		t.Error(err)
	}
}

func TestLongKeys(t *testing.T) {
	st := open(t, plain, through(server(t, bucket.Options{})))
	fits := strings.Repeat("k", 1023-len("some/prefix/"))
	if _, err := st.Put(t.Context(), fits, strings.NewReader(""), 0, store.PutOptions{}); err != nil {
		t.Error(err)
	}
	if _, err := st.Put(t.Context(), fits+"k", strings.NewReader(""), 0, store.PutOptions{}); !errors.Is(err, store.ErrInvalidKey) || !strings.Contains(msg.Hint(err).EN, "1023") {
		t.Errorf("%v (%s)", err, msg.Hint(err))
	}
}

func TestSweep(t *testing.T) {
	s := server(t, bucket.Options{Now: func() time.Time { return time.Now().Add(-10 * time.Minute) }})
	st, other := open(t, plain, through(s)), open(t, "oss://releases/else?region=cn-hangzhou&scheme=http", through(s))
	const many = 1003
	for i := range many {
		if _, err := st.Begin(t.Context(), fmt.Sprintf("中 k%04d", i%700), store.PutOptions{}); err != nil {
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
	err := st.Unfinished(t.Context(), time.Minute, func(u remote.Unfinished) error {
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
	if err := st.Unfinished(t.Context(), 0, func(remote.Unfinished) error { return stop }); err != stop {
		t.Error(err)
	}
	if n, err := st.Sweep(t.Context(), time.Minute); n != many || err != nil || len(s.Uploads()) != 1 {
		t.Errorf("%d, %v, %d left", n, err, len(s.Uploads()))
	}
}

// The signature dates of the clock that was given, and of no other.
func TestClockIsTheGivenOne(t *testing.T) {
	s := server(t, bucket.Options{Now: func() time.Time { return time.Now().Add(100 * time.Hour) }})
	o := through(s)
	o.Now = func() time.Time { return time.Now().Add(100 * time.Hour) }
	if _, err := open(t, plain, o).Put(t.Context(), "k", strings.NewReader("x"), 1, store.PutOptions{}); err != nil {
		t.Error(err)
	}
}
