package publish

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/manifest"
	"github.com/yingzao-dev/yingzao/release/sbom"
)

// bill is a bill of materials that waits until all programs have been seen.
type bill struct {
	artifact manifest.Artifact
	report   *ArtifactReport
	content  *sbom.Content
}

// maxBill is more than any bill of materials has: a large release has one of 1 MB.
const maxBill = 64 << 20

// keepBill reads a bill of materials whose digest has passed.
func (v *verifier) keepBill(a manifest.Artifact, r *ArtifactReport, f *os.File, size int64) error {
	if size > maxBill {
		r.Note = &msg.Text{EN: "too large to be held against the binaries", ZH: "过大，未与二进制比对"}
		return nil
	}
	data, err := io.ReadAll(io.NewSectionReader(f, 0, size))
	if err != nil {
		return err
	}
	content, err := sbom.Parse(data)
	switch {
	case errors.Is(err, sbom.ErrForeign):
		r.Note = &msg.Text{EN: "only digests were compared: another program made it", ZH: "只比对了摘要：由其他程序生成"}
	case err != nil:
		v.p.fail(CodeSBOM, v.key(a.Name), "%v", "%v", err)
	default:
		v.bills = append(v.bills, bill{a, r, content})
	}
	return nil
}

func (v *verifier) key(artifact string) string {
	return v.p.Project + "/" + v.p.Version + "/" + artifact
}

// remember reads what a program was linked from, where a bill of materials wants to
// know.
func (v *verifier) remember(m *manifest.Manifest, b manifest.Binary, f io.ReaderAt, size int64) {
	if v.programs[b.SHA256] != nil || !slices.ContainsFunc(m.Artifacts, func(a manifest.Artifact) bool { return a.Kind == manifest.KindSBOM }) {
		return
	}
	if p, err := sbom.Read(f, size); err == nil { // without build information no bill of ours can be about it
		v.programs[b.SHA256] = p
	}
}

// materials holds every bill of materials against what it is about.
func (v *verifier) materials(m *manifest.Manifest) {
	for _, b := range v.bills {
		before := v.errors()
		unseen := v.material(m, b)
		switch {
		case v.errors() > before:
			b.report.Status = Failed
		case unseen != "":
			note := msg.Textf("what it says of %s was not compared: the program is in no file that is opened", "其中关于 %s 的内容未比对：没有打开含该程序的文件", unseen)
			b.report.Note = &note
		}
	}
}

// material compares one bill; unseen names a program that could not be looked at.
func (v *verifier) material(m *manifest.Manifest, b bill) (unseen string) {
	fail := func(en, zh string, args ...any) { v.p.fail(CodeSBOM, v.key(b.artifact.Name), en, zh, args...) }
	var listed []string // digests of the programs that the manifest knows
	for _, a := range m.Artifacts {
		if b.artifact.About != "" && a.Name != b.artifact.About {
			continue
		}
		if a.Name == b.artifact.About && a.SHA256 != b.content.SHA256 {
			fail("it is about a file with sha256 %s, %s has %s", "它描述的文件 sha256 为 %s，而 %s 为 %s", b.content.SHA256, a.Name, a.SHA256)
		}
		for _, x := range a.Binaries {
			listed = append(listed, x.SHA256)
		}
	}
	about := slices.IndexFunc(m.Artifacts, func(a manifest.Artifact) bool { return a.Name == b.artifact.About })
	if b.artifact.About != "" && about < 0 {
		fail("it is about %s, which the release does not have", "它描述的 %s 不在该发布中", b.artifact.About)
		return ""
	}
	exact := about >= 0 && m.Artifacts[about].Kind != manifest.KindSource
	for _, said := range b.content.Binaries {
		at := slices.Index(listed, said.SHA256)
		if exact && at < 0 {
			fail("it lists the program %s with sha256 %s, which %s does not hold", "其中列有程序 %s（sha256 为 %s），而 %s 中没有", said.Name, said.SHA256, b.artifact.About)
			continue
		}
		if at >= 0 {
			listed = slices.DeleteFunc(listed, func(s string) bool { return s == said.SHA256 })
		}
		programs := v.programs[said.SHA256]
		if programs == nil {
			unseen = said.Name
			continue
		}
		if line := said.Differs(programs, m.Version); line != "" {
			fail("it differs from the program %s in %s", "与程序 %s 不一致：%s", said.Name, line)
		}
	}
	if exact && len(listed) > 0 {
		fail("it lacks a program of %s", "缺少 %s 中的某个程序", b.artifact.About)
	}
	return unseen
}

// Vulnerability is what a scan found in a program.
type Vulnerability struct {
	Severity string // "error", "warning" or "note"
	Text     msg.Text
}

// scan looks for known vulnerabilities in a program; the same bytes are asked about
// once.
func (v *verifier) scan(ctx context.Context, b manifest.Binary, file, subject string) error {
	if v.o.Scan == nil {
		return nil
	}
	found, done := v.scanned[b.SHA256]
	if !done {
		var err error
		if found, err = v.o.Scan(ctx, file); err != nil {
			return err
		}
		if v.scanned == nil {
			v.scanned = map[string][]Vulnerability{}
		}
		v.scanned[b.SHA256] = found
	}
	for _, f := range found {
		v.p.Findings = append(v.p.Findings, Finding{Code: CodeVulnerable, Severity: f.Severity, Subject: subject, Text: f.Text})
	}
	return nil
}
