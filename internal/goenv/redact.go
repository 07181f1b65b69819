package goenv

import (
	"errors"
	"net/url"
	"strings"
)

// redacted is the text of a URL for errors: no user, password, query or
// fragment, all of which carry tokens in real proxy addresses.
func redacted(u *url.URL) string {
	c := *u
	if c.User != nil {
		c.User = url.User("xxxxx")
	}
	if c.RawQuery != "" {
		c.RawQuery = "xxxxx"
	}
	if c.Fragment != "" {
		c.Fragment, c.RawFragment = "xxxxx", ""
	}
	if c.Opaque != "" {
		c.Opaque = "xxxxx" // what follows "x:" may be "user:password@host"
	}
	return c.String()
}

// parseReason says why a URL does not parse. The reason quotes a part of the
// URL, so it is only given where there can be no secret.
func parseReason(text string, err error) error {
	if strings.ContainsAny(text, "@?#") {
		return errors.New("it does not parse")
	}
	if e := (*url.Error)(nil); errors.As(err, &e) {
		return e.Err
	}
	return err
}
