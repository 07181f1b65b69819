package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/yingzao-dev/yingzao/envcheck"
	"github.com/yingzao-dev/yingzao/envcheck/leak"
	"github.com/yingzao-dev/yingzao/internal/term"
)

// trace prints whom the real go command asked: the hosts with the number of
// names they learnt, and where the simulation was wrong.
func (p *printer) trace(r *envcheck.Report) {
	if r.Trace == nil {
		return
	}
	p.title("Who was really asked (recorded)", "实际询问了谁（已记录）")
	names := map[string][]string{}
	for _, a := range r.Trace.Asked {
		key := a.Kind + " " + a.Host
		if !slices.Contains(names[key], a.Path) {
			names[key] = append(names[key], a.Path)
		}
	}
	t := term.Table{Columns: []term.Column{{}, {}, {Right: true}}}
	for _, key := range sortedKeys(names) {
		kind, host, _ := strings.Cut(key, " ")
		t.Add("  "+host, p.askedAs(kind), fmt.Sprint(len(names[key])))
	}
	p.table(t)
	if n := len(r.Trace.Unnamed); n > 0 {
		p.line(1, p.Style.Dim(p.say("%d of them concern versions that no file of the project names: go list -m all walks further than a build", "其中 %d 项涉及项目文件未提到的版本：go list -m all 走得比构建更远", n)))
	}
	if n := len(r.Trace.Unforeseen); n > 0 {
		p.line(1, p.Style.Red(p.say("%d of them were not foretold: please report this", "其中 %d 项未被预测到：请反馈给我们", n)))
		for _, a := range r.Trace.Unforeseen {
			p.line(2, term.Clean(p.askedAs(a.Kind)+" "+a.Host+" "+a.Path))
		}
	} else {
		p.line(1, p.Style.Green(p.say("everything was foretold (%d requests for names, %d runs of the go command)", "全部在预测之内（%d 次按名询问，运行 go 命令 %d 次）", len(r.Trace.Asked), len(r.Trace.Runs))))
	}
}

func (p *printer) askedAs(kind string) string {
	switch kind {
	case leak.Mirror:
		return p.say("as a mirror", "作为镜像")
	case leak.Database:
		return p.say("as checksum database", "作为校验和数据库")
	}
	return p.say("directly", "直接连接")
}

func sortedKeys(m map[string][]string) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
