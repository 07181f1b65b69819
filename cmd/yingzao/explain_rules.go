package main

import (
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/envcheck/rules"
	imagelint "github.com/yingzao-dev/yingzao/images/lint"
	"github.com/yingzao-dev/yingzao/internal/lint"
	"github.com/yingzao-dev/yingzao/internal/msg"
	pipelinelint "github.com/yingzao-dev/yingzao/pipelines/lint"
	"github.com/yingzao-dev/yingzao/release/inspect"
)

// explained are the rules of all commands in one form: those of check, of inspect, of
// image lint and of pipeline lint.
func explained() []envcheck.Rule {
	all := slices.Clone(rules.All())
	for _, r := range inspect.Rules() {
		all = append(all, envcheck.Rule{Code: r.Code, Severity: weight(string(r.Severity)), Title: r.Title, Why: r.Why, Fix: r.Fix, Since: "0.2.0"})
	}
	return slices.Concat(all, explainedLint(imagelint.Rules()), explainedLint(pipelinelint.Rules()))
}

func explainedLint[V lint.View](rules lint.Rules[V]) []envcheck.Rule {
	var all []envcheck.Rule
	for _, r := range rules {
		all = append(all, envcheck.Rule{Code: r.Code, Severity: weight(string(r.Severity)), Title: r.Title, Why: r.Why, Fix: r.Fix, Before: r.Before, After: r.After, Since: r.Since})
	}
	return all
}

// weight turns the others' word for the mildest severity into check's.
func weight(severity string) envcheck.Severity {
	if severity == "note" {
		return envcheck.Info
	}
	return envcheck.Severity(severity)
}

// explainedRule finds a rule by its code, in any case.
func explainedRule(code string) (envcheck.Rule, error) {
	all := explained()
	var names []string
	for _, r := range all {
		if strings.EqualFold(r.Code, code) {
			return r, nil
		}
		names = append(names, r.Code)
	}
	return envcheck.Rule{}, unknownRule(code, names)
}

func unknownRule(word string, names []string) error {
	e := msg.Errorf("%q: there is no such rule", "%q：没有这条规则", word).WithKind(msg.Usage)
	if near := msg.Nearest(strings.ToUpper(word), names); near != "" {
		return e.WithHint("did you mean %s?", "您是不是想写 %s？", near)
	}
	return e.WithHint("yingzao explain --list shows them all", "yingzao explain --list 可列出全部")
}
