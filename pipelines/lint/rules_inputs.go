package lint

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/lint"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

func inputRules() rules {
	return rules{{
		Code: "PPL040", Severity: lint.Error, Since: "0.6.0",
		Title:  msg.Text{EN: "There is no input of that name", ZH: "没有这个名称的输入参数"},
		Why:    msg.Text{EN: "GitLab and our steps refuse an input that they do not know, and gitlab-ci-local passes over it in silence: there the default stays in force.", ZH: "GitLab 和我们的步骤会拒绝不认识的输入参数；gitlab-ci-local 则默默忽略，结果仍用默认值。"},
		Fix:    msg.Text{EN: "Correct the name: publish_to in GitLab, publishTo in Jenkins and BlueKing.", ZH: "改正名称：GitLab 中写 publish_to，Jenkins 与蓝盾中写 publishTo。"},
		Before: "include:\n  - component: $CI_SERVER_FQDN/infra/yingzao/go-release@1\n    inputs:\n      publishto: ['oss://bucket/app']",
		After:  "include:\n  - component: $CI_SERVER_FQDN/infra/yingzao/go-release@1\n    inputs:\n      publish_to: ['oss://bucket/app']",
		Find: func(v *view) []lint.Finding {
			var out []lint.Finding
			for _, u := range v.uses {
				for _, in := range u.inputs {
					if slices.Contains(u.known.names, in.name) {
						continue
					}
					if other := u.known.others(in.name); other != "" {
						out = append(out, lint.Found(in.line, in.name, "%[1]s has no input %[2]s; %[3]s has it", "%[1]s 没有输入参数 %[2]s，%[3]s 才有", u.name, in.name, other))
					} else if near := msg.Nearest(in.name, u.known.names); near != "" {
						out = append(out, lint.Found(in.line, in.name, "%[1]s has no input %[2]s; did you mean %[3]s?", "%[1]s 没有输入参数 %[2]s；您是不是想写 %[3]s？", u.name, in.name, near))
					} else {
						out = append(out, lint.Found(in.line, in.name, "%[1]s has no input %[2]s", "%[1]s 没有输入参数 %[2]s", u.name, in.name))
					}
				}
			}
			return out
		},
	}, {
		Code: "PPL041", Severity: lint.Error, Since: "0.6.0",
		Title:  msg.Text{EN: "An input has a value that is refused, or is missing", ZH: "输入参数的值不被接受，或缺少必填参数"},
		Why:    msg.Text{EN: "Types, lists of values and patterns of inputs are checked before anything runs, and an input without a default has to be given: the pipeline is not created.", ZH: "输入参数的类型、可选值与格式在运行前就会检查，没有默认值的参数必须给出：否则流水线无法创建。"},
		Fix:    msg.Text{EN: "Give a value of the type that is asked for; a list is a list even with one member.", ZH: "按要求的类型填写；列表即使只有一项也要写成列表。"},
		Before: "include:\n  - component: $CI_SERVER_FQDN/infra/yingzao/go-release@1\n    inputs:\n      publish_when: tags",
		After:  "include:\n  - component: $CI_SERVER_FQDN/infra/yingzao/go-release@1\n    inputs:\n      publish_when: tag",
		Find: func(v *view) []lint.Finding {
			var out []lint.Finding
			for _, u := range v.uses {
				missing := slices.Clone(u.known.required)
				for _, in := range u.inputs {
					missing = slices.DeleteFunc(missing, func(n string) bool { return n == in.name })
					if !slices.Contains(u.known.names, in.name) {
						continue
					}
					if why := u.known.check(in); !why.IsZero() {
						out = append(out, lint.Found(in.line, in.name, "%s: %v", "%s：%v", in.name, why))
					}
				}
				if len(missing) > 0 {
					list := strings.Join(missing, ", ")
					out = append(out, lint.Found(u.line, list, "%[1]s needs %[2]s", "%[1]s 需要 %[2]s", u.name, list))
				}
			}
			return out
		},
	}}
}
