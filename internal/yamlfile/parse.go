package yamlfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"go.yaml.in/yaml/v3"
)

// Limits of a file. They are generous for configuration and far below what
// would cost noticeable time.
const (
	MaxSize  = 1 << 20 // bytes
	MaxDepth = 64      // levels of mappings and lists, aliases followed
	MaxNodes = 20_000  // values and keys, aliases expanded
	maxKeys  = 2_000   // keys of one mapping; the decoder compares them in pairs
	maxShown = 20      // errors reported at once
)

// File is one parsed document that obeys the rules of form. What it may say is
// checked by [File.Decode].
type File struct {
	// Explain returns the remedy for an unknown key, given as a path without
	// list positions ("archives.replacements"), or the zero Text for the usual
	// one. nil: always the usual one, the nearest known key.
	Explain func(path string) msg.Text

	name string
	root *yaml.Node // a mapping; nil when the file says nothing
}

// Load parses data and decodes it into the struct that into points to. The
// name stands in front of every error.
func Load(name string, data []byte, into any) error {
	f, err := Parse(name, data)
	if err != nil {
		return err
	}
	return f.Decode(into)
}

// Parse reads one document and checks its form: size, encoding, syntax, depth,
// expansion, duplicate keys. A file without content is no error.
func Parse(name string, data []byte) (*File, error) {
	if err := checkBytes(name, data); err != nil {
		return nil, err
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, second yaml.Node
	if err := dec.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			return &File{name: name}, nil
		}
		return nil, syntaxError(name, data, err)
	}
	switch err := dec.Decode(&second); {
	case errors.Is(err, io.EOF):
	case err != nil:
		return nil, syntaxError(name, data, err)
	case !isNull(content(&second)):
		return nil, (&File{name: name}).errAt(content(&second), "a second document, only the first would be read",
			"出现第二个文档，只有第一个会被读取").WithHint("remove the line --- and what follows it, or put it into a file of its own",
			"请删除 --- 这一行及其后的内容，或放到单独的文件里")
	}
	f, err := document(name, &doc)
	if err != nil || f.root == nil {
		return f, err
	}
	return f, f.checkDuplicates()
}

// ParseStream reads all documents of a file that is another program's, and is only
// looked at here: there may be several, and a key may stand twice in one mapping.
// Everything else about its form is checked as [Parse] does.
func ParseStream(name string, data []byte) ([]*File, error) {
	if err := checkBytes(name, data); err != nil {
		return nil, err
	}
	var all []*File
	for dec := yaml.NewDecoder(bytes.NewReader(data)); ; {
		var doc yaml.Node
		if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, syntaxError(name, data, err)
		}
		f, err := document(name, &doc)
		if err != nil {
			return nil, err
		}
		all = append(all, f)
	}
}

// checkBytes is what can be said before the parser spends time on a file.
func checkBytes(name string, data []byte) error {
	if len(data) > MaxSize {
		return msg.Errorf("%s: %d bytes are too many for a configuration file, the limit is %d",
			"%s：配置文件有 %d 字节，超过上限 %d", name, len(data), MaxSize).WithKind(msg.Usage)
	}
	if err := CheckText(name, data); err != nil {
		return err
	}
	if n := bytes.Count(data, []byte{'\n'}) + bytes.Count(data, []byte{','}); n > MaxNodes {
		return msg.Errorf("%s: %d lines and commas are too many for a configuration file", "%s：配置文件的行和逗号共 %d 个，过多", name, n).WithKind(msg.Usage)
	}
	return nil
}

// document is a parsed document that is a mapping of decent size, or empty.
func document(name string, doc *yaml.Node) (*File, error) {
	f := &File{name: name, root: content(doc)}
	if isNull(f.root) {
		f.root = nil
		return f, nil
	}
	if f.root.Kind != yaml.MappingNode {
		return nil, f.errAt(f.root, "expected keys and values, found %v", "此处应为键值对，实际是%v", kind(f.root))
	}
	if err := f.checkSize(); err != nil {
		return nil, err
	}
	return f, nil
}

// content is the root value of a document node.
func content(doc *yaml.Node) *yaml.Node {
	if doc.Kind == yaml.DocumentNode && len(doc.Content) == 1 {
		return doc.Content[0]
	}
	return doc
}

func isNull(n *yaml.Node) bool {
	return n == nil || n.Kind == 0 || n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null"
}

// CheckText refuses what is not UTF-8 before the parser says something less
// helpful about it: files saved as GBK or UTF-16 are common.
func CheckText(name string, data []byte) error {
	if bytes.HasPrefix(data, []byte{0xff, 0xfe}) || bytes.HasPrefix(data, []byte{0xfe, 0xff}) {
		return msg.Errorf("%s: the file is UTF-16", "%s：文件是 UTF-16 编码", name).
			WithHint("save it as UTF-8", "请另存为 UTF-8").WithKind(msg.Usage)
	}
	if utf8.Valid(data) {
		return nil
	}
	line, col := 1, 1
	for rest := data; len(rest) > 0; {
		r, n := utf8.DecodeRune(rest)
		if r == utf8.RuneError && n == 1 {
			break
		}
		if col++; r == '\n' {
			line, col = line+1, 1
		}
		rest = rest[n:]
	}
	return msg.Errorf("%s:%d:%d: not UTF-8", "%s:%d:%d：不是 UTF-8", name, line, col).
		WithHint("save the file as UTF-8 (perhaps it is GBK now)", "请把文件另存为 UTF-8（目前可能是 GBK）").WithKind(msg.Usage)
}

// syntaxError places the parser's complaint. The parser has no type for its
// errors and gives no column; a tab in the indentation, the usual cause, is
// found here, on the line that the parser names or beside it.
func syntaxError(name string, data []byte, err error) error {
	cause := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 0
	if _, scanErr := fmt.Sscanf(cause, "line %d:", &line); scanErr != nil {
		return msg.Errorf("%s: not valid YAML: %s", "%s：不是合法的 YAML：%s", name, cause).WithKind(msg.Usage)
	}
	_, cause, _ = strings.Cut(cause, ": ")
	lines := strings.Split(string(data), "\n")
	for n := max(line-1, 1); n <= min(line+1, len(lines)); n++ {
		text := lines[n-1]
		indent := text[:len(text)-len(strings.TrimLeft(text, " \t"))]
		if tab := strings.IndexByte(indent, '\t'); tab >= 0 {
			return msg.Errorf("%s:%d:%d: a tab in the indentation", "%s:%d:%d：缩进中有制表符", name, n, tab+1).
				WithHint("YAML is indented with spaces", "YAML 只能用空格缩进").WithKind(msg.Usage)
		}
	}
	return msg.Errorf("%s:%d: not valid YAML: %s", "%s:%d：不是合法的 YAML：%s", name, line, cause).WithKind(msg.Usage).
		WithHint("look at indentation, brackets and quotes in this line and above it", "请检查该行及其上方的缩进、括号和引号")
}
