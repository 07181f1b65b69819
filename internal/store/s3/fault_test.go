package s3_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/cred"
	"github.com/yingzao-dev/yingzao/internal/store/s3"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

var content = bytes.Repeat([]byte("营造 "), 20_000)

// calls are the operations, each with the request that does its work.
var calls = []struct {
	op bucket.Op
	do func(ctx context.Context, st *s3.Store, u store.Upload) error
}{
	{bucket.PutObject, func(ctx context.Context, st *s3.Store, _ store.Upload) error {
		_, err := st.Put(ctx, "new", bytes.NewReader(content), int64(len(content)), store.PutOptions{})
		return err
	}},
	{bucket.HeadObject, func(ctx context.Context, st *s3.Store, _ store.Upload) error {
		_, err := st.Head(ctx, "there")
		return err
	}},
	{bucket.GetObject, func(ctx context.Context, st *s3.Store, _ store.Upload) error {
		r, _, err := st.Get(ctx, "there", 0, -1)
		if err != nil {
			return err
		}
		defer r.Close()
		_, err = io.Copy(io.Discard, r)
		return err
	}},
	{bucket.ListObjects, func(ctx context.Context, st *s3.Store, _ store.Upload) error {
		return st.List(ctx, "", func(store.Info) error { return nil })
	}},
	{bucket.DeleteObject, func(ctx context.Context, st *s3.Store, _ store.Upload) error { return st.Delete(ctx, "there") }},
	{bucket.DeleteObjects, func(ctx context.Context, st *s3.Store, _ store.Upload) error { return st.Delete(ctx, "there", "x") }},
	{bucket.Initiate, func(ctx context.Context, st *s3.Store, _ store.Upload) error {
		_, err := st.Begin(ctx, "new", store.PutOptions{})
		return err
	}},
	{bucket.UploadPart, func(ctx context.Context, _ *s3.Store, u store.Upload) error {
		_, err := u.Part(ctx, 2, bytes.NewReader(content), int64(len(content)))
		return err
	}},
	{bucket.ListParts, func(ctx context.Context, _ *s3.Store, u store.Upload) error {
		_, err := u.Parts(ctx)
		return err
	}},
	{bucket.Complete, func(ctx context.Context, _ *s3.Store, u store.Upload) error {
		_, err := u.Commit(ctx)
		return err
	}},
	{bucket.Abort, func(ctx context.Context, _ *s3.Store, u store.Upload) error { return u.Abort(ctx) }},
}

// silent are faults that the answer to an operation cannot betray.
var silent = map[bucket.Kind][]bucket.Op{
	bucket.Corrupt:       {bucket.PutObject, bucket.HeadObject, bucket.ListObjects, bucket.DeleteObject, bucket.DeleteObjects, bucket.Initiate, bucket.UploadPart, bucket.ListParts, bucket.Complete, bucket.Abort},
	bucket.CorruptUpload: {bucket.HeadObject, bucket.GetObject, bucket.ListObjects, bucket.DeleteObject, bucket.Initiate, bucket.ListParts, bucket.Abort},
	bucket.StaleUpload:   {bucket.PutObject, bucket.HeadObject, bucket.GetObject, bucket.ListObjects, bucket.DeleteObject, bucket.DeleteObjects, bucket.Initiate, bucket.Abort},
}

func TestEveryFaultOfEveryCall(t *testing.T) {
	classes := map[bucket.Kind]error{
		bucket.ServiceBusy: store.ErrThrottled, bucket.InternalError: store.ErrTransient, bucket.AccessDenied: store.ErrDenied,
		bucket.ErrorBody: store.ErrTransient, bucket.ResetRequest: store.ErrTransient, bucket.ResetResponse: store.ErrTransient,
		bucket.LostAnswer: store.ErrTransient, bucket.Truncate: store.ErrTransient, bucket.Corrupt: store.ErrIntegrity,
		bucket.CorruptUpload: store.ErrIntegrity, bucket.StaleUpload: store.ErrExpired, bucket.Hang: store.ErrTransient, bucket.ClockSkew: store.ErrClock,
	}
	for _, kind := range bucket.Kinds() {
		for _, call := range calls {
			t.Run(kind.String()+"/"+string(call.op), func(t *testing.T) {
				t.Parallel()
				s := server(t, bucket.Options{})
				o := through(s)
				o.HTTP.FirstByte = 500 * time.Millisecond
				st := open(t, plain, o)
				s.PutObject("some/prefix/there", content, nil)
				u, err := st.Begin(t.Context(), "new", store.PutOptions{})
				if err == nil {
					_, err = u.Part(t.Context(), 1, strings.NewReader("one"), 3)
				}
				if err != nil {
					t.Fatal(err)
				}
				s.ResetRequests()
				s.Faults(bucket.Fault{Kind: kind, N: 1, Delay: time.Millisecond, RetryAfter: 9 * time.Second, Match: func(r bucket.Request) bool { return r.Op == call.op }})
				err = call.do(t.Context(), st, u)
				reads := call.op == bucket.HeadObject || call.op == bucket.GetObject || call.op == bucket.ListObjects || call.op == bucket.ListParts
				if reads && err == nil && (kind == bucket.ResetRequest || kind == bucket.LostAnswer) {
					return // net/http asks once more when a connection it had kept open breaks
				}
				if n := len(s.Requests(call.op)); n != 1 || s.Struck() != 1 {
					t.Errorf("%d requests of the kind, %d faults; an adapter never retries", n, s.Struck())
				}
				for _, op := range silent[kind] {
					if op == call.op {
						return
					}
				}
				class := classes[kind]
				if kind == bucket.CorruptUpload && (call.op == bucket.Complete || call.op == bucket.DeleteObjects) {
					class = nil // XML that does not parse, or a digest that does not match: any refusal will do
					if err == nil {
						t.Error("nothing noticed")
					}
					return
				}
				if store.ClassOf(err) != class || (err == nil) != (class == nil) {
					t.Errorf("%v: class %v, want %v", err, store.ClassOf(err), class)
				}
				var later *store.Later
				if errors.As(err, &later) != (kind == bucket.ServiceBusy) || later != nil && later.After != 9*time.Second {
					t.Errorf("later: %+v", later)
				}
				if kind == bucket.ClockSkew && !strings.Contains(msg.Hint(err).EN, "behind the server's") {
					t.Errorf("hint %q", msg.Hint(err))
				}
				if kind == bucket.CorruptUpload && call.op == bucket.PutObject && len(s.Objects()) != 1 {
					t.Error("a damaged object is visible")
				}
				harmless(t, s, err)
			})
		}
	}
}

// harmless checks that neither an error nor the server's log holds a secret.
func harmless(t *testing.T, s *bucket.Server, err error) {
	t.Helper()
	text := fmt.Sprintf("%v %+v %#v %s %v", err, err, err, msg.In(err, msg.Chinese), msg.Hint(err))
	for _, secret := range []string{"canary", lasting.Secret} {
		if strings.Contains(text, secret) {
			t.Errorf("%q is shown: %s", secret, text)
		}
	}
}

// leased gives keys that are used up after some requests.
type leased struct {
	cred.Provider
	s       *bucket.Server
	n       int
	refused int
	current cred.Keys
}

func (l *leased) Get(context.Context) (cred.Keys, error) {
	if l.current.ID == "" {
		l.n++
		l.current = cred.Keys{ID: fmt.Sprint("AKIAtemporarycanary", l.n), Secret: "temporarysecret", Token: fmt.Sprint("tokencanary+/=", l.n)}
		l.s.Grant(bucket.Credential{ID: l.current.ID, Secret: l.current.Secret, Token: l.current.Token})
	}
	return l.current, nil
}

func (l *leased) Refused(k cred.Keys) {
	l.refused++
	if k.ID == l.current.ID {
		l.current = cred.Keys{}
	}
}

func (*leased) Source() string       { return "test" }
func (*leased) Warnings() []msg.Text { return nil }

func TestTokenExpiresInMidUpload(t *testing.T) {
	s := server(t, bucket.Options{})
	l := &leased{s: s}
	o := through(s)
	o.Keys = l
	st := open(t, plain, o)
	u, err := st.Begin(t.Context(), "k", store.PutOptions{IfAbsent: true})
	if err != nil {
		t.Fatal(err)
	}
	half := bytes.Repeat([]byte("x"), 1000)
	if _, err := u.Part(t.Context(), 1, bytes.NewReader(half), int64(len(half))); err != nil {
		t.Fatal(err)
	}
	s.Grant(bucket.Credential{ID: l.current.ID, Secret: l.current.Secret, Token: l.current.Token, Expires: time.Now().Add(-time.Second)})
	_, err = u.Part(t.Context(), 2, strings.NewReader("tail"), 4)
	if !errors.Is(err, store.ErrStale) || l.refused != 1 {
		t.Fatalf("%v, refused %d times", err, l.refused)
	}
	harmless(t, s, err)
	if _, err := u.Part(t.Context(), 2, strings.NewReader("tail"), 4); err != nil {
		t.Fatal(err)
	}
	if info, err := u.Commit(t.Context()); err != nil || info.Size != 1004 {
		t.Fatalf("%+v, %v", info, err)
	}
	if l.n != 2 {
		t.Errorf("%d sets of keys", l.n)
	}
}
