package main

import (
	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/internal/msg"
)

// ruleJSON is a rule for machines.
func ruleJSON(r envcheck.Rule) any {
	return struct {
		Code     string            `json:"code"`
		Severity envcheck.Severity `json:"severity"`
		Basis    envcheck.Basis    `json:"basis,omitempty"`
		Title    msg.Text          `json:"title"`
		Why      msg.Text          `json:"why"`
		Fix      msg.Text          `json:"fix"`
		Before   string            `json:"before,omitempty"`
		After    string            `json:"after,omitempty"`
		Since    string            `json:"since"`
		Causes   []string          `json:"causes,omitempty"`
		Online   bool              `json:"online,omitempty"`
		Deep     bool              `json:"deep,omitempty"`
	}{r.Code, r.Severity, r.Basis, r.Title, r.Why, r.Fix, r.Before, r.After, r.Since, r.Causes, r.Online, r.Deep}
}
