package pipelines

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// Values are the parameters' values by name. What is absent or "" has its default.
type Values map[string]string

// ParamsVariable is the variable that carries all parameters as one JSON object,
// so that a Groovy script never puts one into a shell command.
const ParamsVariable = "YINGZAO_PARAMS"

// Resolve finds each parameter's value: flags (by name, only those that were
// given), then the JSON in [ParamsVariable], then the parameter's own variable,
// then its default. A value that the parameter does not allow is an error, and so
// is a name in the JSON that is no parameter; unknown variables are none of ours.
func Resolve(params []Param, flags Values, getenv func(string) string) (Values, error) {
	given, err := parseJSON(params, getenv(ParamsVariable))
	if err != nil {
		return nil, err
	}
	v := Values{}
	for _, p := range params {
		value := p.Default
		for _, set := range []string{getenv(p.Variable()), given[p.Name], flags[p.Name]} {
			// Variables that a template fills from a block end in a line end.
			if set = strings.TrimSpace(set); set != "" {
				value = set
			}
		}
		if err := p.Check(value); err != nil {
			return nil, err
		}
		if p.Type == List {
			value = strings.Join(Split(value), ",")
		}
		v[p.Name] = value
	}
	return v, nil
}

// List is the members of a list.
func (v Values) List(name string) []string { return Split(v[name]) }

// Bool is the value of a bool.
func (v Values) Bool(name string) bool { return v[name] == "true" }

// parseJSON reads {"publishTo": …}; names are ours or in camel case, values
// strings, booleans, numbers, lists of them, or null for the default.
func parseJSON(params []Param, text string) (Values, error) {
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	refuse := func(en, zh string, args ...any) error {
		return msg.Errorf("read %s: %s", "读取 %s：%s", ParamsVariable, msg.Textf(en, zh, args...)).WithKind(msg.Usage).
			WithHint("it is one JSON object, such as {\"publishTo\": \"oss://bucket/app\"}", "应为一个 JSON 对象，例如 {\"publishTo\": \"oss://bucket/app\"}")
	}
	var object map[string]any
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&object); err != nil {
		return nil, refuse("no JSON object", "不是 JSON 对象")
	}
	v := Values{}
	for name, value := range object {
		i := slices.IndexFunc(params, func(p Param) bool { return p.Name == name || p.Camel() == name })
		if i < 0 {
			var known []string
			for _, p := range params {
				known = append(known, p.Camel())
			}
			if near := msg.Nearest(name, known); near != "" {
				return nil, refuse("unknown parameter %q, did you mean %s?", "未知的参数 %q，您是不是想写 %s？", name, near)
			}
			return nil, refuse("unknown parameter %q", "未知的参数 %q", name)
		}
		s, ok := plain(value)
		if !ok {
			return nil, refuse("%s is neither a text nor a list of texts", "%s 既不是文本也不是文本列表", name)
		}
		v[params[i].Name] = s
	}
	return v, nil
}

func plain(value any) (string, bool) {
	switch x := value.(type) {
	case nil:
		return "", true
	case string:
		return x, true
	case bool, json.Number:
		return fmt.Sprint(x), true
	case []any:
		var members []string
		for _, m := range x {
			s, ok := m.(string)
			if !ok {
				return "", false
			}
			members = append(members, s)
		}
		return strings.Join(members, ","), true
	}
	return "", false
}
