package publish

import (
	"context"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/yingzao-dev/yingzao/internal/archive"
	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/release/inspect"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// artifact reads one artifact, sums it, and looks inside. It is kept on the
// disk meanwhile: executables and zips have to be read out of order.
func (v *verifier) artifact(ctx context.Context, m *manifest.Manifest, a manifest.Artifact) error {
	key := v.p.Project + "/" + v.p.Version + "/" + a.Name
	r := &ArtifactReport{Name: a.Name, Status: Failed}
	v.p.Artifacts = append(v.p.Artifacts, r)
	if v.o.Progress != nil {
		v.o.Progress(key)
	}
	f, err := os.CreateTemp(v.dir, "artifact-")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	var second hash.Hash
	if v.sm3 != nil {
		second = v.o.SM3()
	}
	sum, err := v.fetch(ctx, key, f, second)
	if errors.Is(err, store.ErrNotFound) {
		v.p.fail(CodeMissing, key, "the artifact is missing", "制品缺失")
		return nil
	}
	if err != nil {
		return err
	}
	r.Size, r.SHA256 = sum.size, sum.sha256()
	if second != nil {
		v.sm3[a.Name] = hex.EncodeToString(second.Sum(nil))
	}
	before := v.errors()
	if sum.size != a.Size {
		v.p.fail(CodeSize, key, "it has %d bytes, the manifest says %d", "大小为 %d 字节，清单记载 %d", sum.size, a.Size)
	}
	if sum.sha256() != a.SHA256 {
		v.p.fail(CodeSHA256, key, "its sha256 is %s, the manifest says %s", "其 sha256 为 %s，清单记载 %s", sum.sha256(), a.SHA256)
	}
	if a.CRC64 != "" && sum.crc64() != a.CRC64 {
		v.p.fail(CodeCRC64, key, "its crc64 is %s, the manifest says %s", "其 crc64 为 %s，清单记载 %s", sum.crc64(), a.CRC64)
	}
	if v.errors() > before {
		return nil // what is inside a damaged file says nothing more
	}
	if err := v.inside(ctx, m, a, r, f, sum.size); err != nil {
		return err
	}
	if v.errors() == before {
		r.Status = Passed
	}
	return nil
}

// fetch copies an object to f and sums it in the same pass, twice if there is a
// second hash.
func (v *verifier) fetch(ctx context.Context, key string, f *os.File, second hash.Hash) (sum *meter, err error) {
	err = v.st.retry(ctx, func() error {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return err
		}
		if err := f.Truncate(0); err != nil {
			return err
		}
		body, _, err := v.st.Get(ctx, key, 0, -1)
		if err != nil {
			return err
		}
		defer body.Close()
		sum = newMeter()
		sums := []io.Writer{f, sum}
		if second != nil {
			second.Reset()
			sums = append(sums, second)
		}
		_, err = io.CopyBuffer(struct{ io.Writer }{io.MultiWriter(sums...)}, body, make([]byte, 1<<20))
		return err
	})
	return sum, err
}

func (v *verifier) errors() (n int) {
	for _, f := range v.p.Findings {
		if f.Severity == "error" {
			n++
		}
	}
	return n
}

// inside inspects the binaries of an artifact.
func (v *verifier) inside(ctx context.Context, m *manifest.Manifest, a manifest.Artifact, r *ArtifactReport, f *os.File, size int64) error {
	switch a.Kind {
	case manifest.KindPackage:
		r.Note = &msg.Text{
			EN: "only digests were compared: packages are not opened",
			ZH: "只比对了摘要：不打开软件包",
		}
		for _, b := range a.Binaries {
			r.Binaries = append(r.Binaries, BinaryReport{Path: b.Path, Target: b.Target.String(), Static: Skipped, Run: Skipped, Note: r.Note})
		}
		return nil
	case manifest.KindSBOM:
		return v.keepBill(a, r, f, size)
	case manifest.KindArchive, manifest.KindBinary:
	default:
		return nil
	}
	key := v.p.Project + "/" + v.p.Version + "/" + a.Name
	format, err := archive.Detect(f)
	if err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	expected := slices.Clone(a.Binaries)
	err = archive.Walk(ctx, f, format, archive.Limits{}, func(h archive.Header, body io.Reader) error {
		if h.Mode.IsDir() {
			return nil
		}
		i := slices.IndexFunc(expected, func(b manifest.Binary) bool {
			return b.Path == h.Name || h.Name == "" // gz and bare files hold one, without its name
		})
		if i < 0 {
			return v.extra(key, h, body)
		}
		b := expected[i]
		expected = slices.Delete(expected, i, i+1)
		report, err := v.binary(ctx, m, key, b, body)
		r.Binaries = append(r.Binaries, report)
		return err
	})
	switch own := (*inspectFailure)(nil); {
	case errors.As(err, &own):
		return own.err
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		v.p.fail(CodeArchive, key, "the archive cannot be read: %v", "无法读取归档：%v", err)
		return nil
	}
	for _, b := range expected {
		v.p.fail(CodeInside, key+"!"+b.Path, "the binary is missing in the archive", "归档中缺少该程序")
	}
	return nil
}

// inspectFailure is trouble with our own files while an archive is walked, as
// opposed to trouble with the archive.
type inspectFailure struct{ err error }

func (e *inspectFailure) Error() string { return e.err.Error() }

// extra looks at a file that the manifest does not name: documents are fine, a
// program nobody vouches for is not.
func (v *verifier) extra(key string, h archive.Header, body io.Reader) error {
	var head [8]byte
	n, err := io.ReadFull(body, head[:])
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	if executable(head[:n]) {
		v.p.fail(CodeInside, key+"!"+h.Name, "the archive holds a program that the manifest does not list", "归档中有清单未列出的程序")
	}
	return nil
}

// executable knows the magic numbers of ELF, PE and Mach-O. Two letters are
// little, but a document that begins "MZ" is rare and a hidden program is worse.
func executable(head []byte) bool {
	for _, magic := range []string{"\x7fELF", "MZ", "\xcf\xfa\xed\xfe", "\xce\xfa\xed\xfe", "\xfe\xed\xfa\xcf", "\xfe\xed\xfa\xce", "\xca\xfe\xba\xbe"} {
		if len(head) >= len(magic) && string(head[:len(magic)]) == magic {
			return true
		}
	}
	return false
}

// binary copies one executable out, compares, inspects and perhaps runs it.
func (v *verifier) binary(ctx context.Context, m *manifest.Manifest, key string, b manifest.Binary, body io.Reader) (BinaryReport, error) {
	r := BinaryReport{Path: b.Path, Target: b.Target.String(), Static: Failed, Run: Skipped}
	subject := key + "!" + b.Path
	name := filepath.Join(v.dir, "program")
	if b.Target.OS == "windows" {
		name += ".exe"
	}
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o700)
	if err != nil {
		return r, &inspectFailure{err}
	}
	defer os.Remove(name)
	defer f.Close()
	sum := newMeter()
	if _, err := io.Copy(io.MultiWriter(f, sum), body); err != nil {
		return r, err
	}
	if sum.sha256() != b.SHA256 || b.Size > 0 && sum.size != b.Size {
		v.p.fail(CodeBinary, subject, "its sha256 is %s, the manifest says %s", "其 sha256 为 %s，清单记载 %s", sum.sha256(), b.SHA256)
		return r, nil
	}
	facts, err := inspect.Read(f, sum.size)
	if err != nil {
		v.p.fail(CodeVerdict, subject, "it cannot be inspected: %v", "无法检查：%v", err)
		return r, nil
	}
	// What the manifest admits to be dynamic was allowed by its project; that
	// is shown, not hidden.
	verdict := inspect.Judge(facts, inspect.Policy{
		Target: b.Target, AllowDirty: m.Snapshot || m.Dirty, AllowDynamic: !b.Verdict.Static, GoVersion: b.Verdict.Facts.Go, Revision: m.Commit,
	})
	switch {
	case verdict.Static != b.Verdict.Static:
		v.p.fail(CodeVerdict, subject, "the manifest says static: %v, the file says %v", "清单记载静态：%v，文件实为 %v", b.Verdict.Static, verdict.Static)
		return r, nil
	case !verdict.OK:
		for _, finding := range verdict.Findings {
			if finding.Severity == inspect.Error {
				v.p.fail(CodeVerdict, subject, "%s %v: %s", "%s %v：%s", finding.Code, finding.Rule().Title, finding.Evidence)
			}
		}
		return r, nil
	}
	v.remember(m, b, f, sum.size)
	if err := v.scan(ctx, b, name, subject); err != nil {
		return r, &inspectFailure{err}
	}
	r.Static = Passed
	if !verdict.Static {
		r.Static, r.Note = Skipped, &msg.Text{EN: "dynamically linked, as the manifest says", ZH: "动态链接，清单已注明"}
	}
	if v.o.Run {
		f.Close() // a file open for writing cannot be executed
		v.run(ctx, m, b, name, subject, &r)
		if err := ctx.Err(); err != nil {
			return r, &inspectFailure{err}
		}
	}
	return r, nil
}
