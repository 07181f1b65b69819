package s3_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/remote"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

func TestManyPages(t *testing.T) {
	s := server(t, bucket.Options{})
	st := open(t, plain, through(s))
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
	if err != nil || len(parts) != 1004 || parts[1003].Number != 1004 {
		t.Fatalf("%d parts, %v", len(parts), err)
	}
	if info, err := again.Commit(t.Context()); err != nil || info.Size != 1004 {
		t.Errorf("%+v, %v", info, err)
	}
	for _, n := range []int{0, 10001} {
		if _, err := u.Part(t.Context(), n, strings.NewReader("p"), 1); err == nil || errors.Is(err, store.ErrExpired) {
			t.Errorf("part %d: %v", n, err)
		}
	}
}

func TestSmallPartsAreRefused(t *testing.T) {
	st := open(t, plain, through(server(t, bucket.Options{})))
	u, _ := st.Begin(t.Context(), "k", store.PutOptions{})
	for n := range 2 {
		if _, err := u.Part(t.Context(), n+1, strings.NewReader("small"), 5); err != nil {
			t.Fatal(err)
		}
	}
	_, err := u.Commit(t.Context())
	if err == nil || store.ClassOf(err) != nil || !strings.Contains(msg.Hint(err).EN, "minpart=") || !strings.Contains(err.Error(), "EntityTooSmall") {
		t.Errorf("%v (%s)", err, msg.Hint(err))
	}
}

func TestWhatIsSent(t *testing.T) {
	s := server(t, bucket.Options{})
	st := open(t, plain, through(s))
	o := store.PutOptions{IfAbsent: true, ContentType: "text/html; charset=utf-8", CacheControl: "no-cache", ContentDisposition: `attachment; filename="x"`}
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
	var line []string
	for _, r := range s.Requests() {
		mark := ""
		if r.IfAbsent {
			mark = "!"
		}
		line = append(line, string(r.Op)+mark)
	}
	want := "PutObject! PutObject! InitiateMultipartUpload UploadPart ListParts CompleteMultipartUpload! AbortMultipartUpload DeleteObject " + // once: does the server obey?
		"HeadObject PutObject! HeadObject InitiateMultipartUpload UploadPart HeadObject ListParts CompleteMultipartUpload!"
	if got := strings.Join(line, " "); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestLongKeys(t *testing.T) {
	st := open(t, plain, through(server(t, bucket.Options{})))
	fits := strings.Repeat("k", 1023-len("some/prefix/"))
	if _, err := st.Put(t.Context(), fits, strings.NewReader(""), 0, store.PutOptions{}); err != nil {
		t.Error(err)
	}
	if _, err := st.Put(t.Context(), fits+"kk", strings.NewReader(""), 0, store.PutOptions{}); !errors.Is(err, store.ErrInvalidKey) || !strings.Contains(msg.Hint(err).EN, "1024") {
		t.Errorf("%v (%s)", err, msg.Hint(err))
	}
}

func TestSweep(t *testing.T) {
	s := server(t, bucket.Options{Now: func() time.Time { return time.Now().Add(-10 * time.Minute) }})
	st, other := open(t, plain, through(s)), open(t, "s3://releases/else?endpoint=http://s3.us-east-1.storage.test", through(s))
	for i := range 3 {
		if _, err := st.Begin(t.Context(), fmt.Sprint("k", i), store.PutOptions{}); err != nil {
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
	if err := st.Unfinished(t.Context(), time.Minute, func(u remote.Unfinished) error { seen = append(seen, u.Key); return nil }); err != nil || strings.Join(seen, " ") != "k0 k1 k2" {
		t.Errorf("%q, %v", seen, err)
	}
	if n, err := st.Sweep(t.Context(), time.Minute); n != 3 || err != nil || len(s.Uploads()) != 1 {
		t.Errorf("%d, %v, %v", n, err, s.Uploads())
	}
}

// A second try may begin while the transport still holds the first one's body.
func TestBodyIsFreeAfterAFailure(t *testing.T) {
	s := server(t, bucket.Options{})
	st := open(t, plain, through(s))
	u, _ := st.Begin(context.Background(), "k", store.PutOptions{})
	whole := bytes.Repeat([]byte("0123456789abcdef"), 1<<18)
	src := bytes.NewReader(whole)
	s.Faults(bucket.Fault{Kind: bucket.ResetRequest, P: 0.5, Seed: 7, Match: func(r bucket.Request) bool { return r.Op == bucket.UploadPart }})
	for n := 1; n <= 3; n++ {
		for {
			src.Seek(0, io.SeekStart)
			if _, err := u.Part(t.Context(), n, src, int64(len(whole))); err == nil {
				break
			} else if !errors.Is(err, store.ErrTransient) {
				t.Fatal(err)
			}
		}
	}
	if s.Struck() == 0 {
		t.Fatal("no fault happened")
	}
	if info, err := u.Commit(t.Context()); err != nil || info.Size != 3*int64(len(whole)) {
		t.Errorf("%+v, %v", info, err)
	}
}
