package render

import (
	"fmt"
	"strings"

	"github.com/yingzao-dev/yingzao/images/matrix"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Tables are the generated parts of the READMEs by their marks, in Markdown: bases,
// holes, sdks.
func Tables(m *matrix.Matrix, l msg.Lang) map[string]string {
	return map[string]string{"bases": basesTable(m, l), "holes": holesTable(m, l), "sdks": sdksTable(m, l)}
}

// table writes a table; heads are in both languages.
func table(l msg.Lang, heads []msg.Text, rows [][]string) string {
	var out strings.Builder
	words := make([]string, len(heads))
	for i, h := range heads {
		words[i] = h.In(l)
	}
	for i, row := range append([][]string{words, nil}, rows...) {
		if i == 1 {
			out.WriteString(strings.Repeat("|---", len(heads)) + "|\n")
			continue
		}
		for j, cell := range row {
			row[j] = strings.ReplaceAll(cell, "|", `\|`)
		}
		out.WriteString("| " + strings.Join(row, " | ") + " |\n")
	}
	return out.String()
}

func basesTable(m *matrix.Matrix, l msg.Lang) string {
	var rows [][]string
	for _, b := range m.Bases {
		var refs, arches []string
		if b.Ref != "" {
			refs = append(refs, "`"+b.Ref+"`")
		}
		for _, p := range b.Platforms {
			if !p.Hole.IsZero() {
				continue
			}
			word := p.Arch
			if p.World == "old" {
				word += "-" + matrix.ABI1
			}
			if p.Digest != "" {
				word += " " + msg.Text{EN: "(pinned)", ZH: "（已固定）"}.In(l)
			}
			arches = append(arches, word)
			if p.Ref != "" {
				refs = append(refs, p.Arch+": `"+p.Ref+"`")
			}
		}
		pulled := b.Verified
		if pulled == "never" {
			pulled = msg.Text{EN: "never", ZH: "从未"}.In(l)
		}
		evidence := b.Evidence
		if !b.Note.IsZero() {
			evidence += "<br>" + b.Note.In(l)
		}
		rows = append(rows, []string{"`" + b.Name + "`<br>" + b.Title.In(l), strings.Join(refs, "<br>"), strings.Join(arches, "<br>"),
			strings.TrimPrefix(strings.Join(b.Managers, ", ")+"<br>"+b.Libc, "<br>"), pulled, evidence})
	}
	return table(l, []msg.Text{{EN: "Base", ZH: "基础镜像"}, {EN: "Reference", ZH: "引用"}, {EN: "Platforms", ZH: "平台"},
		{EN: "Packages, libc", ZH: "包管理器、libc"}, {EN: "Pulled", ZH: "拉取"}, {EN: "Evidence", ZH: "证据"}}, rows)
}

// holesTable joins the platforms and variants that are missing for one reason.
func holesTable(m *matrix.Matrix, l msg.Lang) string {
	var rows [][]string
	at := map[string]int{}
	for _, b := range m.Builds() {
		if b.Hole.IsZero() {
			continue
		}
		what := b.Platform.Arch
		if b.Platform.Hole.IsZero() {
			what = b.Variant.Name
		}
		key := b.Base.Name + "\n" + b.Hole.EN
		i, known := at[key]
		if !known {
			i = len(rows)
			at[key] = i
			rows = append(rows, []string{"`" + b.Base.Name + "`", what, b.Hole.In(l)})
		}
		if !strings.Contains(", "+rows[i][1]+",", ", "+what+",") {
			rows[i][1] += ", " + what
		}
	}
	return table(l, []msg.Text{{EN: "Base", ZH: "基础镜像"}, {EN: "Not built", ZH: "不构建"}, {EN: "Because", ZH: "原因"}}, rows)
}

func sdksTable(m *matrix.Matrix, l msg.Lang) string {
	var rows [][]string
	for _, s := range m.SDKs {
		platform := "linux/" + s.Arch
		if s.ABI != "" {
			platform += "-" + s.ABI
		}
		var sums []string
		if s.H1 != "" {
			sums = append(sums, "`"+s.H1+"`")
		}
		if s.SHA256 != "" {
			sums = append(sums, fmt.Sprintf("sha256 `%s`", s.SHA256))
		}
		rows = append(rows, []string{s.Go, platform, strings.Join(sums, "<br>"), s.Source})
	}
	return table(l, []msg.Text{{EN: "Go", ZH: "Go"}, {EN: "Platform", ZH: "平台"}, {EN: "Sums", ZH: "校验和"}, {EN: "From", ZH: "来源"}}, rows)
}
