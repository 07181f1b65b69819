package generate

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/yingzao-dev/yingzao/pipelines"
)

// bkci writes the plug-in's task.json and a pipeline template. Texts are Chinese:
// BlueKing's pages are.
func bkci(params []pipelines.Param) (map[string][]byte, error) {
	type option struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}
	type input struct {
		Label     string   `json:"label"`
		Type      string   `json:"type"`
		Desc      string   `json:"desc"`
		Default   any      `json:"default"`
		Required  bool     `json:"required"`
		Sensitive bool     `json:"isSensitive"`
		Options   []option `json:"options,omitempty"`
		Text      string   `json:"text,omitempty"`
	}
	inputs := ordered{}
	for _, p := range of("bkci", params) {
		in := input{Label: p.Camel(), Type: "vuex-input", Desc: p.Text.ZH, Default: p.DefaultIn("bkci")}
		switch p.Type {
		case pipelines.Enum:
			in.Type = "selector"
			for _, v := range p.Values {
				in.Options = append(in.Options, option{v, v})
			}
		case pipelines.Bool:
			in.Type, in.Text, in.Default = "atom-checkbox", p.Text.ZH, p.DefaultIn("bkci") == "true"
		case pipelines.List:
			in.Type = "vuex-textarea"
		}
		inputs.add(p.Camel(), in)
	}
	inputs.add("accessKeyId", input{Label: "accessKeyId", Type: "vuex-input", Desc: "存储的密钥 ID；使用 oidcRole 时不填。", Default: "", Sensitive: true})
	inputs.add("accessKeySecret", input{Label: "accessKeySecret", Type: "vuex-input", Desc: "存储的密钥；请引用凭据，不要直接填写。", Default: "", Sensitive: true})

	type output struct {
		Description string `json:"description"`
		Type        string `json:"type"`
		Sensitive   bool   `json:"isSensitive"`
	}
	outputs := ordered{}
	for _, o := range [][2]string{
		{"YINGZAO_PROJECT", "项目名"}, {"YINGZAO_VERSION", "版本号"}, {"YINGZAO_URL", "该版本所在目录的地址"},
		{"YINGZAO_SHA256SUMS_URL", "校验和文件的地址"}, {"YINGZAO_PAGE_URL", "下载页的地址"},
	} {
		outputs.add(o[0], output{o[1], "string", false})
	}
	task, err := pretty(map[string]any{
		"atomCode": "yingzao",
		"execution": map[string]any{
			"language": "golang", "packagePath": "yingzao.zip", "demands": []string{"chmod +x yingzao"}, "target": "./yingzao pipeline atom",
		},
		"input": inputs, "output": outputs,
	})
	if err != nil {
		return nil, err
	}
	return map[string][]byte{"bkci/task.json": task, "bkci/templates/go-release.yml": []byte(bkciTemplate(params))}, nil
}

// bkciTemplate is a pipeline as code (v3.0) for sites that have the binary and not
// the plug-in.
func bkciTemplate(params []pipelines.Param) string {
	var b strings.Builder
	b.WriteString(`# 由 pipelines/params.yaml 生成，请勿手工修改。
# 蓝盾流水线（v3.0）：在一台构建机上检查、构建、验证并发布。把它放进项目的 .ci/ 目录，
# 填写下面的 variables 即可；密钥请在蓝盾凭据中维护，并在步骤中引用。
version: v3.0
name: go-release
on:
  push:
    branches:
      - main
      - master
  tag:
    tags:
      - v*
variables:
`)
	for _, p := range of("bkci", params) {
		b.WriteString("  # " + p.Text.ZH + "\n  " + p.Variable() + ":\n    value: " + quoteYAML(p.DefaultIn("bkci")) + "\n")
	}
	b.WriteString(`stages:
  - name: release
    jobs:
      release:
        name: release
        runs-on:
          pool-name: docker
        steps:
          - checkout: self
          - name: yingzao
            run: |
` + indent(Install, "              ") + `              yingzao pipeline run "$YINGZAO_STAGE"
`)
	return b.String()
}

// ordered is a JSON object whose members keep their order, as forms need it.
type ordered struct {
	names  []string
	values map[string]any
}

func (o *ordered) add(name string, v any) {
	if o.values == nil {
		o.values = map[string]any{}
	}
	o.names = append(o.names, name)
	o.values[name] = v
}

// MarshalJSON is part of json.Marshaler.
func (o ordered) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, name := range o.names {
		if i > 0 {
			b.WriteByte(',')
		}
		for j, v := range []any{name, o.values[name]} {
			if j > 0 {
				b.WriteByte(':')
			}
			text, err := pretty(v)
			if err != nil {
				return nil, err
			}
			b.Write(bytes.TrimSpace(text))
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func pretty(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(v)
	return b.Bytes(), err
}

// quoteYAML is a value as a single-quoted scalar.
func quoteYAML(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// indent puts the same space before every line that has text.
func indent(text, space string) string {
	var b strings.Builder
	for _, line := range strings.SplitAfter(text, "\n") {
		if strings.TrimSpace(line) != "" {
			b.WriteString(space)
		}
		b.WriteString(line)
	}
	return b.String()
}
