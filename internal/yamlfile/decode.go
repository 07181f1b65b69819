package yamlfile

import (
	"encoding"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"go.yaml.in/yaml/v3"
)

// Decode reads the file into the struct that into points to, by its yaml tags.
// Unknown keys and values of a wrong kind are all reported at once; then into
// is left alone. A file without content changes nothing.
//
// Types with an UnmarshalYAML method take short forms (a string for a list or
// for a struct); where the value has the shape of the type itself it is checked
// like any other. Their errors are shown behind the value's position.
func (f *File) Decode(into any) error { return f.DecodeNode(f.root, "", into) }

// Check is the first half of [File.Decode]: it reports what Decode would refuse
// and changes nothing.
func (f *File) Check(into any) error { return f.check(f.root, "", into) }

func (f *File) check(n *yaml.Node, where string, into any) error {
	if n == nil {
		return nil
	}
	c := checker{file: f}
	c.value(n, reflect.TypeOf(into).Elem(), where)
	return Join(c.errs...)
}

// DecodeNode is [File.Decode] for one value of the file, whose keys errors name
// as keys of where. A nil node changes nothing.
func (f *File) DecodeNode(n *yaml.Node, where string, into any) error {
	if n == nil {
		return nil
	}
	if err := f.check(n, where, into); err != nil {
		return err
	}
	if err := n.Decode(into); err != nil {
		return f.errAt(n, "read the file: %w", "读取文件：%w", err)
	}
	return nil
}

// checker walks the file's values beside the Go type that will receive them.
type checker struct {
	file *File
	errs []*msg.Error
}

func (c *checker) value(n *yaml.Node, t reflect.Type, where string) {
	n = Resolve(n)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if isNull(n) || t.Kind() == reflect.Interface {
		return
	}
	switch {
	case n.Kind == yaml.MappingNode && t.Kind() == reflect.Struct && !opaque(t):
		c.mapping(n, Fields(t), where)
	case n.Kind == yaml.MappingNode && t.Kind() == reflect.Map:
		for i := 0; i+1 < len(n.Content); i += 2 {
			c.value(n.Content[i+1], t.Elem(), join(where, n.Content[i].Value))
		}
	case n.Kind == yaml.SequenceNode && t.Kind() == reflect.Slice:
		for _, item := range n.Content {
			c.value(item, t.Elem(), where)
		}
	default:
		c.leaf(n, t, where)
	}
}

func (c *checker) mapping(n *yaml.Node, known map[string]reflect.Type, where string) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if k.ShortTag() == "!!merge" {
			c.merge(v, known, where)
			continue
		}
		if t, ok := known[k.Value]; ok {
			c.value(v, t, join(where, k.Value))
			continue
		}
		c.errs = append(c.errs, c.file.UnknownKey(k, where, slices.Sorted(maps.Keys(known))))
	}
}

// merge checks what <<: brings in as if it stood here.
func (c *checker) merge(n *yaml.Node, known map[string]reflect.Type, where string) {
	switch n = Resolve(n); n.Kind {
	case yaml.MappingNode:
		c.mapping(n, known, where)
	case yaml.SequenceNode:
		for _, item := range n.Content {
			c.merge(item, known, where)
		}
	}
}

// leaf lets the decoder try a single value, so that the rules of conversion are
// its own and the position is ours.
func (c *checker) leaf(n *yaml.Node, t reflect.Type, where string) {
	err := n.Decode(reflect.New(t).Interface())
	if err == nil {
		return
	}
	field := where
	if field == "" {
		field = "."
	}
	var own *msg.Error
	if errors.As(err, &own) {
		e := c.file.errAt(n, "%s: %v", "%s：%v", field, own)
		if h := msg.Hint(own); !h.IsZero() {
			e = e.WithHint("%v", "%v", h)
		}
		c.errs = append(c.errs, e)
		return
	}
	e := c.file.errAt(n, "%s: expected %v, found %v", "%s：此处应为%v，实际是%v", field, wanted(t), kind(n))
	if t.Kind() == reflect.Slice {
		e = e.WithHint("write it in brackets: [a, b]", "请写在方括号中：[a, b]")
	}
	c.errs = append(c.errs, e)
}

// UnknownKey is the error for a key that is not known in the section where.
func (f *File) UnknownKey(k *yaml.Node, where string, known []string) *msg.Error {
	e := f.errAt(k, "unknown key %q", "未知的键 %q", short(k.Value))
	if where != "" {
		e = f.errAt(k, "unknown key %q in %s", "%[2]s 中有未知的键 %[1]q", short(k.Value), where)
	}
	if f.Explain != nil {
		if h := f.Explain(join(where, k.Value)); !h.IsZero() {
			return e.WithHint("%v", "%v", h)
		}
	}
	if near := msg.Nearest(k.Value, known); near != "" {
		return e.WithHint("did you mean %s?", "您是不是想写 %s？", near)
	}
	return e.WithHint("known here: %s", "此处可用的键：%s", strings.Join(known, ", "))
}

func join(where, key string) string {
	if where == "" {
		return key
	}
	return where + "." + key
}

// Fields are the yaml keys of a struct and the types of their values, with
// those of inlined structs.
func Fields(t reflect.Type) map[string]reflect.Type {
	all := map[string]reflect.Type{}
	for i := range t.NumField() {
		sf := t.Field(i)
		name, options, _ := strings.Cut(sf.Tag.Get("yaml"), ",")
		switch {
		case strings.Contains(options, "inline"): // also an embedded struct whose type is not exported
			maps.Copy(all, Fields(sf.Type))
		case name == "-" || !sf.IsExported():
		case name == "":
			all[strings.ToLower(sf.Name)] = sf.Type
		default:
			all[name] = sf.Type
		}
	}
	return all
}

// opaque reports whether only the type itself knows what its mapping may hold:
// it unmarshals itself and no field of it names a key.
func opaque(t reflect.Type) bool {
	if !reflect.PointerTo(t).Implements(unmarshaler) && !reflect.PointerTo(t).Implements(oldUnmarshaler) {
		return reflect.PointerTo(t).Implements(textUnmarshaler)
	}
	for i := range t.NumField() {
		if t.Field(i).Tag.Get("yaml") != "" {
			return false
		}
	}
	return true
}

var (
	unmarshaler     = reflect.TypeFor[yaml.Unmarshaler]()
	oldUnmarshaler  = reflect.TypeFor[interface{ UnmarshalYAML(func(any) error) error }]()
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// wanted describes what a type takes, for people.
func wanted(t reflect.Type) msg.Text {
	switch t.Kind() {
	case reflect.Bool:
		return msg.Text{EN: "true or false", ZH: " true 或 false"}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return msg.Text{EN: "a number", ZH: "数字"}
	case reflect.Slice:
		return msg.Text{EN: "a list", ZH: "列表"}
	case reflect.Struct, reflect.Map:
		return msg.Text{EN: "keys and values", ZH: "键值对"}
	}
	return msg.Text{EN: "a text", ZH: "文本"}
}
