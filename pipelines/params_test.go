package pipelines

import (
	"slices"
	"strings"
	"testing"

	"github.com/yingzao-dev/yingzao/internal/msg"
)

func params(t *testing.T) []Param {
	t.Helper()
	all, err := Params()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Each spelling has to lead back to one parameter, in every system.
func TestSpellingsAreUnambiguous(t *testing.T) {
	seen := map[string]string{}
	for _, p := range params(t) {
		for _, spelling := range []string{"--" + p.Flag(), "input " + p.Name, "groovy " + p.Camel(), p.Variable()} {
			if other, ok := seen[spelling]; ok {
				t.Errorf("%s is %s and %s", spelling, other, p.Name)
			}
			seen[spelling] = p.Name
		}
	}
	p := Param{Name: "publish_to"}
	if got := []string{p.Flag(), p.Camel(), p.Variable()}; strings.Join(got, " ") != "publish-to publishTo YINGZAO_PUBLISH_TO" {
		t.Error(got)
	}
}

func TestParseParams(t *testing.T) {
	const head = "params:\n  - name: "
	for _, c := range []struct{ yaml, want string }{
		{"Bad\n    en: a\n    zh: 甲\n", "lower-case words"},
		{"a__b\n    en: a\n    zh: 甲\n", "lower-case words"},
		{"a\n    en: a\n", "both languages"},
		{"a\n    type: number\n    en: a\n    zh: 甲\n", "unknown type number"},
		{"a\n    type: enum\n    en: a\n    zh: 甲\n", "an enum has values"},
		{"a\n    values: [x]\n    en: a\n    zh: 甲\n", "an enum has values"},
		{"a\n    type: bool\n    en: a\n    zh: 甲\n", "default is true or false"},
		{"a\n    stages: [deploy]\n    en: a\n    zh: 甲\n", "unknown stage deploy"},
		{"a\n    only: [github]\n    en: a\n    zh: 甲\n", "unknown system github"},
		{"a\n    pattern: '('\n    en: a\n    zh: 甲\n", "missing closing"},
		{"a\n    pattern: '[0-9]'\n    default: x\n    en: a\n    zh: 甲\n", "does not match"},
		{"a\n    defaults: {gitlab: x}\n    pattern: '[0-9]'\n    en: a\n    zh: 甲\n", "its default in gitlab"},
		{"a\n    defaults: {github: x}\n    en: a\n    zh: 甲\n", "unknown system github"},
		{"a\n    en: a\n    zh: 甲\n  - name: a\n    en: a\n    zh: 甲\n", "named twice"},
		{"a\n    colour: red\n    en: a\n    zh: 甲\n", "colour"},
	} {
		if _, err := ParseParams("p.yaml", []byte(head+c.yaml)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.yaml, err, c.want)
		}
	}
}

func TestResolve(t *testing.T) {
	all := params(t)
	for _, c := range []struct {
		what  string
		flags Values
		env   map[string]string
		name  string
		want  string
	}{
		{"the default", nil, nil, "profile", "ci"},
		{"a variable", nil, map[string]string{"YINGZAO_PROFILE": "cn"}, "profile", "cn"},
		{"JSON before the variable", nil, map[string]string{"YINGZAO_PROFILE": "cn", ParamsVariable: `{"profile":"airgap"}`}, "profile", "airgap"},
		{"the flag before JSON", Values{"profile": "default"}, map[string]string{ParamsVariable: `{"profile":"airgap"}`}, "profile", "default"},
		{"camel case", nil, map[string]string{ParamsVariable: `{"publishTo":"oss://b/p"}`}, "publish_to", "oss://b/p"},
		{"a list in JSON", nil, map[string]string{ParamsVariable: `{"publish_to":["oss://b/p","cos://c/p"]}`}, "publish_to", "oss://b/p,cos://c/p"},
		{"a list in a variable", nil, map[string]string{"YINGZAO_TARGETS": " linux/amd64 ,\nlinux/loong64-abi1.0,"}, "targets", "linux/amd64,linux/loong64-abi1.0"},
		{"a JSON array in a variable", nil, map[string]string{"YINGZAO_TARGETS": `["linux/amd64","linux/arm/7"]` + "\n"}, "targets", "linux/amd64,linux/arm/7"},
		{"rows of a matrix in a variable", nil, map[string]string{"YINGZAO_TARGETS": `["linux/amd64"]` + "\n" + `[{"TARGET":["linux/loong64","linux/arm64"],"RUNNER":"loongson"},{"TARGET":"","RUNNER":""}]`}, "targets", "linux/amd64,linux/loong64,linux/arm64"},
		{"an empty array is nothing", nil, map[string]string{"YINGZAO_PUBLISH_TO": "[]\n"}, "publish_to", ""},
		{"a line end after a value", nil, map[string]string{"YINGZAO_OFFLINE": "true\n"}, "offline", "true"},
		{"a boolean in JSON", nil, map[string]string{ParamsVariable: `{"offline":true}`}, "offline", "true"},
		{"null is the default", nil, map[string]string{ParamsVariable: `{"profile":null}`}, "profile", "ci"},
	} {
		v, err := Resolve(all, c.flags, func(k string) string { return c.env[k] })
		if err != nil {
			t.Errorf("%s: %v", c.what, err)
		} else if v[c.name] != c.want {
			t.Errorf("%s: %q, want %q", c.what, v[c.name], c.want)
		}
	}
}

func TestResolveRefuses(t *testing.T) {
	all := params(t)
	for _, c := range []struct{ env, value, en, zh string }{
		{"YINGZAO_PROFILE", "home", "it is one of ci, cn", "只能是"},
		{"YINGZAO_OFFLINE", "yes", "true or false", "true 或 false"},
		{"YINGZAO_TARGETS", "linux/amd64,amd64", `"amd64": it does not match`, "不符合"},
		{"YINGZAO_TARGETS", `["linux/amd64"`, "does not match", "不符合"},
		{"YINGZAO_TARGETS", `[{"TARGET":{"linux":"amd64"}}]`, "does not match", "不符合"},
		{"YINGZAO_TARGETS", `[1]`, "does not match", "不符合"},
		{"YINGZAO_GOSUMDB", "off", "does not match", "不符合"},
		{"YINGZAO_CACHE_DIR", "/var/cache", "does not match", "不符合"},
		{"YINGZAO_CACHE_DIR", "$HOME/go", "does not match", "不符合"},
		{ParamsVariable, `["a"]`, "no JSON object", "不是 JSON 对象"},
		{ParamsVariable, `{"publishTi":"x"}`, "did you mean publishTo?", "您是不是想写 publishTo"},
		{ParamsVariable, `{"zzz":"x"}`, `unknown parameter "zzz"`, "未知的参数"},
		{ParamsVariable, `{"targets":[1]}`, "neither a text nor a list", "既不是文本"},
		{ParamsVariable, `{"targets":{"a":"b"}}`, "neither a text nor a list", "既不是文本"},
	} {
		_, err := Resolve(all, nil, func(k string) string {
			if k == c.env {
				return c.value
			}
			return ""
		})
		if err == nil || !strings.Contains(err.Error(), c.en) || !strings.Contains(msg.In(err, msg.Chinese), c.zh) || msg.KindOf(err) != msg.Usage {
			t.Errorf("%s=%s: %v", c.env, c.value, err)
		}
	}
}

// A secret in the wrong place does not come back in the refusal.
func TestJSONIsNotEchoed(t *testing.T) {
	_, err := Resolve(params(t), nil, func(k string) string {
		if k == ParamsVariable {
			return `{"profile": "ci", "secret": "hunter2"`
		}
		return ""
	})
	if err == nil || strings.Contains(msg.In(err, msg.English)+msg.Hint(err).EN, "hunter2") {
		t.Error(err)
	}
}

func FuzzSplit(f *testing.F) {
	f.Add("a,b\nc")
	f.Add(`["a","b"]` + "\n" + `[{"TARGET":["c"]}]`)
	f.Add(`["a`)
	f.Fuzz(func(t *testing.T, text string) {
		once := Split(text)
		if again := Split(strings.Join(once, "\n")); !slices.Equal(again, once) && !strings.Contains(text, "[") {
			t.Errorf("%q gives %q, and that gives %q", text, once, again)
		}
		for _, m := range once {
			if m == "" || strings.TrimSpace(m) != m {
				t.Errorf("%q gives the member %q", text, m)
			}
		}
	})
}

func FuzzResolve(f *testing.F) {
	all, err := Params()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(`{"publishTo":["a","b"],"offline":true}`)
	f.Add(`{"x":{}}`)
	f.Fuzz(func(t *testing.T, text string) {
		v, err := Resolve(all, nil, func(k string) string {
			if k == ParamsVariable {
				return text
			}
			return ""
		})
		if err != nil {
			return
		}
		for _, p := range all {
			if err := p.Check(v[p.Name]); err != nil {
				t.Errorf("%q gives %s that is refused: %v", text, p.Name, err)
			}
		}
	})
}
