package config

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

// builtins are the functions of text/template itself.
var builtins = []string{"and", "break", "call", "continue", "eq", "ge", "gt", "html", "index", "js", "le", "len", "lt", "ne", "not", "or", "print", "printf", "println", "slice", "urlquery"}

// templateError says what is wrong with a template in both languages, with the
// place and, for a mistyped name, the nearest one that is there.
func templateError(text string, f Fields, err error) error {
	var exec template.ExecError
	ran := errors.As(err, &exec)
	uses, tree, ok := scan(text)
	if ok {
		if named := unknownName(text, f, uses, tree, err, ran); named != nil {
			return named
		}
	}
	var place string
	var detail msg.Text
	var own *msg.Error
	if errors.As(err, &own) {
		detail = msg.Text{EN: own.Error(), ZH: msg.In(own, msg.Chinese)}
	} else {
		s := err.Error()
		detail = msg.Text{EN: s, ZH: s}
		if location, rest, found := strings.Cut(strings.TrimPrefix(s, "template: t:"), ": "); found && strings.HasPrefix(s, "template: t:") {
			place, detail = " "+location, msg.Text{EN: rest, ZH: rest}
		}
	}
	detail = redact(detail, f.Env)
	e := msg.Errorf("template %q%s: %v", "模板 %q%s：%v", shown(text), place, detail).WithKind(msg.Usage).
		WithHint("it is a Go template: each {{ needs its }}, each if and with its end, each text its quotes", "这是 Go 模板：每个 {{ 都要有 }}，if 与 with 要有 end，文本要有引号")
	if own != nil {
		if h := msg.Hint(own); !h.IsZero() {
			e = e.WithHint("%v", "%v", h)
		}
	}
	return e
}

// unknownName is the error for a function, field or variable that is not
// there, or nil. Of several candidates the one where execution stopped is
// meant; one in a branch that was not taken is none.
func unknownName(text string, f Fields, uses []use, tree *parse.Tree, err error, ran bool) error {
	values, funcs := f.values(), functions(f)
	for _, u := range uses {
		var e *msg.Error
		switch {
		case u.node == nil:
			continue
		case u.kind == useFunction && funcs[u.name] == nil && !slices.Contains(builtins, u.name):
			known := append(slices.Sorted(maps.Keys(funcs)), builtins...)
			e = mistyped(msg.Errorf("unknown function %s", "未知的函数 %s", u.name), "", msg.Nearest(u.name, known))
		case u.kind == useField && ran && values[u.name] == nil:
			e = unknownField(u.name)
		case u.kind == useEnv && ran && missing(f.Env, u.name):
			e = msg.Errorf("the environment variable %s is not given", "没有提供环境变量 %s", u.name).
				WithHint(`add it to env:, or write {{ envOrDefault %q "" }}`, `请写入 env:，或改用 {{ envOrDefault %q "" }}`, u.name)
		default:
			continue
		}
		line, col := lineColumn(text, int(u.node.Position()))
		located := msg.Errorf("template %q %d:%d: %w", "模板 %q %d:%d：%w", shown(text), line, col, e).WithKind(msg.Usage)
		if location, _ := tree.ErrorContext(u.node); !ran || strings.HasPrefix(err.Error(), "template: "+location+":") {
			return located
		}
	}
	return nil
}

func unknownField(name string) *msg.Error {
	all := everyField()
	if _, elsewhere := all[name]; elsewhere {
		return msg.Errorf("the field .%s is not available here", "字段 .%s 在此处不可用", name).
			WithHint("it belongs to a target, a file or a package; here only names of the project and its version exist",
				"它属于某个目标、文件或软件包；此处只有项目和版本的名称")
	}
	known := slices.Sorted(maps.Keys(all))
	return mistyped(msg.Errorf("unknown field .%s", "未知的字段 .%s", name), ".", msg.Nearest(name, known))
}

func mistyped(e *msg.Error, prefix, near string) *msg.Error {
	if near == "" {
		return e
	}
	return e.WithHint("did you mean %s%s?", "您是不是想写 %s%s？", prefix, near)
}

func missing(env map[string]string, name string) bool {
	_, ok := env[name]
	return !ok
}

// redact takes the values of secret-looking variables out of a text.
func redact(t msg.Text, env map[string]string) msg.Text {
	for name, value := range env {
		if SecretName(name) && len(value) > 2 {
			t.EN, t.ZH = strings.ReplaceAll(t.EN, value, "***"), strings.ReplaceAll(t.ZH, value, "***")
		}
	}
	return t
}

// shown is a template on one line, cut where it is long.
func shown(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > 120 {
		return string(r[:120]) + "…"
	}
	return text
}

// lineColumn turns an offset into a line and column, both from 1.
func lineColumn(text string, offset int) (line, col int) {
	before := text[:min(offset, len(text))]
	return strings.Count(before, "\n") + 1, offset - strings.LastIndexByte(before, '\n')
}
