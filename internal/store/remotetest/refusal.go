package remotetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/yingzao-dev/yingzao/internal/httpx"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/cred"
	"github.com/yingzao-dev/yingzao/internal/store/remote"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

// nobody signs nothing.
var nobody = cred.Static(cred.Keys{})

// Code is what an error code of a service must come to.
type Code struct {
	Status int
	Class  error // nil for none
	EN, ZH string
}

// Codes lets a service answer each code and looks at the error.
func (s Site) Codes(t *testing.T, codes map[string]Code) {
	t.Helper()
	for code, want := range codes {
		st := s.Answering(t, want.Status, "<Error><Code>"+code+"</Code><Message>m AUTH</Message><Region>cn-north-4</Region><RequestId>REQ9</RequestId><EC>0048-00000401</EC></Error>", nil)
		_, err := st.Begin(t.Context(), "k", store.PutOptions{})
		Says(t, code, err, want.Class, want.EN, want.ZH)
		for _, part := range []string{"begin upload of k", code, fmt.Sprint(want.Status), "(request REQ9, EC 0048-00000401)"} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%s: %v lacks %s", code, err, part)
			}
		}
		if zh := msg.In(err, msg.Chinese); !strings.Contains(zh, "请求 ID REQ9") {
			t.Errorf("%s: %s", code, zh)
		}
	}
}

func sharedCodes(t *testing.T, s Site) {
	s.Codes(t, map[string]Code{
		"AccessDenied":          {403, store.ErrDenied, "(keys: static keys)", "密钥来源：static keys"},
		"SignatureDoesNotMatch": {403, store.ErrDenied, "line break", "换行"},
		"InvalidAccessKeyId":    {403, store.ErrDenied, "another cloud", "其他云厂商"},
		"RequestTimeTooSkewed":  {403, store.ErrClock, "NTP", "NTP"},
		"NoSuchBucket":          {404, store.ErrEndpoint, "no bucket releases", "没有桶 releases"},
		"NoSuchUpload":          {404, store.ErrExpired, "again", "重新"},
		"NoSuchKey":             {404, store.ErrNotFound, "", ""},
		"InvalidDigest":         {400, store.ErrIntegrity, "again", "重新"},
		"SlowDown":              {503, store.ErrThrottled, "connections", "连接数"},
		"InternalError":         {500, store.ErrTransient, "again", "重新"},
		"RequestTimeout":        {400, store.ErrTransient, "again", "重新"},
		"NotImplemented":        {501, nil, "not offer", "不支持"},

		"SomethingThatIsInventedNext":       {400, nil, "", ""},
		"SomethingForbiddenThatIsNotKnown":  {403, store.ErrDenied, "PutObject", "权限"},
		"SomethingInTheWayWithoutCondition": {409, store.ErrTransient, "", ""},
	})
}

// otherServers: a portal or a proxy that answers in the place of the service must
// not pass for it.
func otherServers(t *testing.T, s Site) {
	for name, st := range map[string]store.Store{"page": s.Answering(t, 200, "<html>log in</html>", nil), "nothing": s.Answering(t, 200, "", nil)} {
		u, err := st.Resume(t.Context(), "k", "id", store.PutOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for _, call := range calls {
			if call.op == bucket.DeleteObject || call.op == bucket.Abort {
				continue // nothing need be in the answer
			}
			if err := call.do(t.Context(), st, u); err == nil {
				t.Errorf("%s: %s succeeded", name, call.op)
			}
		}
		if err := put(t, st, "k", "x", absent); err == nil {
			t.Errorf("%s: put if absent succeeded", name)
		}
		if _, _, err := st.Get(t.Context(), "k", 5, 9); err == nil {
			t.Errorf("%s: a range was read", name)
		}
		if _, err := st.(*remote.Store).Sweep(t.Context(), 0); err == nil {
			t.Errorf("%s: sweep succeeded", name)
		}
	}
}

// lies: documents of the right form that cannot be true.
func lies(t *testing.T, s Site) {
	told := func(root, body string) error {
		st := s.Answering(t, 200, "<"+root+">"+body+"</"+root+">", nil)
		switch root {
		case "ListBucketResult":
			return st.List(t.Context(), "a", func(store.Info) error { return nil })
		case "ListMultipartUploadsResult":
			return st.Unfinished(t.Context(), 0, func(store.Unfinished) error { return nil })
		case "InitiateMultipartUploadResult":
			_, err := st.Begin(t.Context(), "k", store.PutOptions{})
			return err
		case "DeleteResult":
			return st.Delete(t.Context(), "a", "b")
		}
		u, err := st.Resume(t.Context(), "k", "id", store.PutOptions{})
		if err == nil {
			_, err = u.Parts(t.Context())
		}
		return err
	}
	for name, tc := range map[string]struct{ root, body string }{
		"outside of the prefix":   {"ListBucketResult", "<Contents><Key>else/a</Key></Contents>"},
		"out of order":            {"ListBucketResult", "<Contents><Key>some/prefix/ab</Key></Contents><Contents><Key>some/prefix/aa</Key></Contents>"},
		"ill encoded":             {"ListBucketResult", "<EncodingType>url</EncodingType><Contents><Key>some/prefix/a%zz</Key></Contents>"},
		"more, but nothing yet":   {"ListBucketResult", "<IsTruncated>true</IsTruncated>"},
		"more of the same":        {"ListBucketResult", "<IsTruncated>true</IsTruncated><Contents><Key>some/prefix/aa</Key></Contents>"},
		"uploads, going round":    {"ListMultipartUploadsResult", "<IsTruncated>true</IsTruncated>"},
		"no id":                   {"InitiateMultipartUploadResult", ""},
		"parts out of order":      {"ListPartsResult", "<Part><PartNumber>2</PartNumber></Part><Part><PartNumber>1</PartNumber></Part>"},
		"more parts, but nothing": {"ListPartsResult", "<IsTruncated>true</IsTruncated>"},
		"one of two deleted":      {"DeleteResult", "<Deleted><Key>some/prefix/a</Key></Deleted>"},
	} {
		err := told(tc.root, tc.body)
		Says(t, name, err, store.ErrTransient, "run the command again", "重新运行")
		if err != nil && !strings.Contains(err.Error(), "not one of an object store") {
			t.Errorf("%s: %v", name, err)
		}
	}
	err := told("DeleteResult", "<Deleted><Key>some/prefix/a</Key></Deleted><Error><Key>some/prefix/b</Key><Code>AccessDenied</Code><Message>m</Message></Error>")
	Says(t, "one of two refused", err, store.ErrDenied, "keys: static keys", "密钥来源")
	if err != nil && !strings.Contains(err.Error(), "delete b: ") {
		t.Error(err)
	}
	if err := told("DeleteResult", "<Deleted><Key>some/prefix/a</Key></Deleted><Error><Key>some/prefix/b</Key><Code>NoSuchKey</Code></Error>"); err != nil {
		t.Errorf("what is not there is deleted: %v", err)
	}
}

// clock: the skew is measured, whatever the answer has to say.
func clock(t *testing.T, s Site) {
	for skew, says := range map[time.Duration][2]string{
		-2 * time.Hour: {"2h0m0s ahead of the server's", "快 2h0m0s"}, 3 * time.Hour: {"3h0m0s behind the server's", "慢 3h0m0s"},
	} {
		st, _ := s.New(t, bucket.Options{Now: func() time.Time { return time.Now().Add(skew) }})
		Says(t, "put", put(t, st, "k", "x", store.PutOptions{}), store.ErrClock, says[0], says[1])
		_, err := st.Head(t.Context(), "k") // an answer without a document
		Says(t, "head", err, store.ErrClock, says[0], says[1])
	}
}

// headExplained: an answer to HEAD cannot say why.
func headExplained(t *testing.T, s Site) {
	for name, tc := range map[string]struct {
		keys  cred.Keys
		known []bucket.Credential
		class error
		hint  [2]string
	}{
		"expired, nobody knew when": {
			cred.Keys{ID: "tempCANARY", Secret: "CANARY", Token: "CANARY"},
			[]bucket.Credential{{ID: "tempCANARY", Secret: "CANARY", Token: "CANARY", Expires: time.Now().Add(-time.Hour)}},
			store.ErrStale, [2]string{"new credentials", "新的凭据"},
		},
		"wrong secret": {cred.Keys{ID: Lasting.ID, Secret: "CANARY"}, nil, store.ErrDenied, [2]string{"line break", "换行"}},
		"key unknown":  {cred.Keys{ID: "elseCANARY", Secret: "CANARY"}, nil, store.ErrDenied, [2]string{"another cloud", "其他云厂商"}},
	} {
		srv := s.Server(t, bucket.Options{Keys: tc.known})
		srv.PutObject(Prefix+"k", nil, nil)
		o := Through(srv)
		o.Keys = cred.Static(tc.keys)
		_, err := s.Open(t, "", o).Head(t.Context(), "k")
		Says(t, name, err, tc.class, tc.hint[0], tc.hint[1])
		if got := Asked(srv); got != "HeadObject GetObject" {
			t.Errorf("%s: asked %s", name, got)
		}
	}
	// Where GET knows no more, the refusal stands; where it is fine, so is the object.
	st, srv := s.New(t, bucket.Options{})
	srv.PutObject(Prefix+"k", []byte("content"), nil)
	srv.PutObject(Prefix+"empty", nil, nil)
	heads := func(r bucket.Request) bool { return r.Op == bucket.HeadObject }
	srv.Faults(bucket.Fault{Kind: bucket.AccessDenied, Match: heads})
	if info, err := st.Head(t.Context(), "k"); err != nil || info.Size != 7 || info.ETag == "" || info.Modified.IsZero() {
		t.Errorf("GET may: %+v, %v", info, err)
	}
	_, err := st.Head(t.Context(), "empty")
	Says(t, "empty", err, store.ErrDenied, "keys: static keys", "密钥来源")
	if _, err := st.Head(t.Context(), "none"); !errors.Is(err, store.ErrNotFound) {
		t.Error(err)
	}
	srv.Faults(bucket.Fault{Kind: bucket.AccessDenied, Match: heads}, bucket.Fault{Kind: bucket.ServiceBusy})
	if _, err := st.Head(t.Context(), "k"); !errors.Is(err, store.ErrThrottled) { // a second try will tell
		t.Error(err)
	}
}

// insideOnly: outside of the cloud, packets to an internal address go nowhere.
func insideOnly(t *testing.T, s Site) {
	ln, err := net.Listen("tcp", "127.0.0.1:0") // accepts, and never answers
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	o := remote.Options{HTTP: httpx.Options{FirstByte: 50 * time.Millisecond, Proxy: by("http://" + ln.Addr().String())}}
	_, err = s.Open(t, "", o).Head(t.Context(), "k")
	Says(t, "public address", err, store.ErrTransient, "run the command again", "重新运行")
	if s.Internal == "" {
		return
	}
	_, err = s.Open(t, s.Internal, o).Head(t.Context(), "k")
	Says(t, "internal address", err, store.ErrTransient, "internal address that only machines of the same cloud and region reach; elsewhere remove internal=1", "内网地址")
}

// leased gives keys that are used up after some requests.
type leased struct {
	srv     *bucket.Server
	n       int
	refused int
	current cred.Keys
}

func (l *leased) Get(context.Context) (cred.Keys, error) {
	if l.current.ID == "" {
		l.n++
		l.current = cred.Keys{ID: fmt.Sprint("temporaryCANARY", l.n), Secret: "temporaryCANARY", Token: fmt.Sprint("tokenCANARY+/=", l.n)}
		l.grant(time.Time{})
	}
	return l.current, nil
}

func (l *leased) grant(until time.Time) {
	l.srv.Grant(bucket.Credential{ID: l.current.ID, Secret: l.current.Secret, Token: l.current.Token, Expires: until})
}

func (l *leased) Refused(k cred.Keys) {
	l.refused++
	if k.ID == l.current.ID {
		l.current = cred.Keys{}
	}
}

func (*leased) Source() string       { return "test" }
func (*leased) Warnings() []msg.Text { return nil }

// tokenExpires in mid-upload: the provider is told, and with new keys the upload
// goes on.
func tokenExpires(t *testing.T, s Site) {
	srv := s.Server(t, bucket.Options{MinPart: 1})
	l := &leased{srv: srv}
	o := Through(srv)
	o.Keys = l
	st := s.Open(t, "", o)
	u := begin(t, st, "k", absent, "head")
	for i, end := range []func(){
		func() { l.grant(time.Now().Add(-time.Second)) },
		func() { srv.Revoke(l.current.ID) },
	} {
		end()
		tail := strings.NewReader("tail")
		_, err := u.Part(t.Context(), 2, tail, 4)
		Says(t, "part", err, store.ErrStale, "new credentials; a token for a long upload needs a longer life (keys: test)", "新的凭据")
		if l.refused != i+1 {
			t.Errorf("the provider was told %d times", l.refused)
		}
		_, _ = tail.Seek(0, io.SeekStart)
		if _, err := u.Part(t.Context(), 2, tail, 4); err != nil {
			t.Fatal(err)
		}
	}
	if info, err := u.Commit(t.Context()); err != nil || info.Size != 8 || (info.CRC64 == "") != (s.Dialect == bucket.S3) || l.n != 3 {
		t.Errorf("%+v, %v, %d sets of keys", info, err, l.n)
	}
}
