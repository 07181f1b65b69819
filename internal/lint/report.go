package lint

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/term"
)

// Formats are the reports that Write knows.
func Formats() []string { return []string{"text", "json", "codequality", "sarif"} }

// Options say how a report is written.
type Options struct {
	Format  string     // of Formats
	Lang    msg.Lang   // of the text; what is for programs is the same in every language
	Style   term.Style // of the text
	Version string     // this program's, for SARIF; "" = none
}

// Write reports findings of any number of files.
func (rs Rules[V]) Write(w io.Writer, found []Finding, o Options) error {
	switch o.Format {
	case "text":
		return rs.text(w, found, o)
	case "json":
		if found == nil {
			found = []Finding{}
		}
		return encode(w, struct {
			Schema   int       `json:"schema"`
			Findings []Finding `json:"findings"`
		}{1, found})
	case "codequality":
		return WriteCodeQuality(w, issues(found))
	case "sarif":
		s := SARIF{Version: o.Version, Issues: issues(found)}
		for _, r := range rs {
			s.Rules = append(s.Rules, SARIFRule{ID: r.Code, Level: string(r.Severity), Title: r.Title.EN, Why: r.Why.EN, Fix: r.Fix.EN})
		}
		return s.Write(w)
	}
	return fmt.Errorf("write report: unknown format %q", o.Format)
}

func (rs Rules[V]) text(w io.Writer, found []Finding, o Options) error {
	colour := map[Severity]func(string) string{Error: o.Style.Red, Warning: o.Style.Yellow, Note: o.Style.Dim}
	var b strings.Builder
	for _, f := range found {
		label := colour[f.Severity](f.Severity.Text().In(o.Lang))
		b.WriteString(msg.Textf("%s:%d: %s %s: %s\n", "%s:%d：%s %s：%s\n", term.Clean(f.File), f.Line, label, f.Code, term.Clean(f.Message.In(o.Lang))).In(o.Lang))
		if rule, ok := rs.ByCode(f.Code); ok && f.Severity != Note {
			fmt.Fprintf(&b, "    %s\n", rule.Fix.In(o.Lang))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// issues are findings in the words of other programs. A fingerprint is the same trouble
// about the same thing, wherever the line has moved to; equal ones are told apart by
// their order.
func issues(found []Finding) []Issue {
	seen := map[string]int{}
	out := make([]Issue, len(found))
	for i, f := range found {
		// Tools know a file by its place below the project.
		file := path.Clean(strings.ReplaceAll(f.File, `\`, "/"))
		id := f.Code + "\x00" + f.Subject + "\x00" + file
		seen[id]++
		sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", id, seen[id]))
		out[i] = Issue{
			Code: f.Code, Text: f.Message.EN, Path: file, Line: f.Line, Fingerprint: hex.EncodeToString(sum[:]),
			Level:  string(f.Severity), // SARIF has the same words
			Weight: map[Severity]string{Note: "info", Warning: "minor", Error: "major"}[f.Severity],
		}
	}
	return out
}

// Table is the rules as a table in Markdown.
func (rs Rules[V]) Table(lang msg.Lang) string {
	var b strings.Builder
	head := msg.Text{EN: "| Code | Severity | What is wrong | What to do |", ZH: "| 代码 | 级别 | 问题 | 处理办法 |"}
	fmt.Fprintf(&b, "%s\n|---|---|---|---|\n", head.In(lang))
	for _, r := range rs {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", r.Code, r.Severity.Text().In(lang), r.Title.In(lang), strings.ReplaceAll(r.Fix.In(lang), "|", `\|`))
	}
	return b.String()
}
