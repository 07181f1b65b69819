package remote

import (
	"net/url"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

func TestPlace(t *testing.T) {
	for raw, want := range map[string]string{
		"cos://b-1":           "b-1|",
		"cos://b-1/":          "b-1|",
		"cos://b-1/a/b/":      "b-1|a/b/",
		"cos://b-1//a":        "b-1|a/",
		"cos://b-1/%E4%BA%A7": "b-1|产/",
		"cos://b-1/a/../b":    "the prefix is not valid",
		"cos://b-1/a%0Ab":     "the prefix is not valid",
		"cos:b-1/a":           "no bucket given",
		"cos:///a":            "no bucket given",
		"cos://b-1:80/a":      "a port behind the bucket",
		"cos://b-1:/a":        "a port behind the bucket",
	} {
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		bucket, prefix, err := Place(u)
		got := bucket + "|" + prefix
		if err != nil {
			got = err.Error()
			if msg.KindOf(err) != msg.Usage || msg.Hint(err).IsZero() {
				t.Errorf("%s: %v is of kind %v, hint %q", raw, err, msg.KindOf(err), msg.Hint(err))
			}
		}
		if got != want && (err == nil || !strings.HasSuffix(got, want)) {
			t.Errorf("%s: %q, want %q", raw, got, want)
		}
	}
}

func TestParams(t *testing.T) {
	for raw, want := range map[string]struct{ err, hint string }{
		"region=a&path=1":   {},
		"":                  {},
		"regoin=a":          {`unknown parameter "regoin"`, "did you mean region=?"},
		"frobnicate=a":      {`unknown parameter "frobnicate"`, "known parameters: region, path"},
		"region=a&region=b": {"parameter region is given twice", ""},
		"region=":           {"parameter region has no value", ""},
		"region=%zz":        {"cannot be read", "escape"},
	} {
		_, err := Params(&url.URL{Scheme: "s3", RawQuery: raw}, "region", "path")
		if want.err == "" {
			if err != nil {
				t.Errorf("%s: %v", raw, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), want.err) || !strings.Contains(msg.Hint(err).EN, want.hint) {
			t.Errorf("%s: %v (%s), want %v", raw, err, msg.Hint(err), want)
		}
	}
}

func TestServer(t *testing.T) {
	for in, want := range map[[2]string]string{
		{"minio.example", ""}:              "https://minio.example",
		{"minio.example:9000", "http"}:     "http://minio.example:9000",
		{"http://MinIO.example:9000/", ""}: "http://minio.example:9000",
		{"https://minio.example", "https"}: "https://minio.example",
		{"[::1]:9000", ""}:                 "https://[::1]:9000",
		{"http://minio.example", "https"}:  "",
		{"minio.example", "ftp"}:           "",
		{"ftp://minio.example", ""}:        "",
		{"minio.example/bucket", ""}:       "",
		{"u:p@minio.example", ""}:          "",
		{"minio.example?x=1", ""}:          "",
		{"minio.example#x", ""}:            "",
		{"minio .example", ""}:             "",
		{"minio.example:port", ""}:         "",
		{"minio.example:", ""}:             "",
		{":9000", ""}:                      "",
		{"https://", ""}:                   "",
	} {
		u, err := Server("s3", in[0], in[1])
		got := ""
		if err == nil {
			got = u.String()
		}
		if got != want {
			t.Errorf("%q: %q, want %q (%v)", in, got, want, err)
		}
		if err != nil && strings.Contains(err.Error(), "u:p") {
			t.Errorf("the value is shown: %v", err)
		}
	}
}

func FuzzServer(f *testing.F) {
	f.Add("minio.example:9000", "http")
	f.Add("https://[::1]/", "")
	f.Add("u:p@h", "https")
	f.Fuzz(func(t *testing.T, endpoint, scheme string) {
		u, err := Server("s3", endpoint, scheme)
		if err != nil {
			return
		}
		again, err := url.Parse(u.String())
		if err != nil || again.Host != u.Host || again.Hostname() == "" || again.User != nil || again.Path != "" {
			t.Errorf("%q is %v, which is read as %v (%v)", endpoint, u, again, err)
		}
	})
}

func TestName(t *testing.T) {
	got := Name("s3", "b", "产品/x/", "endpoint", "https://h:1", "region", "", "path", "1")
	if want := "s3://b/%E4%BA%A7%E5%93%81/x?endpoint=https://h:1&path=1"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestFlag(t *testing.T) {
	for in, want := range map[string]bool{"": false, "0": false, "1": true} {
		if got, err := Flag("s3", "path", in); got != want || err != nil {
			t.Errorf("%q: %v, %v", in, got, err)
		}
	}
	if _, err := Flag("s3", "path", "secretvalue"); err == nil || strings.Contains(err.Error(), "secretvalue") {
		t.Error(err)
	}
}
