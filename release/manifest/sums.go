package manifest

import (
	"fmt"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Sums is SHA256SUMS of all artifacts, in the manifest's order, as `sha256sum -c`
// reads it.
func (m *Manifest) Sums() []byte {
	var b strings.Builder
	for _, a := range m.Artifacts {
		fmt.Fprintf(&b, "%s  %s\n", a.SHA256, a.Name)
	}
	return []byte(b.String())
}

// ParseSums reads a list of 256-bit sums strictly, SHA256SUMS or SM3SUMS: lines of
// 64 hex digits, two spaces (or a space and a star) and a plain name, ended by a
// line feed alone; no name twice. It returns the sums by name.
func ParseSums(b []byte) (map[string]string, error) {
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
		if len(line) < 67 || strings.Trim(line[:64], "0123456789abcdef") != "" || line[64] != ' ' || line[65] != ' ' && line[65] != '*' {
			return nil, msg.Errorf("line %d is not a sum and a name", "第 %d 行不是“校验和 名称”", i+1)
		}
		name := line[66:]
		if err := CheckName("artifact", name); err != nil {
			return nil, msg.Errorf("line %d: %w", "第 %d 行：%w", i+1, err)
		}
		if _, twice := out[name]; twice {
			return nil, msg.Errorf("line %d: %q occurs twice", "第 %d 行：%q 重复出现", i+1, name)
		}
		out[name] = line[:64]
	}
	return out, nil
}
