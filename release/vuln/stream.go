package vuln

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"slices"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Level is how near a vulnerability is.
type Level string

// The levels, nearest first.
const (
	Symbol  Level = "symbol"  // the vulnerable function is in the program
	Package Level = "package" // its package is
	Module  Level = "module"  // its module is
)

// Finding is one known vulnerability of a program.
type Finding struct {
	ID      string   `json:"id"`                // of the report: GO-2024-1234
	Aliases []string `json:"aliases,omitempty"` // CVE-…, GHSA-…
	Summary string   `json:"summary,omitempty"`
	Level   Level    `json:"level"`
	Module  string   `json:"module"` // stdlib for the standard library
	Found   string   `json:"found"`  // version in the program
	Fixed   string   `json:"fixed,omitempty"`
	Package string   `json:"package,omitempty"`
	Symbols []string `json:"symbols,omitempty"` // vulnerable functions that are there, sorted
}

// message is one value of govulncheck's JSON stream; of each, one field is set.
type message struct {
	Config *struct {
		ScanMode string `json:"scan_mode"`
	} `json:"config"`
	OSV *struct {
		ID      string   `json:"id"`
		Aliases []string `json:"aliases"`
		Summary string   `json:"summary"`
	} `json:"osv"`
	Finding *struct {
		OSV   string `json:"osv"`
		Fixed string `json:"fixed_version"`
		Trace []struct {
			Module   string `json:"module"`
			Version  string `json:"version"`
			Package  string `json:"package"`
			Function string `json:"function"`
			Receiver string `json:"receiver"`
		} `json:"trace"`
	} `json:"finding"`
}

// Parse reads the stream of govulncheck -mode binary -format json: one finding for
// each report and module, at its nearest level, sorted. A stream without its head, or
// of another mode, is an error: it would look like a program without findings.
func Parse(stream []byte) ([]Finding, error) {
	type key struct{ id, module string }
	found := map[key]*Finding{}
	aliases, summaries := map[string][]string{}, map[string]string{}
	begun := false
	dec := json.NewDecoder(bytes.NewReader(stream))
	for {
		var m message
		err := dec.Decode(&m)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, msg.Errorf("read govulncheck's answer: %w", "读取 govulncheck 的输出：%w", err)
		}
		switch {
		case m.Config != nil:
			begun = m.Config.ScanMode == "binary"
		case m.OSV != nil:
			aliases[m.OSV.ID], summaries[m.OSV.ID] = m.OSV.Aliases, m.OSV.Summary
		case m.Finding != nil && len(m.Finding.Trace) > 0:
			at := m.Finding.Trace[0]
			k := key{m.Finding.OSV, at.Module}
			f := found[k]
			if f == nil {
				f = &Finding{ID: k.id, Module: at.Module, Found: at.Version, Fixed: m.Finding.Fixed, Level: Module}
				found[k] = f
			}
			if at.Package != "" {
				f.Package = cmp.Or(f.Package, at.Package)
				if f.Level == Module {
					f.Level = Package
				}
			}
			if at.Function != "" {
				name := at.Function
				if at.Receiver != "" {
					name = at.Receiver + "." + name
				}
				f.Level, f.Package = Symbol, at.Package
				f.Symbols = append(f.Symbols, name)
			}
		}
	}
	if !begun {
		return nil, msg.Errorf("read govulncheck's answer: it does not say that a binary was scanned", "读取 govulncheck 的输出：其中没有说明扫描了二进制")
	}
	out := make([]Finding, 0, len(found))
	for k, f := range found {
		f.Aliases, f.Summary = aliases[k.id], summaries[k.id]
		slices.Sort(f.Symbols)
		f.Symbols = slices.Compact(f.Symbols)
		out = append(out, *f)
	}
	slices.SortFunc(out, func(a, b Finding) int { return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Module, b.Module)) })
	return out, nil
}

// Severity is "error" where the vulnerable function is in the program, else
// "warning".
func (f Finding) Severity() string {
	if f.Level == Symbol {
		return "error"
	}
	return "warning"
}

// Text is the finding in one sentence.
func (f Finding) Text() msg.Text {
	name, fixed := f.ID, msg.Text{EN: "there is no fixed version yet", ZH: "尚无修复版本"}
	if len(f.Aliases) > 0 {
		name += " (" + f.Aliases[0] + ")"
	}
	if f.Fixed != "" {
		fixed = msg.Textf("fixed in %s", "修复于 %s", f.Fixed)
	}
	near := msg.Text{EN: "the module is linked, not the vulnerable package", ZH: "只链接了该模块，未链接有漏洞的包"}
	switch f.Level {
	case Package:
		near = msg.Textf("package %s is linked, the vulnerable function is not", "链接了包 %s，但不含有漏洞的函数", f.Package)
	case Symbol:
		near = msg.Textf("%s.%s is in the program", "程序中含有 %s.%s", f.Package, f.Symbols[0])
	}
	return msg.Textf("%s in %s@%s, %s: %s", "%s 存在于 %s@%s，%s：%s", name, f.Module, f.Found, fixed, near)
}
