package remotetest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

var content = bytes.Repeat([]byte("营造 "), 20_000)

// calls are the operations, each with the request that does its work.
var calls = []struct {
	op bucket.Op
	do func(ctx context.Context, st store.Store, u store.Upload) error
}{
	{bucket.PutObject, func(ctx context.Context, st store.Store, _ store.Upload) error {
		_, err := st.Put(ctx, "new", bytes.NewReader(content), int64(len(content)), store.PutOptions{})
		return err
	}},
	{bucket.HeadObject, func(ctx context.Context, st store.Store, _ store.Upload) error {
		_, err := st.Head(ctx, "there")
		return err
	}},
	{bucket.GetObject, func(ctx context.Context, st store.Store, _ store.Upload) error {
		r, _, err := st.Get(ctx, "there", 0, -1)
		if err != nil {
			return err
		}
		defer r.Close()
		_, err = io.Copy(io.Discard, r)
		return err
	}},
	{bucket.ListObjects, func(ctx context.Context, st store.Store, _ store.Upload) error {
		return st.List(ctx, "", func(store.Info) error { return nil })
	}},
	{bucket.DeleteObject, func(ctx context.Context, st store.Store, _ store.Upload) error { return st.Delete(ctx, "there") }},
	{bucket.DeleteObjects, func(ctx context.Context, st store.Store, _ store.Upload) error { return st.Delete(ctx, "there", "x") }},
	{bucket.Initiate, func(ctx context.Context, st store.Store, _ store.Upload) error {
		_, err := st.Begin(ctx, "new", store.PutOptions{})
		return err
	}},
	{bucket.UploadPart, func(ctx context.Context, _ store.Store, u store.Upload) error {
		_, err := u.Part(ctx, 2, bytes.NewReader(content), int64(len(content)))
		return err
	}},
	{bucket.ListParts, func(ctx context.Context, _ store.Store, u store.Upload) error {
		_, err := u.Parts(ctx)
		return err
	}},
	{bucket.Complete, func(ctx context.Context, _ store.Store, u store.Upload) error {
		_, err := u.Commit(ctx)
		return err
	}},
	{bucket.Abort, func(ctx context.Context, _ store.Store, u store.Upload) error { return u.Abort(ctx) }},
}

var (
	reads = []bucket.Op{bucket.HeadObject, bucket.GetObject, bucket.ListObjects, bucket.ListParts}
	// silent are faults that the answer to an operation cannot betray.
	silent = map[bucket.Kind][]bucket.Op{
		bucket.Corrupt:       {bucket.PutObject, bucket.HeadObject, bucket.ListObjects, bucket.DeleteObject, bucket.DeleteObjects, bucket.Initiate, bucket.UploadPart, bucket.ListParts, bucket.Complete, bucket.Abort},
		bucket.CorruptUpload: {bucket.HeadObject, bucket.GetObject, bucket.ListObjects, bucket.DeleteObject, bucket.Initiate, bucket.ListParts, bucket.Abort},
		bucket.StaleUpload:   {bucket.PutObject, bucket.HeadObject, bucket.GetObject, bucket.ListObjects, bucket.DeleteObject, bucket.DeleteObjects, bucket.Initiate, bucket.Abort},
	}
	classOfFault = map[bucket.Kind]error{
		bucket.ServiceBusy: store.ErrThrottled, bucket.InternalError: store.ErrTransient, bucket.AccessDenied: store.ErrDenied,
		bucket.ErrorBody: store.ErrTransient, bucket.ResetRequest: store.ErrTransient, bucket.ResetResponse: store.ErrTransient,
		bucket.LostAnswer: store.ErrTransient, bucket.Truncate: store.ErrTransient, bucket.Corrupt: store.ErrIntegrity,
		bucket.CorruptUpload: store.ErrIntegrity, bucket.StaleUpload: store.ErrExpired, bucket.Hang: store.ErrTransient, bucket.ClockSkew: store.ErrClock,
	}
)

// faults lets every kind of fault strike every call: the class is right, nothing
// is retried, nothing damaged is seen.
func faults(t *testing.T, s Site) {
	var hang sync.WaitGroup // those that wait do it all at once
	defer hang.Wait()
	for _, kind := range bucket.Kinds() {
		for _, call := range calls {
			name := kind.String() + "/" + string(call.op)
			strike := func(t *testing.T) {
				srv := s.Server(t, bucket.Options{})
				o := Through(srv)
				if kind == bucket.Hang {
					o.HTTP.FirstByte = 3 * time.Second // which Begin, too, has to do with
				}
				st := s.Open(t, "", o)
				srv.PutObject(Prefix+"there", content, nil)
				u := begin(t, st, "new", store.PutOptions{}, "one")
				srv.ResetRequests()
				f := bucket.Fault{Kind: kind, N: 1, Delay: time.Millisecond, RetryAfter: 9 * time.Second, Match: func(r bucket.Request) bool { return r.Op == call.op }}
				if kind == bucket.AccessDenied {
					f.N, f.Match = 0, nil // HEAD asks again
				}
				srv.Faults(f)
				err := call.do(t.Context(), st, u)
				if slices.Contains(reads, call.op) && err == nil && (kind == bucket.ResetRequest || kind == bucket.LostAnswer) {
					return // net/http asks once more when a connection it had kept open breaks
				}
				if n := len(srv.Requests(call.op)); n != 1 || srv.Struck() != len(srv.Requests()) && kind == bucket.AccessDenied {
					t.Errorf("%d requests of the kind, %d faults; an adapter never retries: %v", n, srv.Struck(), srv.Requests())
				}
				judge(t, srv, kind, call.op, err)
			}
			if kind == bucket.Hang {
				hang.Go(func() { t.Run(name, strike) })
				continue
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				strike(t)
			})
		}
	}
}

func judge(t *testing.T, srv *bucket.Server, kind bucket.Kind, op bucket.Op, err error) {
	t.Helper()
	Harmless(t, err)
	switch {
	case slices.Contains(silent[kind], op):
		return
	case kind == bucket.Slow:
		if err != nil {
			t.Errorf("slow is no failure: %v", err)
		}
		return
	case kind == bucket.CorruptUpload && (op == bucket.Complete || op == bucket.DeleteObjects):
		if err == nil { // XML that does not parse, or a digest that does not match: any refusal will do
			t.Error("nothing noticed")
		}
		return
	}
	if class := classOfFault[kind]; store.ClassOf(err) != class || err == nil {
		t.Errorf("%v: class %v, want %v", err, store.ClassOf(err), class)
	}
	var later *store.Later
	if errors.As(err, &later) != (kind == bucket.ServiceBusy) || later != nil && later.After != 9*time.Second {
		t.Errorf("later: %+v", later)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v passes for the caller's own deadline", err)
	}
	if h := msg.Hint(err); kind == bucket.ClockSkew && (!strings.Contains(h.EN, "1h0m0s behind the server's") || !strings.Contains(h.ZH, "慢 1h0m0s")) {
		t.Errorf("hint %q", h)
	}
	if kind == bucket.CorruptUpload && op == bucket.PutObject && len(srv.Objects()) != 1 {
		t.Error("a damaged object is visible")
	}
}

func cancelled(t *testing.T, s Site) {
	for _, call := range calls {
		t.Run(string(call.op), func(t *testing.T) {
			t.Parallel()
			st, srv := s.New(t, bucket.Options{})
			srv.PutObject(Prefix+"there", content, nil)
			u := begin(t, st, "new", store.PutOptions{}, "x")
			srv.Faults(bucket.Fault{Kind: bucket.Hang})
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			if err := call.do(ctx, st, u); !errors.Is(err, context.DeadlineExceeded) || store.ClassOf(err) != nil {
				t.Errorf("waiting: %v", err)
			}
			srv.ResetRequests()
			if err := call.do(ctx, st, u); !errors.Is(err, context.DeadlineExceeded) || len(srv.Requests()) != 0 {
				t.Errorf("over before it began: %v, %v", err, srv.Requests())
			}
		})
	}
}

// bodyIsFree: a second try may begin while the transport still holds the first
// one's body.
func bodyIsFree(t *testing.T, s Site) {
	st, srv := s.New(t, bucket.Options{MinPart: 1})
	u, err := st.Begin(t.Context(), "k", store.PutOptions{})
	if err != nil {
		t.Fatal(err)
	}
	whole := bytes.Repeat([]byte("0123456789abcdef"), 1<<17)
	src := bytes.NewReader(whole)
	srv.Faults(bucket.Fault{Kind: bucket.ResetRequest, P: 0.5, Seed: 7, Match: func(r bucket.Request) bool { return r.Op == bucket.UploadPart }})
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
	if srv.Struck() == 0 {
		t.Fatal("no fault happened")
	}
	if info, err := u.Commit(t.Context()); err != nil || info.Size != 3*int64(len(whole)) {
		t.Errorf("%+v, %v", info, err)
	}
	if got := srv.Objects()[Prefix+"k"].Content; !bytes.Equal(got, bytes.Repeat(whole, 3)) {
		t.Errorf("%d bytes, and others than were sent", len(got))
	}
}
