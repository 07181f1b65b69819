package manifest

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/internal/store"
)

// Read reads and checks a manifest file.
func Read(path string) (*Manifest, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, msg.Errorf("read manifest: %w", "读取清单：%w", err)
	}
	return Parse(path, b)
}

// Parse reads a manifest and checks that it can be trusted as a list of files:
// known schema and kinds, names that are single path elements, no name twice.
// name is for errors.
func Parse(name string, data []byte) (*Manifest, error) {
	var m Manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, msg.Errorf("read %s: %w", "读取 %s：%w", name, err).WithKind(msg.Findings)
	}
	if m.Schema != Schema {
		return nil, msg.Errorf("read %s: schema %d, this yingzao reads %d", "读取 %s：schema 为 %d，当前 yingzao 只支持 %d", name, m.Schema, Schema).
			WithHint("use a newer yingzao", "请使用更新版本的 yingzao")
	}
	if err := m.Check(); err != nil {
		return nil, msg.Errorf("read %s: %w", "读取 %s：%w", name, err)
	}
	return &m, nil
}

// Check tells whether project, version and artifact names can be used as they
// are in a store and on a disk.
func (m *Manifest) Check() error {
	if err := CheckName("project", m.Project); err != nil {
		return err
	}
	if err := CheckName("version", m.Version); err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, a := range m.Artifacts {
		if err := CheckName("artifact", a.Name); err != nil {
			return err
		}
		fold := strings.ToLower(a.Name)
		if seen[fold] || fold == strings.ToLower(FileName) {
			return msg.Errorf("artifact %q: the name is taken", "制品 %q：名称重复", a.Name)
		}
		seen[fold] = true
		switch a.Kind {
		case KindArchive, KindBinary, KindPackage, KindSource, KindChecksum, KindSBOM, KindFile:
		default:
			return msg.Errorf("artifact %q: unknown kind %q", "制品 %q：未知的种类 %q", a.Name, a.Kind)
		}
	}
	return nil
}

// words of CheckName's subjects in Chinese.
var words = map[string]string{"project": "项目名", "version": "版本", "artifact": "制品"}

// CheckName tells whether a project, version or artifact name is one harmless
// path element: no separator, no control character, no leading dash or dot, at
// most 200 bytes.
func CheckName(what, name string) error {
	text := msg.Text{EN: what, ZH: words[what]}
	bad := func(en, zh string) error {
		return msg.Errorf("%s %q: %s", "%s %q：%s", text, name, msg.Text{EN: en, ZH: zh}).WithKind(msg.Usage).
			WithHint("use letters, digits, dots, dashes, underscores and plus signs", "请只使用字母、数字、点、短横线、下划线和加号")
	}
	switch {
	case name == "":
		return bad("it is empty", "为空")
	case len(name) > 200:
		return bad("it is longer than 200 bytes", "超过 200 字节")
	case strings.ContainsAny(name, `/\`):
		return bad("it contains a path separator", "包含路径分隔符")
	case strings.Contains(name, ".."):
		return bad("it contains ..", "包含 ..")
	case strings.HasPrefix(name, "-"), strings.HasPrefix(name, "."):
		return bad("it begins with a dash or a dot", "以短横线或点开头")
	case strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return bad("it contains a control character", "包含控制字符")
	case strings.ContainsAny(name, ` <>:"|?*`+"`$"):
		return bad("it contains a blank or one of <>:\"|?*`$", "包含空格或 <>:\"|?*`$ 之一")
	}
	if err := store.ValidKey(name); err != nil {
		return bad("it cannot be a key of a store", "不能作为存储的键")
	}
	return nil
}

// Marshal is the one form in which a manifest is written.
func (m *Manifest) Marshal() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(m); err != nil {
		return nil, msg.Errorf("write manifest: %w", "写入清单：%w", err)
	}
	return b.Bytes(), nil
}
