package httpx

import (
	"errors"
	"net/http"
	"net/url"
)

// Do sends the request and returns errors without secrets in their text.
func Do(c *http.Client, r *http.Request) (*http.Response, error) {
	resp, err := c.Do(r)
	return resp, Error(err)
}

// Error returns err with a text that holds no secret: no userinfo, no values
// of query strings, nothing that [Redact] would hide. Types and causes remain
// for errors.As and errors.Is.
func Error(err error) error {
	if err == nil {
		return nil
	}
	if u, ok := err.(*url.Error); ok { //nolint:errorlint // only the outermost one is rebuilt
		shown, cause := Redact(u.URL), Error(u.Err)
		if u.Op == "parse" && shown != u.URL {
			cause = errors.New("invalid URL") // the real cause quotes a piece of the userinfo
		}
		return &url.Error{Op: u.Op, URL: shown, Err: cause}
	}
	if text := Redact(err.Error()); text != err.Error() {
		return &redacted{text: text, err: err}
	}
	return err
}

type redacted struct {
	text string
	err  error
}

func (e *redacted) Error() string { return e.text }
func (e *redacted) Unwrap() error { return e.err }
