package mirror

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"unicode"
)

// answers is a transport that answers everything with the same body.
type answers string

func (a answers) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(string(a))), Request: r}, nil
}

// Whatever a mirror answers: an answer that fits, or an error with a class.
func FuzzAnswers(f *testing.F) {
	for _, s := range []string{"", "v1.0.0\nv1.0.1 2024-05-01T08:00:00Z\n", `{"Version":"v1.0.0","Time":"2024-05-01T08:00:00Z"}`, `{"Version":"v1.0.1"}`, "\ufeff <html>", "null", "go.sum database tree\n1\nAAAA\n\n— x y\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		m, err := New("https://mirror.test", &http.Client{Transport: answers(body)})
		if err != nil {
			t.Fatal(err)
		}
		if info, err := m.Info(t.Context(), "example.com/x", "v1.0.0"); err == nil && info.Version != "v1.0.0" {
			t.Errorf("%q became %v", body, info)
		} else if err != nil && ClassOf(err) != WrongContent && ClassOf(err) != HTML {
			t.Errorf("%q: %v", body, err)
		}
		list, err := m.List(t.Context(), "example.com/x")
		for _, v := range list {
			if strings.ContainsAny(v, " \t\r\n") || v == "" {
				t.Errorf("%q has the version %q", body, v)
			}
		}
		if err != nil && ClassOf(err) != HTML {
			t.Errorf("%q: %v", body, err)
		}
		d, err := NewDatabase(DatabaseOptions{Sources: []Source{m.Source("sum.golang.org")}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Latest(t.Context()); err == nil {
			t.Errorf("%q is a signed head", body)
		}
		if _, err := d.Lookup(t.Context(), "example.com/x", "v1.0.0"); err == nil {
			t.Errorf("%q is a proof", body)
		}
	})
}

// A GOPROXY entry of any form makes a mirror that never shows its userinfo, or
// an error that does not either.
func FuzzNew(f *testing.F) {
	f.Add("https", "", "h.example/x")
	f.Add("http", "%zz", "h.example:x")
	f.Add("", "/", "[::1]:80")
	f.Fuzz(func(t *testing.T, scheme, pw, host string) {
		if strings.ContainsAny(pw, " \t\r\n\v\f\"'<>`\\") || strings.ContainsFunc(pw, unicode.IsSpace) {
			return // settings split there, and so does Redact
		}
		base := scheme + "://dev:C0FFEE" + pw + "C0FFEE@" + host
		m, err := New(base, nil)
		if text := fmt.Sprint(m, err); strings.Contains(text, "C0FFEE") {
			t.Errorf("%q: %s", base, text)
		}
	})
}
