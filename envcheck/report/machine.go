package report

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"path/filepath"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/lint"
)

// JSON writes the report itself, indented.
func JSON(w io.Writer, r *envcheck.Report) error { return encode(w, r) }

func encode(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// location is a finding's place for tools that want a file in the project:
// relative with slashes where it lies below it. What stands in no file is
// ascribed to go.mod, which every project has.
func location(r *envcheck.Report, f envcheck.Finding) (path string, line int) {
	path, line = f.Where.File, max(1, f.Where.Line)
	if path == "" {
		return "go.mod", 1
	}
	if rel, err := filepath.Rel(r.Dir, path); err == nil && !strings.HasPrefix(rel, "..") {
		path = rel
	}
	return filepath.ToSlash(path), line
}

// fingerprint identifies a finding across runs: the same trouble in the same
// place, wherever the line has moved to.
func fingerprint(r *envcheck.Report, f envcheck.Finding) string {
	path, _ := location(r, f)
	sum := sha256.Sum256([]byte(f.Code + "\x00" + f.Subject + "\x00" + f.Where.Origin + "\x00" + path))
	return hex.EncodeToString(sum[:])
}

// issues are the findings in the words of other programs.
func issues(r *envcheck.Report) []lint.Issue {
	out := []lint.Issue{}
	for _, f := range r.Findings {
		i := lint.Issue{Code: f.Code, Text: f.Message.EN, Level: level(f.Severity), Fingerprint: fingerprint(r, f)}
		i.Weight = map[envcheck.Severity]string{envcheck.Info: "info", envcheck.Warning: "minor", envcheck.Error: "major", envcheck.Security: "critical"}[f.Severity]
		i.Path, i.Line = location(r, f)
		out = append(out, i)
	}
	return out
}

// CodeQuality writes the findings as GitLab's code quality report.
func CodeQuality(w io.Writer, r *envcheck.Report) error {
	out := issues(r)
	seen := map[string]int{}
	for i := range out {
		is := &out[i]
		if seen[is.Fingerprint]++; seen[is.Fingerprint] > 1 { // GitLab keeps one of equal fingerprints
			sum := sha256.Sum256([]byte(is.Fingerprint + "\x00" + is.Text))
			is.Fingerprint = hex.EncodeToString(sum[:])
		}
	}
	return lint.WriteCodeQuality(w, out)
}
