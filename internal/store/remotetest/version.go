package remotetest

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/cred"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

// warned is a store on a bucket with versions, and what it warned of.
func (s Site) warned(t *testing.T, o bucket.Options) (store.Store, *bucket.Server, *[]msg.Text) {
	t.Helper()
	if s.Dialect == bucket.S3 {
		t.Skip("conditions of S3 hold in buckets with versions")
	}
	srv := s.Server(t, o)
	heard := &[]msg.Text{}
	with := Through(srv)
	with.Warn = func(w msg.Text) { *heard = append(*heard, w) }
	return s.Open(t, "", with), srv, heard
}

// versions make forbid-overwrite void: what remains is the look before and after,
// and a warning.
func versions(t *testing.T, s Site) {
	for _, suspended := range []bool{false, true} {
		st, srv, heard := s.warned(t, bucket.Options{Versioned: true, Suspended: suspended})
		if err := put(t, st, "k", "first", absent); err != nil {
			t.Fatal(err)
		}
		if got := Asked(srv); got != "GetBucketVersioning HeadObject PutObject! HeadObject" {
			t.Errorf("a put asked %s", got)
		}
		if err := put(t, st, "k", "second", absent); !errors.Is(err, store.ErrExists) {
			t.Error(err)
		}
		if _, err := st.Begin(t.Context(), "k", absent); !errors.Is(err, store.ErrExists) {
			t.Error(err)
		}
		srv.ResetRequests()
		if _, err := begin(t, st, "up", absent, "ours").Commit(t.Context()); err != nil {
			t.Error(err)
		}
		if got := Asked(srv); got != "HeadObject InitiateMultipartUpload! UploadPart HeadObject CompleteMultipartUpload! HeadObject" {
			t.Errorf("an upload asked %s", got)
		}
		u := begin(t, st, "late", absent, "ours")
		srv.PutObject(Prefix+"late", []byte("theirs"), nil)
		if _, err := u.Commit(t.Context()); !errors.Is(err, store.ErrExists) {
			t.Error(err)
		}
		if got := string(srv.Objects()[Prefix+"late"].Content); got != "theirs" {
			t.Errorf("%q", got)
		}
		// The first is about the default domain.
		if len(*heard) != 2 || !strings.Contains((*heard)[1].EN, "has versioning") || !strings.Contains((*heard)[1].ZH, "开启了版本控制") || st.Caps().IfAbsent {
			t.Errorf("warnings %q, %+v", *heard, st.Caps())
		}
	}
	// Nobody was asked, but an answer tells.
	st, _, heard := s.warned(t, bucket.Options{Versioned: true})
	for range 2 {
		if err := put(t, st, "k", "x", store.PutOptions{}); err != nil || st.Caps().IfAbsent || len(*heard) != 2 {
			t.Errorf("%v, %+v, %q", err, st.Caps(), *heard)
		}
	}
}

// onGet does something when keys are asked for: before each request.
type onGet struct {
	cred.Provider
	do func()
}

func (g onGet) Get(ctx context.Context) (cred.Keys, error) {
	g.do()
	return g.Provider.Get(ctx)
}

func overwritten(t *testing.T, s Site) {
	if s.Dialect == bucket.S3 {
		t.Skip("conditions of S3 hold in buckets with versions")
	}
	srv := s.Server(t, bucket.Options{Versioned: true})
	asked, last, theirs := 0, 4, "theirs" // versions, look, write, look again
	o := Through(srv)
	o.Keys = onGet{cred.Static(Lasting), func() {
		if asked++; asked == last && theirs != "" {
			srv.PutObject(Prefix+"k", []byte(theirs), nil)
		}
	}}
	st := s.Open(t, "", o)
	if err := put(t, st, "k", "ours", absent); asked != last {
		t.Errorf("after %d requests: %v", asked, err)
	} else {
		Says(t, "put", err, store.ErrExists, "another writer replaced it", "另一个写入者")
	}
	if err := st.Delete(t.Context(), "k"); err != nil {
		t.Fatal(err)
	}
	asked, last = 0, 6 // look, initiate, part, look, complete, look again
	_, err := begin(t, st, "k", absent, "ours").Commit(t.Context())
	if !errors.Is(err, store.ErrExists) || asked != last {
		t.Errorf("an upload: %v after %d requests", err, asked)
	}
}

// mayNotAsk: keys of a publisher need not have the right to ask for versions.
func mayNotAsk(t *testing.T, s Site) {
	st, srv, heard := s.warned(t, bucket.Options{})
	srv.Faults(bucket.Fault{Kind: bucket.AccessDenied, Match: func(r bucket.Request) bool { return r.Op == bucket.GetVersioning }})
	for _, key := range []string{"a", "b"} {
		if err := put(t, st, key, "x", absent); err != nil {
			t.Fatal(err)
		}
	}
	if got := Asked(srv); got != "GetBucketVersioning HeadObject PutObject! HeadObject HeadObject PutObject! HeadObject" {
		t.Error(got)
	}
	if err := put(t, st, "a", "y", absent); !errors.Is(err, store.ErrExists) || !st.Caps().IfAbsent || len(*heard) != 1 {
		t.Errorf("%v, %+v, %q", err, st.Caps(), *heard)
	}
}

// noAnswer: what says nothing about versions is not taken for an answer.
func noAnswer(t *testing.T, s Site) {
	for kind, class := range map[bucket.Kind]error{bucket.InternalError: store.ErrTransient, bucket.ServiceBusy: store.ErrThrottled, bucket.ClockSkew: store.ErrClock} {
		st, srv, _ := s.warned(t, bucket.Options{})
		srv.Faults(bucket.Fault{Kind: kind, Match: func(r bucket.Request) bool { return r.Op == bucket.GetVersioning }})
		for range 2 {
			if err := put(t, st, "k", "x", absent); !errors.Is(err, class) {
				t.Errorf("%s: %v", kind, err)
			}
		}
		if got := Asked(srv); got != "GetBucketVersioning GetBucketVersioning" || len(srv.Objects()) != 0 {
			t.Errorf("%s: %s", kind, got)
		}
	}
}
