package lint

import (
	"encoding/json"
	"io"
	"net/url"
	"strings"
)

// Issue is a finding as the reports for other programs have it, of a linter or of
// check.
type Issue struct {
	Code        string
	Text        string
	Path        string // with slashes; relative to the project where it lies below it
	Line        int    // from 1
	Fingerprint string // the same in every run; GitLab keeps one of equal ones
	Level       string // SARIF's: error, warning, note
	Weight      string // GitLab's: info, minor, major, critical
}

func encode(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// codeQuality is one issue as GitLab reads it.
type codeQuality struct {
	Description string `json:"description"`
	CheckName   string `json:"check_name"`
	Fingerprint string `json:"fingerprint"`
	Severity    string `json:"severity"`
	Location    struct {
		Path  string `json:"path"`
		Lines struct {
			Begin int `json:"begin"`
		} `json:"lines"`
	} `json:"location"`
}

// WriteCodeQuality writes GitLab's code quality report.
func WriteCodeQuality(w io.Writer, issues []Issue) error {
	out := make([]codeQuality, len(issues))
	for i, is := range issues {
		q := codeQuality{Description: is.Code + ": " + is.Text, CheckName: is.Code, Fingerprint: is.Fingerprint, Severity: is.Weight}
		q.Location.Path, q.Location.Lines.Begin = is.Path, is.Line
		out[i] = q
	}
	return encode(w, out)
}

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
