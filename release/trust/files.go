package trust

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// FileReport is about one downloaded file. Its JSON is a contract.
type FileReport struct {
	File     string    `json:"file"`
	OK       bool      `json:"ok"`
	Project  string    `json:"project,omitempty"` // what the signatures say it is of; "" when they do not
	Version  string    `json:"version,omitempty"`
	SHA256   string    `json:"sha256"`
	Findings []Finding `json:"findings"` // subjects are names in the file's folder

	comment  Comment
	counting []Trusted
}

// CheckFile verifies a file by what lies beside it: a signature of its own, or a
// signed list that has it (SHA256SUMS, SM3SUMS, manifest.json). Signatures over
// all of these count together. Whatever is there and does not hold is an error,
// even if the rest would do.
//
// What the policy asks for beyond signatures cannot be seen in one file.
func CheckFile(ctx context.Context, path string, o Options) (*FileReport, error) {
	dir, name := filepath.Split(path)
	f, err := os.Open(path)
	if err != nil {
		return nil, msg.Errorf("verify: %w", "校验：%w", err)
	}
	defer f.Close()
	r := &FileReport{File: path, Findings: []Finding{}}
	c := &fileCheck{r: r, o: o, dir: dir, name: name, f: f}
	if err := c.sum(ctx); err != nil {
		return nil, msg.Errorf("verify %s: %w", "校验 %s：%w", path, err)
	}
	entries, err := os.ReadDir(filepath.Clean(dir))
	if err != nil {
		return nil, msg.Errorf("verify %s: %w", "校验 %s：%w", path, err)
	}
	byFile := map[string][]string{}
	for _, e := range entries {
		if file, _, ok := Signed(e.Name()); ok && e.Type().IsRegular() {
			byFile[file] = append(byFile[file], e.Name())
		}
	}
	for _, list := range []string{name, manifest.SumsName, manifest.SM3SumsName, manifest.FileName} {
		names := byFile[list]
		delete(byFile, list) // when the file is one of the lists
		if len(names) == 0 {
			continue
		}
		if err := c.evidence(list, names); err != nil {
			return nil, msg.Errorf("verify %s: %w", "校验 %s：%w", path, err)
		}
	}
	c.conclude()
	if err := c.sequence(); err != nil {
		return nil, err
	}
	slices.SortStableFunc(r.Findings, func(a, b Finding) int { return strings.Compare(a.Severity, b.Severity) }) // errors first
	r.OK = !slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Severity == "error" })
	return r, nil
}

// Record remembers the release that a file is of, once it is found to be good.
func (r *FileReport) Record(ctx context.Context, s Sequences) error {
	if !r.OK || r.comment.Project == "" {
		return nil
	}
	return s.Record(ctx, r.comment, r.counting)
}

// Err is nil, or of kind msg.Findings.
func (r *FileReport) Err() error {
	for _, f := range r.Findings {
		if f.Severity == "error" {
			return msg.Errorf("verify %s: %s: %v", "校验 %s：%s：%v", r.File, f.Subject, f.Text).WithKind(msg.Findings).
				WithHint("do not use this file; download it and what lies beside it again, from where you trust", "请勿使用该文件；请从可信来源重新下载它及其旁边的文件")
		}
	}
	return nil
}

type fileCheck struct {
	r         *FileReport
	o         Options
	dir, name string
	f         *os.File
	sm3       string
	verdicts  []Verdict
}

// sum reads the file once for both sums.
func (c *fileCheck) sum(ctx context.Context) error {
	a, b := sha256.New(), NewSM3()
	w := io.MultiWriter(a)
	if _, err := os.Stat(c.dir + manifest.SM3SumsName); err == nil {
		w = io.MultiWriter(a, b)
	}
	_, err := io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{c.f}, make([]byte, 1<<20))
	c.r.SHA256, c.sm3 = hex.EncodeToString(a.Sum(nil)), hex.EncodeToString(b.Sum(nil))
	if err == nil {
		err = ctx.Err()
	}
	return err
}

func (c *fileCheck) add(f ...Finding) { c.r.Findings = append(c.r.Findings, f...) }

// evidence judges the signatures of one list, or of the file itself.
func (c *fileCheck) evidence(list string, names []string) error {
	var message io.ReadSeeker = c.f
	var body []byte
	if list != c.name {
		var err error
		body, err = readList(c.dir + list)
		if errors.Is(err, fs.ErrNotExist) {
			c.add(finding(CodeSignature, "error", names[0], "what it signs, %s, is missing", "它所签名的 %s 缺失", list))
			return nil
		}
		if err != nil {
			return err
		}
		message = bytes.NewReader(body)
	}
	var sigs []Signature
	for _, n := range names {
		data, err := readSmall(c.dir + n)
		if err != nil {
			return err
		}
		sigs = append(sigs, Signature{n, data})
	}
	verdicts, err := c.o.Policy.Judge(message, sigs, c.o.now())
	if err != nil {
		return err
	}
	for i, v := range verdicts {
		// [SignFile] says which file it signed.
		if name, ok := strings.CutPrefix(v.Comment, "file:"); ok && name != list {
			verdicts[i].Err = msg.Errorf("it is about a file named %s", "它针对的是名为 %s 的文件", name).WithKind(msg.Findings).
				WithHint("give the file its name back", "请恢复该文件的原名")
			verdicts[i].By = nil
		}
	}
	said := c.comments(verdicts)
	c.add(about(verdicts, list, said)...)
	c.verdicts = append(c.verdicts, verdicts...)
	if list == c.name || c.covers(list, body) {
		c.r.counting = append(c.r.counting, Counting(verdicts)...)
		if list == manifest.FileName && len(Counting(verdicts)) > 0 {
			c.release(body)
		}
	}
	return nil
}

// release takes what a signed manifest.json says that the file is of, which SM2
// signatures have no place for; the comments of others have to say the same.
func (c *fileCheck) release(body []byte) {
	m, err := manifest.Parse(manifest.FileName, body)
	if err != nil { // said by covers
		return
	}
	of := Comment{m.Project, m.Version, m.Sequence}
	switch {
	case c.r.comment != (Comment{}) && c.r.comment != of:
		c.add(finding(CodeComment, "error", manifest.FileName, "it is of %s, the other signatures are about %s", "它属于 %s，而其他签名针对的是 %s", of, c.r.comment))
	case !m.Snapshot: // snapshots are not remembered
		c.r.comment = of
		fallthrough
	default:
		c.r.Project, c.r.Version = m.Project, m.Version
	}
}

// comments takes what the first signature says that the file is of; all others
// have to say the same.
func (c *fileCheck) comments(verdicts []Verdict) Comment {
	for _, v := range verdicts {
		said, ok := ParseComment(v.Comment)
		if !ok || v.Err != nil || c.r.comment != (Comment{}) {
			continue
		}
		c.r.comment = said
		c.r.Project, c.r.Version = said.Project, said.Version
	}
	return c.r.comment
}

// covers reports whether a list has the file with its digest.
func (c *fileCheck) covers(list string, body []byte) bool {
	want, have := "", c.r.SHA256
	if list == manifest.FileName {
		m, err := manifest.Parse(list, body)
		if err != nil {
			c.add(finding(CodeUnsigned, "error", list, "%v", "%v", err))
			return false
		}
		if i := slices.IndexFunc(m.Artifacts, func(a manifest.Artifact) bool { return a.Name == c.name }); i >= 0 {
			want = m.Artifacts[i].SHA256
		}
	} else {
		if list == manifest.SM3SumsName {
			have = c.sm3
		}
		sums, err := manifest.ParseSums(body)
		if err != nil {
			c.add(finding(CodeUnsigned, "error", list, "%v", "%v", err))
			return false
		}
		want = sums[c.name]
	}
	switch want {
	case have:
		return true
	case "":
		c.add(finding(CodeUnchecked, "note", list, "it does not have %s", "其中没有 %s", c.name))
	default:
		c.add(finding(CodeUnsigned, "error", c.name, "it is not the file that %s lists: its sum is %s, not %s", "它不是 %s 所列的文件：校验和为 %s，而非 %s", list, have, want))
	}
	return false
}

func (c *fileCheck) conclude() {
	p := c.o.Policy
	if len(p.Projects) > 0 && c.r.Project != "" && !slices.Contains(p.Projects, c.r.Project) {
		c.add(finding(CodePolicy, "error", c.name, "the policy's keys are not for the project %s", "策略中的密钥不适用于项目 %s", c.r.Project))
	}
	if len(p.Projects) > 0 && c.r.Project == "" && len(c.r.counting) > 0 {
		c.add(finding(CodePolicy, "error", c.name, "the policy's keys are for %s, and nothing that they signed here says of which project it is; download manifest.json and its signatures into the same folder", "策略中的密钥只用于 %s，而此处的签名未说明所属项目；请将 manifest.json 及其签名下载到同一目录", strings.Join(p.Projects, ", ")))
	}
	if err := p.Enough(c.r.counting); err != nil {
		text := lacking(err, c.verdicts)
		if len(c.r.Findings) == 0 {
			text = msg.Textf("%[1]v; download %[2]s.minisig, or SHA256SUMS and SHA256SUMS.minisig, into the same folder", "%[1]v；请将 %[2]s.minisig，或 SHA256SUMS 与 SHA256SUMS.minisig 下载到同一目录", err, c.name)
		}
		c.add(Finding{CodePolicy, "error", c.name, text})
	}
}

func (c *fileCheck) sequence() error {
	if c.r.comment.Project == "" || c.o.Sequences == nil || c.o.AllowDowngrade || len(c.r.counting) == 0 {
		return nil
	}
	err := c.o.Sequences.Check(c.r.comment, c.r.counting)
	if err == nil || msg.KindOf(err) != msg.Findings {
		return err
	}
	c.add(finding(CodeSequence, "error", c.name, "%v; if you want it all the same, add --allow-downgrade", "%v；若确实需要，请添加 --allow-downgrade", err))
	return nil
}

// maxList is the most bytes of a list of files.
const maxList = 64 << 20

func readList(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxList+1))
	if err == nil && len(b) > maxList {
		err = msg.Errorf("%s has more than %d bytes", "%s 超过 %d 字节", path, maxList)
	}
	return b, err
}
