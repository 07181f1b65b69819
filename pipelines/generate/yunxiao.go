package generate

import (
	"strings"

	"github.com/yingzao-dev/yingzao/pipelines"
)

// yunxiao writes a custom step of Yunxiao Flow: the form, and the few lines of
// JavaScript that Flow insists on before a program may start.
func yunxiao(params []pipelines.Param) (map[string][]byte, error) {
	var b strings.Builder
	b.WriteString(`# 由 pipelines/params.yaml 生成，请勿手工修改。
# 云效 Flow 自定义步骤：表单中的各项以环境变量交给 yingzao。未在真实的云效上运行过。
id: yingzao-release
name: 营造 yingzao
items:
`)
	for _, p := range of("yunxiao", params) {
		kind := map[pipelines.Type]string{pipelines.Enum: "select", pipelines.Bool: "checkbox", pipelines.List: "textarea"}[p.Type]
		if kind == "" {
			kind = "input"
		}
		b.WriteString("  - id: " + p.Variable() + "\n    label: " + quoteYAML(p.Camel()) + "\n    type: " + kind + "\n    desc: " + quoteYAML(p.Text.ZH) + "\n    required: false\n")
		if d := p.DefaultIn("yunxiao"); d != "" {
			b.WriteString("    value: " + quoteYAML(d) + "\n")
		}
		if p.Type == pipelines.Enum {
			b.WriteString("    options:\n")
			for _, v := range p.Values {
				b.WriteString("      - label: " + v + "\n        value: " + v + "\n")
			}
		}
	}
	b.WriteString("execution:\n  executor: node\n  main: dist/index.js\n")
	var names strings.Builder
	for _, p := range of("yunxiao", params) {
		names.WriteString("  '" + p.Variable() + "',\n")
	}
	return map[string][]byte{
		"yunxiao/step.yaml":       []byte(b.String()),
		"yunxiao/dist/install.sh": []byte(Install),
		"yunxiao/dist/index.js":   []byte(strings.Replace(yunxiaoShim, "@NAMES@", names.String(), 1)),
		"gitee/go-release.yml":    []byte(gitee(params)),
	}, nil
}

const yunxiaoShim = `// Generated from pipelines/params.yaml. Starts yingzao with the step's form as its
// environment and ends as it ends; install.sh beside this file brings it here.
'use strict';
const { spawnSync } = require('child_process');
const path = require('path');

const names = [
@NAMES@];
const env = { ...process.env };
for (const name of names) {
  if (!env[name]) delete env[name];
}
const install = path.join(__dirname, 'install.sh');
const script = '. "$0"; exec yingzao pipeline run "${YINGZAO_STAGE:-release}"';
const done = spawnSync('sh', ['-c', script, install], { stdio: 'inherit', env });
process.exit(done.status === null ? 1 : done.status);
`

// gitee is a snippet for Gitee Go, by its documentation.
func gitee(params []pipelines.Param) string {
	var b strings.Builder
	b.WriteString(`# 由 pipelines/params.yaml 生成，请勿手工修改。
# Gitee Go 流水线片段：放入项目的 .workflow/ 目录。依据其文档编写，未在真实的 Gitee Go 上运行过。
# 可在 commands 开头 export 的变量：
`)
	for _, p := range params {
		if p.In("gitee") {
			b.WriteString("#   " + p.Variable() + "  " + p.Text.ZH + "\n")
		}
	}
	b.WriteString(`version: '1.0'
name: go-release
displayName: go-release
triggers:
  push:
    tags:
      prefix:
        - v
stages:
  - name: release
    displayName: release
    strategy: naturally
    trigger: auto
    steps:
      - step: build@golang
        name: release
        displayName: yingzao
        golangVersion: '1.26'
        commands:
          - |
`)
	for _, p := range params {
		// A site's own copy says where the binary is; the snippet has no form that could.
		if d := p.DefaultIn("gitee"); d != "" && strings.HasPrefix(p.Name, "tool_") {
			b.WriteString("            export " + p.Variable() + "=" + quoteShell(d) + "\n")
		}
	}
	b.WriteString(indent(Install, "            ") + "            yingzao pipeline run release\n")
	return b.String()
}

// quoteShell is a text as one word of a shell.
func quoteShell(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
