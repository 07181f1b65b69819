package generate

import (
	"maps"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/internal/msg"
	"github.com/yingzao-dev/yingzao/pipelines"
)

// Table is the reference of the parameters for a README, as a Markdown table. For
// the readers of one system's files it has that system's parameters and its
// defaults; the system "" has all, and a column that says which systems have each.
func Table(system string, params []pipelines.Param, lang msg.Lang) string {
	head := []msg.Text{{EN: "name", ZH: "名称"}, {EN: "type", ZH: "类型"}, {EN: "default", ZH: "默认值"}, {EN: "read by", ZH: "使用阶段"}}
	if system == "" {
		head = append(head, msg.Text{EN: "systems", ZH: "系统"})
	}
	head = append(head, msg.Text{EN: "meaning", ZH: "含义"})
	var b strings.Builder
	row := func(cells []string) { b.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
	var titles, rules []string
	for _, h := range head {
		titles, rules = append(titles, h.In(lang)), append(rules, "---")
	}
	row(titles)
	row(rules)
	for _, p := range params {
		if system != "" && !p.In(system) {
			continue
		}
		cells := []string{"`" + p.Name + "`", tableType(p), tableDefault(system, p), tableStages(p, lang)}
		if system == "" {
			cells = append(cells, tableSystems(p, lang))
		}
		row(append(cells, strings.ReplaceAll(p.Text.In(lang), "|", `\|`)))
	}
	return b.String()
}

func tableType(p pipelines.Param) string {
	if p.Type == pipelines.Enum {
		return "`" + strings.Join(p.Values, "` `") + "`"
	}
	return string(p.Type)
}

func tableDefault(system string, p pipelines.Param) string {
	code := func(list string) string { return "`" + strings.ReplaceAll(list, ",", "`, `") + "`" }
	var all []string
	switch {
	case system != "":
		if d := p.DefaultIn(system); d != "" {
			return code(d)
		}
		return ""
	case p.Default != "":
		all = append(all, code(p.Default))
	}
	for _, s := range slices.Sorted(maps.Keys(p.Defaults)) {
		all = append(all, systemNames[s].EN+": "+code(p.Defaults[s]))
	}
	return strings.Join(all, "; ")
}

func tableStages(p pipelines.Param, lang msg.Lang) string {
	if len(p.Stages) == 0 {
		return msg.Text{EN: "all", ZH: "全部"}.In(lang)
	}
	return strings.Join(p.Stages, ", ")
}

func tableSystems(p pipelines.Param, lang msg.Lang) string {
	if len(p.Only) == 0 {
		return msg.Text{EN: "all", ZH: "全部"}.In(lang)
	}
	var all []string
	for _, s := range p.Only {
		all = append(all, systemNames[s].In(lang))
	}
	return strings.Join(all, ", ")
}

// systemNames are what people call the systems.
var systemNames = map[string]msg.Text{
	"gitlab": {EN: "GitLab", ZH: "GitLab"}, "jenkins": {EN: "Jenkins", ZH: "Jenkins"}, "bkci": {EN: "BlueKing", ZH: "蓝盾"},
	"yunxiao": {EN: "Yunxiao", ZH: "云效"}, "command": {EN: "the command", ZH: "命令"},
}
