package yamlfile

import (
	"slices"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Products are the sections of .yingzao.yaml beside its version, one for each
// product.
func Products() []string {
	return []string{"bootstrap", "check", "images", "pipelines", "proxy", "release"}
}

// Sections is a file that several products share. Each decodes its own section
// and does not look at the others.
type Sections struct{ file *File }

// Open reads a shared file: version: 1 and the sections of [Products], nothing
// else. What stands inside a section is checked when it is decoded.
func Open(name string, data []byte) (*Sections, error) {
	f, err := Parse(name, data)
	if err != nil {
		return nil, err
	}
	s := &Sections{file: f}
	if f.root == nil {
		return nil, msg.Errorf("%s: the file is empty", "%s：文件是空的", name).
			WithHint("begin with version: 1, or remove the file", "请以 version: 1 开头，或删除该文件").WithKind(msg.Usage)
	}
	var errs []*msg.Error
	known := append([]string{"version"}, Products()...)
	for i := 0; i+1 < len(f.root.Content); i += 2 {
		if k := f.root.Content[i]; !slices.Contains(known, k.Value) {
			errs = append(errs, f.UnknownKey(k, "", known))
		}
	}
	if err := Join(errs...); err != nil {
		return nil, err
	}
	_, v := f.Find("version")
	var version int
	switch {
	case v == nil:
		return nil, f.errAt(f.root, "the key version is missing", "缺少键 version").
			WithHint("begin the file with version: 1", "请在文件开头写上 version: 1")
	case v.Decode(&version) != nil || version != 1:
		return nil, f.errAt(v, "version %v is not known", "未知的版本 %v", kind(v)).
			WithHint("this yingzao reads version: 1", "当前的 yingzao 只能读取 version: 1")
	}
	return s, nil
}

// File is the whole file.
func (s *Sections) File() *File { return s.file }

// Has reports whether the section stands in the file and says something.
func (s *Sections) Has(section string) bool {
	_, v := s.file.Find(section)
	return !isNull(v)
}

// Decode reads one section as [File.Decode] does. A section that is absent or
// empty leaves into alone.
func (s *Sections) Decode(section string, into any) error {
	if !s.Has(section) {
		return nil
	}
	_, v := s.file.Find(section)
	return s.file.DecodeNode(v, section, into)
}
