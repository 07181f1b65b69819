package oss

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/cred"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

var content = bytes.Repeat([]byte("营造 "), 20_000)

// calls are the operations, each with the request that does its work.
var calls = []struct {
	op bucket.Op
	do func(ctx context.Context, st *Store, u store.Upload) error
}{
	{bucket.PutObject, func(ctx context.Context, st *Store, _ store.Upload) error {
		_, err := st.Put(ctx, "new", bytes.NewReader(content), int64(len(content)), store.PutOptions{})
		return err
	}},
	{bucket.HeadObject, func(ctx context.Context, st *Store, _ store.Upload) error {
		_, err := st.Head(ctx, "there")
		return err
	}},
	{bucket.GetObject, func(ctx context.Context, st *Store, _ store.Upload) error {
		r, _, err := st.Get(ctx, "there", 0, -1)
		if err != nil {
			return err
		}
		defer r.Close()
		_, err = io.Copy(io.Discard, r)
		return err
	}},
	{bucket.ListObjects, func(ctx context.Context, st *Store, _ store.Upload) error {
		return st.List(ctx, "", func(store.Info) error { return nil })
	}},
	{bucket.DeleteObject, func(ctx context.Context, st *Store, _ store.Upload) error { return st.Delete(ctx, "there") }},
	{bucket.DeleteObjects, func(ctx context.Context, st *Store, _ store.Upload) error { return st.Delete(ctx, "there", "x") }},
	{bucket.Initiate, func(ctx context.Context, st *Store, _ store.Upload) error {
		_, err := st.Begin(ctx, "new", store.PutOptions{})
		return err
	}},
	{bucket.UploadPart, func(ctx context.Context, _ *Store, u store.Upload) error {
		_, err := u.Part(ctx, 2, bytes.NewReader(content), int64(len(content)))
		return err
	}},
	{bucket.ListParts, func(ctx context.Context, _ *Store, u store.Upload) error {
		_, err := u.Parts(ctx)
		return err
	}},
	{bucket.Complete, func(ctx context.Context, _ *Store, u store.Upload) error {
		_, err := u.Commit(ctx)
		return err
	}},
	{bucket.Abort, func(ctx context.Context, _ *Store, u store.Upload) error { return u.Abort(ctx) }},
}

// silent are faults that the answer to an operation cannot betray.
var silent = map[bucket.Kind][]bucket.Op{
	bucket.Corrupt:       {bucket.PutObject, bucket.HeadObject, bucket.ListObjects, bucket.DeleteObject, bucket.DeleteObjects, bucket.Initiate, bucket.UploadPart, bucket.ListParts, bucket.Complete, bucket.Abort},
	bucket.CorruptUpload: {bucket.HeadObject, bucket.GetObject, bucket.ListObjects, bucket.DeleteObject, bucket.Initiate, bucket.ListParts, bucket.Abort},
	bucket.StaleUpload:   {bucket.PutObject, bucket.HeadObject, bucket.GetObject, bucket.ListObjects, bucket.DeleteObject, bucket.DeleteObjects, bucket.Initiate, bucket.Abort},
	bucket.Slow:          {bucket.PutObject, bucket.HeadObject, bucket.GetObject, bucket.ListObjects, bucket.DeleteObject, bucket.DeleteObjects, bucket.Initiate, bucket.UploadPart, bucket.ListParts, bucket.Complete, bucket.Abort},
}

var classOfFault = map[bucket.Kind]error{
	bucket.ServiceBusy: store.ErrThrottled, bucket.InternalError: store.ErrTransient, bucket.AccessDenied: store.ErrDenied,
	bucket.ErrorBody: store.ErrTransient, bucket.ResetRequest: store.ErrTransient, bucket.ResetResponse: store.ErrTransient,
	bucket.LostAnswer: store.ErrTransient, bucket.Truncate: store.ErrTransient, bucket.Corrupt: store.ErrIntegrity,
	bucket.CorruptUpload: store.ErrIntegrity, bucket.StaleUpload: store.ErrExpired, bucket.Hang: store.ErrTransient, bucket.ClockSkew: store.ErrClock,
}

func TestEveryFaultOfEveryCall(t *testing.T) {
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
					_, err = u.Part(t.Context(), 1, bytes.NewReader(content), int64(len(content)))
				}
				if err != nil {
					t.Fatal(err)
				}
				s.ResetRequests()
				s.Faults(bucket.Fault{Kind: kind, N: 1, Delay: time.Millisecond, RetryAfter: 9 * time.Second, Match: func(r bucket.Request) bool { return r.Op == call.op }})
				err = call.do(t.Context(), st, u)
				reads := slices.Contains([]bucket.Op{bucket.HeadObject, bucket.GetObject, bucket.ListObjects, bucket.ListParts}, call.op)
				if reads && err == nil && (kind == bucket.ResetRequest || kind == bucket.LostAnswer) {
					return // net/http asks once more when a connection it had kept open breaks
				}
				if n := len(s.Requests(call.op)); n != 1 || s.Struck() != 1 {
					t.Errorf("%d requests of the kind, %d faults; an adapter never retries", n, s.Struck())
				}
				judge(t, s, kind, call.op, err)
				harmless(t, err)
			})
		}
	}
}

func judge(t *testing.T, s *bucket.Server, kind bucket.Kind, op bucket.Op, err error) {
	t.Helper()
	if slices.Contains(silent[kind], op) {
		if kind == bucket.Slow && err != nil {
			t.Errorf("slow is no failure: %v", err)
		}
		return
	}
	if kind == bucket.CorruptUpload && op == bucket.Complete {
		if err == nil { // XML that does not parse, or names another part: any refusal will do
			t.Error("nothing noticed")
		}
		return
	}
	class := classOfFault[kind]
	if store.ClassOf(err) != class || err == nil {
		t.Errorf("%v: class %v, want %v", err, store.ClassOf(err), class)
	}
	var later *store.Later
	if errors.As(err, &later) != (kind == bucket.ServiceBusy) || later != nil && later.After != 9*time.Second {
		t.Errorf("later: %+v", later)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v passes for the caller's own deadline", err)
	}
	if kind == bucket.ClockSkew && (!strings.Contains(msg.Hint(err).EN, "behind the server's") || !strings.Contains(msg.Hint(err).ZH, "慢")) {
		t.Errorf("hint %q", msg.Hint(err))
	}
	if kind == bucket.CorruptUpload && op == bucket.PutObject && len(s.Objects()) != 1 {
		t.Error("a damaged object is visible")
	}
}

func TestCancelWhileWaiting(t *testing.T) {
	for _, call := range calls {
		t.Run(string(call.op), func(t *testing.T) {
			t.Parallel()
			s := server(t, bucket.Options{})
			st := open(t, plain, through(s))
			s.PutObject("some/prefix/there", content, nil)
			u, err := st.Begin(t.Context(), "new", store.PutOptions{})
			if err == nil {
				_, err = u.Part(t.Context(), 1, strings.NewReader("x"), 1)
			}
			if err != nil {
				t.Fatal(err)
			}
			s.Faults(bucket.Fault{Kind: bucket.Hang})
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			if err := call.do(ctx, st, u); !errors.Is(err, context.DeadlineExceeded) || store.ClassOf(err) != nil {
				t.Errorf("%v", err)
			}
		})
	}
}

// The keys come by OIDC, end while parts are sent, and are replaced; nothing is
// lost.
func TestTokenExpiresInMidUpload(t *testing.T) {
	s := server(t, bucket.Options{})
	sts := bucket.NewSTS(t, bucket.STSOptions{}, s)
	o := through(s)
	o.Credentials = cred.Options{Environ: []string{
		"ALIBABA_CLOUD_ROLE_ARN=acs:ram::1:role/releaser", "ALIBABA_CLOUD_OIDC_PROVIDER_ARN=acs:ram::1:oidc-provider/gitlab", "ALIBABA_CLOUD_OIDC_TOKEN=CANARY.of.gitlab",
	}}
	st := open(t, plain, o)
	u, err := st.Begin(t.Context(), "k", store.PutOptions{IfAbsent: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := u.Part(t.Context(), 1, bytes.NewReader(content), int64(len(content))); err != nil {
		t.Fatal(err)
	}
	for i, end := range []func(id string){
		func(id string) { s.Grant(bucket.Credential{ID: id, Token: "x", Expires: time.Now().Add(-time.Second)}) }, // SecurityTokenExpired
		func(id string) { s.Grant(bucket.Credential{ID: id, Token: "x"}) },                                        // InvalidSecurityToken
		func(id string) { s.Revoke(id) }, // InvalidAccessKeyId
	} {
		before := sts.Calls()
		end(before[len(before)-1].KeyID)
		tail := strings.NewReader("tail")
		_, err = u.Part(t.Context(), 2, tail, 4)
		if !errors.Is(err, store.ErrStale) {
			t.Fatalf("%d: %v", i, err)
		}
		harmless(t, err)
		_, _ = tail.Seek(0, io.SeekStart)
		if _, err := u.Part(t.Context(), 2, tail, 4); err != nil {
			t.Fatal(err)
		}
		if after := sts.Calls(); len(after) != len(before)+1 {
			t.Errorf("%d exchanges, then %d", len(before), len(after))
		}
	}
	if info, err := u.Commit(t.Context()); err != nil || info.Size != int64(len(content))+4 || info.CRC64 == "" {
		t.Fatalf("%+v, %v", info, err)
	}
}

// A second try may begin while the transport still holds the first one's body.
func TestBodyIsFreeAfterAFailure(t *testing.T) {
	s := server(t, bucket.Options{})
	st := open(t, plain, through(s))
	u, err := st.Begin(t.Context(), "k", store.PutOptions{})
	if err != nil {
		t.Fatal(err)
	}
	whole := bytes.Repeat([]byte("0123456789abcdef"), 1<<17)
	src := bytes.NewReader(whole)
	s.Faults(bucket.Fault{Kind: bucket.ResetRequest, P: 0.5, Seed: 7, Match: func(r bucket.Request) bool { return r.Op == bucket.UploadPart }})
	for n := 1; n <= 3; n++ {
		for {
			_, _ = src.Seek(0, io.SeekStart)
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
