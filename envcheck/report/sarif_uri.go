package report

import (
	"net/url"
	"strings"
)

// fileURI writes a slash path as SARIF wants it: relative as it is, absolute as
// a file URI.
func fileURI(path string) string {
	u := url.URL{Path: path}
	switch {
	case strings.HasPrefix(path, "/"):
		u.Scheme = "file"
	case len(path) > 1 && path[1] == ':':
		u.Scheme, u.Path = "file", "/"+path
	}
	return u.String()
}
