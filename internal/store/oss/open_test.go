package oss

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/internal/store/cred"
	"github.com/yingzao-dev/yingzao/internal/store/remotetest"
	"github.com/yingzao-dev/yingzao/internal/store/storetest/bucket"
)

func TestWhereRequestsGo(t *testing.T) {
	for raw, want := range map[string]struct{ host, scheme string }{
		"oss://releases?region=cn-hangzhou&scheme=http":                                    {"releases.oss-cn-hangzhou.aliyuncs.com", "OSS V4"},
		"oss://releases/a?region=cn-hangzhou":                                              {"releases.oss-cn-hangzhou.aliyuncs.com", "OSS V4"},
		"oss://releases?region=oss-cn-hangzhou&scheme=http":                                {"releases.oss-cn-hangzhou.aliyuncs.com", "OSS V4"},
		"oss://releases?region=cn-hangzhou&internal=1&scheme=http":                         {"releases.oss-cn-hangzhou-internal.aliyuncs.com", "OSS V4"},
		"oss://releases?endpoint=oss-cn-hangzhou.aliyuncs.com&scheme=http":                 {"releases.oss-cn-hangzhou.aliyuncs.com", "OSS V4"},
		"oss://releases?endpoint=oss-cn-hangzhou-internal.aliyuncs.com&sig=v4&scheme=http": {"releases.oss-cn-hangzhou-internal.aliyuncs.com", "OSS V4"},
		"oss://releases?endpoint=http://cn-hangzhou.oss.aliyuncs.com":                      {"releases.cn-hangzhou.oss.aliyuncs.com", ""},
		"oss://releases?region=cn-hangzhou&cname=dl.example.cn&scheme=http":                {"dl.example.cn", "OSS V4"},
		"oss://releases?region=cn-hangzhou&endpoint=oss-accelerate.aliyuncs.com":           {"releases.oss-accelerate.aliyuncs.com", ""},
		"oss://releases?region=cn-x&endpoint=http://oss.intra.example:8080":                {"releases.oss.intra.example:8080", ""},
		"oss://releases?endpoint=http://oss.intra.example:8080&sig=v1":                     {"releases.oss.intra.example:8080", ""},
		"oss://releases?region=cn-hangzhou&sig=v1&scheme=http":                             {"releases.oss-cn-hangzhou.aliyuncs.com", "OSS V1"},
	} {
		s := site.Server(t, bucket.Options{Domains: []string{"dl.example.cn"}})
		st := site.Open(t, raw, remotetest.Through(s))
		_, _ = st.Head(t.Context(), "k") // the answer does not matter
		got := s.Requests()[0]
		if got.Host != want.host || want.scheme != "" && (got.Scheme != want.scheme || got.Status != 404) {
			t.Errorf("%s: %v to %s, signed by %q, want %s, %q", raw, got, got.Host, got.Scheme, want.host, want.scheme)
		}
		if !sameParameters(st.URL(), raw) {
			t.Errorf("%s calls itself %s", raw, st.URL())
		}
	}
}

// sameParameters compares two URLs whose parameters may be in another order.
func sameParameters(a, b string) bool {
	count := map[string]int{}
	for part := range strings.FieldsFuncSeq(a, func(r rune) bool { return r == '?' || r == '&' }) {
		count[part]++
	}
	for part := range strings.FieldsFuncSeq(b, func(r rune) bool { return r == '?' || r == '&' }) {
		count[part]--
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return true
}

func TestBadURLs(t *testing.T) {
	site.Refuses(t, map[string][2]string{
		"oss://releases":                                                   {"no region given", "region=cn-hangzhou"},
		"oss://releases?internal=1":                                        {"no region given", "region="},
		"oss://releases?sig=v1":                                            {"no region given", "region="},
		"oss://releases?cname=dl.example.cn":                               {"no region given", "beside the bucket"},
		"oss://releases?endpoint=oss-accelerate.aliyuncs.com":              {"no region given", ""},
		"oss://releases?endpoint=oss.intra.example":                        {"no region given", ""},
		"oss://Releases?region=cn-hangzhou":                                {"is not the name of a bucket", "small letters"},
		"oss://releases.oss-cn-hangzhou.aliyuncs.com/p?region=cn-hangzhou": {"is not the name of a bucket", "endpoint="},
		"oss://-releases?region=cn-hangzhou":                               {"is not the name of a bucket", ""},
		"oss:releases?region=cn-hangzhou":                                  {"no bucket given", "oss://bucket/prefix"},
		"oss://releases:80?region=cn-hangzhou":                             {"a port behind the bucket", ""},
		"oss://releases/a/../b?region=cn-hangzhou":                         {"the prefix is not valid", ""},
		"oss://releases?regoin=cn-hangzhou":                                {`unknown parameter "regoin"`, "did you mean region"},
		"oss://releases?region=cn-hangzhou&c-name=dl.example.cn":           {`unknown parameter "c-name"`, "did you mean cname"},
		"oss://releases?region=cn-hangzhou&path=1":                         {`unknown parameter "path"`, "known parameters: region, endpoint, cname, internal, sig, scheme"},
		"oss://releases?region=a&region=b":                                 {"given twice", ""},
		"oss://releases?region=":                                           {"has no value", ""},
		"oss://releases?region=cn_hangzhou":                                {"not one like cn-hangzhou", ""},
		"oss://releases?region=cn-hangzhou.evil.example/":                  {"not one like cn-hangzhou", ""},
		"oss://releases?region=cn-hangzhou&internal=yes":                   {"neither 0 nor 1", ""},
		"oss://releases?region=cn-hangzhou&sig=v2":                         {"neither v4 nor v1", ""},
		"oss://releases?region=cn-hangzhou&scheme=ftp":                     {"neither http nor https", ""},
		"oss://releases?region=cn-hangzhou&internal=1&cname=dl.example.cn": {"internal and cname exclude each other", ""},
		"oss://releases?endpoint=oss.intra.example&cname=dl.example.cn":    {"endpoint and cname exclude each other", ""},
		"oss://releases?endpoint=releases.oss-cn-hangzhou.aliyuncs.com":    {"begins with the bucket", "cname="},
		"oss://releases?endpoint=http://oss-cn-hangzhou.aliyuncs.com/x":    {"not a host", ""},
		"oss://releases?endpoint=https://h.example&scheme=http&region=x":   {"contradict", ""},
	})
}

func TestPublicBucketIsReadOnly(t *testing.T) {
	for _, raw := range []string{site.URL, site.URL + "&sig=v1"} {
		o := remotetest.Through(site.Server(t, bucket.Options{PublicRead: true}))
		o.Keys = cred.Static(cred.Keys{})
		if _, err := site.Open(t, raw, o).Put(t.Context(), "k", strings.NewReader("x"), 1, store.PutOptions{}); !errors.Is(err, store.ErrDenied) {
			t.Error(err)
		}
	}
}

func TestWarnings(t *testing.T) {
	var heard []msg.Text
	o := remotetest.Through(site.Server(t, bucket.Options{}))
	o.Warn = func(w msg.Text) { heard = append(heard, w) }
	site.Open(t, "", o)
	if len(heard) != 1 || !strings.Contains(heard[0].EN, "default domain") || !strings.Contains(heard[0].ZH, "自定义域名") {
		t.Errorf("default domain: %q", heard)
	}
	heard = nil
	site.Open(t, "oss://releases?region=cn-hangzhou&cname=dl.example.cn", o)
	site.Open(t, "oss://releases?endpoint=oss.intra.example&sig=v1", o)
	if len(heard) != 0 {
		t.Errorf("custom domain and private cloud: %q", heard)
	}
	if runtime.GOOS == "windows" {
		return
	}
	path := filepath.Join(t.TempDir(), "keys")
	if err := os.WriteFile(path, []byte("OSS_ACCESS_KEY_ID=CANARY\nOSS_ACCESS_KEY_SECRET=CANARY\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	o.Credentials = cred.Options{File: path, Environ: []string{}}
	site.Open(t, "oss://releases?region=cn-hangzhou&cname=dl.example.cn", o)
	if len(heard) != 1 || !strings.Contains(heard[0].EN, "chmod 600") || !strings.Contains(heard[0].ZH, "chmod 600") || strings.Contains(heard[0].EN+heard[0].ZH, "CANARY") {
		t.Errorf("loose file: %q", heard)
	}
}

func FuzzOpen(f *testing.F) {
	site.FuzzOpen(f, func(t *testing.T, raw string, first, again *Store) {
		a, b := *first.Dialect.(*dialect), *again.Dialect.(*dialect)
		if *a.server != *b.server {
			t.Errorf("%q and %q lead to %v and %v", raw, first.URL(), a.server, b.server)
		}
		if a.server, b.server = nil, nil; a != b {
			t.Errorf("%q calls itself %q: %+v, %+v", raw, first.URL(), a, b)
		}
		// The SDK turns a request into nothing, and then falls, when it cannot
		// parse the URL it has made.
		keys := remotetest.Lasting
		handle, err := first.Dialect.(*dialect).handle(nowhere{}, &keys)
		if err != nil {
			t.Fatalf("%q: %v", raw, err)
		}
		if _, err := handle.Do("HEAD", "中 k", nil, nil, nil, nil); !errors.Is(err, errNowhere) {
			t.Errorf("%q: %v", raw, err)
		}
	}, "oss://b1x?endpoint=h:1&sig=v1", "oss://bkt/p%20q/中?cname=dl.example.cn&region=r", "oss://bkt?endpoint=oss-cn-x-internal.aliyuncs.com",
		"oss://bkt?region=oss-oss-x&internal=1", "oss:bkt", "oss://bkt?endpoint=[::1]:9000&sig=v1", "oss://bkt?internal=0&region=a")
}

// nowhere is a transport that leads there.
type nowhere struct{}

var errNowhere = errors.New("nowhere")

func (nowhere) RoundTrip(*http.Request) (*http.Response, error) { return nil, errNowhere }
