package lint

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/yingzao-dev/yingzao/internal/lint"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

func gitlabRules() rules {
	return rules{{
		Code: "PPL030", Severity: lint.Error, Since: "0.6.0",
		Title:  msg.Text{EN: "tags is an empty list", ZH: "tags 是空列表"},
		Why:    msg.Text{EN: "GitLab refuses the file: tags must have at least one item.", ZH: "GitLab 会拒绝该文件：tags 至少要有一项。"},
		Fix:    msg.Text{EN: "Delete the line; a job without tags runs on any runner that takes untagged jobs.", ZH: "删除该行；没有 tags 的作业可由任何接受无标签作业的 runner 运行。"},
		Before: "build:\n  script: [make]\n  tags: []",
		After:  "build:\n  script: [make]",
		Find: func(v *view) []lint.Finding {
			var out []lint.Finding
			for _, s := range v.gitlab.sections() {
				for i := 0; i+1 < len(s.node.Content); i += 2 {
					if k, list := s.node.Content[i], s.node.Content[i+1]; k.Value == "tags" && list.Kind == yaml.SequenceNode && len(list.Content) == 0 && list.Tag != "!reference" {
						out = append(out, lint.Found(k.Line, "tags", "tags has no item", "tags 没有任何一项"))
					}
				}
			}
			return out
		},
	}, {
		Code: "PPL031", Severity: lint.Error, Since: "0.6.0",
		Title:  msg.Text{EN: "An input is interpolated in brackets or braces without quotes", ZH: "在方括号或花括号中插入 input 却没有加引号"},
		Why:    msg.Text{EN: "$[[ inputs.x ]] has brackets of its own: inside of [ ] or { } YAML takes them for a list, and the file does not parse.", ZH: "$[[ inputs.x ]] 自身带有方括号：写在 [ ] 或 { } 之内时，YAML 会把它当作列表，文件无法解析。"},
		Fix:    msg.Text{EN: "Write the list or mapping in lines of its own, or put quotes around a text.", ZH: "把列表或映射改写成分行的形式；若是文本，请加引号。"},
		Before: "build:\n  parallel: {matrix: $[[ inputs.matrix ]]}\n  script: [make]",
		After:  "build:\n  parallel:\n    matrix: $[[ inputs.matrix ]]\n  script: [make]",
		Find:   func(*view) []lint.Finding { return nil }, // such a file does not parse; see read
	}, {
		Code: "PPL032", Severity: lint.Error, Since: "0.6.0",
		Title:  msg.Text{EN: "component.… is used outside of a component", ZH: "在组件之外使用 component.…"},
		Why:    msg.Text{EN: "$[[ component.name ]], version and sha are known only to a file whose header has spec: component: and that is included by include:component. Elsewhere GitLab says: component.name cannot be used outside a component.", ZH: "$[[ component.name ]]、version 和 sha 只在文件头部声明了 spec: component:、且通过 include:component 引入时可用。否则 GitLab 报错：component.name cannot be used outside a component。"},
		Fix:    msg.Text{EN: "Use an input instead, which works by every way of including.", ZH: "改用 input，任何引入方式下都可用。"},
		Before: "spec:\n  inputs:\n    a: {default: b}\n---\nbuild:\n  script:\n    - echo \"$[[ component.version ]]\"",
		After:  "spec:\n  inputs:\n    version: {default: v1}\n---\nbuild:\n  script:\n    - echo \"$[[ inputs.version ]]\"",
		Find: func(v *view) []lint.Finding {
			g := v.gitlab
			if g == nil {
				return nil
			}
			var out []lint.Finding
			_, spec := own(g.header, "spec")
			if k, _ := own(spec, "component"); k == nil {
				for _, d := range g.documents {
					values(d, func(n *yaml.Node) {
						if i := componentUse(n.Value); i >= 0 {
							line := n.Line
							if n.Style&yaml.LiteralStyle != 0 {
								line += 1 + strings.Count(n.Value[:i], "\n")
							}
							out = append(out, lint.Found(line, "component", "this file declares no spec: component:", "此文件没有声明 spec: component:"))
						}
					})
				}
			}
			for _, in := range g.includes {
				_, spec := own(in.spec, "spec")
				if k, _ := own(spec, "component"); k != nil {
					out = append(out, lint.Found(in.node.Line, in.local, "%s is a component that uses component.…, and is included as a local file", "%s 是使用 component.… 的组件，却以本地文件引入", in.local))
				}
			}
			return out
		},
	}, {
		Code: "PPL033", Severity: lint.Warning, Since: "0.6.0",
		Title:  msg.Text{EN: "A key stands twice, and only the last counts", ZH: "同一个键出现两次，只有最后一个生效"},
		Why:    msg.Text{EN: "GitLab says nothing and takes the last: two variables: blocks or two scripts in one job are not put together.", ZH: "GitLab 不作提示，只取最后一个：同一作业中的两个 variables: 或两个 script 不会合并。"},
		Fix:    msg.Text{EN: "Put them together, or delete one.", ZH: "合并为一处，或删去其一。"},
		Before: "build:\n  variables: {A: b}\n  script: [make]\n  variables: {C: d}",
		After:  "build:\n  variables: {A: b, C: d}\n  script: [make]",
		Find: func(v *view) []lint.Finding {
			var roots []*yaml.Node
			if v.gitlab != nil {
				roots = v.gitlab.documents
			} else if v.bkci != nil && v.bkci.root != nil {
				roots = []*yaml.Node{v.bkci.root}
			}
			var out []lint.Finding
			for _, r := range roots {
				duplicates(r, func(first, again *yaml.Node) {
					out = append(out, lint.Found(again.Line, again.Value, "%q is already given in line %d, and that is not used", "%q 已在第 %d 行给出，而那一处不起作用", again.Value, first.Line))
				})
			}
			return out
		},
	}}
}

// componentUse is where a text interpolates something of the component; -1 = nowhere.
func componentUse(s string) int {
	for from := 0; ; {
		i := strings.Index(s[from:], "$[[")
		if i < 0 {
			return -1
		}
		if strings.HasPrefix(strings.TrimLeft(s[from+i+3:], " "), "component.") {
			return from + i
		}
		from += i + 3
	}
}

// inFlow finds $[[ in brackets or braces of YAML on one line, outside of quotes and
// comments. It is asked only about files that do not parse.
func inFlow(lines []string) []lint.Finding {
	var out []lint.Finding
	for n, l := range lines {
		depth, quote := 0, byte(0)
	line:
		for i := range len(l) {
			switch c := l[i]; {
			case quote != 0:
				if c == quote {
					quote = 0
				}
			case c == '"' || c == '\'':
				quote = c
			case c == '#' && (i == 0 || l[i-1] == ' '):
				break line
			case strings.HasPrefix(l[i:], "$[["):
				if depth > 0 {
					out = append(out, lint.Finding{Code: "PPL031", Severity: lint.Error, Line: n + 1, Subject: "$[[ ]]",
						Message: msg.Textf("$[[ ]] stands in brackets or braces without quotes: the file does not parse", "$[[ ]] 位于方括号或花括号中且没有加引号：文件无法解析")})
				}
				break line
			case (c == '[' || c == '{') && (i == 0 || strings.IndexByte(" :,[{-", l[i-1]) >= 0):
				depth++
			case c == ']' || c == '}':
				depth = max(depth-1, 0)
			}
		}
	}
	return out
}
