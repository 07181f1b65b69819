package publish

import (
	"context"
	"errors"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
	"github.com/yingzao-dev/yingzao/release/manifest"
)

// parseSums reads SHA256SUMS strictly: lines of 64 hex digits, two spaces (or a
// space and a star) and a plain name, ended by a line feed alone; no name twice.
func parseSums(b []byte) (map[string]string, error) {
	out := map[string]string{}
	if len(b) == 0 {
		return nil, msg.Errorf("it is empty", "文件为空")
	}
	text, ended := strings.CutSuffix(string(b), "\n")
	if !ended {
		return nil, msg.Errorf("the last line has no end: it is cut short", "最后一行没有结尾：内容不完整")
	}
	for i, line := range strings.Split(text, "\n") {
		if strings.HasSuffix(line, "\r") {
			return nil, msg.Errorf("line %d ends in a carriage return", "第 %d 行以回车符结尾", i+1)
		}
		if len(line) < 67 || !isHex(line[:64], 64) || line[64] != ' ' || line[65] != ' ' && line[65] != '*' {
			return nil, msg.Errorf("line %d is not a sum and a name", "第 %d 行不是“校验和 名称”", i+1)
		}
		name := line[66:]
		if err := manifest.CheckName("artifact", name); err != nil {
			return nil, msg.Errorf("line %d: %w", "第 %d 行：%w", i+1, err)
		}
		if _, twice := out[name]; twice {
			return nil, msg.Errorf("line %d: %q occurs twice", "第 %d 行：%q 重复出现", i+1, name)
		}
		out[name] = line[:64]
	}
	return out, nil
}

// sums holds SHA256SUMS against the manifest. A project's own file of that name
// need not list everything, but what it says has to be right.
func (v *verifier) sums(ctx context.Context, m *manifest.Manifest) error {
	key := v.p.Project + "/" + v.p.Version + "/" + manifest.SumsName
	b, _, err := v.st.read(ctx, key)
	if errors.Is(err, store.ErrNotFound) {
		if !hasSums(m) { // else the artifact itself is reported missing
			v.p.fail(CodeSums, key, "it is missing", "文件缺失")
		}
		return nil
	}
	if err != nil {
		return err
	}
	lines, err := parseSums(b)
	if err != nil {
		v.p.fail(CodeSums, key, "%v", "%v", err)
		return nil
	}
	for _, a := range m.Artifacts {
		sum, ok := lines[a.Name]
		delete(lines, a.Name)
		switch {
		case !ok && !hasSums(m):
			v.p.fail(CodeSumsLine, key, "it has no line for %s", "缺少 %s 一行", a.Name)
		case ok && sum != a.SHA256:
			v.p.fail(CodeSumsLine, key, "its sum of %s is not that of the manifest", "其中 %s 的校验和与清单不符", a.Name)
		}
	}
	for name := range lines {
		v.p.fail(CodeSumsLine, key, "it lists %s, which the manifest does not", "其中列有 %s，而清单中没有", name)
	}
	return nil
}
