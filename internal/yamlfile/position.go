package yamlfile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"go.yaml.in/yaml/v3"
)

// Name is the file's name as it was given.
func (f *File) Name() string { return f.name }

// Root is the top mapping; nil when the file says nothing. A caller that
// changes the tree before Decode keeps the positions of what stays.
func (f *File) Root() *yaml.Node { return f.root }

// Find follows keys and list positions ("builds", "0", "env") from the root,
// through aliases. It returns the key's node, where there is one, and its
// value; both are nil when the path is not there.
func (f *File) Find(path ...string) (key, value *yaml.Node) {
	value = f.root
	for _, p := range path {
		value = Resolve(value)
		if value == nil {
			return nil, nil
		}
		var next *yaml.Node
		switch value.Kind {
		case yaml.MappingNode:
			for i := 0; i+1 < len(value.Content); i += 2 {
				if value.Content[i].Value == p {
					key, next = value.Content[i], value.Content[i+1]
				}
			}
		case yaml.SequenceNode:
			if i, err := strconv.Atoi(p); err == nil && i >= 0 && i < len(value.Content) {
				key, next = nil, value.Content[i]
			}
		}
		if next == nil {
			return nil, nil
		}
		value = next
	}
	return key, value
}

// Line is the line of a path's key, or of its value in a list; 0 when the path
// is not there.
func (f *File) Line(path ...string) int {
	switch k, v := f.Find(path...); {
	case k != nil:
		return k.Line
	case v != nil:
		return v.Line
	}
	return 0
}

// At is "file:line:column" of a node, "file" for none.
func (f *File) At(n *yaml.Node) string {
	if n == nil || n.Line == 0 {
		return f.name
	}
	return fmt.Sprintf("%s:%d:%d", f.name, n.Line, n.Column)
}

// Errorf makes a usage error that begins with the node's position.
func (f *File) Errorf(n *yaml.Node, en, zh string, args ...any) *msg.Error {
	return f.errAt(n, en, zh, args...)
}

// Resolve follows an alias; other nodes are returned as they are.
func Resolve(n *yaml.Node) *yaml.Node {
	for n != nil && n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	return n
}

func (f *File) errAt(n *yaml.Node, en, zh string, args ...any) *msg.Error {
	return msg.Errorf("%s: %w", "%s：%w", f.At(n), msg.Errorf(en, zh, args...)).WithKind(msg.Usage)
}

// Join makes one error of several; the remedies of all of them become its hint.
// It is nil when there are none, and says how many more there are when there
// are very many.
func Join(errs ...*msg.Error) error {
	if len(errs) == 0 {
		return nil
	}
	more := len(errs) - maxShown
	errs = errs[:min(len(errs), maxShown)]
	if len(errs) == 1 {
		return errs[0]
	}
	list := make([]error, 0, len(errs)+1)
	var en, zh []string
	for _, e := range errs {
		list = append(list, e)
		if h := msg.Hint(e); !h.IsZero() && !slices.Contains(en, h.EN) {
			en, zh = append(en, h.EN), append(zh, h.ZH)
		}
	}
	if more > 0 {
		list = append(list, msg.Errorf("… and %d more of the kind", "……另有 %d 处同类错误", more))
	}
	joined := msg.Errorf("%w", "%w", msg.Join(list...)).WithKind(msg.Usage)
	if len(en) > 0 {
		joined = joined.WithHint("%v", "%v", msg.Text{EN: strings.Join(en, "; "), ZH: strings.Join(zh, "；")})
	}
	return joined
}

// kind says what a value is, for "found …".
func kind(n *yaml.Node) msg.Text {
	switch Resolve(n).Kind {
	case yaml.MappingNode:
		return msg.Text{EN: "keys and values", ZH: "键值对"}
	case yaml.SequenceNode:
		return msg.Text{EN: "a list", ZH: "列表"}
	}
	if isNull(n) {
		return msg.Text{EN: "nothing", ZH: "空值"}
	}
	return msg.Textf("%q", " %q", short(Resolve(n).Value))
}

// short keeps a wrong value recognisable without repeating a long text.
func short(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
